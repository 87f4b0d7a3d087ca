// SPDX-License-Identifier: Apache-2.0
#include "data/cube/grid.h"

#include <gtest/gtest.h>

#include "data/cube/layer.h"
#include "data/cube/legend.h"
#include "data/cube/period.h"

namespace ecocube {
namespace {

const Grid kEurope{"EPSG:3035", 30, 900000, 5460010, 1000};

TEST(Grid, APointLiesInThePixelThatCoversIt) {
  EXPECT_EQ(kEurope.col_of(900000), 0);
  EXPECT_EQ(kEurope.col_of(899999.9), -1);
  EXPECT_EQ(kEurope.row_of(5460010 - 29.9), 0);
  EXPECT_EQ(kEurope.row_of(5460010 - 30.1), 1);
  EXPECT_EQ(kEurope.centre(0, 0).x, 900015);
  EXPECT_EQ(kEurope.centre(0, 0).y, 5459995);
}

TEST(Grid, AWindowOfBoundsOfAWindowIsThatWindow) {
  const Window window{74740, 104020, 256, 256};
  EXPECT_EQ(kEurope.window_of(kEurope.bounds(window)), window);
}

TEST(Grid, TilesCoverTheAreaOnceAlsoLeftOfTheOrigin) {
  const Window area{-30, 990, 1060, 20};
  std::int64_t pixels = 0;
  for (const Tile& tile : tiles_of(kEurope, area)) pixels += tile.window.pixels();
  EXPECT_EQ(pixels, area.pixels());
  EXPECT_EQ(tiles_of(kEurope, area).size(), 6U);
}

TEST(Cube, ATileIsFoundByItsNameAndByAPixelOfIt) {
  Cube cube;
  cube.grid = kEurope;
  cube.area = {-30, 990, 1060, 20};
  cube.tiles = tiles_of(cube.grid, cube.area);
  for (const Tile& tile : cube.tiles) {
    EXPECT_EQ(cube.tile_named(tile.name()), &tile);
    EXPECT_EQ(cube.tile_holding(tile.window.row, tile.window.col), &tile);
  }
  EXPECT_EQ(cube.tile_named("r005_c005"), nullptr);
  EXPECT_EQ(cube.tile_named("tile"), nullptr);
  EXPECT_EQ(cube.tile_holding(0, 989), nullptr) << "inside the tile, outside the area";
}

TEST(Period, WinterBeginsInTheYearBeforeAndSeasonsMeetWithoutAGap) {
  const auto seasons = PeriodScheme::seasons().of_year(2016);
  EXPECT_EQ(seasons[0].id(), "20151202_20160320");
  for (std::size_t i = 1; i < seasons.size(); ++i) EXPECT_EQ((seasons[i].start - seasons[i - 1].end).count(), 1);
  EXPECT_EQ(PeriodScheme::seasons().of_year(2017)[0].start - seasons[3].end, std::chrono::days(1));
}

TEST(Period, FebruaryEndsOnItsLastDay) {
  EXPECT_EQ(PeriodScheme::months().of_year(2016)[1].end, make_day(2016, 2, 29));
  EXPECT_EQ(PeriodScheme::months().of_year(2017)[1].end, make_day(2017, 2, 28));
}

TEST(Period, DatesAreReadInTheirFormsAndNothingElse) {
  EXPECT_EQ(parse_date("2018-07-01"), make_day(2018, 7, 1));
  EXPECT_EQ(parse_date("20180701"), make_day(2018, 7, 1));
  EXPECT_EQ(parse_date("2018/07/01T10:00:00Z"), make_day(2018, 7, 1));
  EXPECT_EQ(parse_date("2018"), make_day(2018, 7, 1));
  EXPECT_FALSE(parse_date("2018-02-30"));
  EXPECT_FALSE(parse_date("01.07.2018"));
}

TEST(Period, YearsComeAscendingAndOnce) {
  EXPECT_EQ(*parse_years(Value("2015..2017")), (std::vector<int>{2015, 2016, 2017}));
  EXPECT_EQ(*parse_years(Value::array({2018, 2016, 2018})), (std::vector<int>{2016, 2018}));
  EXPECT_FALSE(parse_years(Value("2017..2015")));
}

TEST(Encoding, RoundsToTheNearestAndNeverOntoNoData) {
  const Encoding reflectance{DataType::uint8, 0.004, 0, 255, ""};
  EXPECT_EQ(reflectance.encoded(0.1), 25);
  EXPECT_EQ(reflectance.encoded(0.0139), 3);
  EXPECT_EQ(reflectance.encoded(5), 254);
  EXPECT_EQ(reflectance.encoded(-1), 0);
}

TEST(Legend, ALabelIsFoundByCodeOrNameAndTwiceGivenValuesAreRefused) {
  EXPECT_EQ(clc_legend().matching("231")->value, 18);
  EXPECT_EQ(clc_legend().matching("pastures")->value, 18);
  EXPECT_EQ(clc_legend().matching("999"), nullptr);
  const auto twice = parse_legend("code,name,raster_value,red,green,blue\na,A,1,0,0,0\nb,B,1,0,0,0\n", "my.csv");
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().message, "legend my.csv, line 3: raster value 1 is given twice");
}

}  // namespace
}  // namespace ecocube
