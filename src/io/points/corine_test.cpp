// SPDX-License-Identifier: Apache-2.0
#include "io/points/corine.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <random>

#include "io/points/patches.h"
#include "io/points/point_files_fixture.h"

namespace ecocube {
namespace {

using testing::HasSubstr;

std::vector<Patch> patches_in(const std::vector<std::string>& rows) {
  const auto read = [&](std::int64_t row, std::span<float> values) -> Result<void> {
    for (std::size_t col = 0; col < values.size(); ++col) {
      const char pixel = rows[static_cast<std::size_t>(row)][col];
      values[col] = pixel == '.' ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(pixel - '0');
    }
    return {};
  };
  return find_patches(static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(rows[0].size()), read).value();
}

TEST(Patches, PixelsThatTouchByTheirEdgesAreOnePatchAndCornersDoNotJoin) {
  const auto patches = patches_in({"1122", "1.21", "3321"});
  ASSERT_EQ(patches.size(), 4u);
  EXPECT_EQ(patches[0].pixels, 3);
  EXPECT_EQ(patches[1].pixels, 4);
  EXPECT_EQ(patches[1].value, 2);
  EXPECT_EQ(patches[2].pixels, 2);
  EXPECT_EQ(patches[2].value, 1);
  EXPECT_EQ(patches[3].value, 3);
}

TEST(Patches, ArmsThatMeetFurtherDownAreOnePatchWhoseCentreLiesOnIt) {
  const auto patches = patches_in({"1...1", "1...1", "11111"});
  ASSERT_EQ(patches.size(), 1u);
  EXPECT_EQ(patches[0].pixels, 9);
  // The centroid, row 4/3 and col 2, lies in the hollow; the bottom's middle is nearest.
  EXPECT_EQ(patches[0].row, 2);
  EXPECT_EQ(patches[0].col, 2);
}

TEST(Patches, OfPixelsEquallyNearTheUppermostLeftmostIsTaken) {
  const auto patches = patches_in({"11", "11"});
  EXPECT_EQ(patches[0].row, 0);
  EXPECT_EQ(patches[0].col, 0);
}

/// Fills each patch pixel by pixel.
std::vector<Patch> plain_patches(const std::vector<std::string>& rows) {
  auto left = rows;
  std::vector<Patch> found;
  const auto height = static_cast<int>(rows.size()), width = static_cast<int>(rows[0].size());
  for (int row = 0; row < height; ++row) {
    for (int col = 0; col < width; ++col) {
      const char value = left[static_cast<std::size_t>(row)][static_cast<std::size_t>(col)];
      if (value == '.') continue;
      std::vector<std::pair<int, int>> pixels{{row, col}};
      left[static_cast<std::size_t>(row)][static_cast<std::size_t>(col)] = '.';
      double rows_sum = 0, cols_sum = 0;
      for (std::size_t i = 0; i < pixels.size(); ++i) {
        const auto [r, c] = pixels[i];
        rows_sum += r, cols_sum += c;
        for (const auto& [down, right] : {std::pair(1, 0), {-1, 0}, {0, 1}, {0, -1}}) {
          const int y = r + down, x = c + right;
          if (y < 0 || x < 0 || y >= height || x >= width) continue;
          char& next = left[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)];
          if (next != value) continue;
          next = '.';
          pixels.emplace_back(y, x);
        }
      }
      const auto count = static_cast<double>(pixels.size());
      std::sort(pixels.begin(), pixels.end());
      Patch patch{static_cast<float>(value - '0'), static_cast<std::int64_t>(pixels.size()), 0, 0};
      double nearest = std::numeric_limits<double>::infinity();
      for (const auto& [r, c] : pixels) {
        const double distance = std::pow(r - rows_sum / count, 2) + std::pow(c - cols_sum / count, 2);
        if (distance >= nearest) continue;
        nearest = distance;
        patch.row = r, patch.col = c;
      }
      found.push_back(patch);
    }
  }
  return found;
}

TEST(Patches, AreThoseOfAPlainFillOnRandomMaps) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> rows(1 + random() % 9, std::string(1 + random() % 13, '.'));
    for (std::string& row : rows) {
      for (char& pixel : row) pixel = "112.23"[random() % (round % 2 == 0 ? 6 : 4)];
    }
    const auto patches = patches_in(rows), plain = plain_patches(rows);
    ASSERT_EQ(patches.size(), plain.size());
    for (std::size_t i = 0; i < plain.size(); ++i) {
      EXPECT_EQ(patches[i].value, plain[i].value);
      EXPECT_EQ(patches[i].pixels, plain[i].pixels);
      EXPECT_EQ(patches[i].row, plain[i].row) << round;
      EXPECT_EQ(patches[i].col, plain[i].col) << round;
    }
  }
}

class Corine : public PointFilesFixture {
 protected:
  Corine() { rules.year = 2012; }
  Result<PointSet> read(const std::string& path, const std::string& crs = "") {
    return read_corine({path}, "", crs, rules, groups, "EPSG:3035");
  }
  /// Squares and an L whose centroid lies outside, by code.
  std::string polygons(const std::string& column = "Code_12") const {
    return file("map.geojson", fmt::format(R"({{"type": "FeatureCollection", "crs": {{"type": "name",
      "properties": {{"name": "urn:ogc:def:crs:EPSG::3035"}}}}, "features": [
      {{"type": "Feature", "properties": {{"{0}": "211"}}, "geometry": {{"type": "Polygon", "coordinates":
        [[[4321000,3210000],[4321600,3210000],[4321600,3210600],[4321000,3210600],[4321000,3210000]]]}}}},
      {{"type": "Feature", "properties": {{"{0}": "312"}}, "geometry": {{"type": "Polygon", "coordinates":
        [[[4322000,3210000],[4323000,3210000],[4323000,3210100],[4322100,3210100],[4322100,3211000],[4322000,3211000],
        [4322000,3210000]]]}}}},
      {{"type": "Feature", "properties": {{"{0}": null}}, "geometry": {{"type": "Polygon", "coordinates":
        [[[0,0],[100,0],[100,100],[0,0]]]}}}},
      {{"type": "Feature", "properties": {{"{0}": "512"}}, "geometry": {{"type": "Point", "coordinates": [0, 0]}}}}]}})",
                                           column));
  }
  CorineRules rules;
  GroupRule groups;
};

TEST_F(Corine, APolygonGivesItsCentroidOrAPointOnItAndTheDateIsTheLastOfJune) {
  const auto set = read(polygons());
  ASSERT_TRUE(set) << set.error().message;
  ASSERT_EQ(set->points.size(), 2u);
  EXPECT_EQ(set->points[0].label, "211");
  EXPECT_NEAR(set->points[0].x, 4321300, 1e-6);
  EXPECT_NEAR(set->points[0].y, 3210300, 1e-6);
  EXPECT_EQ(iso_date(set->points[0].date), "2012-06-30");
  EXPECT_EQ(set->points[0].id, "map-0");
  const FieldPoint& bent = set->points[1];
  EXPECT_TRUE((bent.x > 4322000 && bent.x < 4322100) || (bent.y > 3210000 && bent.y < 3210100))
      << bent.x << " " << bent.y;
  EXPECT_EQ(set->count_of("are no polygons"), 1u);
  EXPECT_EQ(set->count_of("have no class"), 1u);
}

TEST_F(Corine, PolygonsBelowTheMinimumAreaAreLeftOutAndCounted) {
  rules.minimum_area = 25;  // the square has 36 ha, the L 19
  const auto set = read(polygons());
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->points.size(), 1u);
  EXPECT_EQ(set->count_of("are smaller than the minimum area"), 1u);
}

TEST_F(Corine, TheColumnOfTheClassIsFoundOrNamed) {
  EXPECT_THAT(read(polygons("landuse")).error().message,
              HasSubstr("none of its columns looks like the class; name it in points.label (columns: landuse)"));
  rules.label = "landuse";
  EXPECT_TRUE(read(polygons("landuse")));
  rules.label = "landuze";
  EXPECT_THAT(read(polygons("landuse")).error().message, HasSubstr("no column 'landuze' - did you mean 'landuse'?"));
}

TEST_F(Corine, AClassRasterGivesAPointForEveryPatchThroughTheTable) {
  rules.table = file("legend.csv", "grid_value,clc_code\n1,111\n2,312\n");
  rules.table_columns = {{"grid_value"}, "clc_code", ""};
  rules.minimum_area = 2;
  const auto set = read(raster("clc.tif", {"1112", "1119", "22.."}));
  ASSERT_TRUE(set) << set.error().message;
  ASSERT_EQ(set->points.size(), 2u);
  EXPECT_EQ(set->points[0].label, "111");
  EXPECT_NEAR(set->points[0].x, 4321150, 1e-6);
  EXPECT_NEAR(set->points[0].y, 3209950, 1e-6);
  EXPECT_EQ(set->points[1].label, "312");
  EXPECT_EQ(set->rows, 4u);
  EXPECT_EQ(set->count_of("have a code that the table does not list"), 1u);
  EXPECT_EQ(set->count_of("are smaller than the minimum area"), 1u);
  EXPECT_THAT(set->notes()[0], HasSubstr("clc.tif: 1 of 4 patches have a code that the table does not list"));
  rules.unlisted_is_error = true;
  EXPECT_THAT(read(raster("clc.tif", {"1112", "1119"})).error().message, HasSubstr("row 1, col 3: the table"));
}

TEST(CorineOfLatvia, EveryPatchBecomesAPointOfAKnownClassOrIsCounted) {
  const std::string folder = ECOCUBE_SOURCE_DIR "/../shared/data/lucas-corine-latvia/";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is absent";
  CorineRules rules;
  rules.year = 2012;
  rules.minimum_area = 25;
  rules.table = folder + "corine_legend_44.csv";
  rules.table_columns = {{"grid_value"}, "clc_code", ""};
  const auto set = read_corine({folder + "corine2012_100m_epsg3035.tif"}, "", "", rules, {}, "EPSG:3035");
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->rows, set->points.size() + set->count_of("are smaller") + set->count_of("have a code"));
  EXPECT_EQ(set->points.size(), 54671u);
}

}  // namespace
}  // namespace ecocube
