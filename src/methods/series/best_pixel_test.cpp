// SPDX-License-Identifier: Apache-2.0
#include "methods/series/best_pixel.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

namespace ecocube::series {
namespace {

BestPixelOptions summer() {
  BestPixelOptions options;
  options.target_day = 182, options.first_day = 91, options.last_day = 273;
  options.target_year = 2020;
  return options;
}

TEST(BestPixel, TheDayScoreIsOneOnTheTargetAndAHundredthAtTheSeasonsEnds) {
  EXPECT_EQ(day_score(182, summer()), 1);
  EXPECT_NEAR(day_score(91, summer()), 0.01, 1e-12);
  EXPECT_NEAR(day_score(273, summer()), 0.01, 1e-12);
  EXPECT_GT(day_score(190, summer()), day_score(191, summer()));
}

TEST(BestPixel, ASeasonMayReachOverNewYear) {
  BestPixelOptions winter = summer();
  winter.target_day = 15, winter.first_day = 335, winter.last_day = 60;
  EXPECT_NEAR(day_score(335, winter), 0.01, 1e-12);
  EXPECT_NEAR(day_score(60, winter), 0.01, 1e-12);
  EXPECT_GT(day_score(1, winter), day_score(364, winter));
  EXPECT_EQ(days_from_target(364, 15), -16);
  EXPECT_EQ(days_from_target(3, 350), 18);
}

TEST(BestPixel, OtherScoresFollowTheirLogisticCurves) {
  const BestPixelOptions options = summer();
  EXPECT_EQ(cloud_score(1500, options), 0.5);
  EXPECT_NEAR(cloud_score(0, options), 1 / (1 + std::exp(5)), 1e-12);
  EXPECT_NEAR(cloud_score(3000, options), 1 / (1 + std::exp(-5)), 1e-12);
  EXPECT_EQ(view_score(10, options), 0.5);
  EXPECT_LT(view_score(20, options), 0.01);
  EXPECT_EQ(haze_score(-0.015), 0.5);
  EXPECT_GT(haze_score(-0.05), haze_score(0.05));
  // 91 days to the season's end, 3 × 3 slices of which: a year off costs as much as 10 days.
  EXPECT_EQ(year_score(2020, 182, options), 1);
  EXPECT_NEAR(year_score(2018, 182, options), day_score(182 + 20, options), 1e-12);
}

TEST(BestPixel, ExponentialIsThatOfTheLibrary) {
  for (double x = -690; x < 690; x += 0.377) EXPECT_NEAR(exponential(x) / std::exp(x), 1, 1e-15) << x;
  EXPECT_EQ(exponential(0), 1);
}

TEST(BestPixel, TakesTheHighestScoreAndTheEarliestOfEqualOnes) {
  const std::vector<int> days{172, 192, 182}, years{2020, 2020, 2020};
  // Pixels: all dates seen; the best one clouded; never seen.
  const std::vector<std::uint8_t> valid{1, 1, 0, 1, 1, 0, 1, 0, 0};
  const BestPixelSeries series{days, years, valid, {}, {}, {}, 3};
  std::vector<std::uint16_t> dates(3);
  std::vector<float> scores(3);
  best_pixel(series, {0, 3}, summer(), dates, scores);
  EXPECT_EQ(dates, (std::vector<std::uint16_t>{2, 0, kNoDate}));
  EXPECT_EQ(scores[0], 1);
  EXPECT_EQ(scores[1], static_cast<float>(day_score(172, summer())));
  EXPECT_TRUE(std::isnan(scores[2]));
}

TEST(BestPixel, ADateNearACloudLosesToAClearOneFurtherFromTheTarget) {
  const std::vector<int> days{182, 200}, years{2020, 2020};
  const std::vector<std::uint8_t> valid{1, 1, 1, 1};
  const std::vector<float> metres{100, 3000, 3000, 100};
  BestPixelOptions options = summer();
  options.cloud_weight = 1;
  std::vector<std::uint16_t> dates(2);
  best_pixel({days, years, valid, metres, {}, {}, 2}, {0, 2}, options, dates, {});
  EXPECT_EQ(dates, (std::vector<std::uint16_t>{1, 0}));
}

TEST(BestPixel, WhatIsNotKnownScoresNothing) {
  const std::vector<int> days{182, 190}, years{2020, 2020};
  const std::vector<std::uint8_t> valid{1, 1};
  const std::vector<float> haze{std::numeric_limits<float>::quiet_NaN(), -0.05F}, view{2, 9};
  BestPixelOptions options = summer();
  options.haze_weight = 0.5, options.view_weight = 0.25, options.year_weight = 0.25;
  std::vector<std::uint16_t> dates(1);
  std::vector<float> scores(1);
  best_pixel({days, years, valid, {}, haze, view, 1}, {0, 1}, options, dates, scores);
  EXPECT_EQ(dates[0], 1);
  const double expected = (day_score(190, options) + 0.25 * year_score(2020, 190, options) +
                           0.5 * haze_score(static_cast<double>(-0.05F)) + 0.25 * view_score(9, options)) /
                          2;
  EXPECT_FLOAT_EQ(scores[0], static_cast<float>(expected));
}

/// Observations with gaps and NaNs, and every mix of weights.
TEST(BestPixel, TheFastVersionEqualsThePlainOneBitForBit) {
  std::mt19937 random(47);
  const std::size_t pixels = 77, times = 19;
  std::vector<int> days, years;
  for (std::size_t time = 0; time < times; ++time) {
    days.push_back(static_cast<int>(1 + random() % 366));
    years.push_back(static_cast<int>(2015 + random() % 6));
  }
  std::vector<std::uint8_t> valid(times * pixels);
  std::vector<float> cloud(valid.size()), haze(valid.size()), view(valid.size());
  for (std::size_t cell = 0; cell < valid.size(); ++cell) {
    const auto drawn = [&](float least, float most) {
      if (random() % 9 == 0) return std::numeric_limits<float>::quiet_NaN();
      return least + (most - least) * static_cast<float>(random() % 1000) / 1000;
    };
    valid[cell] = random() % 12 < cell % pixels % 13 ? 0 : 1;
    cloud[cell] = drawn(0, 6000), haze[cell] = drawn(-3, 3), view[cell] = drawn(0, 40);
  }
  const BestPixelSeries series{days, years, valid, cloud, haze, view, pixels};
  const PixelRange range{2, 76};
  for (unsigned mix = 1; mix < 32; ++mix) {
    const auto weight = [&](unsigned bit) { return (mix >> bit & 1U) != 0 ? 0.3 + bit : 0; };
    BestPixelOptions options{.day_weight = weight(0), .target_year = 2017, .year_weight = weight(1)};
    options.cloud_weight = weight(2), options.haze_weight = weight(3), options.view_weight = weight(4);
    std::vector<std::uint16_t> plain(pixels, 7);
    std::vector<float> plain_scores(pixels, 7);
    best_pixel_plain(series, range, options, plain, plain_scores);
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
      hwy::SetSupportedTargetsForTest(target);
      hwy::GetChosenTarget().Update(hwy::SupportedTargets());
      std::vector<std::uint16_t> fast(pixels, 7);
      std::vector<float> scores(pixels, 7);
      best_pixel(series, range, options, fast, scores);
      EXPECT_EQ(fast, plain) << hwy::TargetName(target) << ", mix " << mix;
      EXPECT_EQ(std::memcmp(scores.data(), plain_scores.data(), pixels * sizeof(float)), 0)
          << hwy::TargetName(target) << ", mix " << mix;
      hwy::SetSupportedTargetsForTest(0);
    }
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
}

}  // namespace
}  // namespace ecocube::series
