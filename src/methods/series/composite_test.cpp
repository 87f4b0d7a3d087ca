// SPDX-License-Identifier: Apache-2.0
#include "methods/series/composite.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <cstdlib>

namespace ecocube::series {
namespace {

const bool seeded = (setenv("RC_PARAMS", "seed=20150321", 0), true);

/// Figures of one pixel's series, all of it valid.
std::vector<float> figures(const std::vector<float>& series, const std::vector<std::string>& names) {
  std::vector<Statistic> statistics;
  for (const std::string& name : names) statistics.push_back(*parse_statistic(name));
  std::vector<float> results(names.size());
  std::vector<std::uint8_t> valid(series.size(), 1), results_valid(names.size());
  composite(series, valid, 1, {0, 1}, statistics, results, results_valid);
  return results;
}

TEST(Composite, EqualsNumpyToTheLastBit) {
  // numpy 1.24.2: percentile(x, [0, 2.5, 25, 50, 75, 90, 100]), mean(x), std(x) in double, then rounded to float.
  const struct {
    std::vector<float> series;
    std::vector<double> figures;
  } examples[] = {
      {{0.8115000128746033F},
       {0.8115000128746033, 0.8115000128746033, 0.8115000128746033, 0.8115000128746033, 0.8115000128746033,
        0.8115000128746033, 0.8115000128746033, 0.8115000128746033, 0}},
      {{0.0856499969959259F, 0.17945000529289246F},
       {0.0856499969959259, 0.0879950001835823, 0.10909999907016754, 0.13255000114440918, 0.15600000321865082,
        0.17007000744342804, 0.17945000529289246, 0.13255000114440918, 0.046900004148483276}},
      {{0.23682500422000885F, 0.18137499690055847F, 0.8012750148773193F},
       {0.18137499690055847, 0.18414749205112457, 0.20910000801086426, 0.23682500422000885, 0.5190500020980835,
        0.688385009765625, 0.8012750148773193, 0.4064916670322418, 0.28007033467292786}},
      {{0.869225025177002F, 0.5821499824523926F, 0.039400000125169754F, 0.09414999932050705F, 0.33219999074935913F},
       {0.039400000125169754, 0.044874999672174454, 0.09414999932050705, 0.33219999074935913, 0.5821499824523926,
        0.7543950080871582, 0.869225025177002, 0.3834249973297119, 0.30988723039627075}},
      {{0.43312498927116394F, 0.6212249994277954F, 0.47905001044273376F, 0.2648000121116638F, 0.15974999964237213F,
        0.6913999915122986F, 0.7345749735832214F, 0.03269999846816063F},
       {0.03269999846816063, 0.05493374913930893, 0.2385375052690506, 0.45608749985694885, 0.63876873254776,
        0.7043524980545044, 0.7345749735832214, 0.42707812786102295, 0.23931768536567688}},
  };
  for (const auto& example : examples) {
    const auto results = figures(example.series, {"p0", "p2.5", "p25", "median", "p75", "p90", "p100", "mean", "sd"});
    for (std::size_t index = 0; index < results.size(); ++index) {
      EXPECT_EQ(results[index], static_cast<float>(example.figures[index]))
          << example.series.size() << " values, figure " << index;
    }
  }
}

TEST(Composite, APixelSeenOnceIsItsOwnPercentile) {
  EXPECT_EQ(figures({0.3F}, {"p0", "p25", "p50", "p99.9", "p100", "mean", "min", "max", "count", "sd"}),
            (std::vector<float>{0.3F, 0.3F, 0.3F, 0.3F, 0.3F, 0.3F, 0.3F, 0.3F, 1, 0}));
}

TEST(Composite, APixelNeverSeenHasACountOfZeroAndNothingElse) {
  const std::vector<float> values{7, 8};
  const std::vector<std::uint8_t> valid{0, 0};
  const std::vector<Statistic> statistics{*parse_statistic("p50"), *parse_statistic("count"), *parse_statistic("mean")};
  std::vector<float> results(3, -1);
  std::vector<std::uint8_t> results_valid(3, 9);
  composite(values, valid, 1, {0, 1}, statistics, results, results_valid);
  EXPECT_EQ(results, (std::vector<float>{0, 0, 0}));
  EXPECT_EQ(results_valid, (std::vector<std::uint8_t>{0, 1, 0}));
}

TEST(Composite, LooksAtValidValuesOnly) {
  // 2 pixels, 4 times: 1 . 3 5 and . 4 . 2
  const std::vector<float> values{1, 99, 99, 4, 3, 99, 5, 2};
  const std::vector<std::uint8_t> valid{1, 0, 0, 1, 1, 0, 1, 1};
  const std::vector<Statistic> statistics{*parse_statistic("max"), *parse_statistic("p50"), *parse_statistic("count")};
  std::vector<float> results(6);
  std::vector<std::uint8_t> results_valid(6);
  composite(values, valid, 2, {0, 2}, statistics, results, results_valid);
  EXPECT_EQ(results, (std::vector<float>{5, 4, 3, 3, 3, 2}));
}

TEST(Composite, IsTheSameForEveryOrderOfTimeAndCutOfThePixels) {
  EXPECT_TRUE(rc::check([] {
    const auto times = *rc::gen::inRange<std::size_t>(1, 40), pixels = *rc::gen::inRange<std::size_t>(1, 200);
    const auto drawn = *rc::gen::container<std::vector<int>>(times * pixels, rc::gen::inRange(-30, 90));
    std::vector<float> values, reversed(times * pixels);
    std::vector<std::uint8_t> valid, reversed_valid(times * pixels);
    for (const int number : drawn)
      values.push_back(static_cast<float>(number) / 7), valid.push_back(number >= 0 ? 1 : 0);
    for (std::size_t time = 0; time < times; ++time) {
      for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
        reversed[(times - 1 - time) * pixels + pixel] = values[time * pixels + pixel];
        reversed_valid[(times - 1 - time) * pixels + pixel] = valid[time * pixels + pixel];
      }
    }
    const std::vector<Statistic> statistics{*parse_statistic("p25"), *parse_statistic("mean"), *parse_statistic("sd")};
    std::vector<float> whole(3 * pixels), cut(3 * pixels);
    std::vector<std::uint8_t> whole_valid(3 * pixels), cut_valid(3 * pixels);
    composite(values, valid, pixels, {0, pixels}, statistics, whole, whole_valid);
    const std::size_t middle = *rc::gen::inRange<std::size_t>(0, pixels + 1);
    composite(reversed, reversed_valid, pixels, {0, middle}, statistics, cut, cut_valid);
    composite(reversed, reversed_valid, pixels, {middle, pixels}, statistics, cut, cut_valid);
    RC_ASSERT(whole == cut);
    RC_ASSERT(whole_valid == cut_valid);
  }));
}

TEST(Composite, MomentsAndSpreadsEqualScipy) {
  // scipy 1.10.1: skew(x), kurtosis(x, fisher=False); numpy: ptp(x), percentile(x, 75) - percentile(x, 25).
  const std::vector<float> results = figures({2, 8, 0, 4, 1, 9, 9, 0}, {"skewness", "kurtosis", "range", "iqr"});
  EXPECT_FLOAT_EQ(results[0], 0.2650554122698573F);
  EXPECT_FLOAT_EQ(results[1], 1.3339989247161492F);
  EXPECT_EQ(results[2], 9);
  EXPECT_EQ(results[3], 7.5F);
}

TEST(Composite, OfEqualValuesHasNeitherSkewnessNorKurtosis) {
  EXPECT_EQ(figures({.1F, .1F, .1F}, {"skewness", "kurtosis", "sd", "range", "iqr"}), std::vector<float>(5, 0));
}

TEST(Composite, WeighsValidDatesOnly) {
  // 2 pixels, 3 times: 10 20 . and . 20 30; the weights of the second pixel's dates are 0 and 0.
  const std::vector<float> values{10, 99, 20, 20, 99, 30};
  const std::vector<std::uint8_t> valid{1, 0, 1, 1, 0, 1};
  const std::vector<Statistic> statistics{*parse_statistic("weighted_mean")};
  std::vector<float> results(2, -1);
  std::vector<std::uint8_t> results_valid(2, 9);
  composite(values, valid, 2, {0, 2}, statistics, results, results_valid, std::vector<double>{3, 1, 5});
  EXPECT_EQ(results, (std::vector<float>{12.5, (20 + 5 * 30) / 6.F}));
  composite(values, valid, 2, {0, 2}, statistics, results, results_valid, std::vector<double>{1, 0, 0});
  EXPECT_EQ(results, (std::vector<float>{10, 0}));
  EXPECT_EQ(results_valid, (std::vector<std::uint8_t>{1, 0}));
}

TEST(Composite, CentreWeightsFallOffFromTheMiddleOfThePeriod) {
  EXPECT_EQ(centre_weights(std::vector<int>{100, 102, 104, 105, 99}, 100, 104),
            (std::vector<double>{1 - 2 / 2.5, 1, 1 - 2 / 2.5, 0, 0}));
  EXPECT_EQ(centre_weights(std::vector<int>{100}, 100, 100), std::vector<double>{1});
}

TEST(Statistic, IsReadFromItsName) {
  for (const char* name : {"p0", "p2.5", "p25", "p100", "mean", "min", "max", "count", "sd", "weighted_mean", "range",
                           "iqr", "skewness", "kurtosis"}) {
    const auto statistic = parse_statistic(name);
    ASSERT_TRUE(statistic) << name;
    EXPECT_EQ(name_of(*statistic), name);
  }
  EXPECT_EQ(name_of(*parse_statistic("median")), "p50");
}

TEST(Statistic, UnknownIsAnErrorThatNamesTheNearest) {
  EXPECT_EQ(parse_statistic("meen").error().message, "unknown statistic 'meen' - did you mean 'mean'?");
  EXPECT_EQ(parse_statistic("p101").error().message, "statistic 'p101': a percentile is p0 to p100");
  EXPECT_FALSE(parse_statistic(""));
  EXPECT_FALSE(parse_statistic("p"));
  EXPECT_FALSE(parse_statistic("p1.2.3"));
}

}  // namespace
}  // namespace ecocube::series
