// SPDX-License-Identifier: Apache-2.0
#include "data/model/portable_math.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace ecocube {
namespace {

/// Distance in units in the last place of the true value.
double units_off(double got, long double truth) {
  const double near = static_cast<double>(truth);
  const double unit = std::nextafter(std::abs(near), INFINITY) - std::abs(near);
  return static_cast<double>(std::abs((static_cast<long double>(got) - truth) / static_cast<long double>(unit)));
}

TEST(PortableExp, IsWithinOneAndAHalfUnitsOfTheTruth) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> wide(-708, 709.7), narrow(-2, 2);
  for (int i = 0; i < 300000; ++i) {
    const double x = i % 2 ? wide(random) : narrow(random);
    ASSERT_LE(units_off(portable_exp(x), std::exp(static_cast<long double>(x))), 1.5) << x;
  }
}

TEST(PortableExp, IsRightAtTheEdges) {
  EXPECT_EQ(portable_exp(0), 1);
  EXPECT_EQ(portable_exp(-0.0), 1);
  EXPECT_EQ(portable_exp(-INFINITY), 0);
  EXPECT_EQ(portable_exp(-1000), 0);
  EXPECT_EQ(portable_exp(INFINITY), INFINITY);
  EXPECT_EQ(portable_exp(710), INFINITY);
  EXPECT_TRUE(std::isfinite(portable_exp(709.78)));
  EXPECT_TRUE(std::isnan(portable_exp(NAN)));
}

TEST(PortableLog, IsWithinTwoUnitsOfTheTruth) {
  std::mt19937_64 random(2);
  std::uniform_real_distribution<double> exponent(-300, 300), near_one(0.5, 2);
  for (int i = 0; i < 300000; ++i) {
    const double x = i % 2 ? std::pow(10.0, exponent(random)) : near_one(random);
    if (x == 1) continue;
    ASSERT_LE(units_off(portable_log(x), std::log(static_cast<long double>(x))), 2) << x;
  }
}

TEST(PortableLog, IsRightAtTheEdges) {
  EXPECT_EQ(portable_log(1), 0);
  EXPECT_EQ(portable_log(0), -INFINITY);
  EXPECT_EQ(portable_log(INFINITY), INFINITY);
  EXPECT_TRUE(std::isnan(portable_log(-1)));
}

}  // namespace
}  // namespace ecocube
