// SPDX-License-Identifier: Apache-2.0
#include "io/raster/vector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "io/file/file.h"

namespace ecocube {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class Vector : public testing::Test {
 protected:
  Vector() {
    folder_ = fs::temp_directory_path() / fmt::format("ecocube-vector-{}-{}", ::getpid(),
                                                      testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
  }
  ~Vector() override { fs::remove_all(folder_); }

  /// A GeoJSON file of features given as `geometry; properties`.
  std::string geojson(const std::vector<std::pair<std::string, std::string>>& features) {
    std::string text = R"({"type": "FeatureCollection", "features": [)";
    for (const auto& [geometry, properties] : features) {
      if (text.back() == '}') text += ",";
      text += R"({"type": "Feature", "geometry": )" + geometry + R"(, "properties": )" + properties + "}";
    }
    const std::string path = folder_ / "features.geojson";
    EXPECT_TRUE(write_text(path, text + "]}"));
    return path;
  }

  fs::path folder_;
};

constexpr const char* kSquare =
    R"({"type": "Polygon", "coordinates": [[[10, 50], [11, 50], [11, 51], [10, 51], [10, 50]]]})";

TEST_F(Vector, APolygonHasAnAreaAndACentreThatLiesOnIt) {
  // A square, and an L whose centroid lies in the hollow.
  const auto table = read_features(geojson({{kSquare, "{}"},
                                            {R"({"type": "Polygon", "coordinates":
                 [[[0, 0], [10, 0], [10, 1], [1, 1], [1, 10], [0, 10], [0, 0]]]})",
                                             "{}"},
                                            {R"({"type": "Point", "coordinates": [13.4, 49.7]})", "{}"}}),
                                   "", {});
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_DOUBLE_EQ(table->rows[0].centre->x, 10.5);
  EXPECT_DOUBLE_EQ(table->rows[0].centre->y, 50.5);
  EXPECT_DOUBLE_EQ(table->rows[0].area, 1);
  EXPECT_DOUBLE_EQ(table->rows[1].area, 19);
  const MapPoint& bent = *table->rows[1].centre;
  EXPECT_TRUE(bent.x > 0 && bent.y > 0 && (bent.x < 1 || bent.y < 1)) << bent.x << " " << bent.y;
  EXPECT_FALSE(table->rows[2].centre);
  EXPECT_EQ(table->rows[2].area, 0);
}

TEST_F(Vector, TheColumnsOfALayerAreNamedInTheFilesOrder) {
  const auto names = read_column_names(geojson({{kSquare, R"({"name": "a", "code": 1})"}}), "");
  ASSERT_TRUE(names) << names.error().message;
  EXPECT_THAT(*names, ElementsAre("name", "code"));
  EXPECT_THAT(read_column_names(folder_ / "none.gpkg", "").error().message, HasSubstr("no such file"));
}

TEST_F(Vector, RowsComeInTheFilesOrderWithEastBeforeNorthAndTheColumnsAskedFor) {
  const auto table = read_features(geojson({{R"({"type": "Point", "coordinates": [13.4, 49.7]})",
                                             R"({"code": 211, "name": "a field", "day": "2018-06-30"})"},
                                            {R"({"type": "Point", "coordinates": [-61.6, -12.8]})",
                                             R"({"code": 312, "name": null, "day": "2019-06-30"})"},
                                            {"null", R"({"code": 512, "name": "", "day": null})"}}),
                                   "", {"name", "code"});
  ASSERT_TRUE(table) << table.error().message;
  ASSERT_EQ(table->rows.size(), 3U);
  EXPECT_THAT(table->rows[0].fields, ElementsAre("a field", "211"));
  EXPECT_THAT(table->rows[1].fields, ElementsAre("", "312"));
  EXPECT_DOUBLE_EQ(table->rows[0].place->x, 13.4);
  EXPECT_DOUBLE_EQ(table->rows[1].place->y, -12.8);
  EXPECT_FALSE(table->rows[2].place);
  EXPECT_EQ(table->not_points, 0U);
  EXPECT_THAT(table->crs_wkt, HasSubstr("WGS 84"));
}

TEST_F(Vector, APolygonStandsByAPointOnItAndSeveralPointsByTheirCentroid) {
  const std::string horseshoe =
      R"({"type": "Polygon", "coordinates": [[[0,0],[10,0],[10,10],[9,10],[9,1],[1,1],[1,10],[0,10],[0,0]]]})";
  const auto table = read_features(
      geojson({{horseshoe, "{}"}, {R"({"type": "MultiPoint", "coordinates": [[1, 2], [3, 6]]})", "{}"}}), "", {});
  ASSERT_TRUE(table) << table.error().message;
  const MapPoint on = *table->rows[0].place;
  EXPECT_TRUE(on.y <= 1 || on.x <= 1 || on.x >= 9) << on.x << " " << on.y;
  EXPECT_DOUBLE_EQ(table->rows[1].place->x, 2);
  EXPECT_DOUBLE_EQ(table->rows[1].place->y, 4);
  EXPECT_EQ(table->not_points, 2U);
}

TEST_F(Vector, AMissingFileLayerOrColumnIsAnErrorThatNamesIt) {
  EXPECT_EQ(read_features("/no/such.gpkg", "", {}).error().message, "vector file /no/such.gpkg: no such file");
  const std::string path = geojson({{kSquare, R"({"label": "x"})"}});
  EXPECT_EQ(read_features(path, "fetures", {}).error().message,
            "vector file " + path + ": no layer 'fetures' - did you mean 'features'?");
  EXPECT_EQ(read_features(path, "", {"lable"}).error().message,
            "vector file " + path + ", layer features: no column 'lable' - did you mean 'label'?");
  EXPECT_THAT(read_features(geojson({}), "", {}).error().message, HasSubstr("it has no rows"));
  const std::string text = folder_ / "notes.txt";
  ASSERT_TRUE(write_text(text, "hello"));
  EXPECT_THAT(read_features(text, "", {}).error().message, HasSubstr("vector file " + text + ": "));
}

TEST_F(Vector, AnAreaKnowsWhichRectanglesShareItsInside) {
  const auto area = Area::read(geojson({{kSquare, "{}"}}), "", "EPSG:4326");
  ASSERT_TRUE(area) << area.error().message;
  EXPECT_EQ((*area)->bounds(), (Bounds{10, 50, 11, 51}));
  EXPECT_TRUE((*area)->intersects({10.2, 50.2, 10.3, 50.3}));
  EXPECT_TRUE((*area)->intersects({9, 49, 12, 52}));
  EXPECT_TRUE((*area)->intersects({10.9, 50.9, 12, 52}));
  EXPECT_FALSE((*area)->intersects({11, 50, 12, 51})) << "a border in common";
  EXPECT_FALSE((*area)->intersects({12, 50, 13, 51}));
}

TEST_F(Vector, AnAreaIsNotItsBounds) {
  const std::string triangle = R"({"type": "Polygon", "coordinates": [[[0, 0], [10, 0], [0, 10], [0, 0]]]})";
  const auto area = Area::read(geojson({{triangle, "{}"}}), "", "EPSG:4326");
  EXPECT_TRUE((*area)->intersects({0, 0, 1, 1}));
  EXPECT_FALSE((*area)->intersects({8, 8, 9, 9}));
}

TEST_F(Vector, AnAreaIsBroughtIntoTheCubesSystemWithItsCurvedEdges) {
  // The parallel of 50 N over 40 degrees bends: its middle lies far south of the line between its ends.
  const std::string band =
      R"({"type": "Polygon", "coordinates": [[[-10, 50], [30, 50], [30, 51], [-10, 51], [-10, 50]]]})";
  const auto area = Area::read(geojson({{band, "{}"}}), "", "EPSG:3035");
  ASSERT_TRUE(area) << area.error().message;
  const double south = 2987700;  // of the parallel at 10 E
  EXPECT_LT((*area)->bounds().min_y, south + 2000);
  EXPECT_TRUE((*area)->intersects({4320000, south + 4000, 4322000, south + 6000}));
  EXPECT_FALSE((*area)->intersects({4320000, south + 220000, 4322000, south + 222000}));
}

TEST_F(Vector, ARingThatCrossesItselfStillCounts) {
  const std::string bow_tie = R"({"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]})";
  const auto area = Area::read(geojson({{bow_tie, "{}"}}), "", "EPSG:4326");
  ASSERT_TRUE(area) << area.error().message;
  EXPECT_TRUE((*area)->intersects({0.1, 0.9, 0.2, 1.1}));
  EXPECT_FALSE((*area)->intersects({0.9, 0.1, 1.1, 0.2}));
}

TEST_F(Vector, AnAreaWithoutPolygonsIsAnError) {
  const std::string path = geojson({{R"({"type": "Point", "coordinates": [1, 2]})", "{}"}});
  EXPECT_EQ(Area::read(path, "", "EPSG:3035").error().message,
            "area file " + path + ", layer features: row 0 is no polygon but POINT");
  EXPECT_EQ(Area::read("/no/such.shp", "", "EPSG:3035").error().message, "vector file /no/such.shp: no such file");
}

TEST(VectorOfRealData, SamplesOfGelderlandHaveTheirColumnsAndNoCode) {
  const std::string path = ECOCUBE_SOURCE_DIR "/../shared/data/ecodatacube-gelderland/samples/samples.gpkg";
  if (!fs::exists(path)) GTEST_SKIP() << path << " is absent";
  const auto table = read_features(path, "", {"date", "code"});
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->rows.size(), 256U);
  EXPECT_EQ(table->layer, "samples");
  for (const Feature& row : table->rows) {
    ASSERT_TRUE(row.place);
    EXPECT_GT(row.place->x, 4020000);
    EXPECT_LT(row.place->y, 3218000);
    EXPECT_EQ(row.fields.size(), 2U);
  }
  EXPECT_THAT(table->crs_wkt, HasSubstr("Lambert Azimuthal Equal Area"));
}

}  // namespace
}  // namespace ecocube
