// SPDX-License-Identifier: Apache-2.0
#include "methods/series/breaks.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <random>
#include <sstream>

namespace ecocube::series {
namespace {

TEST(ChangeAftereffectTrend, TheLargestDropSplitsTheSeriesInTwoTrends) {
  const std::vector<double> years{2000, 2001, 2002, 2003, 2005, 2006, 2007}, values{10, 11, 12, 13, 4, 6, 8};
  const auto found = change_aftereffect_trend(years, values, ChangeDirection::drop);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->after, 4U);
  EXPECT_EQ(found->magnitude, -9);
  EXPECT_NEAR(found->before.slope, 1, 1e-12);
  EXPECT_NEAR(found->before.gain, 3, 1e-12);
  EXPECT_NEAR(found->before.r2, 1, 1e-12);
  EXPECT_NEAR(found->later.slope, 2, 1e-12);
  EXPECT_NEAR(found->later.gain, 4, 1e-12);
  EXPECT_NEAR(found->total.slope, -0.8013698630136988, 1e-12);  // scipy linregress
  EXPECT_NEAR(found->total.r2, 0.413040854504858, 1e-12);
}

TEST(ChangeAftereffectTrend, ARiseIsFoundWhenAskedFor) {
  const std::vector<double> years{1, 2, 3, 4}, values{5, 1, 4, 2};
  EXPECT_EQ(change_aftereffect_trend(years, values, ChangeDirection::rise)->after, 2U);
  EXPECT_EQ(change_aftereffect_trend(years, values, ChangeDirection::drop)->after, 1U);
  EXPECT_EQ(change_aftereffect_trend(years, values, ChangeDirection::either)->magnitude, -4);
}

TEST(ChangeAftereffectTrend, APartOfOneValueHasNoTrend) {
  const auto found =
      change_aftereffect_trend(std::vector<double>{1, 2, 3}, std::vector<double>{9, 4, 4}, ChangeDirection::drop);
  ASSERT_TRUE(found);
  EXPECT_TRUE(std::isnan(found->before.slope));
  EXPECT_EQ(found->later.slope, 0);
  EXPECT_TRUE(std::isnan(found->later.r2));
}

TEST(ChangeAftereffectTrend, ASeriesThatNeverDropsHasNoChange) {
  EXPECT_FALSE(
      change_aftereffect_trend(std::vector<double>{1, 2, 3}, std::vector<double>{1, 1, 2}, ChangeDirection::drop));
  EXPECT_FALSE(change_aftereffect_trend({}, {}, ChangeDirection::either));
}

TEST(ChangeAftereffectTrend, TheFastVersionEqualsThePlainOneBitForBit) {
  std::mt19937 random(61);
  const std::size_t pixels = 77;
  for (const std::size_t times : {1U, 2U, 5U, 21U, 84U}) {
    std::vector<double> years(times), values(times * pixels);
    for (std::size_t time = 0; time < times; ++time)
      years[time] = 2000 + static_cast<double>(time) + static_cast<double>(random() % 100) / 128;
    for (std::size_t cell = 0; cell < values.size(); ++cell) {
      const bool gap = random() % 12 < cell % pixels % 13;
      // Equal changes, constant series and broken numbers.
      const double number = cell % 3 == 0 ? static_cast<double>(random() % 4) : static_cast<double>(random() % 999) / 7;
      values[cell] = gap ? std::nan("") : cell % pixels % 7 == 0 ? 4 : number;
    }
    const Stack<double> stack{values.data(), times, pixels, pixels, std::nan("")};
    for (const ChangeDirection direction : {ChangeDirection::drop, ChangeDirection::rise, ChangeDirection::either}) {
      const auto figures = [&](std::vector<float>& to) {
        return Planes<float>{to.data(), kChangeFigures, pixels, pixels, std::nanf("")};
      };
      std::vector<float> plain(kChangeFigures * pixels, 7);
      const PixelRange range{2, 76};
      const std::size_t found = change_aftereffect_trends_plain(stack, range, years, 3, direction, figures(plain));
      for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
        hwy::SetSupportedTargetsForTest(target);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
        std::vector<float> fast(plain.size(), 7);
        EXPECT_EQ(change_aftereffect_trends(stack, range, years, 3, direction, figures(fast)), found);
        for (std::size_t i = 0; i < fast.size(); ++i) {
          EXPECT_TRUE(fast[i] == plain[i] || (std::isnan(fast[i]) && std::isnan(plain[i])))
              << hwy::TargetName(target) << ", " << times << " values, figure " << i / pixels << ": " << fast[i]
              << ", plainly " << plain[i];
        }
        hwy::SetSupportedTargetsForTest(0);
      }
      hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    }
  }
}

/// Observations every 16 days with a yearly wave, noise of ±10 and a step at one of them.
struct Waves {
  Waves(std::size_t count, std::size_t step_at, double step) {
    std::mt19937 random(9);
    for (std::size_t i = 0; i < count; ++i) {
      days.push_back(11000 + 16 * static_cast<int>(i));
      times.push_back(i);
      const double angle = 2 * std::numbers::pi * days.back() / 365.25;
      const double noise = static_cast<double>(random() % 2001) / 100 - 10;
      values.push_back(500 + 200 * std::sin(angle) + 50 * std::cos(2 * angle) + noise + (i >= step_at ? step : 0));
    }
  }
  std::vector<int> days;
  std::vector<std::size_t> times;
  std::vector<double> values;
};

TEST(HarmonicModel, FindsTheWavesThatWereDrawn) {
  const Waves waves(120, 120, 0);
  const HarmonicModel model(waves.days);
  const HarmonicModel::Fit fit = model.fit(waves.times, waves.values, 2);
  ASSERT_EQ(fit.terms, 6U);
  const std::vector<double> drawn{500, 0, 0, 200, 50, 0};
  for (std::size_t term = 0; term < 6; ++term) EXPECT_NEAR(fit.coefficients[term], drawn[term], 3) << term;
  EXPECT_NEAR(fit.rmse, 20 / std::sqrt(12.0), 0.8);
}

TEST(HarmonicModel, OutliersHardlyCount) {
  Waves waves(120, 120, 0);
  const HarmonicModel model(waves.days);
  const HarmonicModel::Fit clean = model.fit(waves.times, waves.values, 1);
  for (const std::size_t i : {5U, 44U, 90U}) waves.values[i] += 3000;
  const HarmonicModel::Fit fit = model.fit(waves.times, waves.values, 1);
  for (std::size_t term = 0; term < fit.terms; ++term)
    EXPECT_NEAR(fit.coefficients[term], clean.coefficients[term], 5) << term;
}

TEST(HarmonicModel, TooFewObservationsGiveNoFit) {
  const Waves waves(120, 120, 0);
  const HarmonicModel model(waves.days);
  const auto first = [](const auto& all, std::size_t count) { return std::span(all).first(count); };
  EXPECT_EQ(model.fit(first(waves.times, 4), first(waves.values, 4), 1).terms, 0U);
  EXPECT_EQ(model.fit({}, {}, 0).terms, 0U);
  const std::vector<std::size_t> same(10, 3);
  EXPECT_EQ(model.fit(same, first(waves.values, 10), 1).terms, 0U);
}

TEST(MonitorBreaks, AStepIsFoundWhereItWasDrawn) {
  for (const double step : {-120.0, 90.0}) {
    const Waves waves(150, 77, step);
    const MonitoredBreaks found =
        monitor_breaks(HarmonicModel(waves.days), waves.times, waves.values, {.threshold = 4});
    ASSERT_EQ(found.breaks.size(), 1U);
    EXPECT_EQ(found.breaks[0].after, 77U);
    EXPECT_NEAR(found.breaks[0].magnitude, step, 12);
    EXPECT_NEAR(found.rmse, 6, 2);
  }
}

TEST(MonitorBreaks, AQuietSeriesHasNone) {
  const Waves waves(150, 150, 0);
  EXPECT_TRUE(monitor_breaks(HarmonicModel(waves.days), waves.times, waves.values, {.threshold = 4}).breaks.empty());
}

TEST(MonitorBreaks, FewerThanTheRowAreOutliers) {
  Waves waves(150, 150, 0);
  for (std::size_t i = 80; i < 85; ++i) waves.values[i] -= 400;
  const HarmonicModel model(waves.days);
  EXPECT_TRUE(monitor_breaks(model, waves.times, waves.values, {.threshold = 4}).breaks.empty());
  EXPECT_FALSE(monitor_breaks(model, waves.times, waves.values, {.consecutive = 5, .threshold = 4}).breaks.empty());
}

TEST(MonitorBreaks, ChangesBelowTheStatedNoiseAreNone) {
  const Waves waves(150, 77, -120);
  EXPECT_TRUE(monitor_breaks(HarmonicModel(waves.days), waves.times, waves.values, {.threshold = 4, .least_rmse = 40})
                  .breaks.empty());
}

TEST(MonitorBreaks, ASeriesTooShortForAHistoryHasNoneAndNoModel) {
  const Waves waves(3, 3, 0);
  const MonitoredBreaks found = monitor_breaks(HarmonicModel(waves.days), waves.times, waves.values, {});
  EXPECT_TRUE(found.breaks.empty());
  EXPECT_TRUE(std::isnan(found.rmse));
}

/// Clear observations of a Landsat pixel; days since 1970-01-01.
struct LandsatPixel {
  std::vector<int> days;
  std::vector<double> green, nir, swir2;
};

LandsatPixel read_pixel(const std::string& path) {
  LandsatPixel pixel;
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::vector<double> fields;
    std::istringstream words(line);
    for (std::string word; std::getline(words, word, ',');) fields.push_back(std::strtod(word.c_str(), nullptr));
    constexpr int kUnixEpoch = 719163;  // as a Python ordinal
    const int day = static_cast<int>(fields[0]) - kUnixEpoch;
    const bool clear = fields[9] == 0 || fields[9] == 1;
    bool fits = clear && (pixel.days.empty() || day > pixel.days.back());
    for (std::size_t band = 2; band < 8; ++band) fits = fits && fields[band] > 0 && fields[band] < 10000;
    if (!fits) continue;
    pixel.days.push_back(day);
    pixel.green.push_back(fields[3]);
    pixel.nir.push_back(fields[5]);
    pixel.swir2.push_back(fields[7]);
  }
  return pixel;
}

class LandsatSeries : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(folder))
      GTEST_SKIP() << "the folder shared/data/landsat-pixel-series is not beside the checkout";
  }
  static std::vector<std::size_t> all(const LandsatPixel& pixel) {
    std::vector<std::size_t> times(pixel.days.size());
    for (std::size_t i = 0; i < times.size(); ++i) times[i] = i;
    return times;
  }
  const std::string folder = ECOCUBE_SOURCE_DIR "/../shared/data/landsat-pixel-series/";
};

TEST_F(LandsatSeries, TheFireOfJune2013IsTheOneBreakOfTheBurnRatio) {
  const LandsatPixel pixel = read_pixel(folder + "pycold_spectral_336_3980_obs.csv");
  std::vector<double> nbr;
  for (std::size_t i = 0; i < pixel.days.size(); ++i)
    nbr.push_back((pixel.nir[i] - pixel.swir2[i]) / (pixel.nir[i] + pixel.swir2[i]));
  const MonitoredBreaks found = monitor_breaks(HarmonicModel(pixel.days), all(pixel), nbr, {.threshold = 4});
  ASSERT_EQ(found.breaks.size(), 1U);
  EXPECT_EQ(pixel.days[found.breaks[0].after], 735040 - 719163);  // 2013-06-21, as COLD tells it
  EXPECT_LT(found.breaks[0].magnitude, -0.4);
}

TEST_F(LandsatSeries, ABreakOfCcdcIsFoundBetweenItsTwoModels) {
  // The upstream coefficients: one model ends on 728097, the next with all terms begins on 728385.
  const LandsatPixel pixel = read_pixel(folder + "test_3657_3610_observations.csv");
  const MonitoredBreaks found = monitor_breaks(HarmonicModel(pixel.days), all(pixel), pixel.green, {});
  ASSERT_FALSE(found.breaks.empty());
  const int day = pixel.days[found.breaks[0].after] + 719163;
  EXPECT_GT(day, 728097);
  EXPECT_LE(day, 728385);
}

}  // namespace
}  // namespace ecocube::series
