// SPDX-License-Identifier: Apache-2.0
#include "methods/series/geometric_temperature.h"

#include <gtest/gtest.h>

namespace ecocube::series {
namespace {

constexpr auto kMaximum = TemperatureExtreme::maximum, kMinimum = TemperatureExtreme::minimum;

TEST(GeometricTemperature, TheFormulaHolds) {
  EXPECT_NEAR(geometric_temperature(45, 15, 0, kMaximum), 4.377289, 1e-6);
  EXPECT_NEAR(geometric_temperature(45, 196, 500, kMinimum), 14.053574, 1e-6);
  EXPECT_NEAR(geometric_temperature(-33, 196, 100, kMaximum), 13.673657, 1e-6);
}

TEST(GeometricTemperature, TheSouthIsWarmInJanuary) {
  EXPECT_GT(geometric_temperature(-33, 15, 0, kMaximum), geometric_temperature(-33, 196, 0, kMaximum) + 10);
  EXPECT_LT(geometric_temperature(33, 15, 0, kMaximum), geometric_temperature(33, 196, 0, kMaximum) - 10);
}

TEST(GeometricTemperature, TheEquatorHasNoSeasons) {
  EXPECT_DOUBLE_EQ(geometric_temperature(0, 15, 0, kMinimum), geometric_temperature(0, 196, 0, kMinimum));
}

TEST(GeometricTemperature, AKilometreUpIsSixDegreesColder) {
  EXPECT_NEAR(geometric_temperature(10, 100, 0, kMinimum) - geometric_temperature(10, 100, 1000, kMinimum), 6, 1e-9);
}

}  // namespace
}  // namespace ecocube::series
