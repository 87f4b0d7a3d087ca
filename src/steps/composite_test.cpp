// SPDX-License-Identifier: Apache-2.0
#include "steps/composite.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "data/cube/glad.h"
#include "io/catalog/glad_scene.h"
#include "io/file/file.h"
#include "io/raster/layer_reader.h"
#include "io/raster/projection.h"
#include "io/raster/raster.h"
#include "run/executor.h"
#include "run/plan_recipe.h"

namespace ecocube {
namespace {
namespace fs = std::filesystem;

constexpr int kSide = 40;
constexpr int kYear = 2018;

/// An archive of one corner of tile 006E_51N whose pixels are drawn in the test.
class CompositeTest : public testing::Test {
 protected:
  void SetUp() override {
    folder = fs::path(testing::TempDir()) /
             ("ecocube_composite_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder);
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }

  fs::path path_of(int interval, const GladTile& tile = {6, 51}) const {
    return folder / "archive" / glad_scene_path(tile, GladInterval{kYear, interval}.id());
  }

  /// Writes the scene of an interval of 2018: reflectance by pixel, one quality flag for all but the `cloudy` first
  /// pixels.
  void scene(int interval, const std::function<int(int)>& reflectance, int quality = 1, int cloudy = 0,
             const Window& window = {100, 200, kSide, kSide}, const GladTile& tile = {6, 51}) {
    const fs::path file = path_of(interval, tile);
    fs::create_directories(file.parent_path());
    auto writer = RasterWriter::create(file, tile.grid(), window, {DataType::uint16, 1, 0, std::nullopt, {}},
                                       std::vector<BandSpec>(8));
    ASSERT_TRUE(writer) << writer.error().message;
    std::vector<float> values(static_cast<std::size_t>(window.pixels()));
    for (std::size_t band = 0; band < 8; ++band) {
      for (int i = 0; i < static_cast<int>(values.size()); ++i) {
        const int value = band == 7   ? (flag         ? flag(i)
                                         : i < cloudy ? 3
                                                      : quality)
                          : band == 6 ? 28000
                                      : reflectance(i) + static_cast<int>(band);
        values[static_cast<std::size_t>(i)] = static_cast<float>(value);
      }
      ASSERT_TRUE((*writer)->write(band, window, values, {}));
    }
    ASSERT_TRUE((*writer)->close());
  }

  /// `grid` and `bbox` as the recipe's words.
  std::string recipe_on(const std::string& grid, const Bounds& box, const std::string& options,
                        const std::string& source = "") const {
    return fmt::format(
        "cube:\n  grid: {{{}}}\n  area: {{bbox: [{}, {}, {}, {}]}}\n  years: {}\n"
        "sources: {{landsat: {{format: glad, path: \"{}\"{}}}}}\nsteps: [{{composite: {{encoding: uint16{}}}}}]\n",
        grid, box.min_x, box.min_y, box.max_x, box.max_y, kYear, (folder / "archive").string(), source, options);
  }
  /// On the scenes' own grid, so that values come through unchanged.
  std::string recipe(const std::string& options, const std::string& source = "", int tile = 32,
                     int rows = kSide) const {
    const Grid grid = GladTile{6, 51}.grid();
    return recipe_on(
        fmt::format("crs: EPSG:4326, pixel: 0.00025, origin: [{}, {}], tile: {}", grid.origin_x, grid.origin_y, tile),
        grid.bounds({100, 200, rows, kSide}), options, source);
  }

  struct Done {
    Plan plan;
    RunOutcome outcome;
    Error error;
  };
  Done run(const std::string& yaml, const std::string& name = "out", std::uint64_t memory = 1u << 30) {
    settings.root = folder / name;
    settings.memory_bytes = memory;
    Done done;
    const auto read = parse_recipe(yaml, "test.yaml", folder, {});
    EXPECT_TRUE(read) << read.error().message;
    auto plan = plan_recipe(*read, {make_composite_step}, settings);
    if (!plan) return {Plan(), {}, plan.error()};
    done.plan = std::move(*plan);
    fs::create_directories(settings.root);
    DiskRecords records(settings.root / "records");
    RunLog log(settings.root / "run-log.jsonl");
    QuietProgress progress;
    const auto work = make_work_list(done.plan, {}, records, sizes_in(settings.root));
    done.outcome = ThreadExecutor(settings, records, log, progress, steady_clock()).run(done.plan, *work);
    for (const auto& [id, error] : done.outcome.failed) done.error = error;
    return done;
  }

  /// Runs the recipe with much and with little memory and compares the outputs; returns the latter run.
  Done run_with_much_and_little(const std::string& yaml) {
    const Done much = run(yaml, "much");
    Done little = run(yaml, "little", 40000);
    EXPECT_TRUE(much.outcome.failed.empty()) << much.error.message;
    EXPECT_TRUE(little.outcome.failed.empty()) << little.error.message;
    EXPECT_FALSE(much.plan.tasks.empty()) << much.error.message;
    for (const Task& task : much.plan.tasks) {
      const std::string& output = task.outputs.front();
      EXPECT_EQ(*file_sha256(folder / "much" / output), *file_sha256(folder / "little" / output)) << output;
    }
    return little;
  }

  /// Decoded values of the whole scene's pixels; -1 where missing.
  std::vector<float> values(const Done& done, const std::string& variable, const std::string& slot) {
    const Window window{100, 200, kSide, kSide};
    std::vector<float> all(kSide * kSide, -1);
    LayerReader reader(done.plan.cube.grid, settings.root);
    for (const Layer& layer : done.plan.layers.of_variable(variable)) {
      if (layer.period->slot != slot) continue;
      for (const Tile& tile : done.plan.cube.tiles) {
        const Window part = intersection(tile.window, window);
        std::vector<float> some(static_cast<std::size_t>(part.pixels()));
        std::vector<std::uint8_t> valid(some.size());
        EXPECT_TRUE(reader.read_decoded(layer, tile.name(), part, some, valid));
        for (std::int64_t i = 0; i < part.pixels(); ++i) {
          const std::int64_t at =
              (part.row + i / part.cols - window.row) * kSide + part.col + i % part.cols - window.col;
          if (valid[static_cast<std::size_t>(i)]) all[static_cast<std::size_t>(at)] = some[static_cast<std::size_t>(i)];
        }
      }
    }
    return all;
  }

  fs::path folder;
  RunSettings settings;
  std::function<int(int)> flag;  ///< quality flag by pixel; none: as `scene` is told
};

TEST_F(CompositeTest, PercentilesFollowTheLinearRuleOverTheIntervalsOfASeason) {
  for (const int interval : {6, 7, 8, 9}) scene(interval, [&](int i) { return 1000 * interval + i; });
  const Done done = run(recipe(", min_clear: 0"));
  ASSERT_TRUE(done.outcome.failed.empty()) << done.error.message;
  const auto p25 = values(done, "blue_p25", "spring"), p50 = values(done, "red_p50", "spring"),
             count = values(done, "clear_count", "spring");
  for (const int i : {0, 31, 32, 777, 1599}) {
    EXPECT_NEAR(p25[static_cast<std::size_t>(i)] * 40000, 6750 + i, 0.51) << i;
    EXPECT_NEAR(p50[static_cast<std::size_t>(i)] * 40000, 7500 + i + 2, 0.51) << i;
    EXPECT_EQ(count[static_cast<std::size_t>(i)], 4) << i;
  }
  EXPECT_NEAR(values(done, "temperature_p50", "spring")[5], 280, 1e-3);
}

TEST_F(CompositeTest, AnIntervalBelongsToTheSeasonThatHoldsItsMiddleDay) {
  scene(11, [](int) { return 1100; });
  scene(12, [](int) { return 1200; });
  const Done done = run(recipe(", min_clear: 0"));
  EXPECT_NEAR(values(done, "blue_p50", "spring")[0] * 40000, 1100, 0.1);
  EXPECT_NEAR(values(done, "blue_p50", "summer")[0] * 40000, 1200, 0.1);
}

TEST_F(CompositeTest, CloudsAreMissingAndNeverEnterAsNumbers) {
  scene(
      6, [](int) { return 4000; }, 1, 100);
  const Done done = run(recipe(", min_clear: 0"));
  const auto p50 = values(done, "blue_p50", "spring"), count = values(done, "clear_count", "spring");
  EXPECT_EQ(p50[99], -1);
  EXPECT_EQ(count[99], 0);
  EXPECT_NEAR(p50[100], 0.1, 1e-6);
  EXPECT_EQ(count[100], 1);
}

TEST_F(CompositeTest, ACloudySceneIsLeftOutOfTheTilesWhereItIsCloudy) {
  // Tiles are 32 pixels wide from the grid's origin, so the scene's first 24 columns share one.
  scene(
      6, [](int) { return 4000; }, 1, kSide * 36);
  scene(7, [](int) { return 8000; });
  const Done done = run(recipe(", min_clear: 0.2"));
  EXPECT_EQ(values(done, "clear_count", "spring")[1599], 2) << "the last rows lie in a tile that is clear enough";
  EXPECT_EQ(values(done, "clear_count", "spring")[1], 1);
}

TEST_F(CompositeTest, QualityFlagsTimesHundredAreUnderstood) {
  scene(
      6, [](int) { return 4000; }, 100);
  scene(
      7, [](int) { return 8000; }, 300);
  const Done done = run(recipe(", min_clear: 0"));
  EXPECT_EQ(values(done, "clear_count", "spring")[0], 1);
  EXPECT_NEAR(values(done, "blue_p50", "spring")[0], 0.1, 1e-6);
}

TEST_F(CompositeTest, LittleMemoryMeansSmallerBlocksAndTheSameBytes) {
  for (const int interval : {6, 7, 8})
    scene(
        interval, [&](int i) { return 1000 * interval + i % 77; }, 1, interval * 60);
  run_with_much_and_little(recipe(", min_clear: 0.3"));
}

TEST_F(CompositeTest, ADamagedSceneFailsTheTaskOrIsSkippedAsAsked) {
  scene(6, [](int i) { return 4000 + i; });
  scene(7, [](int i) { return 8000 + i; });
  const fs::path broken = path_of(7);
  fs::resize_file(broken, fs::file_size(broken) / 2);
  const Done failed = run(recipe(", min_clear: 0"), "fail");
  EXPECT_NE(failed.error.message.find(broken.string()), std::string::npos) << failed.error.message;
  const Done skipped = run(recipe(", min_clear: 0", ", bad_scene: skip"), "skip");
  ASSERT_TRUE(skipped.outcome.failed.empty()) << skipped.error.message;
  EXPECT_EQ(values(skipped, "clear_count", "spring")[0], 1);
}

TEST_F(CompositeTest, ACoarseWarpedCubeHasTheSameBytesWithMuchAndLittleMemory) {
  const Window window{100, 200, 700, 700};
  for (const int interval : {6, 7})
    scene(
        interval, [&](int i) { return 1000 * interval + i * 7919 % 5000; }, 1, interval * 6000, window);
  const auto projection = Projection::between("EPSG:4326", "EPSG:3035");
  ASSERT_TRUE(projection);
  const auto box = (*projection)->transform_bounds(GladTile{6, 51}.grid().bounds(window));
  ASSERT_TRUE(box);
  const std::string grid = "crs: EPSG:3035, pixel: 300, origin: [900000, 5460000], tile: 150";
  const Done little = run_with_much_and_little(recipe_on(grid, *box, ", min_clear: 0"));
  std::size_t seen = 0;
  LayerReader reader(little.plan.cube.grid, settings.root);
  for (const Layer& layer : little.plan.layers.of_variable("red_p50")) {
    for (const Tile& tile : little.plan.cube.tiles) {
      std::vector<float> some(static_cast<std::size_t>(tile.window.pixels()));
      std::vector<std::uint8_t> valid(some.size());
      EXPECT_TRUE(reader.read_decoded(layer, tile.name(), tile.window, some, valid));
      seen += static_cast<std::size_t>(std::count(valid.begin(), valid.end(), 1));
    }
  }
  EXPECT_GT(seen, 1500U) << "12 km x 19 km of pixels of 300 m";
}

TEST_F(CompositeTest, ASceneDamagedFurtherDownIsLeftOutOfTheWholeTileWhateverTheMemory) {
  const Window tall{100, 200, 300, kSide};
  scene(
      6, [](int i) { return 4000 + i % 100; }, 1, 0, tall);
  std::uint32_t noise = 1;
  scene(
      7, [&](int) { return 8000 + static_cast<int>((noise = noise * 1664525 + 1013904223) >> 20); }, 1, 0, tall);
  // The file ends with the last rows of all bands; temperature and quality, one number each, take next to nothing.
  const auto size = static_cast<std::streamoff>(fs::file_size(path_of(7)));
  std::fstream stream(path_of(7), std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(size - 9000);
  stream << std::string(5000, 'x');
  stream.close();
  const Done little = run_with_much_and_little(recipe(", min_clear: 0.2", ", bad_scene: skip", 512, 300));
  EXPECT_EQ(values(little, "clear_count", "spring")[0], 1);
}

TEST_F(CompositeTest, AWrongGuessAtAScenesClearShareIsProvedWrongAndMadeGood) {
  // A guess looks at rows 31 and 32 of each 64: one scene is cloudy just there, another is clear only there.
  const Window tall{100, 200, 600, kSide};
  for (const int interval : {6, 7, 8}) {
    flag = [interval](int i) {
      const bool sampled = (i / kSide) % 64 == 31 || (i / kSide) % 64 == 32;
      return interval < 8 && sampled == (interval == 6) ? 3 : 1;
    };
    scene(
        interval, [&](int) { return 1000 * interval; }, 1, 0, tall);
  }
  const Done done = run_with_much_and_little(recipe(", min_clear: 0.5", "", 4500, 600));
  const auto count = values(done, "clear_count", "spring"), blue = values(done, "blue_p50", "spring");
  EXPECT_EQ(count[0], 2) << "intervals 6 and 8";
  EXPECT_NEAR(blue[0] * 40000, 7000, 0.6);
  EXPECT_EQ(count[31 * kSide], 1) << "7, clear only here, is left out here too";
  EXPECT_NEAR(blue[31 * kSide] * 40000, 8000, 0.6);
  std::string log;
  for (const Value& line : read_run_log(settings.root / "run-log.jsonl")) log += line.dump();
  EXPECT_NE(log.find("/881 left out: 3."), std::string::npos) << log;
  EXPECT_EQ(log.find("/880 left out"), std::string::npos) << log;
}

TEST_F(CompositeTest, MoreScenesThanATaskHoldsOpenAreReadAllTheSame) {
  const GladTile west{5, 51}, east{6, 51};
  for (int interval = 1; interval <= kGladIntervalsPerYear; ++interval) {
    scene(
        interval, [&](int i) { return 1000 * interval + i; }, 1, 0, {100, kGladTilePixels - kSide, kSide, kSide}, west);
    scene(
        interval, [&](int i) { return 1000 * interval + i; }, 1, 0, {100, 0, kSide, kSide}, east);
  }
  const Grid grid = west.grid();
  const std::string words =
      fmt::format("crs: EPSG:4326, pixel: 0.00025, origin: [{}, {}], tile: 4500", grid.origin_x, grid.origin_y);
  const Done little = run_with_much_and_little(
      recipe_on(words, grid.bounds({100, 3970, kSide, 60}), ", min_clear: 0, periods: years, statistics: [p50]"));
  const auto& layers = little.plan.layers.of_variable("clear_count");
  ASSERT_EQ(layers.size(), 1U);
  std::vector<float> counts(60);
  std::vector<std::uint8_t> valid(60);
  LayerReader reader(little.plan.cube.grid, settings.root);
  ASSERT_TRUE(
      reader.read_decoded(layers.front(), little.plan.cube.tiles.front().name(), {110, 3970, 1, 60}, counts, valid));
  EXPECT_EQ(counts, std::vector<float>(60, 23));
}

TEST_F(CompositeTest, TooManyOpenFilesAreTheMachinesFaultAndNoReasonToSkipAScene) {
  scene(6, [](int i) { return 4000 + i; });
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none = before;
  none.rlim_cur = 0;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto opened = GladScene::open(path_of(6).string(), {6, 51});
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().blame, Blame::machine) << opened.error().message;
}

TEST_F(CompositeTest, MissingIntervalsAreToldWhenPlanning) {
  scene(6, [](int) { return 4000; });
  const Done done = run(recipe(""));
  ASSERT_EQ(done.plan.notes.size(), 1u);
  EXPECT_NE(done.plan.notes[0].find("22 of 23 scenes are missing"), std::string::npos) << done.plan.notes[0];
}

TEST_F(CompositeTest, ASecondCompositeOfTheSameNamesIsRefused) {
  scene(6, [](int) { return 4000; });
  std::string twice = recipe("");
  const auto at = twice.find("{composite:");
  twice.insert(at, "{composite: {}}, ");
  EXPECT_NE(run(twice).error.message.find("variable 'blue_p25' of 20171202_20180320 is made by composite as well"),
            std::string::npos);
}

TEST_F(CompositeTest, AnUnknownMaskOrSourceIsNamed) {
  scene(6, [](int) { return 4000; });
  EXPECT_NE(run(recipe("", ", mask: defualt")).error.message.find("did you mean 'default'"), std::string::npos);
  EXPECT_NE(run(recipe(", source: landsta"))
                .error.message.find("no archive 'landsta' under sources - did you mean 'landsat'?"),
            std::string::npos);
}

}  // namespace
}  // namespace ecocube
