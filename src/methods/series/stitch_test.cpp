// SPDX-License-Identifier: Apache-2.0
#include "methods/series/stitch.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace ecocube::series {
namespace {

TEST(Stitch, TwoOrbitsAreWeightedByTheirCountsWithinBounds) {
  const std::vector<float> values{10, 10, 10, NAN, NAN, 20, 20, 20, 20, NAN};
  const std::vector<std::uint16_t> counts{9, 11, 1, 0, 0, 11, 9, 99, 4, 0};
  std::vector<float> stitched(5);
  stitch(values, counts, 5, {0, 5}, stitched);
  EXPECT_FLOAT_EQ(stitched[0], 15.5F) << ".45 and .55";
  EXPECT_FLOAT_EQ(stitched[1], 14.5F);
  EXPECT_FLOAT_EQ(stitched[2], 16.0F) << ".01 becomes .4";
  EXPECT_EQ(stitched[3], 20);
  EXPECT_TRUE(std::isnan(stitched[4]));
}

TEST(Stitch, TheWeightsOfThreeOrbitsSumToOne) {
  const std::vector<float> values{10, 10, 10};
  const std::vector<std::uint16_t> counts{8, 1, 1};
  std::vector<float> stitched(1);
  stitch(values, counts, 1, {0, 1}, stitched);
  EXPECT_FLOAT_EQ(stitched[0], 10);
}

}  // namespace
}  // namespace ecocube::series
