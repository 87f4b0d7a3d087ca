// SPDX-License-Identifier: Apache-2.0
#include "floor_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

namespace ecocube {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

/// A source tree in a folder of its own, which goes with it. It begins with three sound modules: base, data/cube and
/// methods/series.
class Tree {
 public:
  Tree() {
    std::string pattern = (fs::temp_directory_path() / "floors-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    module("base", "");
    module("data/cube", "DEPENDS base");
    module("methods/series", "DEPENDS data/cube");
    source("base/text.h", "");
    source("data/cube/grid.h", "#include \"base/text.h\"\n");
  }
  ~Tree() { fs::remove_all(folder_); }
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;

  void module(const std::string& name, const std::string& arguments) {
    write(name + "/CMakeLists.txt", kLicence + "ecocube_module(" + name + " " + arguments + ")\n");
  }
  /// A C++ file; its text starts at line 2, after the licence.
  void source(const std::string& path, const std::string& text) {
    write(path, "/" + ("/" + kLicence.substr(1)) + text);
  }
  void write(const std::string& path, const std::string& text) {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path) << text;
  }
  std::vector<std::string> breaches() const {
    std::vector<std::string> texts;
    for (const RuleBreach& breach : check_floors(folder_)) texts.push_back(breach.text());
    return texts;
  }

 private:
  const std::string kLicence = "# SPDX-License-Identifier: Apache-2.0\n";
  fs::path folder_;
};

TEST(FloorRule, HoldsInEcocube) {
  for (const RuleBreach& breach : check_floors(fs::path(ECOCUBE_SOURCE_DIR) / "src")) {
    ADD_FAILURE() << "src/" << breach.text();
  }
}

TEST(FloorRule, ASoundTreeHasNoBreach) {
  Tree tree;
  tree.source("methods/series/trend.cpp", "#include <vector>\n#include \"data/cube/grid.h\"\n");
  EXPECT_THAT(tree.breaches(), IsEmpty());
}

TEST(FloorRule, ALowerFloorIsReachedThroughOtherModules) {
  Tree tree;
  tree.source("methods/series/trend.cpp", "#include \"base/text.h\"\n");
  EXPECT_THAT(tree.breaches(), IsEmpty());
}

TEST(FloorRule, AnIncludeFromAboveIsABreach) {
  Tree tree;
  tree.source("methods/series/trend.h", "");
  tree.source("data/cube/layer.cpp", "\n#include \"methods/series/trend.h\"\n");
  EXPECT_THAT(tree.breaches(), ElementsAre("data/cube/layer.cpp:3: includes methods/series/trend.h: "
                                           "floor methods lies above floor data"));
}

TEST(FloorRule, ADependencyFromAboveIsABreach) {
  Tree tree;
  tree.module("data/cube", "DEPENDS base methods/series LIBRARIES fmt::fmt");
  tree.module("methods/series", "");
  EXPECT_THAT(
      tree.breaches(),
      ElementsAre("data/cube/CMakeLists.txt:2: depends on methods/series: floor methods lies above floor data"));
}

TEST(FloorRule, ADependencyOnNoModuleIsABreach) {
  Tree tree;
  tree.module("methods/series", "DEPENDS\n  data/cube  # the grid\n  data/cubes)\n");
  EXPECT_THAT(tree.breaches(),
              ElementsAre("methods/series/CMakeLists.txt:2: depends on data/cubes, which is no module"));
}

TEST(FloorRule, ANeighbourOnTheSameFloorMustBeNamed) {
  Tree tree;
  tree.module("methods/correct", "DEPENDS data/cube");
  tree.source("methods/series/trend.h", "");
  tree.source("methods/correct/haze.cpp", "#include \"methods/series/trend.h\"\n");
  EXPECT_THAT(tree.breaches(),
              ElementsAre("methods/correct/haze.cpp:2: includes methods/series/trend.h: same floor, but DEPENDS of "
                          "methods/correct does not name methods/series"));
  tree.module("methods/correct", "DEPENDS data/cube methods/series");
  EXPECT_THAT(tree.breaches(), IsEmpty());
}

TEST(FloorRule, ALowerFloorMustBeReached) {
  Tree tree;
  tree.module("methods/correct", "DEPENDS base");
  tree.source("methods/correct/haze.cpp", "#include \"data/cube/grid.h\"\n");
  EXPECT_THAT(tree.breaches(), ElementsAre("methods/correct/haze.cpp:2: includes data/cube/grid.h: DEPENDS of "
                                           "methods/correct does not reach data/cube"));
}

TEST(FloorRule, OnlyTestsMayUseTestDepends) {
  Tree tree;
  tree.module("methods/correct", "DEPENDS base TEST_DEPENDS data/cube methods/series");
  tree.source("methods/series/trend.h", "");
  tree.source("methods/correct/haze_test.cpp", "#include \"data/cube/grid.h\"\n#include \"methods/series/trend.h\"\n");
  EXPECT_THAT(tree.breaches(), IsEmpty());
  tree.source("methods/correct/haze.cpp", "#include \"data/cube/grid.h\"\n");
  EXPECT_THAT(tree.breaches(), ElementsAre("methods/correct/haze.cpp:2: includes data/cube/grid.h: DEPENDS of "
                                           "methods/correct does not reach data/cube"));
}

TEST(FloorRule, ModulesThatDependOnEachOtherAreABreach) {
  Tree tree;
  tree.module("data/cube", "DEPENDS data/table");
  tree.module("data/table", "DEPENDS base data/cube");
  EXPECT_THAT(tree.breaches(), ElementsAre("data/cube/CMakeLists.txt:2: data/cube depends on itself in a circle",
                                           "data/table/CMakeLists.txt:2: data/table depends on itself in a circle"));
}

TEST(FloorRule, OnlyTheRasterModuleIncludesGdal) {
  Tree tree;
  tree.module("io/raster", "DEPENDS data/cube");
  tree.module("io/catalog", "DEPENDS data/cube");
  tree.source("io/raster/raster.cpp", "#include <gdal_priv.h>\n#include \"ogr_spatialref.h\"\n");
  EXPECT_THAT(tree.breaches(), IsEmpty());
  tree.source("io/catalog/items.cpp", "#include <gdal/cpl_conv.h>\n#include \"ogr_api.h\"\n");
  EXPECT_THAT(tree.breaches(),
              ElementsAre("io/catalog/items.cpp:2: includes gdal/cpl_conv.h: only io/raster includes GDAL",
                          "io/catalog/items.cpp:3: includes ogr_api.h: only io/raster includes GDAL"));
}

TEST(FloorRule, MethodsIncludeNoFilesThreadsOrJson) {
  Tree tree;
  tree.source("methods/series/trend.cpp",
              "#include <fstream>\n#include <nlohmann/json.hpp>\n# include <tbb/parallel_for.h>\n");
  EXPECT_THAT(
      tree.breaches(),
      ElementsAre(
          "methods/series/trend.cpp:2: includes fstream: methods know no files and start no threads",
          "methods/series/trend.cpp:3: includes nlohmann/json.hpp: methods know no JSON",
          "methods/series/trend.cpp:4: includes tbb/parallel_for.h: methods know no files and start no threads"));
}

TEST(FloorRule, TheTestsOfMethodsMayReadFiles) {
  Tree tree;
  tree.source("methods/series/trend_test.cpp", "#include <fstream>\n#include <thread>\n");
  EXPECT_THAT(tree.breaches(), IsEmpty());
}

TEST(FloorRule, TrainAndInferNeverIncludeEachOther) {
  Tree tree;
  tree.module("methods/infer", "DEPENDS data/cube");
  tree.module("methods/train", "DEPENDS data/cube methods/infer");
  tree.source("methods/infer/ensemble.h", "");
  tree.source("methods/train/stack.cpp", "#include \"methods/infer/ensemble.h\"\n");
  EXPECT_THAT(tree.breaches(),
              ElementsAre("methods/train/stack.cpp:2: includes methods/infer/ensemble.h: train and infer "
                          "meet only in the model"));
}

TEST(FloorRule, TheServerNeverReachesSteps) {
  Tree tree;
  tree.module("steps", "DEPENDS base");
  tree.module("apps/cli", "DEPENDS steps");
  tree.module("apps/server", "DEPENDS apps/cli");
  tree.source("steps/composite.h", "");
  tree.source("apps/server/route.cpp", "#include \"steps/composite.h\"\n");
  EXPECT_THAT(tree.breaches(),
              ElementsAre("apps/server/CMakeLists.txt:2: apps/server reaches steps through its DEPENDS",
                          "apps/server/route.cpp:2: includes steps/composite.h: the server knows no steps"));
}

TEST(FloorRule, AFileWithoutTheLicenceLineIsABreach) {
  Tree tree;
  tree.write("base/log.h", "#pragma once\n");
  EXPECT_THAT(tree.breaches(), ElementsAre("base/log.h:1: the first line lacks SPDX-License-Identifier: Apache-2.0"));
}

TEST(FloorRule, AFileMayHaveSixHundredLinesAndNoMore) {
  Tree tree;
  tree.source("base/log.cpp", std::string(599, '\n'));
  EXPECT_THAT(tree.breaches(), IsEmpty());
  tree.source("base/log.cpp", std::string(600, '\n'));
  EXPECT_THAT(tree.breaches(), ElementsAre("base/log.cpp: has 601 lines; more than 600 do two jobs"));
}

TEST(FloorRule, AFileOutsideEveryModuleIsABreach) {
  Tree tree;
  tree.source("helpers/text.h", "");
  tree.source("io/loose.h", "");
  tree.source("base/log.h", "#include \"io/loose.h\"\n");
  EXPECT_THAT(tree.breaches(), ElementsAre("base/log.h:2: includes io/loose.h: it belongs to no module",
                                           "helpers/text.h: belongs to no module", "io/loose.h: belongs to no module"));
}

TEST(FloorRule, AModuleOutsideTheFloorsOrItsFolderIsABreach) {
  Tree tree;
  tree.module("common", "");
  tree.write("data/table/CMakeLists.txt", "# SPDX-License-Identifier: Apache-2.0\necocube_module(data/tables)\n");
  EXPECT_THAT(tree.breaches(),
              ElementsAre("common/CMakeLists.txt:2: module common stands on no floor",
                          "data/table/CMakeLists.txt:2: module data/tables is declared outside its folder"));
}

TEST(FloorRule, AnIncludeCountsFromTheSourceFolder) {
  Tree tree;
  tree.source("data/cube/layer.cpp", "#include \"grid.h\"\n");
  EXPECT_THAT(tree.breaches(),
              ElementsAre("data/cube/layer.cpp:2: includes grid.h: no such file under src (paths count from there)"));
}

}  // namespace
}  // namespace ecocube
