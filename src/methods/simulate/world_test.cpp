// SPDX-License-Identifier: Apache-2.0
#include "methods/simulate/world.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/parallel.h"
#include "data/cube/legend.h"
#include "methods/simulate/ground.h"
#include "methods/simulate/noise.h"
#include "methods/simulate/terrain.h"

namespace ecocube::simulate {
namespace {

const World& wide_world() {
  static const World world = make_world(7, Frame::around({6.0, 51.9}, 400, 300));
  return world;
}

double share_of(const World& world, Cover cover, int year) {
  std::size_t count = 0;
  for (std::size_t pixel = 0; pixel < world.frame.pixels(); ++pixel) count += world.cover(pixel, year) == cover ? 1 : 0;
  return static_cast<double>(count) / static_cast<double>(world.frame.pixels());
}

TEST(NoiseTest, HasMeanZeroAndADeviationJustBelowOne) {
  const Noise noise(3, Purpose::hills);
  double sum = 0, squares = 0;
  for (int i = 0; i < 40000; ++i) {
    const int row = i / 200;
    const double value = noise.fractal((i % 200) * 0.37, row * 0.41, 4);
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / 40000, 0, 0.1);
  EXPECT_NEAR(std::sqrt(squares / 40000), 0.88, 0.08);
}

TEST(NoiseTest, IsSmoothAndChangesWithItsSeed) {
  const Noise noise(3, Purpose::hills), other(4, Purpose::hills);
  EXPECT_NEAR(noise.at(5.3, 2.7), noise.at(5.3001, 2.7), 0.001);
  EXPECT_NE(noise.at(5.3, 2.7), other.at(5.3, 2.7));
}

TEST(WorldTest, OneAndTwoThreadsMakeTheSame) {
  const Frame frame = Frame::around({6.0, 51.9}, 120, 90);
  const auto made_with = [&](int threads) {
    const ThreadLimit limit(threads);
    return make_world(5, frame);
  };
  const World one = made_with(1), two = made_with(2);
  EXPECT_EQ(one.first_cover, two.first_cover);
  EXPECT_EQ(one.elevation, two.elevation);
  EXPECT_EQ(one.parcel, two.parcel);
  EXPECT_EQ(one.cut_year, two.cut_year);
}

TEST(WorldTest, AnotherSeedIsAnotherWorld) {
  const Frame frame = Frame::around({6.0, 51.9}, 80, 60);
  EXPECT_NE(make_world(1, frame).first_cover, make_world(2, frame).first_cover);
}

TEST(WorldTest, EveryCoverAppearsAndIsAClassOfTheLegend) {
  for (const Cover cover : kCovers) {
    EXPECT_GT(share_of(wide_world(), cover, 2017), 0.001) << static_cast<int>(cover);
    EXPECT_NE(clc_legend().with_value(static_cast<int>(cover)), nullptr);
  }
  EXPECT_EQ(clc_legend().with_value(static_cast<int>(Cover::shrub))->code, "324");
  EXPECT_EQ(clc_legend().with_value(static_cast<int>(Cover::arable))->code, "211");
  EXPECT_LT(share_of(wide_world(), Cover::arable, 2017), 0.6);
}

TEST(WorldTest, AClearCutIsShrubForYearsAndThenTheSameForestAgain) {
  const World& world = wide_world();
  std::size_t cuts = 0;
  for (std::size_t pixel = 0; pixel < world.frame.pixels(); ++pixel) {
    const int cut = world.cut_year[pixel];
    if (cut == World::kNever || world.built_year[pixel] != World::kNever) continue;
    ++cuts;
    const Cover forest = world.first_cover[pixel];
    ASSERT_TRUE(forest == Cover::broadleaf || forest == Cover::conifer);
    ASSERT_EQ(world.cover(pixel, cut - 1), forest);
    ASSERT_EQ(world.cover(pixel, cut), Cover::shrub);
    ASSERT_EQ(world.cover(pixel, cut + world.regrowth[pixel] - 1), Cover::shrub);
    ASSERT_EQ(world.cover(pixel, cut + world.regrowth[pixel]), forest);
  }
  EXPECT_GT(cuts, 1000U);
}

TEST(WorldTest, TownsOnlyGrowAndOnlyOverFields) {
  const World& world = wide_world();
  std::size_t grown = 0;
  for (std::size_t pixel = 0; pixel < world.frame.pixels(); ++pixel) {
    const Cover before = world.cover(pixel, 2005), after = world.cover(pixel, 2030);
    if (before == Cover::town) {
      ASSERT_EQ(after, Cover::town);
    }
    if (before == after || (after != Cover::town && after != Cover::industry)) continue;
    ++grown;
    EXPECT_TRUE(before == Cover::arable || before == Cover::pasture);
  }
  EXPECT_GT(grown, 100U);
}

TEST(WorldTest, AParcelBearsDifferentCropsInDifferentYears) {
  int changes = 0, equal_but_maize = 0;
  for (std::uint32_t parcel = 1; parcel <= 500; ++parcel) {
    const int first = crop_of(parcel * 7919, 2016), second = crop_of(parcel * 7919, 2017);
    changes += first != second ? 1 : 0;
    equal_but_maize += first == second && first != 3 ? 1 : 0;
  }
  EXPECT_GT(changes, 380);
  EXPECT_LT(equal_but_maize, 25);
}

TEST(TerrainTest, WaterNeverRunsUphill) {
  const Frame frame = Frame::around({6.0, 51.9}, 150, 120);
  const Terrain terrain = make_terrain(3, frame);
  std::vector<float> elevation = terrain.elevation;
  const Drainage drainage = drain(frame, elevation, terrain.water);
  ASSERT_EQ(drainage.order.size(), frame.pixels());
  std::vector<std::uint8_t> seen(frame.pixels());
  for (const std::uint32_t pixel : drainage.order) {
    const std::uint32_t next = drainage.receiver[pixel];
    ASSERT_TRUE(next == pixel || seen[next] != 0) << "a pixel comes before the one it runs to";
    ASSERT_LE(elevation[next], elevation[pixel]);
    seen[pixel] = 1;
  }
}

}  // namespace
}  // namespace ecocube::simulate
