// SPDX-License-Identifier: Apache-2.0
#include "methods/series/best_pixel.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

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

}  // namespace
}  // namespace ecocube::series
