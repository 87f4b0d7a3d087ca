// SPDX-License-Identifier: Apache-2.0
#include "methods/series/cloud_distance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace ecocube::series {
namespace {

TEST(CloudDistance, IsTheStraightLineToTheNearestCloud) {
  // . . . .
  // . # . .
  const std::vector<std::uint8_t> mask{0, 0, 0, 0, 0, 1, 0, 0};
  const auto slant = static_cast<float>(30 * std::sqrt(2)), far_slant = static_cast<float>(30 * std::sqrt(5));
  EXPECT_EQ(cloud_distance(mask, {2, 4, 30, 30}, 10000),
            (std::vector<float>{slant, 30, slant, far_slant, 30, 0, 30, 60}));
}

TEST(CloudDistance, KnowsThatPixelsNeedNotBeSquare) {
  const std::vector<std::uint8_t> mask{1, 0, 0, 0};
  EXPECT_EQ(cloud_distance(mask, {2, 2, 3, 4}, 10000), (std::vector<float>{0, 3, 4, 5}));
}

TEST(CloudDistance, WithoutACloudIsTheFarthestThatWasAskedFor) {
  const std::vector<std::uint8_t> clear{0, 0, 0}, clouded{1, 0, 0};
  EXPECT_EQ(cloud_distance(clear, {1, 3, 30, 30}, 500), (std::vector<float>{500, 500, 500}));
  EXPECT_EQ(cloud_distance(clouded, {1, 3, 30, 30}, 50), (std::vector<float>{0, 30, 50}));
  EXPECT_TRUE(cloud_distance({}, {0, 0, 30, 30}, 500).empty());
}

TEST(CloudDistance, IsTheSmallestOfAllDistances) {
  std::mt19937 random(17);
  for (int round = 0; round < 60; ++round) {
    const std::size_t rows = 1 + random() % 30, cols = 1 + random() % 30, rare = 2 + random() % 60;
    const PixelPlane plane{rows, cols, 10, round % 2 == 0 ? 10.0 : 17.0};
    std::vector<std::uint8_t> mask(rows * cols);
    for (std::uint8_t& cloud : mask) cloud = random() % rare == 0;
    const std::vector<float> found = cloud_distance(mask, plane, 1000);
    for (std::size_t at = 0; at < mask.size(); ++at) {
      double smallest = 1000;
      for (std::size_t cloud = 0; cloud < mask.size(); ++cloud) {
        if (mask[cloud] == 0) continue;
        const double across = 10 * (static_cast<double>(at % cols) - static_cast<double>(cloud % cols));
        const double down = plane.metres_down * (static_cast<double>(at / cols) - static_cast<double>(cloud / cols));
        smallest = std::min(smallest, std::sqrt(across * across + down * down));
      }
      ASSERT_EQ(found[at], static_cast<float>(smallest)) << rows << " x " << cols << ", pixel " << at;
    }
  }
}

}  // namespace
}  // namespace ecocube::series
