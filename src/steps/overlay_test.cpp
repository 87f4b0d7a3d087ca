// SPDX-License-Identifier: Apache-2.0
#include "steps/overlay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "io/file/file.h"
#include "io/table/table_file.h"
#include "steps/raster_recipe_fixture.h"

namespace ecocube {
namespace {

using testing::HasSubstr;

class OverlayTest : public RasterRecipeFixture {
 protected:
  /// value = 10 x season number + column, so a value tells which layer and pixel it came from.
  void draw_seasons(int first, int last, const std::vector<std::size_t>& missing = {}) const {
    for (int season = first; season <= last; ++season) {
      std::vector<float> values;
      for (std::size_t i = 0; i < kPixels; ++i)
        values.push_back(static_cast<float>(20 * season + static_cast<int>(i % kCols)));
      for (const std::size_t i : missing) values[i] = -1;
      draw("ndvi", season, values, {DataType::uint16, 1, 0, 65535, {}});
    }
  }

  /// Points by row, column and date; the label is the number of the line.
  Done overlay(const std::vector<std::tuple<int, int, std::string>>& points, const std::string& options = "") {
    std::string csv = "x,y,date,label\n";
    for (const auto& [row, col, date] : points) {
      const MapPoint centre = grid().centre(row, col);
      csv += fmt::format("{},{},{},{}\n", centre.x, centre.y, date, 100 + row);
    }
    EXPECT_TRUE(write_text(folder / "points.csv", csv));
    return run({make_overlay_step}, fmt::format("[{{overlay: {{unknown_labels: keep{}{}}}}}]\npoints: {{path: "
                                                "\"{}/points.csv\", crs: EPSG:3035}}",
                                                options.empty() ? "" : ", ", options, folder.string()));
  }

  static Table table_of(const Done& done) {
    const auto table = read_table(done.root / "overlay" / "table.csv");
    EXPECT_TRUE(table) << table.error().message;
    return table.value_or(Table());
  }
  static float value_of(const Table& table, const std::string& feature, std::size_t row) {
    for (std::size_t i = 0; i < table.features.size(); ++i) {
      if (table.features[i] == feature) return table.column(i)[row];
    }
    ADD_FAILURE() << "no feature " << feature;
    return -1;
  }
};

TEST_F(OverlayTest, APointTakesTheFourSeasonsOfItsYearAtItsPixel) {
  draw_seasons(0, 11);
  const Done done = overlay({{3, 5, "2015-07-01"}, {17, 19, "2016-12-25"}, {0, 16, "2017-01-01"}});
  ASSERT_EQ(done.error, "");
  const Table table = table_of(done);
  ASSERT_EQ(table.rows.size(), 3u);
  EXPECT_EQ(table.features, (std::vector<std::string>{"ndvi.winter", "ndvi.spring", "ndvi.summer", "ndvi.autumn"}));
  EXPECT_EQ(value_of(table, "ndvi.winter", 0), 5);
  EXPECT_EQ(value_of(table, "ndvi.autumn", 0), 20 * 3 + 5);
  EXPECT_EQ(value_of(table, "ndvi.winter", 1), 20 * 4 + 19);
  EXPECT_EQ(value_of(table, "ndvi.summer", 2), 20 * 10 + 16);
  EXPECT_EQ(table.rows[1].label, "117");
}

TEST_F(OverlayTest, APointWithAMissingValueIsDroppedOrKeptAndCounted) {
  draw_seasons(0, 11, {3 * kCols + 5});
  const Done dropped = overlay({{3, 5, "2015-07-01"}, {4, 5, "2015-07-01"}});
  EXPECT_EQ(table_of(dropped).rows.size(), 1u);
  EXPECT_THAT(*read_text(dropped.root / "overlay" / "summary.json"), HasSubstr("\"dropped for missing values\": 1"));
  const Table kept = table_of(overlay({{3, 5, "2015-07-01"}, {4, 5, "2015-07-01"}}, "missing: keep"));
  ASSERT_EQ(kept.rows.size(), 2u);
  EXPECT_TRUE(std::isnan(value_of(kept, "ndvi.spring", 0)));
}

TEST_F(OverlayTest, PointsOutsideTheAreaOrTheYearsAreLeftOutAndTold) {
  draw_seasons(0, 11);
  const Done done = overlay({{3, 5, "2015-07-01"}, {-1, 5, "2015-07-01"}, {18, 5, "2015-07-01"}, {3, 5, "2014-12-31"}});
  ASSERT_EQ(done.error, "");
  EXPECT_EQ(table_of(done).rows.size(), 1u);
  const std::string summary = *read_text(done.root / "overlay" / "summary.json");
  EXPECT_THAT(summary, HasSubstr("2 of 4 points lie outside the cube's area"));
  EXPECT_THAT(summary, HasSubstr("1 of 4 points are dated outside the years 2015..2017"));
}

TEST_F(OverlayTest, ADifferentReadingOfTheSameFilesRunsTheStepAgain) {
  draw_seasons(0, 11);
  const Done before = overlay({{3, 5, "2015-07-01"}});
  const std::string key = before.plan.tasks.front().key;
  const auto recipe_text = recipe(fmt::format(
      "[{{overlay: {{unknown_labels: keep}}}}]\npoints: {{path: \"{}/points.csv\", crs: EPSG:3035}}", folder.string()));
  for (const auto& [option, value] :
       Settings{{"sources.drawn.scale", "7"}, {"sources.drawn.no_data", "0"}, {"sources.drawn.kind", "classes"}}) {
    const auto recipe = parse_recipe(recipe_text, "test.yaml", folder, {{option, value}});
    ASSERT_TRUE(recipe) << recipe.error().message;
    const auto plan = plan_recipe(*recipe, {make_overlay_step}, settings);
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_NE(plan->tasks.front().key, key) << option;
  }
}

TEST_F(OverlayTest, ASourceThatMeetsNoPartOfTheAreaIsRefused) {
  draw_seasons(0, 3);
  const auto read = parse_recipe(recipe("[overlay]"), "test.yaml", folder,
                                 {{"cube.area", "{bbox: [950000, 5400010, 951000, 5401010]}"}});
  ASSERT_TRUE(read) << read.error().message;
  const auto plan = plan_recipe(*read, {make_overlay_step}, settings);
  ASSERT_FALSE(plan);
  EXPECT_THAT(plan.error().message, HasSubstr("source drawn: none of its files meets the cube's area"));
}

TEST_F(OverlayTest, TwoSourcesOfOneVariableAreRefused) {
  draw_seasons(0, 3);
  EXPECT_TRUE(write_text(folder / "points.csv", "x,y,date,label\n900015,5459995,2015-07-01,211\n"));
  std::string text =
      recipe(fmt::format("[overlay]\npoints: {{path: \"{}/points.csv\", crs: EPSG:3035}}", folder.string()));
  const std::string first = "drawn: {format: rasters,";
  text.replace(text.find(first), first.size(),
               fmt::format("again: {{format: rasters, path: \"{}/rasters/{{variable}}_{{start}}_{{end}}.tif\"}}, {}",
                           folder.string(), first));
  const auto read = parse_recipe(text, "test.yaml", folder, {});
  ASSERT_TRUE(read) << read.error().message;
  const auto plan = plan_recipe(*read, {make_overlay_step}, settings);
  ASSERT_FALSE(plan);
  EXPECT_THAT(plan.error().message, HasSubstr("sources.drawn: variable 'ndvi' is given by the source again as well"));
}

/// Runs overlay on drawn points of the first line's columns.
class OverlayOfPoints : public OverlayTest {
 protected:
  Done overlay_of(const std::string& csv, const std::string& points_options, const std::string& options = "") {
    EXPECT_TRUE(write_text(folder / "points.csv", csv));
    return run({make_overlay_step},
               fmt::format("[{{overlay: {{{}}}}}]\npoints: {{path: \"{}/points.csv\", crs: EPSG:3035, {}}}", options,
                           folder.string(), points_options));
  }
};

TEST_F(OverlayOfPoints, ALabelThatTheLegendLacksIsRefusedWithTheNearestClassDroppedOrKept) {
  draw_seasons(0, 3);
  const std::string csv =
      "x,y,date,label\n900015,5459995,2015-07-01,211\n900045,5459995,2015-07-01,Pasture\n900075,5459995,2015-07-01,"
      "990\n";
  EXPECT_THAT(overlay_of(csv, "x: x").error,
              HasSubstr("point 2: label 'Pasture' is no class of the legend clc - did you mean 'Pastures'?"));
  const Done dropped = overlay_of(csv, "x: x", "unknown_labels: drop");
  ASSERT_EQ(dropped.error, "");
  EXPECT_EQ(table_of(dropped).rows.size(), 1u);
  const std::string summary = *read_text(dropped.root / "overlay" / "summary.json");
  EXPECT_THAT(summary, HasSubstr("1 of 3 points have the label '990', which is no class of the legend clc"));
  EXPECT_THAT(summary, HasSubstr("\"211\": 1"));
  EXPECT_EQ(table_of(overlay_of(csv, "x: x", "unknown_labels: keep")).rows.size(), 3u);
}

TEST_F(OverlayOfPoints, WhenEveryLabelIsUnknownThatIsSaid) {
  draw_seasons(0, 3);
  EXPECT_THAT(overlay_of("x,y,date,label\n900015,5459995,2015-07-01,990\n", "x: x", "unknown_labels: drop").error,
              HasSubstr("none of the labels inside the cube is a class of the legend, such as '990'"));
}

TEST_F(OverlayOfPoints, AMeasuredNumberNeedsNoLegendAndADepthIsAFeature) {
  draw_seasons(0, 3);
  const Done done =
      overlay_of("x,y,clay,upper,lower\n900015,5459995,12.5,0,10\n900015,5459995,20,10,30\n900045,5459995,,0,10\n",
                 "kind: soil, value: clay, year: 2015");
  ASSERT_EQ(done.error, "");
  const Table table = table_of(done);
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(table.features.back(), "depth");
  EXPECT_EQ(value_of(table, "depth", 0), 5);
  EXPECT_EQ(table.rows[1].depth, 20);
  EXPECT_EQ(table.rows[1].value, 20);
  EXPECT_EQ(table.rows[0].value, 12.5);
  EXPECT_EQ(table.rows[0].group, table.rows[1].group);
  EXPECT_EQ(value_of(table, "ndvi.summer", 1), 40);
  EXPECT_THAT(*read_text(done.root / "overlay" / "summary.json"), HasSubstr("1 of 3 soil layers have no value"));
}

TEST_F(OverlayOfPoints, ALayerCalledDepthAndPointsWithADepthAreRefused) {
  draw("depth", 0, std::vector<float>(kPixels, 1));
  EXPECT_THAT(
      overlay_of("x,y,clay,upper,lower\n900015,5459995,12.5,0,10\n", "kind: soil, value: clay, year: 2015").error, "");
  std::filesystem::rename(folder / "rasters" / fmt::format("depth_{}.tif", period_of(0).id()),
                          folder / "rasters" / "depth.tif");
  const auto read = parse_recipe(
      "cube: {grid: {crs: EPSG:3035, pixel: 30, origin: [900000, 5460010], tile: 16}, area: {bbox: [900000, 5459470, "
      "900600, 5460010]}, years: 2015}\nsources: {d: {format: rasters, path: rasters/depth.tif, variable: depth, "
      "static: "
      "true}}\nsteps: [overlay]\npoints: {path: points.csv, crs: EPSG:3035, kind: soil, value: clay, year: 2015}\n",
      "test.yaml", folder, {});
  ASSERT_TRUE(read) << read.error().message;
  const auto plan = plan_recipe(*read, {make_overlay_step}, settings);
  ASSERT_FALSE(plan);
  EXPECT_THAT(plan.error().message, HasSubstr("a layer is called 'depth' as well"));
}

TEST_F(OverlayOfPoints, SeveralSourcesAreJoinedAndEachFileIsAnInput) {
  draw_seasons(0, 3);
  EXPECT_TRUE(write_text(folder / "a.csv", "x,y,date,label\n900015,5459995,2015-07-01,211\n"));
  EXPECT_TRUE(write_text(folder / "b.csv", "x,y,date,label\n900045,5459995,2015-07-01,312\n"));
  const Done done =
      run({make_overlay_step}, fmt::format("[overlay]\npoints:\n  - {{path: \"{0}/a.csv\", crs: EPSG:3035}}\n"
                                           "  - {{path: \"{0}/b.csv\", crs: EPSG:3035}}",
                                           folder.string()));
  ASSERT_EQ(done.error, "");
  const Table table = table_of(done);
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(table.rows[0].label, "211");
  EXPECT_EQ(table.rows[1].label, "312");
  std::vector<std::string> names;
  for (const TaskInput& input : done.plan.tasks.front().inputs)
    names.push_back(std::filesystem::path(input.name).filename().string());
  EXPECT_THAT(names, testing::IsSupersetOf({"a.csv", "b.csv"}));
}

}  // namespace
}  // namespace ecocube
