// SPDX-License-Identifier: Apache-2.0
#include "methods/simulate/points.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

namespace ecocube::simulate {
namespace {

const World& world_of_points() {
  static const World world = make_world(7, Frame::around({6.0, 51.9}, 300, 220));
  return world;
}

std::size_t pixel_of(const Frame& frame, const LonLat& place) {
  const double col = std::floor((place.lon + 180) * kPixelsPerDegree) - static_cast<double>(frame.first_col);
  const double row = std::floor((90 - place.lat) * kPixelsPerDegree) - static_cast<double>(frame.first_row);
  return frame.at(static_cast<int>(row), static_cast<int>(col));
}

TEST(SurveyTest, TruthIsTheCoverOfTheYearAtThePixel) {
  const World& world = world_of_points();
  const auto points = survey(world, {800, 0.05, {2015, 2016, 2017}});
  ASSERT_EQ(points.size(), 800U);
  std::set<int> years;
  for (const SurveyPoint& point : points) {
    years.insert(year_of(point.date));
    EXPECT_EQ(point.truth, world.cover(pixel_of(world.frame, point.place), year_of(point.date)));
    EXPECT_TRUE(point.confidence == 100 || point.confidence == 85);
  }
  EXPECT_EQ(years, (std::set<int>{2015, 2016, 2017}));
}

TEST(SurveyTest, AboutAsManyLabelsAreWrongAsAsked) {
  const auto wrong_share = [](double noise) {
    const auto points = survey(world_of_points(), {1500, noise, {2015, 2018}});
    double wrong = 0;
    for (const SurveyPoint& point : points) wrong += point.label != point.truth ? 1 : 0;
    return wrong / static_cast<double>(points.size());
  };
  EXPECT_EQ(wrong_share(0), 0);
  EXPECT_NEAR(wrong_share(0.05), 0.05, 0.02);
  EXPECT_NEAR(wrong_share(0.3), 0.3, 0.05);
}

TEST(SurveyTest, RareClassesGetMoreThanTheirAreaAsksFor) {
  std::map<Cover, int> count;
  for (const SurveyPoint& point : survey(world_of_points(), {1200, 0, {2016}})) ++count[point.truth];
  for (const Cover cover : kCovers) EXPECT_GE(count[cover], 5) << static_cast<int>(cover);
  EXPECT_GT(count[Cover::arable], count[Cover::industry]);
}

TEST(SurveyTest, BlocksAreMany) {
  std::set<std::string> blocks;
  for (const SurveyPoint& point : survey(world_of_points(), {500, 0, {2016}})) blocks.insert(point.block);
  EXPECT_GE(blocks.size(), 12U);
}

}  // namespace
}  // namespace ecocube::simulate
