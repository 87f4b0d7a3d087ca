// SPDX-License-Identifier: Apache-2.0
#include "run/points_spec.h"

#include <gtest/gtest.h>

#include "io/file/file.h"
#include "run/recipe.h"
#include "run/yaml.h"

namespace ecocube {
namespace {

Result<std::vector<PointSource>> read(const std::string& yaml) {
  const auto value = parse_yaml(yaml, "points");
  EXPECT_TRUE(value) << value.error().message;
  return read_point_sources(*value);
}

std::string message_of(const std::string& yaml) {
  const auto sources = read(yaml);
  return sources ? "no error" : sources.error().message;
}

Result<Recipe> recipe_with(const std::string& points, const Settings& settings = {}) {
  return parse_recipe(
      "cube: {grid: {crs: EPSG:3035, pixel: 30, origin: [0, 0]}, area: {bbox: [0, 0, 1, 1]}, years: 2012}\nsteps: "
      "[overlay]\npoints: " +
          points,
      "test.yaml", "/recipes", settings);
}

TEST(PointsSpec, OneSourceIsPlainUnlessItSaysItsKindAndAListIsJoined) {
  const auto one = read("{path: a.csv, crs: EPSG:4326, value: clay, year: 2001}");
  ASSERT_TRUE(one) << one.error().message;
  EXPECT_EQ(one->at(0).kind, "plain");
  EXPECT_EQ(one->at(0).columns.value, "clay");
  EXPECT_EQ(one->at(0).columns.year, 2001);
  EXPECT_FALSE(one->at(0).confidence);
  const auto two = read(
      "[{kind: lucas, path: [a.csv, b.csv], location: gps, cover: {2009: 5, 2012: [5, 6]}, columns: {date: when}},\n"
      " {kind: corine, path: c.gpkg, year: 2012, confidence: 70, group: none}]");
  ASSERT_TRUE(two) << two.error().message;
  EXPECT_EQ(two->at(0).paths, (std::vector<std::string>{"a.csv", "b.csv"}));
  EXPECT_TRUE(two->at(0).lucas.use_gps);
  EXPECT_EQ(two->at(0).confidence, 100);
  EXPECT_EQ(two->at(0).lucas.covers.at(2012), (std::vector<std::string>{"5", "6"}));
  EXPECT_EQ(two->at(0).lucas.columns.at("date"), "when");
  EXPECT_EQ(two->at(1).corine.year, 2012);
  EXPECT_EQ(two->at(1).confidence, 70);
  EXPECT_EQ(two->at(1).groups.by, "none");
}

TEST(PointsSpec, SpeciesSoilAndScreensAreReadWithTheirSpans) {
  const auto species = read(
      "{kind: species, path: t.csv, mask: \"f_{year}.tif\", dates: mask, mask_values: [3, 5..7], thin_period: all,\n"
      " absences: {kind: lucas, path: l.csv}, screen: {raster: o.tif, keep: {\"31*\": [1, 4..9]}, missing: drop}}");
  ASSERT_TRUE(species) << species.error().message;
  const PointSource& source = species->at(0);
  EXPECT_TRUE(source.species.dates_from_mask);
  EXPECT_TRUE(source.species.thin_over_years);
  EXPECT_TRUE(lies_within(6, source.species.mask_values));
  EXPECT_FALSE(lies_within(1, source.species.mask_values));
  EXPECT_EQ(source.absences.at(0).kind, "lucas");
  EXPECT_EQ(source.screen.at(0).keep.at(0).first, "31*");
  EXPECT_EQ(source.screen.at(0).keep.at(0).second.at(1).most, 9);
  EXPECT_FALSE(source.screen.at(0).keep_missing);
  const auto soil = read("{kind: soil, path: s.csv, value: \"SND_*\", least: 0, deepest: 200}");
  ASSERT_TRUE(soil) << soil.error().message;
  EXPECT_EQ(soil->at(0).groups.by, "point");
  EXPECT_EQ(soil->at(0).soil.least, 0);
  EXPECT_FALSE(soil->at(0).soil.most);
}

TEST(PointsSpec, MistakesAreNamedByTheirFullPathWithTheNearestKnownWord) {
  EXPECT_EQ(message_of("{kind: lukas, path: a}"), "points.kind: unknown value 'lukas' - did you mean 'lucas'?");
  EXPECT_EQ(message_of("[{path: a}, {kind: soil, path: a, vaule: x}]"),
            "points.1.vaule: unknown key - did you mean 'value'?");
  EXPECT_EQ(message_of("{kind: corine, path: a}").rfind("points.year: missing", 0), 0u);
  EXPECT_EQ(message_of("{path: a, screen: [{raster: b, keep: {311: much}}]}"),
            "points.screen.0.keep.311: 'much' is neither a number nor a span such as 10..20");
  EXPECT_EQ(message_of("{path: a, screen: [{raster: b, keep: {311: 9..1}}]}"),
            "points.screen.0.keep.311: '9..1' is neither a number nor a span such as 10..20");
  EXPECT_EQ(message_of("{path: a, screen: [{rastr: b, keep: {311: 1}}]}"),
            "points.screen.0.rastr: unknown key - did you mean 'raster'?");
  EXPECT_EQ(message_of("{kind: lucas, path: a, columns: {dat: x}}"),
            "points.columns.dat: unknown key - did you mean 'date'?");
  EXPECT_EQ(message_of("{kind: lucas, path: a, placeholder: [2/1]}"),
            "points.placeholder: [2/1] must be such as 01-02");
  EXPECT_EQ(message_of("{kind: lucas, path: a, cover: {soon: 5}}"),
            "points.cover: 'soon' is no survey year such as 2009");
  EXPECT_EQ(message_of("{kind: lucas, path: a, cell: 0}"), "points.cell: 0 must be more than 0");
  EXPECT_EQ(message_of("{kind: species, path: a, dates: mask}"),
            "points.dates: dates from the mask need a mask with {year} in its name");
  EXPECT_EQ(
      message_of("{kind: species, path: a, absences: [{kind: lucas}]}").rfind("points.absences.0.path: missing", 0),
      0u);
  EXPECT_EQ(message_of("[]"), "points: expected a source of points or a list of them, got []");
  EXPECT_EQ(message_of("survey.csv"), "points: expected a map of options, got \"survey.csv\"");
}

TEST(PointsSpec, EveryPathCountsFromTheRecipesFolderAndFactsKeepTheNamesAlone) {
  const auto recipe = recipe_with(
      "[{kind: lucas, path: [a/x.csv, /b/y.csv], table: t/z.csv},\n {kind: species, path: \"${trees}\", mask: "
      "\"m_{year}.tif\", "
      "screen: [{raster: o/r.tif, keep: {a: 1}}], absences: [{path: d/e.csv}]}]",
      {{"trees", "/data/trees.csv"}});
  ASSERT_TRUE(recipe) << recipe.error().message;
  EXPECT_EQ(recipe->points[0].paths, (std::vector<std::string>{"/recipes/a/x.csv", "/b/y.csv"}));
  EXPECT_EQ(recipe->points[0].lucas.table, "/recipes/t/z.csv");
  EXPECT_EQ(recipe->points[1].paths[0], "/data/trees.csv");
  EXPECT_EQ(recipe->points[1].species.mask, "/recipes/m_{year}.tif");
  EXPECT_EQ(recipe->points[1].screen[0].raster, "/recipes/o/r.tif");
  EXPECT_EQ(recipe->points[1].absences[0].paths[0], "/recipes/d/e.csv");
  const auto again = parse_recipe(recipe->resolved.dump(), "resolved", "/elsewhere", {});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->resolved, recipe->resolved);
  const Value facts = point_facts(recipe->resolved["points"]);
  EXPECT_EQ(facts.dump().find("recipes"), std::string::npos);
  EXPECT_EQ(facts[1]["screen"][0]["raster"], "r.tif");
}

TEST(PointsSpec, APathInAListThatASettingFillsCountsFromTheCurrentFolder) {
  const auto recipe = recipe_with("[{path: \"${survey}\"}]", {{"survey", "here.csv"}});
  ASSERT_TRUE(recipe) << recipe.error().message;
  EXPECT_EQ(recipe->points[0].paths[0], (std::filesystem::current_path() / "here.csv").string());
}

TEST(PointsSpec, GroupsAreGivenByAColumnOrByTheKind) {
  EXPECT_FALSE(recipe_with("{path: a.csv}")->points_have_groups());
  EXPECT_TRUE(recipe_with("{path: a.csv, group: tile}")->points_have_groups());
  EXPECT_TRUE(recipe_with("{kind: soil, path: a.csv, value: v}")->points_have_groups());
  EXPECT_FALSE(recipe_with("{kind: lucas, path: a.csv, group: none}")->points_have_groups());
}

TEST(PointsSpec, EveryOptionOfEveryKindStandsOnThePage) {
  const auto page = read_text(ECOCUBE_SOURCE_DIR "/docs/points.md");
  ASSERT_TRUE(page) << page.error().message;
  for (const std::string& kind : point_kinds()) {
    for (const OptionInfo& option : point_options(kind))
      EXPECT_NE(page->find("`" + option.name + "`"), std::string::npos) << kind << " " << option.name;
  }
}

TEST(PointsSpec, EverySnippetOfThePageIsReadAsItStands) {
  const auto page = read_text(ECOCUBE_SOURCE_DIR "/docs/points.md");
  ASSERT_TRUE(page) << page.error().message;
  std::size_t snippets = 0;
  const std::string open = "```yaml\npoints:";
  for (auto at = page->find(open); at != std::string::npos; at = page->find(open, at + 1)) {
    const auto begin = at + std::string("```yaml\n").size();
    const auto document = parse_yaml(page->substr(begin, page->find("```", begin) - begin), "snippet");
    ASSERT_TRUE(document) << document.error().message;
    const auto sources = read_point_sources((*document)["points"]);
    EXPECT_TRUE(sources) << sources.error().message;
    ++snippets;
  }
  EXPECT_GE(snippets, 5u);
}

TEST(PointsSpec, TheSchemaKnowsEveryKind) {
  const Value schema = points_schema();
  EXPECT_EQ(schema["anyOf"][0]["anyOf"].size(), point_kinds().size());
  EXPECT_EQ(schema["anyOf"][1]["type"], "array");
}

}  // namespace
}  // namespace ecocube
