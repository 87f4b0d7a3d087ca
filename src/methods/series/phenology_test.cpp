// SPDX-License-Identifier: Apache-2.0
#include "methods/series/phenology.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>

namespace ecocube::series {
namespace {

/// 1 January 2001 and of the three years after.
const std::vector<int> kNewYear{11323, 11688, 12053, 12418};

struct Drawn {
  std::vector<int> days;
  std::vector<std::size_t> times;
  std::vector<double> values;

  std::vector<Season> seasons(const PhenologyOptions& options = {}) const {
    return growing_seasons(HarmonicModel(days), days, times, values, kNewYear, options);
  }
};

/// Observations every `step` days from the middle of 2000 to the middle of 2004.
Drawn drawn(int step, const std::function<double(int)>& value_of) {
  Drawn one;
  for (int day = 11140; day <= 12600; day += step) {
    one.times.push_back(one.days.size());
    one.days.push_back(day);
    one.values.push_back(value_of(day));
  }
  return one;
}

/// 20 throughout the year but for a triangle of 100 days and height 60 around a day of the year.
double triangle(int day, int peak_day_of_year) {
  double height = 0;
  for (int year = -2; year < 6; ++year) {
    const double distance = std::fabs(day - (11323 + 365 * year + peak_day_of_year - 1));
    height = std::max(height, 60 * (1 - distance / 50));
  }
  return 20 + height;
}

TEST(GrowingSeasons, ATriangleHasItsDaysAndIntegralsWhereGeometryPutsThem) {
  const std::vector<Season> seasons = drawn(1, [](int day) { return triangle(day, 180); }).seasons();
  ASSERT_EQ(seasons.size(), 3U);
  for (std::size_t year = 0; year < 3; ++year) {
    const Season& season = seasons[year];
    ASSERT_TRUE(season.told) << year;
    const double top = 11323 + 365 * static_cast<double>(year) + 179;
    EXPECT_EQ(season.peak, top);
    EXPECT_NEAR(season.start, top - 40, 1e-9);
    EXPECT_NEAR(season.end, top + 25, 1e-9);
    EXPECT_EQ(season.base, 20);
    EXPECT_EQ(season.amplitude, 60);
    EXPECT_EQ(season.peak_value, 80);
    EXPECT_NEAR(season.small_integral, 0.5 * (12 + 60) * 40 + 0.5 * (60 + 30) * 25, 1e-9);
    EXPECT_NEAR(season.large_integral, season.small_integral + 20 * 65, 1e-9);
  }
}

TEST(GrowingSeasons, ASeasonOverNewYearBelongsToTheYearOfItsPeak) {
  for (const int peak : {5, 360}) {
    const std::vector<Season> seasons = drawn(1, [peak](int day) { return triangle(day, peak); }).seasons();
    for (std::size_t year = 0; year < 3; ++year) {
      ASSERT_TRUE(seasons[year].told) << peak << " " << year;
      EXPECT_EQ(seasons[year].peak, 11323 + 365 * static_cast<double>(year) + peak - 1);
      EXPECT_NEAR(seasons[year].end - seasons[year].start, 65, 1e-9);
    }
  }
}

TEST(GrowingSeasons, SidesOfUnlikeDepthHaveTheirOwnThresholds) {
  Drawn one;
  const std::vector<std::pair<int, double>> points{{11330, 10}, {11400, 10}, {11500, 90}, {11600, 50}, {11680, 50}};
  for (const auto& [day, value] : points) {
    one.times.push_back(one.days.size());
    one.days.push_back(day);
    one.values.push_back(value);
  }
  const Season season = one.seasons()[0];
  ASSERT_TRUE(season.told);
  EXPECT_EQ(season.peak, 11500);
  EXPECT_NEAR(season.start, 11420, 1e-9);
  EXPECT_NEAR(season.end, 11550, 1e-9);
  EXPECT_EQ(season.base, 30);
}

TEST(GrowingSeasons, AGapLongerThanAllowedLeavesItsYearEmpty) {
  Drawn one = drawn(10, [](int day) { return triangle(day, 180); });
  Drawn gappy{one.days, {}, {}};
  for (std::size_t i = 0; i < one.days.size(); ++i) {
    if (one.days[i] > 11688 + 100 && one.days[i] < 11688 + 230) continue;
    gappy.times.push_back(i);
    gappy.values.push_back(one.values[i]);
  }
  const std::vector<Season> seasons = gappy.seasons();
  EXPECT_TRUE(seasons[0].told);
  EXPECT_FALSE(seasons[1].told);
  EXPECT_TRUE(seasons[2].told);
  EXPECT_TRUE(gappy.seasons({.longest_gap = 200})[1].amplitude < 60);
}

TEST(GrowingSeasons, AFlatOrEmptySeriesHasNone) {
  for (const Season& season : drawn(10, [](int) { return 7.0; }).seasons()) EXPECT_FALSE(season.told);
  Drawn empty = drawn(10, [](int) { return 7.0; });
  empty.times.clear();
  empty.values.clear();
  for (const Season& season : empty.seasons()) EXPECT_FALSE(season.told);
}

TEST(GrowingSeasons, ARiseSmallerThanAskedForIsNone) {
  const Drawn one = drawn(10, [](int day) { return triangle(day, 180); });
  EXPECT_FALSE(one.seasons({.least_amplitude = 61})[1].told);
  EXPECT_TRUE(one.seasons({.least_amplitude = 50})[1].told);
}

}  // namespace
}  // namespace ecocube::series
