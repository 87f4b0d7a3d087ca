// SPDX-License-Identifier: Apache-2.0
#include "steps/terrain.h"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <set>

#include "steps/geometric_temperature.h"
#include "steps/raster_recipe_fixture.h"
#include "steps/zonal_statistics.h"

namespace ecocube {
namespace {

using testing::HasSubstr;

class TerrainStepTest : public RasterRecipeFixture {
 protected:
  /// A plane that rises 30 m a pixel to the east, so 45°, as a static raster called elevation.
  void draw_ground() const {
    std::vector<float> metres(kPixels);
    for (std::size_t i = 0; i < kPixels; ++i) metres[i] = 100 + 30 * static_cast<float>(i % kCols);
    std::filesystem::create_directories(folder / "static");
    auto writer = RasterWriter::create(folder / "static" / "elevation.tif", grid(), {0, 0, kRows, kCols},
                                       {DataType::int16, 1, 0, -32768, "m"},
                                       {{.name = "elevation", .classes = {}, .encoding = {}}});
    ASSERT_TRUE(writer) << writer.error().message;
    ASSERT_TRUE((*writer)->write(0, {0, 0, kRows, kCols}, metres, {}));
    ASSERT_TRUE((*writer)->close());
  }

  /// A rectangle of 5 rows and 3 columns called field, in zones.geojson.
  void draw_zone() const {
    const Bounds box = grid().bounds({2, 4, 5, 3});
    std::ofstream(folder / "zones.geojson")
        << R"({"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3035"}}, "features": [)"
        << fmt::format(
               R"({{"type": "Feature", "properties": {{"name": "field"}}, "geometry": {{"type": "Polygon", "coordinates": [[[{0}, {1}], [{2}, {1}], [{2}, {3}], [{0}, {3}], [{0}, {1}]]]}}}}]}})",
               box.min_x, box.max_y, box.max_x, box.min_y);
  }

  Done run_on_ground(const StepList& known, const std::string& chosen, std::uint64_t memory = 1U << 30) {
    const Bounds box = grid().bounds({0, 0, kRows, kCols});
    const std::string text = fmt::format(
        "cube: {{grid: {{crs: EPSG:3035, pixel: 30, origin: [900000, 5460010], tile: 16}}, area: {}, "
        "years: 2015}}\nsources: {{ground: {{format: rasters, path: \"{}/static/{{variable}}.tif\", static: "
        "true}}}}\nsteps: {}\n",
        area.empty() ? fmt::format("{{bbox: [{}, {}, {}, {}]}}", box.min_x, box.min_y, box.max_x, box.max_y) : area,
        folder.string(), chosen);
    return run_text(known, text, "out" + std::to_string(memory), memory);
  }

  /// Physical values of a static layer over the area, NaN where missing.
  static std::vector<float> values_of(const Done& done, const std::string& variable) {
    std::vector<float> all(kPixels, -999);
    const Layer* layer = done.plan.layers.find(variable, std::nullopt);
    EXPECT_TRUE(layer) << variable;
    LayerReader reader(done.plan.cube.grid, done.root);
    for (const Tile& tile : layer ? done.plan.cube.tiles : std::vector<Tile>{}) {
      const auto pixels = static_cast<std::size_t>(tile.window.pixels());
      std::vector<float> values(pixels);
      std::vector<std::uint8_t> valid(pixels);
      EXPECT_TRUE(reader.read_decoded(*layer, tile.name(), tile.window, values, valid));
      for (std::size_t i = 0; i < pixels; ++i) {
        const auto row = tile.window.row + static_cast<std::int64_t>(i) / tile.window.cols,
                   col = tile.window.col + static_cast<std::int64_t>(i) % tile.window.cols;
        all[static_cast<std::size_t>(row * kCols + col)] = valid[i] != 0 ? values[i] : std::nanf("");
      }
    }
    return all;
  }

  const StepList steps{make_terrain_step, make_geometric_temperature_step, make_zonal_statistics_step};
};

TEST_F(TerrainStepTest, APlaneHasOneSlopeOverTheBordersOfTiles) {
  draw_ground();
  const Done done =
      run_on_ground(steps, "[{terrain: {measures: [slope, aspect, hillshade, position, wetness], radius: 2}}]");
  ASSERT_EQ(done.error, "");
  const auto slope = values_of(done, "slope"), aspect = values_of(done, "aspect"),
             position = values_of(done, "position_index"), shade = values_of(done, "hillshade"),
             wetness = values_of(done, "wetness_index");
  for (std::size_t i = 0; i < kPixels; ++i) {
    ASSERT_NEAR(slope[i], 45, 0.01) << i;
    ASSERT_NEAR(aspect[i], 270, 0.1) << i;
    ASSERT_NEAR(shade[i], std::cos(std::atan(1.0)) * 0.5 * std::sqrt(2.0) * (1 + std::sqrt(0.5)), 0.01) << i;
    const std::size_t col = i % kCols;
    if (col > 1 && col < kCols - 2) {
      ASSERT_NEAR(position[i], 0, 0.06) << i;
    }
  }
  // All water runs to the west.
  EXPECT_NEAR(wetness[kCols * 9], std::log(30.0 * kCols), 0.3);
  EXPECT_NEAR(wetness[kCols * 9 + kCols - 1], std::log(30.0), 0.01);
}

TEST_F(TerrainStepTest, LittleMemoryGivesTheSameNumbers) {
  draw_ground();
  const std::string chosen = "[{terrain: {measures: [slope, position], radius: 3}}]";
  const Done much = run_on_ground(steps, chosen), little = run_on_ground(steps, chosen, 1U << 20);
  ASSERT_EQ(much.error + little.error, "");
  EXPECT_EQ(values_of(much, "position_index"), values_of(little, "position_index"));
  EXPECT_EQ(values_of(much, "slope"), values_of(little, "slope"));
}

TEST_F(TerrainStepTest, TemperatureFallsWithElevationAndIsThereForEveryMonth) {
  draw_ground();
  const Done done = run_on_ground(steps, "[{geometric-temperature: {}}]");
  ASSERT_EQ(done.error, "");
  const auto july = values_of(done, "geometric_temperature_max_m07"),
             january = values_of(done, "geometric_temperature_max_m01");
  EXPECT_EQ(done.plan.layers.variables().size(), 25U);
  EXPECT_NEAR(july[0] - july[10], 0.006 * 300, 0.02);
  EXPECT_GT(july[0], january[0] + 10);
}

TEST_F(TerrainStepTest, ZonesAreSummedUp) {
  draw_ground();
  draw_zone();
  const Done done = run_on_ground(
      steps, fmt::format("[{{zonal-statistics: {{zones: \"{}/zones.geojson\", name: name}}}}]", folder.string()));
  ASSERT_EQ(done.error, "");
  std::ifstream file(done.root / "zonal-statistics" / "statistics.csv");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_EQ(text, "zone,variable,start,end,pixels,mean,sd,min,max\nfield,elevation,,,15,250,24.4948974,220,280\n");
}

TEST_F(TerrainStepTest, WhatLooksAtTheWholeAreaRunsAgainWhenATileOfItIsLeftOut) {
  draw_ground();
  draw_zone();
  const std::string chosen = fmt::format(
      "[{{terrain: {{measures: [wetness]}}}}, {{zonal-statistics: {{zones: \"{}/zones.geojson\", variables: "
      "elevation}}}}]",
      folder.string());
  std::set<std::string> wetness, statistics;
  for (const bool all : {true, false}) {
    area = "{tiles: [";
    for (const auto& [row, col] : {std::pair{0, 0}, std::pair{1, 1}, std::pair{0, 1}}) {
      if (all || row == col) area += fmt::format("{}{}", area.back() == '[' ? "" : ", ", Tile{row, col, {}}.name());
    }
    area += "]}";
    const Done done = run_on_ground(steps, chosen);
    ASSERT_EQ(done.error, "");
    wetness.insert(done.plan.tasks.front().key);
    statistics.insert(done.plan.tasks.back().key);
  }
  EXPECT_EQ(wetness.size(), 2U);
  EXPECT_EQ(statistics.size(), 2U);
}

TEST_F(TerrainStepTest, MistakesAreAnsweredWithWhatWouldBeRight) {
  draw_ground();
  EXPECT_THAT(run_on_ground(steps, "[{terrain: {elevation: elevatio}}]").error,
              HasSubstr("no static layer is called 'elevatio' - did you mean 'elevation'?"));
  EXPECT_THAT(run_on_ground(steps, "[{terrain: {measures: [slop]}}]").error,
              HasSubstr("unknown measure 'slop' - did you mean 'slope'?"));
  EXPECT_THAT(run_on_ground(steps, "[{geometric-temperature: {months: [13]}}]").error, HasSubstr("13 is no month"));
  EXPECT_THAT(run_on_ground(steps, "[{zonal-statistics: {zones: none.gpkg}}]").error,
              HasSubstr("none.gpkg: no such file"));
}

}  // namespace
}  // namespace ecocube
