// SPDX-License-Identifier: Apache-2.0
#include "io/raster/zones.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <numeric>

namespace ecocube {
namespace {

using testing::HasSubstr;

/// Polygons on a grid of 10 m pixels whose upper left corner is (4000000, 3000000).
class ZonesTest : public testing::Test {
 protected:
  void SetUp() override {
    folder = std::filesystem::path(testing::TempDir()) /
             (std::string("ecocube_zones_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder);
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  std::string written(const std::string& features) const {
    const auto path = folder / "zones.geojson";
    std::ofstream(path) << R"({"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": )"
                        << R"("urn:ogc:def:crs:EPSG::3035"}}, "features": [)" << features << "]}";
    return path.string();
  }
  /// A rectangle in pixels of the grid; JSON has x before y as the file's CRS says otherwise only to those who ask.
  static std::string box(const std::string& name, double left, double top, double right, double bottom) {
    const double x0 = 4000000 + 10 * left, x1 = 4000000 + 10 * right, y0 = 3000000 - 10 * top,
                 y1 = 3000000 - 10 * bottom;
    return fmt::format(
        R"({{"type": "Feature", "properties": {{"name": "{}"}}, "geometry": {{"type": "Polygon", "coordinates": [[[{}, {}], [{}, {}], [{}, {}], [{}, {}], [{}, {}]]]}}}})",
        name, x0, y0, x1, y0, x1, y1, x0, y1, x0, y0);
  }

  const Grid grid{"EPSG:3035", 10, 4000000, 3000000, 100};
  std::filesystem::path folder;
};

TEST_F(ZonesTest, APixelBelongsToTheZoneThatHoldsItsCentre) {
  const auto zones = Zones::read(written(box("a", 1.4, 1, 3.6, 3)), "", "name", grid);
  ASSERT_TRUE(zones) << zones.error().message;
  ASSERT_EQ((*zones)->all().size(), 1U);
  EXPECT_EQ((*zones)->all()[0].name, "a");
  const Window window{0, 0, 4, 5};
  std::vector<std::uint8_t> inside(20);
  ASSERT_TRUE((*zones)->cover(0, window, inside));
  EXPECT_EQ(inside, (std::vector<std::uint8_t>{0, 0, 0, 0, 0,  //
                                               0, 1, 1, 1, 0,  //
                                               0, 1, 1, 1, 0,  //
                                               0, 0, 0, 0, 0}));
}

TEST_F(ZonesTest, ZonesMayOverlapAndRowsOfOneNameAreOne) {
  const auto zones = Zones::read(
      written(box("a", 0, 0, 2, 2) + "," + box("b", 1, 1, 3, 3) + "," + box("a", 4, 4, 5, 5)), "", "name", grid);
  ASSERT_TRUE(zones) << zones.error().message;
  ASSERT_EQ((*zones)->all().size(), 2U);
  std::vector<std::uint8_t> a(25), b(25);
  ASSERT_TRUE((*zones)->cover(0, {0, 0, 5, 5}, a));
  ASSERT_TRUE((*zones)->cover(1, {0, 0, 5, 5}, b));
  EXPECT_EQ(std::accumulate(a.begin(), a.end(), 0), 5);
  EXPECT_EQ(std::accumulate(b.begin(), b.end(), 0), 4);
  EXPECT_EQ(a[6] + b[6], 2);
}

TEST_F(ZonesTest, WithoutAColumnTheRowsAreNumbered) {
  const auto zones = Zones::read(written(box("x", 0, 0, 1, 1) + "," + box("y", 1, 1, 2, 2)), "", "", grid);
  ASSERT_TRUE(zones) << zones.error().message;
  EXPECT_EQ((*zones)->all()[1].name, "1");
}

TEST_F(ZonesTest, MistakesAreNamed) {
  const std::string path = written(box("x", 0, 0, 1, 1));
  EXPECT_THAT(Zones::read(path, "", "nam", grid).error().message, HasSubstr("no column 'nam' - did you mean 'name'?"));
  EXPECT_THAT(Zones::read((folder / "none.gpkg").string(), "", "", grid).error().message, HasSubstr("no such file"));
  EXPECT_THAT(
      Zones::read(
          written(
              R"({"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [4000005, 2999995]}})"),
          "", "", grid)
          .error()
          .message,
      HasSubstr("is no polygon but POINT"));
}

}  // namespace
}  // namespace ecocube
