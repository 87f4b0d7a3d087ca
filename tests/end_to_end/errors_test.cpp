// SPDX-License-Identifier: Apache-2.0
// What a typing error, missing data or a full disk is answered with. Each message is printed as it stands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include "io/file/file.h"
#include "io/raster/raster.h"
#include "program.h"

namespace ecocube {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

class ErrorsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    world = scratch_folder("errors_world");
    const Ended made = run_ecocube({"simulate", "--out", world.string(), "--size", "60x60", "--centre", "6.01,51.9",
                                    "--years", "2015..2015", "--points", "150", "--no-truth"});
    ASSERT_EQ(made.exit_code, 0) << made.errors;
    recipe = *read_text(std::string(ECOCUBE_SOURCE_DIR) + "/tests/end_to_end/world.yaml");
    recipe =
        replaced(recipe, "bbox: [4044600, 3205000, 4047000, 3207800]", "bbox: [4046100, 3205950, 4046950, 3206900]");
    recipe = replaced(recipe, "years: 2015..2016", "years: 2015");
  }

  static std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  }

  /// Runs the recipe with one piece of its text replaced.
  Ended run(const std::string& from, const std::string& to, const std::vector<std::string>& more = {}) {
    const fs::path folder = scratch_folder("errors_run");
    EXPECT_TRUE(write_text(folder / "recipe.yaml", from.empty() ? recipe : replaced(recipe, from, to)));
    std::vector<std::string> words{"run",   (folder / "recipe.yaml").string(), "--set",  "world=" + world.string(),
                                   "--out", (folder / "out").string(),         "--quiet"};
    words.insert(words.end(), more.begin(), more.end());
    Ended ended = run_ecocube(words);
    std::printf("exit code %d | %s", ended.exit_code, ended.errors.c_str());
    return ended;
  }

  void expect(const Ended& ended, int code, const std::string& text) {
    EXPECT_EQ(ended.exit_code, code);
    EXPECT_THAT(ended.errors, HasSubstr(text));
    EXPECT_THAT(ended.errors, StartsWith("error: "));
  }

  fs::path copy_of_world() {
    const fs::path copy = scratch_folder("errors_copy");
    fs::copy(world, copy, fs::copy_options::recursive);
    return copy;
  }

  static inline fs::path world;
  static inline std::string recipe;
};

TEST_F(ErrorsTest, AnUnknownRecipeKey) {
  expect(run("min_clear: 0.1", "min_claer: 0.1"), 2,
         "recipe.yaml: steps.composite.min_claer: unknown key - did you mean 'min_clear'?");
}

TEST_F(ErrorsTest, AnUnknownStep) {
  expect(run("- fill-gaps:", "- fillgaps:"), 2,
         "recipe.yaml: steps.fillgaps: unknown step - did you mean 'fill-gaps'?");
}

TEST_F(ErrorsTest, AnUnknownIndex) {
  expect(run("names: [ndvi, nbr]", "names: [ndvy, nbr]"), 2, "did you mean 'ndvi'");
}

TEST_F(ErrorsTest, AnUnknownVariable) {
  expect(run("overlay: {missing: drop}", "overlay: {features: [red_p05]}"), 2,
         "no variable matches 'red_p05' - did you mean 'red_p25'?");
}

TEST_F(ErrorsTest, BlocksWiderThanTheArea) {
  expect(run("block: 600", "block: 30000"), 2,
         "steps.train: block: 30000 is wider than the area, 870 x 990 in units of EPSG:3035");
}

TEST_F(ErrorsTest, AnUnknownStatistic) {
  expect(run("[p25, p50]", "[p25, p5o]"), 2, "'p5o'");
}

TEST_F(ErrorsTest, AnUnknownClassInThePoints) {
  const fs::path copy = copy_of_world();
  std::string points = *read_text(copy / "points.csv");
  ASSERT_TRUE(write_text(copy / "points.csv", points + "p999,6.01,51.9,2015-07-01,999,100,b1\n"));
  expect(run("", "", {"--set", "world=" + copy.string()}), 3, "point p999: label '999' is no class of the legend clc");
}

TEST_F(ErrorsTest, AnUnknownCrs) {
  expect(run("crs: EPSG:3035", "crs: EPSG:30355"), 2,
         "recipe.yaml: cube.grid.crs: unknown coordinate reference system 'EPSG:30355'");
}

TEST_F(ErrorsTest, AMissingFolder) {
  expect(run("${world}/archive", "${world}/archiv"), 3, (world / "archiv").string());
}

TEST_F(ErrorsTest, AMissingRaster) {
  expect(run("static/{variable}.tif", "statik/{variable}.tif"), 3, "statik");
}

TEST_F(ErrorsTest, AnEmptyPointsFile) {
  const fs::path copy = copy_of_world();
  ASSERT_TRUE(write_text(copy / "points.csv", ""));
  expect(run("", "", {"--set", "world=" + copy.string()}), 3, (copy / "points.csv").string());
}

TEST_F(ErrorsTest, PointsDatedOutsideTheCube) {
  const Ended ended = run("years: 2015", "years: 2015", {"--set", "cube.years=2014"});
  EXPECT_EQ(ended.exit_code, 3);
  // Years without scenes are met first; with scenes for the year the points would be named.
  EXPECT_THAT(ended.errors, HasSubstr("archive"));
  const fs::path copy = copy_of_world();
  std::string points = *read_text(copy / "points.csv");
  for (std::size_t at = 0; (at = points.find("2015-", at)) != std::string::npos; at += 5)
    points.replace(at, 5, "2019-");
  ASSERT_TRUE(write_text(copy / "points.csv", points));
  expect(run("", "", {"--set", "world=" + copy.string()}), 3,
         "dated within the cube's years 2015..2015; their dates go from 2019-");
}

TEST_F(ErrorsTest, PointsInAnotherCrs) {
  expect(run("points: {path: \"${world}/points.csv\", crs: EPSG:4326",
             "points: {path: \"${world}/points.csv\", crs: EPSG:3035"),
         3, "lies inside the cube's area");
}

TEST_F(ErrorsTest, AMissingColumn) {
  expect(run("label: lc_class", "label: lc_clas"), 2, "did you mean 'lc_class'");
}

TEST_F(ErrorsTest, ASceneOfTheWrongSize) {
  const fs::path copy = copy_of_world();
  fs::path scene;
  for (const auto& entry : fs::recursive_directory_iterator(copy / "archive")) {
    if (entry.path().extension() == ".tif" && (scene.empty() || entry.path() < scene)) scene = entry.path();
  }
  // Seven bands on a grid of its own instead of eight on the tile's.
  fs::remove(scene);
  auto writer = RasterWriter::create(scene, {"EPSG:4326", 0.0003, 6, 52, 100}, {0, 0, 50, 50},
                                     {DataType::uint16, 1, 0, 0.0, {}}, std::vector<BandSpec>(7));
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->close());
  expect(run("", "", {"--set", "world=" + copy.string()}), 1,
         scene.string() + " is no GLAD scene of tile 006E_51N: it has 7 bands instead of 8");
}

TEST_F(ErrorsTest, ATruncatedSceneIsAnErrorOrARecordedSkip) {
  const fs::path copy = copy_of_world();
  fs::path scene;
  for (const auto& entry : fs::recursive_directory_iterator(copy / "archive")) {
    if (entry.path().extension() == ".tif" && (scene.empty() || entry.path() < scene)) scene = entry.path();
  }
  fs::resize_file(scene, fs::file_size(scene) / 2);
  const Ended ended = run("", "", {"--set", "world=" + copy.string()});
  EXPECT_NE(ended.exit_code, 0);
  EXPECT_THAT(ended.errors, HasSubstr(scene.string()));
  const Ended skipped = run("mask: default", "mask: default, bad_scene: skip",
                            {"--set", "world=" + copy.string(), "--until", "composite"});
  EXPECT_EQ(skipped.exit_code, 0) << skipped.errors;
  EXPECT_THAT(read_text(fs::path(ECOCUBE_SCRATCH_DIR) / "errors_run" / "out" / "run-log.jsonl").value_or("no log"),
              HasSubstr("left out"));
}

TEST_F(ErrorsTest, AFullDisk) {
  const fs::path disk = scratch_folder("errors_disk");
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=200k") != 0)
    GTEST_SKIP() << "a small disk can only be made by root";
  const fs::path folder = scratch_folder("errors_run");
  EXPECT_TRUE(write_text(folder / "recipe.yaml", recipe));
  const Ended ended = run_ecocube({"run", (folder / "recipe.yaml").string(), "--set", "world=" + world.string(),
                                   "--out", disk.string(), "--quiet"});
  std::size_t partials = 0;
  for (const auto& entry : fs::recursive_directory_iterator(disk))
    partials += entry.path().filename().string().rfind(".partial-", 0) == 0;
  ::umount(disk.c_str());
  std::printf("exit code %d | %s", ended.exit_code, ended.errors.c_str());
  EXPECT_EQ(ended.exit_code, 4);
  EXPECT_THAT(ended.errors, HasSubstr("No space left on device"));
  EXPECT_EQ(partials, 0u);
}

TEST_F(ErrorsTest, AnUnknownCommandAndAMissingSetting) {
  const Ended command = run_ecocube({"fillgaps"});
  EXPECT_EQ(command.exit_code, 2);
  EXPECT_THAT(command.errors, HasSubstr("unknown command 'fillgaps' - did you mean 'fill-gaps'?"));
  const Ended setting =
      run_ecocube({"plan", std::string(ECOCUBE_SOURCE_DIR) + "/tests/end_to_end/world.yaml", "--out", "nowhere"});
  expect(setting, 2, "sources.landsat.path: ${world} is not set; add --set world=…");
}

}  // namespace
}  // namespace ecocube
