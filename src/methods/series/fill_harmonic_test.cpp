// SPDX-License-Identifier: Apache-2.0
#include "methods/series/fill_harmonic.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cmath>
#include <numbers>
#include <random>

namespace ecocube::series {
namespace {

struct Series {
  std::size_t pixels;
  TimeAxis axis;
  std::vector<float> values;
  std::vector<std::uint8_t> valid, source;

  GapSeries view() { return {values, valid, source, pixels}; }
};

/// Layers of a regular axis, each there with a chance; nothing observed yet.
Series empty_series(std::mt19937& random, int slots, int years, std::size_t pixels, int lacking_percent = 0) {
  Series series{pixels, {}, {}, {}, {}};
  series.axis.slots = slots, series.axis.years = years;
  for (int place = 0; place < slots * years; ++place) {
    if (static_cast<int>(random() % 100) < lacking_percent) continue;
    series.axis.slot.push_back(place % slots);
    series.axis.year.push_back(place / slots);
    series.axis.days.push_back(30 * place);
  }
  const std::size_t size = series.axis.slot.size() * pixels;
  series.values.assign(size, -50.0F), series.valid.assign(size, 0), series.source.assign(size, 77);
  return series;
}

double wave(int slots, int place, double cosine, double sine) {
  const double angle = 2 * std::numbers::pi * place / slots;
  return cosine * std::cos(angle) + sine * std::sin(angle);
}

TEST(FillHarmonic, FindsTheCurveThatTheValuesLieOn) {
  std::mt19937 random(1);
  Series series = empty_series(random, 12, 20, 1);
  std::vector<double> truth;
  for (int place = 0; place < 240; ++place) {
    truth.push_back(100 + 0.1 * place + wave(12, place, 20, -7) + wave(12, 2 * place, 0, 5));
    const auto at = static_cast<std::size_t>(place);
    if (random() % 3 == 0) continue;
    series.values[at] = static_cast<float>(truth[at]), series.valid[at] = 1;
  }
  // A value far off, as of an unseen cloud.
  series.values[100] = 255, series.valid[100] = 1;
  Series plain_squares = series;
  fill_harmonic(series.view(), {0, 1}, series.axis, {});
  fill_harmonic(plain_squares.view(), {0, 1}, series.axis, {.robust = false});
  double robust_error = 0, error = 0;
  for (std::size_t at = 0; at < 240; ++at) {
    if (series.source[at] != kHarmonic) continue;
    robust_error = std::max(robust_error, std::abs(static_cast<double>(series.values[at]) - truth[at]));
    error = std::max(error, std::abs(static_cast<double>(plain_squares.values[at]) - truth[at]));
  }
  EXPECT_GT(robust_error, 0);
  EXPECT_LT(robust_error, 0.3);  // the ridge shrinks a little
  EXPECT_GT(error, 2 * robust_error);
}

TEST(FillHarmonic, HoldsWhatItTellsWithinTheObservedRangeWidenedByATenth) {
  std::mt19937 random(2);
  Series series = empty_series(random, 1, 12, 1);
  for (std::size_t at = 0; at < 5; ++at) series.values[at] = static_cast<float>(10 * at + 10), series.valid[at] = 1;
  EXPECT_EQ(fill_harmonic(series.view(), {0, 1}, series.axis, {.modes = 0, .robust = false}), 7U);
  EXPECT_FLOAT_EQ(series.values[11], 54);  // 10..50
  Series level = empty_series(random, 1, 12, 1);
  for (std::size_t at = 0; at < 5; ++at) level.values[at] = static_cast<float>(10 * at + 10), level.valid[at] = 1;
  fill_harmonic(level.view(), {0, 1}, level.axis, {.modes = 0, .trend = false, .robust = false});
  EXPECT_FLOAT_EQ(level.values[11], 30);
}

TEST(FillHarmonic, FewValuesGetASimplerCurve) {
  std::mt19937 random(3);
  Series series = empty_series(random, 4, 3, 2);
  // 3 values: their mean, whatever the season; the other pixel is never seen.
  for (const auto& [time, value] : {std::pair{0, 10}, {5, 20}, {6, 60}}) {
    series.values[static_cast<std::size_t>(2 * time)] = static_cast<float>(value);
    series.valid[static_cast<std::size_t>(2 * time)] = 1;
  }
  EXPECT_EQ(fill_harmonic(series.view(), {0, 2}, series.axis, {.robust = false}), 9U);
  for (std::size_t time = 0; time < 12; ++time) {
    const bool gap = series.source[2 * time] == kHarmonic;
    EXPECT_TRUE(!gap || series.values[2 * time] == 30) << series.values[2 * time];
    EXPECT_EQ(series.source[2 * time + 1], kEmpty);
    EXPECT_EQ(series.valid[2 * time + 1], 0);
  }
}

/// Noisy waves with gaps, some pixels with few values or none.
void draw(std::mt19937& random, Series& series) {
  for (std::size_t pixel = 0; pixel < series.pixels; ++pixel) {
    const unsigned gaps = random() % 11, level = random() % 5000;
    for (std::size_t time = 0; time < series.axis.slot.size(); ++time) {
      const std::size_t at = time * series.pixels + pixel;
      const double noise = static_cast<double>(random() % 1000);
      if (random() % 10 < gaps) continue;
      series.valid[at] = 1;
      series.values[at] =
          static_cast<float>(level + noise * 0.3 + wave(series.axis.slots, series.axis.slot[time], 80, 9));
    }
  }
}

TEST(FillHarmonic, IsThePlainWayToTheLastBitWithAnyInstructionSet) {
  std::mt19937 random(4);
  for (const auto& [slots, years, pixels] :
       {std::tuple{4, 21, 67}, {12, 5, 33}, {1, 30, 9}, {2, 4, 40}, {23, 3, 10}, {6, 1, 21}}) {
    Series drawn = empty_series(random, slots, years, static_cast<std::size_t>(pixels), 10);
    draw(random, drawn);
    for (const HarmonicOptions& options :
         {HarmonicOptions{}, {1, true, true}, {3, true, true}, {2, false, true}, {3, true, false}, {0, false, true}}) {
      const PixelRange range{1, drawn.pixels - 2};
      Series plain = drawn;
      const std::size_t filled = fill_harmonic_plain(plain.view(), range, plain.axis, options);
      EXPECT_GT(filled, 0U);
      for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
        SCOPED_TRACE(hwy::TargetName(target));
        hwy::SetSupportedTargetsForTest(target);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
        Series fast = drawn;
        EXPECT_EQ(fill_harmonic(fast.view(), range, fast.axis, options), filled);
        EXPECT_EQ(fast.values, plain.values);
        EXPECT_EQ(fast.valid, plain.valid);
        EXPECT_EQ(fast.source, plain.source);
        hwy::SetSupportedTargetsForTest(0);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
      }
    }
  }
}

}  // namespace
}  // namespace ecocube::series
