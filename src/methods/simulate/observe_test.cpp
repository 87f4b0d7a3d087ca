// SPDX-License-Identifier: Apache-2.0
#include "methods/simulate/observe.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "base/parallel.h"
#include "methods/simulate/distance.h"
#include "methods/simulate/material.h"

namespace ecocube::simulate {
namespace {

struct Scene {
  Surface surface;
  Sky sky;
  std::vector<std::uint16_t> values;
};

const World& small_world() {
  static const World world = make_world(7, Frame::around({6.0, 51.9}, 160, 120));
  return world;
}

Scene scene_of(const World& world, int year, int interval, const WeatherSettings& settings = {}) {
  const Moment moment = moment_of(world, year, interval);
  Scene scene;
  scene.surface = look_at(world, ground_of_year(world, year), materials_in(mood_of(world.seed, year)), moment);
  scene.sky = sky_of(world, scene.surface, moment, settings);
  scene.values = observe(world, scene.surface, scene.sky, moment);
  return scene;
}

double mean_ndvi(const World& world, const Surface& surface, Cover cover, int year) {
  double sum = 0, count = 0;
  for (std::size_t pixel = 0; pixel < world.frame.pixels(); ++pixel) {
    if (world.cover(pixel, year) != cover) continue;
    const double red = surface.reflectance[pixel * kBands + 2], nir = surface.reflectance[pixel * kBands + 3];
    sum += (nir - red) / (nir + red);
    ++count;
  }
  return sum / count;
}

TEST(SceneTest, OneAndTwoThreadsSeeTheSame) {
  const auto seen_with = [](int threads) {
    const ThreadLimit limit(threads);
    return scene_of(small_world(), 2018, 9).values;
  };
  EXPECT_EQ(seen_with(1), seen_with(2));
}

TEST(SceneTest, HoldsOnlyKnownCodesAndNothingWhereThereIsNoData) {
  const std::set<int> known{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17};
  std::set<int> met;
  for (int interval = 1; interval <= 23; ++interval) {
    const Scene scene = scene_of(small_world(), 2016, interval);
    for (std::size_t at = 0; at < scene.values.size(); at += kSceneBands) {
      const int code = scene.values[at + 7];
      met.insert(code);
      ASSERT_EQ(known.count(code), 1U) << code;
      for (std::size_t band = 0; band < kBands; ++band) {
        ASSERT_EQ(scene.values[at + band] == 0, code == 0);
        ASSERT_LE(scene.values[at + band], 40000);
      }
    }
  }
  EXPECT_GE(met.size(), 12U);
}

TEST(SceneTest, HalfTheSkyIsCloudyAndMoreOfItInWinter) {
  double cloudy[2] = {0, 0}, seen[2] = {0, 0};
  for (int year = 2012; year < 2022; ++year) {
    for (int interval = 1; interval <= 23; interval += 2) {
      const Sky sky = scene_of(small_world(), year, interval).sky;
      const bool winter = interval <= 6 || interval >= 19;
      for (const std::uint8_t code : sky.quality) {
        seen[winter] += code != quality::no_data ? 1 : 0;
        cloudy[winter] += code != quality::no_data && code != quality::land && code != quality::water &&
                                  code != quality::slope_shadow && code != quality::snow && code != quality::land_again
                              ? 1
                              : 0;
      }
    }
  }
  EXPECT_GT(cloudy[1] / seen[1], cloudy[0] / seen[0]);
  EXPECT_NEAR((cloudy[0] + cloudy[1]) / (seen[0] + seen[1]), 0.57, 0.13);
}

TEST(SceneTest, AClearSkyWithoutStripesShowsTheWholeGround) {
  const Scene scene = scene_of(small_world(), 2018, 13, {0, false});
  std::size_t clear = 0;
  for (const std::uint8_t code : scene.sky.quality)
    clear += code == quality::land || code == quality::water || code == quality::land_again ? 1 : 0;
  EXPECT_GT(static_cast<double>(clear) / static_cast<double>(scene.sky.quality.size()), 0.5);
}

TEST(SceneTest, WhatTheFlagCallsClearIsNearTheTruth) {
  double squares = 0, count = 0;
  for (int interval = 8; interval <= 18; ++interval) {
    const Scene scene = scene_of(small_world(), 2018, interval);
    for (std::size_t pixel = 0; pixel < scene.sky.quality.size(); ++pixel) {
      if (scene.sky.quality[pixel] != quality::land) continue;
      const double difference =
          (scene.values[pixel * kSceneBands + 3] - scene.surface.reflectance[pixel * kBands + 3]) / 40000.0;
      squares += difference * difference;
      ++count;
    }
  }
  ASSERT_GT(count, 1000);
  EXPECT_LT(std::sqrt(squares / count), 0.04);
  EXPECT_GT(std::sqrt(squares / count), 0.003);
}

TEST(SceneTest, BeechWoodsAreGreenInSummerOnlyAndConifersAlways) {
  const World& world = small_world();
  const Surface winter = scene_of(world, 2019, 4).surface, summer = scene_of(world, 2019, 13).surface;
  EXPECT_GT(mean_ndvi(world, summer, Cover::broadleaf, 2019), mean_ndvi(world, winter, Cover::broadleaf, 2019) + 0.25);
  EXPECT_LT(std::abs(mean_ndvi(world, summer, Cover::conifer, 2019) - mean_ndvi(world, winter, Cover::conifer, 2019)),
            0.25);
  EXPECT_LT(mean_ndvi(world, summer, Cover::lake, 2019), mean_ndvi(world, summer, Cover::broadleaf, 2019) - 0.4);
}

TEST(MaterialTest, SharesOfGreenAndDryNeverExceedTheWhole) {
  YearMood mood;
  mood.drought = 1;
  const std::vector<MaterialYear> materials = materials_in(mood);
  ASSERT_EQ(materials.size(), kMaterials);
  for (const MaterialYear& material : materials) {
    for (std::size_t day = 0; day < material.green.size(); ++day) {
      ASSERT_GE(material.green[day], 0);
      ASSERT_GE(material.dry[day], 0);
      ASSERT_LE(material.green[day] + material.dry[day], 1.0001F);
    }
  }
}

TEST(MedianTest, TakesTheMiddleOrTheMeanOfTheMiddleTwo) {
  const std::vector<std::uint16_t> a{5, 10}, b{1, 40}, c{9, 20}, d{7, 30};
  EXPECT_EQ(median_of({&a, &b, &c}), (std::vector<std::uint16_t>{5, 20}));
  EXPECT_EQ(median_of({&a, &b, &c, &d}), (std::vector<std::uint16_t>{6, 25}));
}

TEST(MissingTest, IntervalsAreLackingAboutAsOftenAsAsked) {
  int missing = 0;
  for (int year = 1990; year < 2090; ++year) {
    for (int interval = 1; interval <= 23; ++interval) missing += is_missing(3, 5, 51, year, interval, 0.1) ? 1 : 0;
  }
  EXPECT_NEAR(missing / 2300.0, 0.1, 0.03);
  EXPECT_FALSE(is_missing(3, 5, 51, 2015, 1, 0));
}

TEST(DistanceTest, GrowsFromTheNearestMarkedPixel) {
  Frame frame = Frame::around({6.0, 51.9}, 9, 5);
  frame.metres_across = 20;
  frame.metres_down = 30;
  std::vector<std::uint8_t> mask(frame.pixels());
  mask[frame.at(2, 1)] = 1;
  const auto metres = metres_to(frame, mask);
  EXPECT_EQ(metres[frame.at(2, 1)], 0);
  EXPECT_EQ(metres[frame.at(2, 4)], 60);
  EXPECT_EQ(metres[frame.at(4, 1)], 60);
  EXPECT_EQ(metres[frame.at(1, 0)], 36);
}

}  // namespace
}  // namespace ecocube::simulate
