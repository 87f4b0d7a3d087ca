// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

#include "methods/terrain/arctangent.h"
#include "methods/terrain/wetness.h"

namespace ecocube::terrain {
namespace {

constexpr float kGap = std::numeric_limits<float>::quiet_NaN();

/// A plane that rises by so many metres a pixel to the east and to the north.
std::vector<float> plane(std::size_t rows, std::size_t cols, float east, float north) {
  std::vector<float> metres(rows * cols);
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t col = 0; col < cols; ++col)
      metres[row * cols + col] = 100 + east * static_cast<float>(col) - north * static_cast<float>(row);
  }
  return metres;
}

TEST(Relief, APlaneHasOneSlopeUpToItsEdges) {
  const std::vector<float> metres = plane(5, 6, 10, 0);
  const Elevations ground{metres, 5, 6, 10};
  for (std::size_t row = 0; row < 5; ++row) {
    for (std::size_t col = 0; col < 6; ++col) {
      const Gradient gradient = gradient_at(ground, row, col);
      EXPECT_NEAR(slope_of(gradient), 45, 1e-5);
      EXPECT_NEAR(aspect_of(gradient), 270, 1e-5);
    }
  }
}

TEST(Relief, AspectGoesClockwiseFromNorth) {
  const auto aspect = [](float east, float north) {
    const std::vector<float> metres = plane(3, 3, east, north);
    return aspect_of(gradient_at({metres, 3, 3, 1}, 1, 1));
  };
  EXPECT_NEAR(aspect(0, -1), 0, 1e-5);
  EXPECT_NEAR(aspect(-1, -1), 45, 1e-5);
  EXPECT_NEAR(aspect(-1, 0), 90, 1e-5);
  EXPECT_NEAR(aspect(0, 1), 180, 1e-5);
  EXPECT_EQ(aspect(0, 0), -1);
}

TEST(Relief, AGapIsContinuedFromTheOtherSide) {
  std::vector<float> metres = plane(3, 3, 5, 2);
  metres[2] = kGap;
  const Gradient gradient = gradient_at({metres, 3, 3, 1}, 1, 1);
  EXPECT_NEAR(gradient.east, 5, 1e-5);
  EXPECT_NEAR(gradient.north, 2, 1e-5);
}

TEST(Relief, FlatGroundIsAsBrightAsTheSunIsHigh) {
  EXPECT_NEAR(hillshade_of({0, 0}, {315, 30}), 0.5, 1e-9);
  EXPECT_NEAR(hillshade_of({1, 0}, {270, 45}), 1, 1e-9);
  EXPECT_EQ(hillshade_of({-5, 0}, {270, 20}), 0);
}

TEST(Relief, ARidgeStandsAboveItsSurroundings) {
  const std::vector<float> metres{0, 0, 0, 0, 0,  //
                                  0, 0, 0, 0, 0,  //
                                  9, 9, 9, 9, 9,  //
                                  0, 0, 0, 0, kGap};
  std::vector<float> results(20);
  position_index({metres, 4, 5, 30}, 1, 0, 4, results);
  EXPECT_FLOAT_EQ(results[12], 9 - 18.0F / 4);
  EXPECT_FLOAT_EQ(results[7], -9.0F / 4);
  EXPECT_TRUE(std::isnan(results[19]));
  EXPECT_FLOAT_EQ(results[14], 9 - 9.0F / 2);
}

TEST(Relief, RowsOfThePositionIndexDoNotDependOnTheRangeAskedFor) {
  std::vector<float> metres(12 * 9);
  for (std::size_t i = 0; i < metres.size(); ++i) metres[i] = static_cast<float>((i * 7919) % 101);
  const Elevations ground{metres, 12, 9, 30};
  std::vector<float> whole(metres.size()), part(3 * 9);
  position_index(ground, 3, 0, 12, whole);
  position_index(ground, 3, 4, 7, part);
  EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + 4 * 9));
}

TEST(Arctangent, IsThatOfTheLibrary) {
  for (double degrees = -179.9; degrees < 180; degrees += 0.37) {
    const double angle = degrees / kDegrees;
    for (const double length : {1e-9, 1.0, 3e7})
      EXPECT_NEAR(arctangent(length * std::sin(angle), length * std::cos(angle)), angle, 1e-15 * 4) << degrees;
  }
  EXPECT_EQ(arctangent(0, 0), 0);
  EXPECT_EQ(arctangent(0, -1), kPi);
  EXPECT_EQ(arctangent(-2, 0), -kHalfPi);
  EXPECT_EQ(arctangent(1, 1), kQuarterPi);
}

/// Hills with gaps and flats, on every instruction set.
class ReliefTwins : public testing::Test {
 protected:
  std::vector<float> hills(std::size_t rows, std::size_t cols) {
    std::vector<float> metres(rows * cols);
    for (std::size_t at = 0; at < metres.size(); ++at) {
      const bool flat = at % cols > cols / 2 && at / cols > rows / 2;
      metres[at] = random() % 6 == 0 ? kGap : flat ? 12 : static_cast<float>(random() % 30000) / 17 - 200;
    }
    return metres;
  }
  template <class Check>
  void on_each_target(const Check& check) {
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
      hwy::SetSupportedTargetsForTest(target);
      hwy::GetChosenTarget().Update(hwy::SupportedTargets());
      SCOPED_TRACE(hwy::TargetName(target));
      check();
      hwy::SetSupportedTargetsForTest(0);
    }
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
  std::mt19937 random{53};
};

TEST_F(ReliefTwins, SlopeAspectAndHillshadeEqualThePlainOnesBitForBit) {
  for (const auto& [rows, cols] : {std::pair<std::size_t, std::size_t>{1, 1}, {2, 3}, {5, 40}, {9, 67}}) {
    const std::vector<float> metres = hills(rows, cols);
    const Elevations ground{metres, rows, cols, 1};
    for (std::size_t row = 0; row < rows; ++row) {
      const std::size_t first = row % 2 == 0 ? 0 : cols / 3, count = cols - first - (row % 3 == 2 ? 1 : 0);
      std::vector<float> plain(3 * count), fast(plain);
      const auto results = [&](std::vector<float>& to) {
        return ReliefRow{{to.data(), count}, {to.data() + count, count}, {to.data() + 2 * count, count}};
      };
      relief_of_row_plain(ground, row, first, {30, 27.5}, {300, 40}, results(plain));
      on_each_target([&] {
        std::fill(fast.begin(), fast.end(), 7.0F);
        relief_of_row(ground, row, first, {30, 27.5}, {300, 40}, results(fast));
        EXPECT_EQ(std::memcmp(fast.data(), plain.data(), plain.size() * sizeof(float)), 0) << row << " of " << rows;
      });
    }
  }
}

TEST_F(ReliefTwins, ThePositionIndexEqualsThePlainOneBitForBit) {
  const std::vector<float> metres = hills(23, 71);
  const Elevations ground{metres, 23, 71, 1};
  for (const int radius : {1, 3, 10, 30, 40, 90}) {
    std::vector<float> plain(20 * 71), fast(plain);
    position_index_plain(ground, radius, 2, 22, plain);
    on_each_target([&] {
      std::fill(fast.begin(), fast.end(), 7.0F);
      position_index(ground, radius, 2, 22, fast);
      EXPECT_EQ(std::memcmp(fast.data(), plain.data(), plain.size() * sizeof(float)), 0) << "radius " << radius;
    });
  }
}

TEST(Wetness, AHollowFillsUpToItsRim) {
  const std::vector<float> metres{9, 9, 9, 9, 9,  //
                                  9, 1, 2, 1, 9,  //
                                  9, 9, 9, 5, 9};
  const std::vector<double> filled = filled_elevations({metres, 3, 5, 1});
  EXPECT_GE(filled[6], 5);
  EXPECT_LT(filled[6], 5.01);
  EXPECT_EQ(filled[13], 5);
  EXPECT_GT(filled[6], filled[7]);
}

TEST(Wetness, WaterOfAValleyRunsThroughItsMouth) {
  // A valley that falls to the south: all of its water leaves by the lowest pixels.
  constexpr std::size_t rows = 20, cols = 21;
  std::vector<float> metres(rows * cols);
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t col = 0; col < cols; ++col)
      metres[row * cols + col] = 200 - static_cast<float>(row) + 5 * std::abs(static_cast<float>(col) - 10);
  }
  const Elevations ground{metres, rows, cols, 10};
  const std::vector<double> area = contributing_area(ground, filled_elevations(ground));
  const double mouth = area[(rows - 1) * cols + 10];
  EXPECT_GT(mouth, 0.5 * 100 * rows * cols);
  EXPECT_LE(mouth, 100.0 * rows * cols + 1e-6);
  std::vector<float> wetness(rows * cols);
  wetness_index(ground, wetness);
  EXPECT_GT(wetness[(rows - 1) * cols + 10], wetness[(rows - 1) * cols + 5] + 1);
}

TEST(Wetness, NoWaterIsLost) {
  std::vector<float> metres = plane(6, 6, 0, 3);
  const Elevations ground{metres, 6, 6, 1};
  const std::vector<double> area = contributing_area(ground, filled_elevations(ground));
  EXPECT_NEAR(std::accumulate(area.end() - 6, area.end(), 0.0), 36, 1e-9);
}

}  // namespace
}  // namespace ecocube::terrain
