// SPDX-License-Identifier: Apache-2.0
#include "methods/series/outliers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

namespace ecocube::series {
namespace {

template <class T>
std::vector<T> screened(std::vector<T> series, double spreads, T no_data) {
  remove_outliers(Planes<T>{series.data(), series.size(), 1, 1, no_data}, {0, 1}, spreads);
  return series;
}

TEST(Outliers, AValueAboveBothNeighboursByManySpreadsGoes) {
  EXPECT_EQ(screened<std::int16_t>({10, 12, 90, 11, 9}, 5, -1), (std::vector<std::int16_t>{10, 12, -1, 11, 9}));
  EXPECT_EQ(screened<std::int16_t>({80, 82, 1, 81, 79}, 5, -1), (std::vector<std::int16_t>{80, 82, -1, 81, 79}));
}

TEST(Outliers, NeighboursAreTheValidOnesAndAStepIsNoOutlier) {
  EXPECT_EQ(screened<std::uint8_t>({10, 255, 90, 255, 11, 9, 12}, 5, 255),
            (std::vector<std::uint8_t>{10, 255, 255, 255, 11, 9, 12}));
  const std::vector<std::uint8_t> step{10, 11, 10, 90, 91, 90};
  EXPECT_EQ(screened<std::uint8_t>(step, 0.5, 255), step);
}

TEST(Outliers, EndsShortSeriesAndSeriesWithoutSpreadAreLeftAlone) {
  const std::vector<std::int16_t> ends{90, 10, 12, 11, 95}, few{10, 90, 11}, flat{10, 10, 90, 10, 10};
  EXPECT_EQ(screened<std::int16_t>(ends, 1, -1), ends);
  EXPECT_EQ(screened<std::int16_t>(few, 1, -1), few);
  EXPECT_EQ(screened<std::int16_t>(flat, 1, -1), flat);
}

TEST(Outliers, AreJudgedByTheValuesAsTheyCame) {
  // Without the 90 the 60 would stand out as well; with it, it does not lie above both neighbours.
  const auto left = screened<float>({10, 12, 60, 90, 11, 9, 12}, 5, NAN);
  EXPECT_FALSE(std::isnan(left[2]));
  EXPECT_TRUE(std::isnan(left[3]));
}

}  // namespace
}  // namespace ecocube::series
