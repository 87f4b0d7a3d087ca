// SPDX-License-Identifier: Apache-2.0
#include "run/plan_recipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "io/raster/raster.h"

namespace ecocube {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

/// A step that reads every layer on every tile.
class ReadAll : public Step {
 public:
  const StepInfo& info() const override { return info_; }
  void declare(OptionSet&) override {}
  Result<void> plan(Planning& planning) override {
    for (const Tile& tile : planning.cube().tiles) {
      Task task;
      task.tile = tile.name();
      for (const Layer& layer : planning.layers().all()) ECOCUBE_TRY(planning.reads(task, layer, tile.name()));
      planning.add(std::move(task));
    }
    return {};
  }
  Result<void> run(const Task&, TaskRun&) const override { return {}; }

 private:
  StepInfo info_{.name = "read-all", .summary = {}, .reads = {}, .makes = {}, .memory = {}};
};

class RecipeSources : public testing::Test {
 protected:
  RecipeSources() {
    folder_ = fs::temp_directory_path() / fmt::format("ecocube-sources-{}-{}", ::getpid(),
                                                      testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~RecipeSources() override { fs::remove_all(folder_); }

  void stack(const std::vector<std::string>& dates) const {
    std::vector<BandSpec> bands;
    for (const std::string& date : dates) bands.emplace_back().name = date;
    auto writer = RasterWriter::create(folder_ / "ndvi.tif", Grid{"EPSG:3035", 30, 4000000, 3000000, 100}, {0, 0, 2, 2},
                                       {}, bands);
    ASSERT_TRUE(writer) << writer.error().message;
    ASSERT_TRUE((*writer)->close());
  }
  Result<Plan> planned(const std::string& source) const {
    const std::string yaml =
        "cube: {grid: {crs: EPSG:3035, pixel: 30, origin: [4000000, 3000000], tile: 100},\n"
        "       area: {bbox: [4000000, 2999940, 4000060, 3000000]}, years: 2020}\n"
        "sources: {ndvi: " +
        source + "}\nsteps: [read-all]\n";
    ECOCUBE_TRY_ASSIGN(const Recipe recipe, parse_recipe(yaml, "r.yaml", folder_, {}));
    const StepList steps{[] { return std::make_unique<ReadAll>(); }};
    return plan_recipe(recipe, steps, {.root = folder_, .cache = folder_, .threads = 1, .memory_bytes = 0});
  }

  fs::path folder_;
};

TEST_F(RecipeSources, AStacksDatesBecomeLayersOfTheYearsAskedFor) {
  stack({"2019-07-05", "2020-01-05", "2020-07-05"});
  const auto plan = planned("{format: rasters, path: ndvi.tif, dates: bands, periods: months}");
  ASSERT_TRUE(plan) << plan.error().message;
  std::vector<std::string> names;
  for (const Layer& layer : plan->layers.all())
    names.push_back(fmt::format("{} band {}", layer.feature_name(), layer.files[0].band));
  EXPECT_THAT(names, ElementsAre("ndvi.m01 band 2", "ndvi.m07 band 3"));
}

TEST_F(RecipeSources, TheWayOfResamplingDecidesTheKey) {
  stack({"2020-01-05"});
  const std::string source = "{format: rasters, path: ndvi.tif, dates: bands, periods: months";
  const auto one = planned(source + "}"), same = planned(source + ", resampling: auto}"),
             other = planned(source + ", resampling: nearest}");
  ASSERT_TRUE(one && same && other) << one.error().message;
  EXPECT_EQ(other->layers.all()[0].resampling, "nearest");
  EXPECT_EQ(one->tasks[0].key, same->tasks[0].key);
  EXPECT_NE(one->tasks[0].key, other->tasks[0].key);
}

TEST_F(RecipeSources, AFormatThatNobodyKnowsIsNamedBeforeAnythingIsDone) {
  EXPECT_THAT(planned("{format: landsat-c2l2, path: nowhere}").error().message,
              HasSubstr("r.yaml: sources.ndvi.format: unknown format 'landsat-c2l2' - did you mean 'landsat-c2-l2'?"));
  EXPECT_THAT(planned("{format: own.json, path: nowhere}").error().message, HasSubstr((folder_ / "own.json").string()));
}

}  // namespace
}  // namespace ecocube
