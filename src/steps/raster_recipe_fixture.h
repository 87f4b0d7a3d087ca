// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "io/raster/layer_reader.h"
#include "io/raster/raster.h"
#include "run/executor.h"
#include "run/plan_recipe.h"

namespace ecocube {

/// Draws small rasters, runs a recipe on them and reads the result: 18 × 20 pixels in four tiles, seasons from 2015 on.
class RasterRecipeFixture : public testing::Test {
 protected:
  static constexpr std::int64_t kRows = 18, kCols = 20;
  static constexpr std::size_t kPixels = kRows * kCols;

  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder =
        std::filesystem::path(testing::TempDir()) / fmt::format("ecocube_{}_{}", test->test_suite_name(), test->name());
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder / "rasters");
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  /// Writes a raster of stored numbers, -1 where missing; `seasons` counts from winter 2015 (0).
  void draw(const std::string& variable, int seasons, const std::vector<float>& stored,
            const Encoding& encoding = {DataType::uint8, 1, 0, 255, {}}) const {
    const Period period = period_of(seasons);
    const auto file = folder / "rasters" / fmt::format("{}_{}.tif", variable, period.id());
    auto writer = RasterWriter::create(file, grid(), {0, 0, kRows, kCols}, encoding,
                                       {{.name = variable, .classes = {}, .encoding = {}}});
    ASSERT_TRUE(writer) << writer.error().message;
    std::vector<std::uint8_t> valid;
    for (const float value : stored) valid.push_back(value < 0 ? 0 : 1);
    ASSERT_TRUE((*writer)->write(0, {0, 0, kRows, kCols}, stored, valid));
    ASSERT_TRUE((*writer)->close());
  }

  static Period period_of(int seasons) {
    return PeriodScheme::seasons().of_year(2015 + seasons / 4)[static_cast<std::size_t>(seasons % 4)];
  }
  static Grid grid() { return {"EPSG:3035", 30, 900000, 5460010, 16}; }

  std::string recipe(const std::string& steps) const {
    const Bounds box = grid().bounds({0, 0, kRows, kCols});
    return fmt::format(
        "cube: {{grid: {{crs: EPSG:3035, pixel: 30, origin: [900000, 5460010], tile: 16}}, area: {}, "
        "years: 2015..2017}}\n"
        "sources: {{drawn: {{format: rasters, path: \"{}/rasters/{{variable}}_{{start}}_{{end}}.tif\"}}}}\nsteps: {}\n",
        area.empty() ? fmt::format("{{bbox: [{}, {}, {}, {}]}}", box.min_x, box.min_y, box.max_x, box.max_y) : area,
        folder.string(), steps);
  }

  struct Done {
    Plan plan;
    std::filesystem::path root;
    std::string error;  ///< empty when all tasks succeeded
  };
  Done run(const StepList& steps, const std::string& chosen, const std::string& name = "out",
           std::uint64_t memory = 1U << 30) {
    return run_text(steps, recipe(chosen), name, memory);
  }
  /// The same with a whole recipe.
  Done run_text(const StepList& steps, const std::string& text, const std::string& name = "out",
                std::uint64_t memory = 1U << 30) {
    settings.root = folder / name;
    settings.memory_bytes = memory;
    const auto read = parse_recipe(text, "test.yaml", folder, {});
    if (!read) return {Plan(), settings.root, read.error().message};
    auto plan = plan_recipe(*read, steps, settings);
    if (!plan) return {Plan(), settings.root, plan.error().message};
    Done done{std::move(*plan), settings.root, {}};
    std::filesystem::create_directories(settings.root);
    DiskRecords records(settings.root / "records");
    RunLog log(settings.root / "run-log.jsonl");
    QuietProgress progress;
    const auto work = make_work_list(done.plan, {}, records, sizes_in(settings.root));
    const RunOutcome outcome = ThreadExecutor(settings, records, log, progress, steady_clock()).run(done.plan, *work);
    for (const auto& [id, error] : outcome.failed) done.error = error.message;
    return done;
  }

  /// Stored numbers of a layer over the whole area, -1 where missing.
  static std::vector<float> stored(const Done& done, const std::string& variable, int seasons) {
    std::vector<float> all(kPixels, -2);
    const Layer* layer = done.plan.layers.find(variable, period_of(seasons));
    EXPECT_TRUE(layer) << variable;
    LayerReader reader(done.plan.cube.grid, done.root);
    for (const Tile& tile : layer ? done.plan.cube.tiles : std::vector<Tile>{}) {
      const auto pixels = static_cast<std::size_t>(tile.window.pixels());
      std::vector<float> values(pixels);
      std::vector<std::uint8_t> valid(pixels);
      EXPECT_TRUE(reader.read(*layer, tile.name(), tile.window, values, valid));
      for (std::size_t i = 0; i < pixels; ++i) {
        const auto row = tile.window.row + static_cast<std::int64_t>(i) / tile.window.cols,
                   col = tile.window.col + static_cast<std::int64_t>(i) % tile.window.cols;
        all[static_cast<std::size_t>(row * kCols + col)] = valid[i] != 0 ? values[i] : -1;
      }
    }
    return all;
  }

  std::string area;  ///< of the recipe, instead of the box around the rasters
  std::filesystem::path folder;
  RunSettings settings;
};

}  // namespace ecocube
