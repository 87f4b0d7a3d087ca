// SPDX-License-Identifier: Apache-2.0
#include "run/recipe.h"

#include <gtest/gtest.h>

#include "run/cube.h"

namespace ecocube {
namespace {

const char* const kRecipe = R"(
cube:
  grid: {crs: EPSG:3035, pixel: 30, origin: [900000, 5460010], tile: 1000}
  area: {bbox: [4040000, 3200000, 4048000, 3208000]}
  years: 2015..2017
sources:
  landsat: {format: glad, path: "${archive}", mask: default}
  terrain: {format: rasters, path: "static/{variable}_*.tif", static: true}
points: {path: points.csv, crs: EPSG:4326, x: lon, y: lat}
steps:
  - composite: {source: landsat}
  - fill-gaps: {window: 9}
  - mosaic
legend: clc
)";

Result<Recipe> parse(const std::string& yaml, Settings settings = {{"archive", "/data/glad"}}) {
  return parse_recipe(yaml, "demo.yaml", "/recipes", settings);
}

std::string with(std::string from, std::string to) {
  std::string text = kRecipe;
  text.replace(text.find(from), from.size(), to);
  return text;
}

std::string message(const Result<Recipe>& outcome) {
  return outcome ? "no error" : outcome.error().message;
}

TEST(Recipe, ARecipeIsReadWholeAndSettingsFillItsPlaces) {
  const auto recipe = parse(kRecipe);
  ASSERT_TRUE(recipe) << recipe.error().message;
  EXPECT_EQ(recipe->sources[0].path, "/data/glad");
  EXPECT_EQ(recipe->sources[1].path, "/recipes/static/{variable}_*.tif");
  EXPECT_TRUE(recipe->sources[1].is_static);
  EXPECT_EQ(recipe->points[0].paths[0], "/recipes/points.csv");
  EXPECT_EQ(recipe->steps[1].options, Value::parse(R"({"window": 9})"));
  EXPECT_EQ(recipe->steps[2].kind, "mosaic");
}

TEST(Recipe, ADescriptionFileCountsFromTheRecipesFolderAndANameStaysOne) {
  auto recipe = parse(with("format: glad", "format: formats/own.json"));
  ASSERT_TRUE(recipe) << recipe.error().message;
  EXPECT_EQ(recipe->sources[0].format, "/recipes/formats/own.json");
  EXPECT_EQ(recipe->resolved["sources"]["landsat"]["format"], "/recipes/formats/own.json");
  EXPECT_EQ(parse(with("format: glad", "format: own.json"))->sources[0].format, "/recipes/own.json");
  EXPECT_EQ(parse(with("format: glad", "format: landsat-c2-l2"))->sources[0].format, "landsat-c2-l2");
}

TEST(Recipe, ASettingThatIsMissingIsNamed) {
  EXPECT_EQ(message(parse(kRecipe, {})), "demo.yaml: sources.landsat.path: ${archive} is not set; add --set archive=…");
}

TEST(Recipe, ASettingThatNothingUsesIsATypingError) {
  EXPECT_EQ(message(parse(kRecipe, {{"archive", "/a"}, {"archve", "/b"}})),
            "--set archve: demo.yaml has no ${archve} and no such key - did you mean 'archive'?");
}

TEST(Recipe, ASettingCanOverrideAKeyByItsPath) {
  const auto recipe = parse(kRecipe, {{"archive", "/a"},
                                      {"steps.fill-gaps.window", "5"},
                                      {"cube.years", "2016"},
                                      {"steps.mosaic.compress", "deflate"}});
  ASSERT_TRUE(recipe) << recipe.error().message;
  EXPECT_EQ(recipe->steps[1].options["window"], 5);
  EXPECT_EQ(recipe->cube.years, 2016);
  EXPECT_EQ(recipe->steps[2].options["compress"], "deflate");
}

TEST(Recipe, ASettingIsTakenAsItStands) {
  const auto recipe = parse(kRecipe, {{"archive", "/data/a #b"},
                                      {"cube.name", "007"},
                                      {"steps.mosaic.version", "1.10"},
                                      {"points.label", "class: 2020"}});
  ASSERT_TRUE(recipe) << recipe.error().message;
  EXPECT_EQ(recipe->sources[0].path, "/data/a #b");
  EXPECT_EQ(recipe->cube.name, "007");
  EXPECT_EQ(recipe->steps[2].options["version"], "1.10");
  EXPECT_EQ(recipe->points[0].columns.label, "class: 2020");
}

TEST(Recipe, ARelativePathFromTheCommandLineCountsFromTheCurrentFolder) {
  const auto recipe = parse(kRecipe, {{"archive", "here"}, {"points.path", "there.csv"}});
  ASSERT_TRUE(recipe) << recipe.error().message;
  EXPECT_EQ(recipe->sources[0].path, (std::filesystem::current_path() / "here").string());
  EXPECT_EQ(recipe->points[0].paths[0], (std::filesystem::current_path() / "there.csv").string());
}

TEST(Recipe, APlaceMayBeCalledLikeAKey) {
  const auto recipe =
      parse(with("path: points.csv", "path: \"${points}\""), {{"archive", "/a"}, {"points", "/data/survey.csv"}});
  ASSERT_TRUE(recipe) << recipe.error().message;
  EXPECT_EQ(recipe->points[0].paths[0], "/data/survey.csv");
}

TEST(Recipe, AnEmptyEntryAmongTheStepsIsNamed) {
  EXPECT_EQ(message(parse(with("  - mosaic\n", "  -\n"), {{"archive", "/a"}, {"steps.fill-gaps.window", "5"}})),
            "demo.yaml: steps: each entry is one step with its options, such as '- fill-gaps: {window: 9}', got null");
}

TEST(Recipe, AnUnknownKeyIsNamedByItsFullPath) {
  EXPECT_EQ(message(parse(with("mask: default", "maks: default"))),
            "demo.yaml: sources.landsat.maks: unknown key - did you mean 'mask'?");
  EXPECT_EQ(message(parse(with("legend:", "legends:"))), "demo.yaml: legends: unknown key - did you mean 'legend'?");
  EXPECT_EQ(message(parse(with("years: 2015", "yeers: 2015"))),
            "demo.yaml: cube.yeers: unknown key - did you mean 'years'?");
}

TEST(Recipe, ASecondStepOfAKindGetsANumber) {
  const auto recipe = parse(with("  - mosaic\n", "  - fill-gaps: {window: 3}\n  - mosaic\n"));
  ASSERT_TRUE(recipe);
  EXPECT_EQ(recipe->steps[2].name, "fill-gaps-2");
  EXPECT_EQ(recipe->steps[2].kind, "fill-gaps");
}

TEST(Recipe, TheResolvedRecipeIsARecipeThatReadsTheSame) {
  const auto recipe = parse(kRecipe);
  ASSERT_TRUE(recipe);
  const auto again = parse_recipe(recipe->resolved.dump(), "resolved", "/elsewhere", {});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->resolved, recipe->resolved);
  EXPECT_EQ(again->points[0].paths[0], "/recipes/points.csv");
}

TEST(Cube, TheAreaSnapsOutwardsToPixelsAndListsItsTiles) {
  const auto recipe = parse(with("[4040000,", "[4018000,"));
  const auto cube = make_cube(recipe->cube);
  ASSERT_TRUE(cube) << cube.error().message;
  EXPECT_EQ(cube->area.col, (4018000 - 900000) / 30);
  EXPECT_LE(cube->grid.left(cube->area.col), 4018000);
  EXPECT_GE(cube->grid.left(cube->area.col + cube->area.cols), 4048000);
  EXPECT_GE(cube->grid.top(cube->area.row), 3208000);
  ASSERT_EQ(cube->tiles.size(), 2u);
  EXPECT_EQ(cube->tiles[0].name(), "r075_c103");
  EXPECT_EQ(cube->tiles[1].name(), "r075_c104");
  EXPECT_EQ(cube->tiles[0].window.cols + cube->tiles[1].window.cols, cube->area.cols);
  EXPECT_EQ(cube->years, (std::vector<int>{2015, 2016, 2017}));
}

std::string cube_message(const std::string& yaml) {
  const auto recipe = parse(yaml);
  if (!recipe) return recipe.error().message;
  const auto cube = make_cube(recipe->cube);
  return cube ? "no error" : cube.error().message;
}

TEST(Cube, MistakesInTheGridAndAreaNameTheirKey) {
  EXPECT_EQ(cube_message(with("EPSG:3035", "EPSG:30355"))
                .rfind("cube.grid.crs: unknown coordinate reference system 'EPSG:30355'", 0),
            0u);
  EXPECT_EQ(cube_message(with("pixel: 30", "pixl: 30")), "cube.grid.pixl: unknown key - did you mean 'pixel'?");
  EXPECT_EQ(cube_message(with("[4040000, 3200000, 4048000, 3208000]", "[4048000, 3200000, 4040000, 3208000]")),
            "cube.area.bbox: [4048000, 3200000, 4040000, 3208000] is empty: the order is min x, min y, max x, max y");
  EXPECT_EQ(
      cube_message(with("[4040000, 3200000, 4048000, 3208000]", "[5.9, 51.8, 6.1, 52.0]")).rfind("cube.area: ", 0), 0u);
  EXPECT_NE(cube_message(with("EPSG:3035, pixel: 30", "EPSG:4326, pixel: 0.00025"))
                .find("are its numbers in units of EPSG:4326?"),
            std::string::npos);
  EXPECT_EQ(cube_message(with("2015..2017", "2017..2015")),
            "cube.years: '2017..2015' is no year and no span of years such as 2015..2020");
  EXPECT_EQ(cube_message(with("{bbox: [4040000, 3200000, 4048000, 3208000]}", "{tiles: [r1c2]}")),
            "cube.area.tiles: 'r1c2' is no tile name such as r075_c104");
}

}  // namespace
}  // namespace ecocube
