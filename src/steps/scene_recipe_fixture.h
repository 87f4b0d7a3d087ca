// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "io/raster/layer_reader.h"
#include "io/raster/raster.h"
#include "run/executor.h"
#include "run/plan_recipe.h"

namespace ecocube {

/// Draws scenes of a product of its own, `{frame}_{date}_{time}_{band}.tif`, runs a recipe on them and reads the
/// result. The product has the bands red and nir (int16, × 0.0001, no data -9999) and the mask `class`: 1 land, 2
/// water, 3 cloud, 0 fill; other codes are unknown. The cube: 12 × 10 pixels of 30 m in one tile, 2018.
class SceneRecipeFixture : public testing::Test {
 protected:
  static constexpr std::int64_t kRows = 10, kCols = 12;
  static constexpr std::size_t kPixels = kRows * kCols;

  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder =
        std::filesystem::path(testing::TempDir()) / fmt::format("ecocube_{}_{}", test->test_suite_name(), test->name());
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder / "scenes");
    std::ofstream(folder / "drawn.json") << R"({"name": "drawn", "title": "drawn by a test",
      "names": ["{frame}_{date}_{time}_{band}.tif"], "tokens": {"frame": "[A-Z]+", "time": "[0-9]+"},
      "id": "{frame}_{date}_{time}", "frame": "{frame}", "orbit": "{frame}",
      "encoding": {"type": "int16", "scale": 0.0001, "no_data": -9999, "valid": [0, 10000]},
      "bands": [{"name": "red", "title": "red", "file": "red"}, {"name": "nir", "title": "near infrared", "file": "nir"}],
      "mask": {"name": "class", "file": "class", "type": "uint8",
        "words": {"fill": {"code": 0}, "land": {"code": 1}, "water": {"code": 2}, "cloud": {"code": 3}},
        "codes": [0, 1, 2, 3],
        "presets": {"default": ["fill", "cloud"], "dry": ["fill", "cloud", "water"]}}})";
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  static Grid grid(double pixel = 30) { return {"EPSG:3035", pixel, 4321000, 3210000, 100}; }

  std::filesystem::path path_of(const std::string& scene, const std::string& band) const {
    return folder / "scenes" / fmt::format("{}_{}.tif", scene, band);
  }

  using Draw = std::function<int(std::int64_t row, std::int64_t col)>;

  void draw_band(const std::string& scene, const std::string& band, const Draw& draw, const Grid& on,
                 const Window& window, DataType type = DataType::int16) const {
    const bool mask = band == "class";
    auto writer = RasterWriter::create(path_of(scene, band), on, window,
                                       {mask ? DataType::uint8 : type,
                                        1,
                                        0,
                                        mask || type == DataType::uint16 ? std::nullopt : std::optional<double>(-9999),
                                        {}},
                                       {{.name = band, .classes = {}, .encoding = {}}});
    ASSERT_TRUE(writer) << writer.error().message;
    std::vector<float> values;
    for (std::int64_t row = 0; row < window.rows; ++row) {
      for (std::int64_t col = 0; col < window.cols; ++col) values.push_back(static_cast<float>(draw(row, col)));
    }
    ASSERT_TRUE((*writer)->write(0, window, values, {}));
    ASSERT_TRUE((*writer)->close());
  }

  /// A scene on the cube's own pixels; nir is red + 1000.
  void draw(const std::string& scene, const Draw& red, const Draw& code) const {
    const Window window{0, 0, kRows, kCols};
    draw_band(scene, "red", red, grid(), window);
    draw_band(
        scene, "nir", [&](std::int64_t row, std::int64_t col) { return red(row, col) + 1000; }, grid(), window);
    draw_band(scene, "class", code, grid(), window);
  }
  static Draw all(int value) {
    return [value](std::int64_t, std::int64_t) { return value; };
  }

  std::string recipe(const std::string& step, const std::string& source = "") const {
    const Bounds box = grid().bounds({0, 0, kRows, kCols});
    return fmt::format(
        "cube: {{grid: {{crs: EPSG:3035, pixel: 30, origin: [4321000, 3210000], tile: 100}}, area: {{bbox: [{}, {}, "
        "{}, {}]}}, years: 2018}}\nsources: {{drawn: {{format: \"{}\", path: \"{}\"{}}}}}\nsteps: [{}]\n",
        box.min_x, box.min_y, box.max_x, box.max_y, (folder / "drawn.json").string(), (folder / "scenes").string(),
        source, step);
  }

  struct Done {
    Plan plan;
    std::filesystem::path root;
    std::string error;  ///< empty when all tasks succeeded
    std::string log;
  };
  Done run(const StepList& steps, const std::string& yaml, const std::string& name = "out",
           std::uint64_t memory = 1U << 30) {
    settings.root = folder / name;
    settings.memory_bytes = memory;
    const auto read = parse_recipe(yaml, "test.yaml", folder, {});
    if (!read) return {Plan(), settings.root, read.error().message, {}};
    auto plan = plan_recipe(*read, steps, settings);
    if (!plan) return {Plan(), settings.root, plan.error().message, {}};
    Done done{std::move(*plan), settings.root, {}, {}};
    std::filesystem::create_directories(settings.root);
    DiskRecords records(settings.root / "records");
    RunLog log(settings.root / "run-log.jsonl");
    QuietProgress progress;
    const auto work = make_work_list(done.plan, {}, records, sizes_in(settings.root));
    const RunOutcome outcome = ThreadExecutor(settings, records, log, progress, steady_clock()).run(done.plan, *work);
    for (const auto& [id, error] : outcome.failed) done.error = error.message;
    for (const Value& line : read_run_log(settings.root / "run-log.jsonl")) done.log += line.dump() + "\n";
    return done;
  }

  /// Stored numbers of a layer on the whole tile, -1 where missing.
  static std::vector<float> stored(const Done& done, const std::string& variable, const std::string& slot) {
    std::vector<float> values(kPixels);
    std::vector<std::uint8_t> valid(kPixels);
    for (const Layer& layer : done.plan.layers.of_variable(variable)) {
      if (layer.period->slot != slot) continue;
      LayerReader reader(done.plan.cube.grid, done.root);
      const Tile& tile = done.plan.cube.tiles.front();
      EXPECT_TRUE(reader.read(layer, tile.name(), tile.window, values, valid));
      for (std::size_t i = 0; i < kPixels; ++i) values[i] = valid[i] != 0 ? values[i] : -1;
      return values;
    }
    ADD_FAILURE() << "no layer " << variable << " of " << slot;
    return values;
  }

  std::filesystem::path folder;
  RunSettings settings;
};

}  // namespace ecocube
