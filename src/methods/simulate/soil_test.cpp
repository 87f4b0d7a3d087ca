// SPDX-License-Identifier: Apache-2.0
#include "methods/simulate/soil.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace ecocube::simulate {
namespace {

const World& small_world() {
  static const World world = make_world(5, Frame::around({6.0, 51.9}, 160, 120));
  return world;
}

TEST(Soil, CarbonFadesWithDepthAndClayGrows) {
  for (int row = 0; row < 120; row += 17) {
    for (int col = 0; col < 160; col += 23) {
      const SoilAt top = soil_at(small_world(), row, col, 2016, 0), deep = soil_at(small_world(), row, col, 2016, 100);
      EXPECT_GT(top.carbon, deep.carbon);
      EXPECT_LE(top.clay, deep.clay);
      EXPECT_GE(top.clay, 1);
      EXPECT_LE(deep.clay, 70);
    }
  }
}

TEST(Soil, APitHasFiveHorizonsOneBelowTheOther) {
  const auto horizons = soil_profiles(small_world(), 60, {2015, 2016});
  ASSERT_EQ(horizons.size(), 300u);
  for (std::size_t i = 0; i < horizons.size(); i += 5) {
    EXPECT_EQ(horizons[i].upper, 0);
    for (std::size_t layer = i; layer < i + 4; ++layer) {
      EXPECT_EQ(horizons[layer].profile, horizons[layer + 1].profile);
      EXPECT_LT(horizons[layer].upper, horizons[layer].lower);
      EXPECT_EQ(horizons[layer].lower, horizons[layer + 1].upper);
    }
    EXPECT_GT(horizons[i + 4].lower, 75);
    EXPECT_GT(horizons[i].carbon, horizons[i + 4].carbon);
  }
}

TEST(Soil, HorizonsEndAtManyDepths) {
  std::set<int> ends;
  for (const SoilHorizon& one : soil_profiles(small_world(), 60, {2015})) ends.insert(one.lower);
  EXPECT_GT(ends.size(), 60u);
}

}  // namespace
}  // namespace ecocube::simulate
