// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "data/stac/mosaic.h"
#include "io/file/file.h"
#include "io/raster/raster.h"
#include "run/executor.h"
#include "run/plan.h"
#include "steps/mosaic.h"
#include "steps/publish.h"

namespace ecocube {
namespace {
namespace fs = std::filesystem;

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// Writes the tiles that earlier steps would: two seasons of ndvi, and a class map with bands of single classes.
class TileStep : public Step {
 public:
  explicit TileStep(bool map) : map_(map), info_{map ? "predict" : "fill-gaps", "", "", "", "", 1} {}
  const StepInfo& info() const override { return info_; }
  void declare(OptionSet&) override {}

  Result<void> plan(Planning& planning) override {
    cube_ = planning.cube();
    std::vector<Period> periods = PeriodScheme::seasons().of_year(2015);
    periods.resize(2);
    if (map_) periods = PeriodScheme::years().of_year(2015);
    for (const Period& period : periods) {
      for (const Tile& tile : cube_.tiles) {
        Task task;
        task.tile = tile.name();
        task.period = period.id();
        task.outputs = {path(tile.name(), period.id())};
        planning.add(std::move(task));
      }
      const std::vector<std::string> names = bands();
      for (std::size_t i = 0; i < (map_ ? 2 : names.size()); ++i)
        put_layer(planning, period, names[i], static_cast<int>(i) + 1);
    }
    return {};
  }

  Result<void> run(const Task& task, TaskRun& run) const override {
    const Window window = cube_.tile_named(task.tile)->window;
    std::vector<BandSpec> specs;
    for (const std::string& name : bands()) specs.push_back({name, LayerKind::continuous, {}});
    ECOCUBE_TRY_ASSIGN(auto writer, RasterWriter::create(run.stage(task.outputs[0]), cube_.grid, window,
                                                         {DataType::uint8, 1, 0, 255, ""}, specs));
    std::vector<float> values(static_cast<std::size_t>(window.pixels()));
    for (std::size_t band = 0; band < specs.size(); ++band) {
      for (std::size_t i = 0; i < values.size(); ++i) {
        const auto block = static_cast<int>((i / 64 + i / static_cast<std::size_t>(window.cols) / 32) % 5);
        values[i] = static_cast<float>(map_ && band == 0 ? clc_legend().classes[static_cast<std::size_t>(block)].value
                                                         : block * 20);
      }
      ECOCUBE_TRY(writer->write(band, window, values, {}));
    }
    return writer->close();
  }

 private:
  std::string path(const std::string& tile, const std::string& period) const {
    return fmt::format("tiles/{}/{}/{}.tif", tile, info_.name, period);
  }
  std::vector<std::string> bands() const {
    if (!map_) return {"ndvi_p25", "ndvi_p50", "ndvi_source"};
    return {"class", "class_probability", "probability_111", "probability_211", "uncertainty_111", "uncertainty_211"};
  }
  void put_layer(Planning& planning, const Period& period, const std::string& name, int band) const {
    Layer layer;
    layer.variable = name;
    layer.kind = name == "class"             ? LayerKind::classes
                 : name.ends_with("_source") ? LayerKind::source
                                             : LayerKind::continuous;
    layer.encoding = {DataType::uint8, map_ ? 1 : 0.01, 0, 255, map_ && name != "class" ? "%" : ""};
    layer.period = period;
    layer.made_by = info_.name;
    layer.task = info_.name + "/{tile}/" + period.id();
    layer.files = {{path("{tile}", period.id()), band}};
    planning.layers().put(std::move(layer));
  }

  bool map_;
  StepInfo info_;
  Cube cube_;
};

class PublishTest : public testing::Test {
 protected:
  void SetUp() override {
    // A folder of one's own choice stays, to be looked at or validated.
    const char* kept = std::getenv("ECOCUBE_KEEP_PUBLISHED");
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    root = (kept ? fs::path(kept) : fs::path(testing::TempDir())) / ("ecocube_publish_" + name);
    fs::remove_all(root);
    cube.name = "demo";
    cube.grid = {"EPSG:3035", 30, 900000, 5460010, 400};
    cube.area = {75000, 104000, 700, 600};
    cube.tiles = tiles_of(cube.grid, cube.area);
    cube.years = {2015};
    recipe.origin = "demo.yaml";
    SourceSpec landsat;
    landsat.name = "landsat";
    landsat.format = "glad";
    recipe.sources.push_back(std::move(landsat));
    for (const char* kind : {"fill-gaps", "predict", "mosaic", "publish"})
      recipe.steps.push_back({kind, kind, Value::object()});
  }
  void TearDown() override {
    if (!std::getenv("ECOCUBE_KEEP_PUBLISHED")) fs::remove_all(root);
  }

  Value& options(const std::string& step) {
    return std::find_if(recipe.steps.begin(), recipe.steps.end(),
                        [&](const StepSpec& spec) { return spec.name == step; })
        ->options;
  }
  Result<Plan> plan() const {
    const StepList steps{[] { return std::make_unique<TileStep>(false); },
                         [] { return std::make_unique<TileStep>(true); }, make_mosaic_step, make_publish_step};
    const RunSettings settings{root, root / "cache", 1, std::uint64_t{1} << 30};
    return make_plan(recipe, steps, cube, clc_legend(), sources, settings, file_identity_text);
  }
  static Result<std::string> file_identity_text(const std::string& path) { return file_identity(path); }

  /// Runs all tasks; returns the notes.
  std::vector<std::string> run_all() {
    const RunSettings settings{root, root / "cache", 1, std::uint64_t{1} << 30};
    std::vector<std::string> notes;
    const auto made = plan();
    EXPECT_TRUE(made) << made.error().message;
    if (!made) return notes;
    MemoryRecords records;
    for (const Task& task : made->tasks) {
      const auto done = run_task(*made, task, settings, records, notes, [](double) {});
      EXPECT_TRUE(done) << done.error().message;
    }
    return notes;
  }
  std::set<std::string> files(const std::string& below) const {
    std::set<std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(root / below)) {
      if (entry.is_regular_file()) all.insert(entry.path().lexically_relative(root / below).generic_string());
    }
    return all;
  }
  Value document(const std::string& path) const { return Value::parse(*read_text(root / "cube" / path)); }
  std::string plan_error() const {
    const auto made = plan();
    return made ? "" : made.error().message;
  }

  fs::path root;
  Cube cube;
  Recipe recipe;
  LayerSet sources;
};

const std::string kMap = "landcover/landcover_20150101_20151231";

TEST_F(PublishTest, ACubeIsACatalogueOfProductsAndPeriods) {
  EXPECT_THAT(run_all(), ElementsAre());
  const auto made = files("cube");
  EXPECT_THAT(made, Contains("catalog.json"));
  EXPECT_THAT(made, Contains("ndvi/collection.json"));
  EXPECT_THAT(made, Contains("ndvi/ndvi_20141202_20150320/ndvi_20141202_20150320.json"));
  EXPECT_THAT(made, Contains("ndvi/ndvi_20141202_20150320/thumbnail.png"));
  EXPECT_THAT(made,
              Contains("ndvi/ndvi_20150321_20150624/ndvi_fill.gaps_p50_30m_s_20150321_20150624_demo_epsg.3035_v1.tif"));
  EXPECT_THAT(made, Contains(kMap + "/landcover_predict_c_30m_s_20150101_20151231_demo_epsg.3035_v1.tif"));
  EXPECT_THAT(made, Contains(kMap + "/landcover.211_predict_md_30m_s_20150101_20151231_demo_epsg.3035_v1.tif"));
  // Catalogue; ndvi: collection, two items with two layers each; landcover: collection, one item with six layers.
  EXPECT_EQ(made.size(), 1u + (1 + 2 * (2 + 2)) + (1 + (2 + 6)));
  EXPECT_EQ(files("mosaic"),
            (std::set<std::string>{"fill-gaps/20141202_20150320.mosaic.json", "fill-gaps/20150321_20150624.mosaic.json",
                                   "predict/20150101_20151231.mosaic.json"}));
}

TEST_F(PublishTest, AnItemTellsOfItsFiles) {
  run_all();
  const Value item = document(kMap + "/landcover_20150101_20151231.json");
  const Value& map = item.at("assets").at("class");
  EXPECT_EQ(map.at("file:checksum"), "1220" + *file_sha256(root / "cube" / kMap / map.at("href").get<std::string>()));
  // Of the legend's classes only those that the map can hold.
  ASSERT_EQ(map.at("classification:classes").size(), 2u);
  EXPECT_EQ(map.at("classification:classes").at(1).at("title"), "Non-irrigated arable land");
  const Value& probability = item.at("assets").at("probability_211");
  EXPECT_EQ(probability.at("title"), "Probability of 211 Non-irrigated arable land");
  EXPECT_EQ(probability.at("bands").at(0).at("unit"), "%");
  EXPECT_EQ(item.at("properties").at("proj:shape").dump(), "[700,600]");
  EXPECT_EQ(item.at("properties").at("processing:lineage"),
            "ecocube steps fill-gaps, predict, from the source landsat.");
  const Value ndvi = document("ndvi/ndvi_20150321_20150624/ndvi_20150321_20150624.json");
  EXPECT_EQ(ndvi.at("assets").at("ndvi_p50").at("bands").at(0).at("raster:scale"), 0.01);
  EXPECT_FALSE(ndvi.at("assets").contains("ndvi_source"));
}

TEST_F(PublishTest, TheFootprintFollowsTheBentEdges) {
  run_all();
  const Value item = document(kMap + "/landcover_20150101_20151231.json");
  const Value& ring = item.at("geometry").at("coordinates").at(0);
  EXPECT_EQ(ring.size(), 65u);
  EXPECT_EQ(ring.front(), ring.back());
  for (const Value& place : ring) {
    EXPECT_GE(place.at(0).get<double>(), item.at("bbox").at(0).get<double>());
    EXPECT_LE(place.at(1).get<double>(), item.at("bbox").at(3).get<double>());
  }
  // Longitude first: the area lies in the Netherlands.
  EXPECT_NEAR(item.at("bbox").at(0).get<double>(), 5.7, 1);
  EXPECT_NEAR(item.at("bbox").at(1).get<double>(), 52, 2);
}

TEST_F(PublishTest, ASecondRunGivesTheSameBytes) {
  const auto sums = [&] {
    run_all();
    std::set<std::string> all;
    for (const std::string& file : files("")) all.insert(file + " " + *file_sha256(root / file));
    return all;
  };
  const auto first = sums();
  fs::remove_all(root);
  EXPECT_EQ(first, sums());
}

TEST_F(PublishTest, DocumentsOfWhatIsGoneAreRemovedAndDataFilesAreLeftAndCounted) {
  run_all();
  options("mosaic")["layers"] = {"class", "*_p50"};
  EXPECT_THAT(run_all(), ElementsAre("7 of the GeoTIFFs under cube/ belong to no item any more and were left"));
  EXPECT_EQ(document("ndvi/collection.json").at("item_assets").size(), 2u);
  options("mosaic")["layers"] = {"class"};
  run_all();
  const auto made = files("cube");
  EXPECT_THAT(made, Not(Contains("ndvi/collection.json")));
  EXPECT_THAT(made, Not(Contains("ndvi/ndvi_20150321_20150624/ndvi_20150321_20150624.json")));
  EXPECT_THAT(made, Not(Contains("ndvi/ndvi_20150321_20150624/thumbnail.png")));
  EXPECT_EQ(document("catalog.json").at("links").size(), 2u);
}

TEST_F(PublishTest, WhatAKilledTryLeftIsCleared) {
  const fs::path folder = root / "cube" / kMap;
  fs::create_directories(folder);
  const std::string name = "landcover_predict_c_30m_s_20150101_20151231_demo_epsg.3035_v1.tif";
  // No process has this number.
  ASSERT_TRUE(write_text(folder / (".partial-99999999-" + name + ".ovr.tmp"), "x"));
  ASSERT_TRUE(write_text(folder / (".partial-99999999-" + name), "x"));
  run_all();
  for (const std::string& file : files("cube")) EXPECT_THAT(file, Not(HasSubstr("partial")));
}

TEST_F(PublishTest, BandsOfSingleClassesCanBeNamedAlone) {
  options("mosaic")["layers"] = {"probability_2*"};
  run_all();
  EXPECT_EQ(document(kMap + "/landcover_20150101_20151231.json").at("assets").size(), 2u);
  EXPECT_FALSE(fs::exists(root / "cube" / "ndvi"));
}

TEST_F(PublishTest, LayersOfASourceAreJoinedWhenTheyAreNamed) {
  fs::create_directories(root);
  const Window wider{74990, 103990, 720, 620};
  auto writer =
      RasterWriter::create(root / "elevation.tif", cube.grid, wider, {DataType::int16, 1, 0, std::nullopt, "m"},
                           {{"elevation", LayerKind::continuous, {}}});
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->write(0, wider, std::vector<float>(static_cast<std::size_t>(wider.pixels()), 17), {}));
  ASSERT_TRUE((*writer)->close());
  Layer layer;
  layer.variable = "elevation";
  layer.encoding = {DataType::int16, 1, 0, std::nullopt, "m"};
  layer.made_by = "terrain";
  layer.files = {{(root / "elevation.tif").string(), 1}};
  sources.put(layer);
  run_all();
  EXPECT_FALSE(fs::exists(root / "cube" / "elevation"));
  options("mosaic")["layers"] = {"elev*", "ndvi_source"};
  run_all();
  const Value item = document("elevation/elevation_20150101_20151231/elevation_20150101_20151231.json");
  EXPECT_EQ(item.at("properties").at("processing:lineage"), "As in the source terrain, on the cube's grid.");
  EXPECT_EQ(item.at("assets").at("elevation").at("bands").at(0).at("nodata"), 32767);
  EXPECT_EQ(document("ndvi/collection.json").at("item_assets").size(), 2u);
  const auto raster = Raster::open(
      (root /
       "cube/elevation/elevation_20150101_20151231/elevation_terrain_m_30m_s_20150101_20151231_demo_epsg.3035_v1.tif")
          .string());
  ASSERT_TRUE(raster) << raster.error().message;
  std::vector<float> values(700 * 600);
  ASSERT_TRUE((*raster)->read(1, {0, 0, 700, 600}, std::span<float>(values)));
  EXPECT_EQ(std::set<float>(values.begin(), values.end()), (std::set<float>{17}));
  for (const std::string& file : files("cube")) EXPECT_THAT(file, Not(HasSubstr("copy")));
}

TEST_F(PublishTest, OptionsShapeNamesAndDocuments) {
  options("mosaic") = {{"product", "Species"},
                       {"methods", {{"predict", "lucas.eml"}}},
                       {"depth", "b0cm..30cm"},
                       {"version", "v20260301"}};
  options("publish") = {
      {"title", "Of my area"},
      {"license", "CC0-1.0"},
      {"version", "2"},
      {"keywords", {"land", "cover"}},
      {"providers", Value::array({{{"name", "Me"}, {"roles", {"producer"}}, {"url", "https://example.org"}}})}};
  run_all();
  EXPECT_TRUE(fs::exists(root / "cube/species/species_20150101_20151231/"
                                "species_lucas.eml_c_30m_b0cm..30cm_20150101_20151231_demo_epsg.3035_v20260301.tif"));
  const Value collection = document("species/collection.json");
  EXPECT_EQ(collection.at("license"), "CC0-1.0");
  EXPECT_EQ(collection.at("version"), "2");
  EXPECT_EQ(collection.at("providers").dump(), R"([{"name":"Me","roles":["producer"],"url":"https://example.org"}])");
  EXPECT_EQ(document("catalog.json").at("title"), "Of my area");
}

TEST_F(PublishTest, AGridWithoutACodeIsToldInItsOwnWords) {
  cube.grid.crs = "+proj=laea +lat_0=50 +lon_0=9 +x_0=4000000 +y_0=3000000 +ellps=GRS80 +units=m +no_defs";
  run_all();
  const Value item = document(kMap + "/landcover_20150101_20151231.json");
  EXPECT_TRUE(item.at("properties").at("proj:code").is_null());
  EXPECT_THAT(item.at("properties").at("proj:wkt2").get<std::string>(), HasSubstr("PROJCRS"));
  EXPECT_THAT(item.at("assets").at("class").at("href").get<std::string>(), HasSubstr("_demo_crs.local_v1.tif"));
}

TEST_F(PublishTest, AGridInDegreesHasNoResolutionInMetres) {
  cube.grid = {"EPSG:4326", 0.00025, 5, 52, 400};
  cube.area = {0, 0, 700, 600};
  cube.tiles = tiles_of(cube.grid, cube.area);
  run_all();
  const Value item = document(kMap + "/landcover_20150101_20151231.json");
  EXPECT_FALSE(item.at("properties").contains("gsd"));
  EXPECT_EQ(item.at("bbox").dump(), "[5,51.825,5.15,52]");
  EXPECT_THAT(item.at("assets").at("class").at("href").get<std::string>(), HasSubstr("_c_0.00025d_s_"));
}

TEST_F(PublishTest, TypingErrorsAreAnsweredWithTheNearestName) {
  options("mosaic")["layers"] = {"ndvi_p5"};
  EXPECT_EQ(plan_error(), "demo.yaml: steps.mosaic: layers: 'ndvi_p5' names no layer - did you mean 'ndvi_p25'?");
  options("mosaic") = {{"methods", {{"predickt", "x"}}}};
  EXPECT_EQ(plan_error(), "demo.yaml: steps.mosaic: methods.predickt: unknown step - did you mean 'predict'?");
  options("mosaic") = {{"compress", "zip"}};
  EXPECT_THAT(plan_error(), HasSubstr("steps.mosaic.compress: unknown value 'zip'"));
  options("mosaic") = Value::object();
  options("publish") = {{"license", "my own"}};
  EXPECT_EQ(plan_error(),
            "demo.yaml: steps.publish.license: my own must be an SPDX identifier such as CC-BY-4.0, or other");
  options("publish") = {{"license", "other"}};
  EXPECT_EQ(plan_error(), "demo.yaml: steps.publish: license_url: missing, the licence 'other' needs it");
  options("publish") = {{"providers", Value::array({{{"nmae", "Me"}}})}};
  EXPECT_EQ(plan_error(), "demo.yaml: steps.publish: providers[0].nmae: unknown key - did you mean 'name'?");
  recipe.steps.erase(recipe.steps.begin() + 2);
  options("publish") = Value::object();
  EXPECT_EQ(plan_error(), "demo.yaml: steps.publish: there is nothing to publish: no step mosaic comes before it");
}

TEST_F(PublishTest, AMissingTileFailsWithItsNameAndLeavesNoMosaic) {
  const auto made = plan();
  ASSERT_TRUE(made);
  MemoryRecords records;
  std::vector<std::string> notes;
  const RunSettings settings{root, root / "cache", 1, std::uint64_t{1} << 30};
  const Task* task = made->task_with_id("mosaic/fill-gaps/20150321_20150624");
  ASSERT_NE(task, nullptr);
  EXPECT_EQ(task->needs.size(), cube.tiles.size());
  const auto done = run_task(*made, *task, settings, records, notes, [](double) {});
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("tiles/r187_c260/fill-gaps/20150321_20150624.tif"));
  EXPECT_EQ(files("cube"), std::set<std::string>{});
}

}  // namespace
}  // namespace ecocube
