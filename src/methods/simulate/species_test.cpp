// SPDX-License-Identifier: Apache-2.0
#include "methods/simulate/species.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace ecocube::simulate {
namespace {

const World& small_world() {
  static const World world = make_world(5, Frame::around({6.0, 51.9}, 160, 120));
  return world;
}

TEST(Species, StandsWhereItIsMoreLikely) {
  const std::vector<float> potential = potential_of_species(small_world());
  const auto [least, most] = std::minmax_element(potential.begin(), potential.end());
  EXPECT_GE(*least, 0);
  EXPECT_LE(*most, 1);
  EXPECT_GT(*most - *least, 0.4F);
  const double everywhere =
      std::accumulate(potential.begin(), potential.end(), 0.0) / static_cast<double>(potential.size());
  double there = 0, seen = 0;
  for (const Occurrence& one : occurrences(small_world(), potential, 400, {2015, 2016})) {
    if (one.species != kTreeSpecies[0]) continue;
    const Frame& frame = small_world().frame;
    for (int row = 0; row < frame.rows; ++row) {
      for (int col = 0; col < frame.cols; ++col) {
        const LonLat centre = frame.centre_of(row, col);
        if (centre.lon == one.place.lon && centre.lat == one.place.lat)
          there += static_cast<double>(potential[frame.at(row, col)]), ++seen;
      }
    }
  }
  ASSERT_GT(seen, 20);
  EXPECT_GT(there / seen, everywhere);
}

TEST(Species, IsNowhereButInWoods) {
  const std::vector<float> potential = potential_of_species(small_world()),
                           realized = realized_species(small_world(), potential, 2015);
  for (std::size_t pixel = 0; pixel < realized.size(); ++pixel) {
    const Cover cover = small_world().cover(pixel, 2015);
    const bool wood = cover == Cover::broadleaf || cover == Cover::conifer;
    EXPECT_TRUE(wood || realized[pixel] == 0);
    EXPECT_LE(realized[pixel], potential[pixel]);
  }
}

}  // namespace
}  // namespace ecocube::simulate
