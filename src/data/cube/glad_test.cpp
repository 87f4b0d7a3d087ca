// SPDX-License-Identifier: Apache-2.0
#include "data/cube/glad.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ecocube {
namespace {

std::vector<int> numbers_of(const std::vector<GladInterval>& intervals) {
  std::vector<int> numbers;
  for (const GladInterval& interval : intervals) numbers.push_back(interval.number);
  return numbers;
}

std::vector<std::string> names_of(const std::vector<GladTile>& tiles) {
  std::vector<std::string> names;
  for (const GladTile& tile : tiles) names.push_back(tile.name());
  return names;
}

TEST(GladTile, IsNamedRightInAllFourQuadrants) {
  const struct {
    LonLat place;
    const char* name = "";
    int west = 0, south = 0;
  } examples[] = {
      {{13.4, 49.7}, "013E_49N", 13, 49},     {{-61.604, -12.864}, "061W_12S", -62, -13},
      {{-0.5, 51.5}, "000W_51N", -1, 51},     {{9.1, -0.4}, "009E_00S", 9, -1},
      {{0.0, 0.0}, "000E_00N", 0, 0},         {{-0.0001, -0.0001}, "000W_00S", -1, -1},
      {{13.0, 49.0}, "013E_49N", 13, 49},     {{-62.0, -13.0}, "061W_12S", -62, -13},
      {{-61.0, -12.0}, "060W_11S", -61, -12}, {{-179.9, 66.2}, "179W_66N", -180, 66},
      {{179.9, -17.0}, "179E_16S", 179, -17}, {{180.5, -17.5}, "179W_17S", -180, -18},
      {{20.0, 90.0}, "020E_89N", 20, 89},     {{147.3, -42.9}, "147E_42S", 147, -43},
  };
  for (const auto& example : examples) {
    EXPECT_EQ(glad_tile_name(example.place), example.name) << example.place.lon << ", " << example.place.lat;
    const auto tile = parse_glad_tile(example.name);
    ASSERT_TRUE(tile) << example.name;
    EXPECT_EQ(tile->west, example.west) << example.name;
    EXPECT_EQ(tile->south, example.south) << example.name;
  }
}

TEST(GladTile, EveryCellOfTheGlobeHasANameThatReadsBack) {
  for (int west = -180; west < 180; ++west) {
    for (int south = -90; south < 90; ++south) {
      const GladTile tile{west, south};
      ASSERT_EQ(parse_glad_tile(tile.name()), tile) << tile.name();
      ASSERT_EQ(glad_tile_at({west + 0.5, south + 0.5}), tile) << tile.name();
    }
  }
}

TEST(GladTile, WhatIsNoTileNameIsRefused) {
  for (const char* text : {"", "13E_49N", "013E-49N", "013N_49E", "013E_49", "013e_49n", "180E_49N", "013E_90N",
                           "0x3E_49N", "013E_49N "}) {
    EXPECT_FALSE(parse_glad_tile(text)) << text;
  }
}

TEST(GladTile, ItsGridIsTheCellAndTwoPixelsOnEverySide) {
  const Grid grid = GladTile{-62, -13}.grid();
  const Bounds bounds = grid.bounds({0, 0, kGladTilePixels, kGladTilePixels});
  EXPECT_NEAR(bounds.min_x, -62.0005, 1e-12);
  EXPECT_NEAR(bounds.max_x, -60.9995, 1e-9);
  EXPECT_NEAR(bounds.min_y, -13.0005, 1e-9);
  EXPECT_NEAR(bounds.max_y, -11.9995, 1e-12);
  EXPECT_EQ(grid.window_of(GladTile{-62, -13}.cell()), (Window{2, 2, 4000, 4000}));
  EXPECT_EQ(grid.crs, "EPSG:4326");
}

TEST(GladTile, TilesTouchingARectangleGoNorthToSouthAndWestToEast) {
  EXPECT_THAT(names_of(glad_tiles_touching({-0.5, -0.5, 0.5, 0.5})),
              testing::ElementsAre("000W_00N", "000E_00N", "000W_00S", "000E_00S"));
}

TEST(GladTile, ARectangleThatEndsOnABorderDoesNotTouchTheNextTile) {
  EXPECT_THAT(names_of(glad_tiles_touching({13.0, 49.0, 14.0, 50.0})), testing::ElementsAre("013E_49N"));
  EXPECT_THAT(names_of(glad_tiles_touching({13.0 - 1e-9, 49.0 - 1e-9, 14.0 + 1e-9, 50.0 + 1e-9})),
              testing::ElementsAre("013E_49N"));
  EXPECT_THAT(names_of(glad_tiles_touching({13.5, 49.5, 13.5, 49.5})), testing::ElementsAre("013E_49N"));
}

TEST(GladTile, TilesGoRoundTheGlobeAtTheDateLine) {
  EXPECT_THAT(names_of(glad_tiles_touching({179.5, 66.1, 180.5, 66.9})), testing::ElementsAre("179E_66N", "179W_66N"));
  EXPECT_EQ(glad_tiles_touching({-180, -90, 180, 90}).size(), 360U * 180U);
}

TEST(GladInterval, HasTheIdsOfTheArchive) {
  const struct {
    int year, number, id;
  } examples[] = {{1980, 1, 1},   {1997, 1, 392},  {2000, 1, 461},  {2020, 6, 926},
                  {2023, 1, 990}, {2024, 1, 1013}, {2023, 23, 1012}};
  for (const auto& example : examples) {
    EXPECT_EQ((GladInterval{example.year, example.number}.id()), example.id);
    EXPECT_EQ(glad_interval(example.id), (GladInterval{example.year, example.number}));
  }
}

TEST(GladInterval, CoversSixteenDaysAndTheLastReachesTheEndOfTheYear) {
  EXPECT_EQ(iso_date(GladInterval{2019, 1}.first_day()), "2019-01-01");
  EXPECT_EQ(iso_date(GladInterval{2019, 1}.middle_day()), "2019-01-09");
  EXPECT_EQ(iso_date(GladInterval{2019, 1}.last_day()), "2019-01-16");
  EXPECT_EQ(iso_date(GladInterval{2019, 6}.first_day()), "2019-03-22");
  EXPECT_EQ(iso_date(GladInterval{2020, 6}.first_day()), "2020-03-21");
  EXPECT_EQ(day_of_year(GladInterval{2019, 23}.first_day()), 353);
  EXPECT_EQ(iso_date(GladInterval{2019, 23}.last_day()), "2019-12-31");
  EXPECT_EQ(iso_date(GladInterval{2020, 23}.last_day()), "2020-12-31");
}

TEST(GladInterval, EveryDayBelongsToTheIntervalThatCoversIt) {
  for (Day day = make_day(2019, 1, 1); day <= make_day(2021, 1, 1); day += std::chrono::days(1)) {
    const GladInterval interval = glad_interval_on(day);
    ASSERT_LE(interval.first_day(), day) << iso_date(day);
    ASSERT_GE(interval.last_day(), day) << iso_date(day);
    ASSERT_GE(interval.number, 1);
    ASSERT_LE(interval.number, 23);
  }
}

TEST(GladInterval, SeasonsTakeTheIntervalsOfTheReferenceInEveryYear) {
  for (int year = 1998; year <= 2024; ++year) {
    const auto seasons = PeriodScheme::seasons().of_year(year);
    const auto numbers = [&](std::size_t season) {
      return numbers_of(glad_intervals_within(seasons[season].start, seasons[season].end));
    };
    EXPECT_THAT(numbers(0), testing::ElementsAre(22, 23, 1, 2, 3, 4, 5)) << year;
    EXPECT_THAT(numbers(1), testing::ElementsAre(6, 7, 8, 9, 10, 11)) << year;
    EXPECT_THAT(numbers(2), testing::ElementsAre(12, 13, 14, 15, 16)) << year;
    EXPECT_THAT(numbers(3), testing::ElementsAre(17, 18, 19, 20, 21)) << year;
  }
}

TEST(GladInterval, ASpanBeforeTheArchiveBeginsHoldsNone) {
  EXPECT_TRUE(glad_intervals_within(make_day(1970, 1, 1), make_day(1979, 12, 31)).empty());
  EXPECT_EQ(glad_intervals_within(make_day(1979, 1, 1), make_day(1980, 1, 31)).front().id(), 1);
}

TEST(GladScenePath, LiesUnderTheLatitudeAndTheTile) {
  EXPECT_EQ(glad_scene_path({13, 49}, 1012), "49N/013E_49N/1012.tif");
  EXPECT_EQ(glad_scene_path({-1, -1}, 392), "00S/000W_00S/392.tif");
}

}  // namespace
}  // namespace ecocube
