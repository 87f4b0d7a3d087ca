// SPDX-License-Identifier: Apache-2.0
#include "io/raster/cog.h"

#include <gdal.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>
#include <random>
#include <set>

#include "io/file/file.h"
#include "io/raster/gdal_error.h"
#include "io/raster/raster.h"
#include "io/raster/thumbnail.h"

namespace ecocube {
namespace {
namespace fs = std::filesystem;

const std::vector<LegendClass> kClasses{{"111", "Continuous urban fabric", 1, {230, 0, 77}},
                                        {"211", "Non-irrigated arable land", 12, {255, 255, 168}},
                                        {"311", "Broad-leaved forest", 23, {128, 255, 0}}};

/// One band of a raster file as GDAL shows it.
struct Seen {
  GDALDatasetH dataset = nullptr;
  GDALRasterBandH band = nullptr;
  explicit Seen(const fs::path& path) {
    prepare_gdal();
    dataset = GDALOpen(path.c_str(), GA_ReadOnly);
    if (dataset) band = GDALGetRasterBand(dataset, 1);
  }
  ~Seen() {
    if (dataset) GDALClose(dataset);
  }
  Seen(const Seen&) = delete;
  Seen& operator=(const Seen&) = delete;

  static std::vector<double> values(GDALRasterBandH of) {
    const int cols = GDALGetRasterBandXSize(of), rows = GDALGetRasterBandYSize(of);
    std::vector<double> all(static_cast<std::size_t>(cols) * static_cast<std::size_t>(rows));
    EXPECT_EQ(GDALRasterIO(of, GF_Read, 0, 0, cols, rows, all.data(), cols, rows, GDT_Float64, 0, 0), CE_None);
    return all;
  }
  std::string item(const char* name, const char* domain = nullptr) const {
    const char* text = GDALGetMetadataItem(band, name, domain);
    return text ? text : "";
  }
};

class CogTest : public testing::Test {
 protected:
  void SetUp() override {
    folder = fs::path(testing::TempDir()) /
             ("ecocube_cog_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder);
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }

  CogSpec spec(const Window& area, LayerKind kind) const {
    CogSpec made{.grid = {"EPSG:3035", 30, 900000, 5460010, 1000},
                 .area = area,
                 .encoding = {},
                 .kind = kind,
                 .classes = {},
                 .name = "layer"};
    made.encoding.no_data = 255;
    return made;
  }
  /// Writes the part's file; `value` gives stored numbers by grid row and column, a negative one is no data.
  CogPart part(const CogSpec& cog, const std::string& name, const Window& window,
               const std::function<double(std::int64_t, std::int64_t)>& value) {
    const fs::path path = folder / (name + ".tif");
    auto writer = RasterWriter::create(path, cog.grid, window, cog.encoding,
                                       {{"other", LayerKind::continuous, {}}, {"band", cog.kind, {}}});
    EXPECT_TRUE(writer);
    std::vector<float> stored;
    std::vector<std::uint8_t> valid;
    for (std::int64_t row = window.row; row < window.row + window.rows; ++row) {
      for (std::int64_t col = window.col; col < window.col + window.cols; ++col) {
        stored.push_back(static_cast<float>(value(row, col)));
        valid.push_back(stored.back() >= 0);
      }
    }
    EXPECT_TRUE((*writer)->write(0, window, std::vector<float>(stored.size(), 7.0F), {}));
    EXPECT_TRUE((*writer)->write(1, window, stored, valid));
    EXPECT_TRUE((*writer)->close());
    return {path.string(), 2, window};
  }
  std::set<std::string> names() const {
    std::set<std::string> all;
    for (const auto& entry : fs::directory_iterator(folder)) all.insert(entry.path().filename().string());
    return all;
  }
  fs::path folder;
};

double random_class(std::int64_t row, std::int64_t col) {
  std::minstd_rand random(static_cast<unsigned>(row * 4001 + col + 1));
  random.discard(3);
  return kClasses[random() % 3].value;
}

TEST_F(CogTest, TilesJoinIntoOneRasterAndGapsAreNoData) {
  const CogSpec cog = spec({100, 200, 40, 60}, LayerKind::continuous);
  const auto value = [](std::int64_t row, std::int64_t col) { return static_cast<double>((row * 7 + col * 3) % 200); };
  // The third part sticks out of the area; the lower right corner has none.
  const std::vector<CogPart> parts{part(cog, "a", {100, 200, 20, 30}, value), part(cog, "b", {100, 230, 20, 30}, value),
                                   part(cog, "c", {120, 190, 50, 40}, value)};
  const auto written = write_cog(folder / "out.tif", cog, parts);
  ASSERT_TRUE(written) << written.error().message;
  const Seen seen(folder / "out.tif");
  const std::vector<double> values = Seen::values(seen.band);
  for (std::int64_t row = 0; row < 40; ++row) {
    for (std::int64_t col = 0; col < 60; ++col) {
      const double expected = row >= 20 && col >= 30 ? 255 : value(100 + row, 200 + col);
      ASSERT_EQ(values[static_cast<std::size_t>(row * 60 + col)], expected) << row << " " << col;
    }
  }
  double transform[6];
  GDALGetGeoTransform(seen.dataset, transform);
  EXPECT_EQ(transform[0], 900000 + 200 * 30);
  EXPECT_EQ(transform[3], 5460010 - 100 * 30);
  EXPECT_EQ(std::string(GDALGetMetadataItem(seen.dataset, "AREA_OR_POINT", nullptr)), "Area");
  EXPECT_EQ(std::string(GDALGetMetadataItem(seen.dataset, "LAYOUT", "IMAGE_STRUCTURE")), "COG");
}

TEST_F(CogTest, OverviewsOfClassesHoldOnlyClassesOfTheSource) {
  CogSpec cog = spec({0, 0, 1300, 1500}, LayerKind::classes);
  cog.classes = kClasses;
  const auto parts = {
      part(cog, "a", cog.area, [](auto row, auto col) { return col < 20 ? -1 : random_class(row, col); })};
  const auto written = write_cog(folder / "out.tif", cog, parts);
  ASSERT_TRUE(written) << written.error().message;
  const Seen seen(folder / "out.tif");
  ASSERT_EQ(GDALGetOverviewCount(seen.band), 2);
  for (int level = 0; level < 2; ++level) {
    std::set<double> found;
    for (const double value : Seen::values(GDALGetOverview(seen.band, level))) found.insert(value);
    EXPECT_EQ(found, (std::set<double>{1, 12, 23, 255}));
  }
}

TEST_F(CogTest, AnOverviewPixelOfClassesIsTheMostFrequentOfItsFour) {
  CogSpec cog = spec({0, 0, 600, 600}, LayerKind::classes);
  cog.classes = kClasses;
  // Of each 2 x 2 three are 12 and one is 23.
  const auto parts = {part(cog, "a", cog.area, [](auto row, auto col) { return row % 2 && col % 2 ? 23 : 12; })};
  ASSERT_TRUE(write_cog(folder / "out.tif", cog, parts));
  const Seen seen(folder / "out.tif");
  ASSERT_GE(GDALGetOverviewCount(seen.band), 1);
  for (const double value : Seen::values(GDALGetOverview(seen.band, 0))) ASSERT_EQ(value, 12);
}

TEST_F(CogTest, OverviewsOfMeasurementsAreTheMeanOfValidPixelsOnly) {
  const CogSpec cog = spec({0, 0, 600, 600}, LayerKind::continuous);
  // Of each 2 x 2: 10, 30 and two missing. Were no data a number, the mean would be 137.
  const auto parts = {
      part(cog, "a", cog.area, [](auto row, auto col) { return col % 2 ? -1.0 : (row % 2 ? 30.0 : 10.0); })};
  ASSERT_TRUE(write_cog(folder / "out.tif", cog, parts));
  const Seen seen(folder / "out.tif");
  ASSERT_GE(GDALGetOverviewCount(seen.band), 1);
  for (const double value : Seen::values(GDALGetOverview(seen.band, 0))) ASSERT_EQ(value, 20);
}

TEST_F(CogTest, TheBytesAreTheSameForEveryNumberOfThreadsAndEveryTime) {
  for (const LayerKind kind : {LayerKind::classes, LayerKind::continuous}) {
    CogSpec cog = spec({0, 0, 1500, 2100}, kind);
    if (kind == LayerKind::classes) cog.classes = kClasses;
    const auto parts = {part(cog, "a", {0, 0, 1500, 1000}, random_class),
                        part(cog, "b", {0, 1000, 1500, 1100}, random_class)};
    std::set<std::string> sums;
    for (const int threads : {1, 2, 4, 1}) {
      cog.threads = threads;
      ASSERT_TRUE(write_cog(folder / "out.tif", cog, parts));
      sums.insert(*file_sha256(folder / "out.tif"));
    }
    EXPECT_EQ(sums.size(), 1u);
  }
}

TEST_F(CogTest, ColoursAndClassNamesStandInsideTheFileAndNothingBesideIt) {
  CogSpec cog = spec({0, 0, 600, 600}, LayerKind::classes);
  cog.classes = kClasses;
  cog.name = "class";
  ASSERT_TRUE(write_cog(folder / "out.tif", cog, {part(cog, "a", cog.area, random_class)}));
  EXPECT_EQ(names(), (std::set<std::string>{"a.tif", "out.tif"}));
  const Seen seen(folder / "out.tif");
  EXPECT_EQ(seen.item("CLASS_12"), "211 Non-irrigated arable land");
  EXPECT_EQ(std::string(GDALGetDescription(seen.band)), "class");
  GDALColorTableH table = GDALGetRasterColorTable(seen.band);
  ASSERT_NE(table, nullptr);
  const GDALColorEntry* color = GDALGetColorEntry(table, 23);
  EXPECT_EQ((Color{static_cast<std::uint8_t>(color->c1), static_cast<std::uint8_t>(color->c2),
                   static_cast<std::uint8_t>(color->c3)}),
            (Color{128, 255, 0}));
}

TEST_F(CogTest, ScaleOffsetUnitAndNoDataStandInsideTheFile) {
  CogSpec cog = spec({0, 0, 10, 10}, LayerKind::continuous);
  cog.encoding = {DataType::int16, 0.004, -0.08, -32768, "reflectance"};
  ASSERT_TRUE(write_cog(folder / "out.tif", cog,
                        {part(cog, "a", cog.area, [](auto row, auto col) { return row * 10.0 + col; })}));
  const auto raster = Raster::open((folder / "out.tif").string());
  ASSERT_TRUE(raster);
  EXPECT_EQ((*raster)->info().bands.at(0).encoding, cog.encoding);
  EXPECT_EQ((*raster)->info().bands.at(0).description, "layer");
}

TEST_F(CogTest, DeflateIsThereForOlderReaders) {
  CogSpec cog = spec({0, 0, 10, 10}, LayerKind::continuous);
  const auto parts = {part(cog, "a", cog.area, random_class)};
  for (const std::string compress : {"zstd", "deflate"}) {
    cog.compress = compress;
    ASSERT_TRUE(write_cog(folder / "out.tif", cog, parts));
    const Seen seen(folder / "out.tif");
    EXPECT_EQ(std::string(GDALGetMetadataItem(seen.dataset, "COMPRESSION", "IMAGE_STRUCTURE")),
              compress == "zstd" ? "ZSTD" : "DEFLATE");
  }
}

TEST_F(CogTest, ATileThatIsMissingIsNamed) {
  const CogSpec cog = spec({0, 0, 10, 10}, LayerKind::continuous);
  const auto written = write_cog(folder / "out.tif", cog, {{(folder / "none.tif").string(), 1, cog.area}});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().blame, Blame::input);
  EXPECT_NE(written.error().message.find((folder / "none.tif").string()), std::string::npos) << written.error().message;
  EXPECT_TRUE(names().empty());
}

TEST_F(CogTest, ATileThatIsCutOffFailsAndLeavesNothing) {
  const CogSpec cog = spec({0, 0, 900, 900}, LayerKind::continuous);
  const CogPart tile = part(cog, "a", cog.area, random_class);
  fs::resize_file(tile.path, fs::file_size(tile.path) / 2);
  const auto written = write_cog(folder / "out.tif", cog, {tile});
  ASSERT_FALSE(written);
  EXPECT_EQ(names(), (std::set<std::string>{"a.tif"}));
}

TEST_F(CogTest, ATileThatLiesElsewhereOrStoresOtherNumbersIsRefused) {
  const CogSpec cog = spec({0, 0, 10, 10}, LayerKind::continuous);
  CogPart tile = part(cog, "a", cog.area, random_class);
  tile.window.col = 5;
  auto written = write_cog(folder / "out.tif", cog, {tile});
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().message.find("upper left corner is at 900000 5460010"), std::string::npos)
      << written.error().message;
  tile.window = cog.area;
  CogSpec wider = cog;
  wider.encoding.type = DataType::uint16;
  written = write_cog(folder / "out.tif", wider, {tile});
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().message.find("uint8 with no data 255, expected uint16"), std::string::npos)
      << written.error().message;
}

TEST_F(CogTest, AFolderThatIsNotThereIsTheReasonGiven) {
  const CogSpec cog = spec({0, 0, 10, 10}, LayerKind::continuous);
  const auto written = write_cog(folder / "no" / "out.tif", cog, {part(cog, "a", cog.area, random_class)});
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().message.find((folder / "no" / "out.tif").string()), std::string::npos)
      << written.error().message;
}

TEST_F(CogTest, GapsWithoutANumberForNoDataAreRefused) {
  CogSpec cog = spec({0, 0, 10, 20}, LayerKind::continuous);
  cog.encoding.no_data.reset();
  const auto written = write_cog(folder / "out.tif", cog, {part(cog, "a", {0, 0, 10, 10}, random_class)});
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().message.find("100 of 200 pixels empty"), std::string::npos) << written.error().message;
}

/// Colours of a PNG and how many pixels have each; transparent ones as {0, 0, 0, 0}.
std::map<std::vector<int>, int> colors_of(const fs::path& path, int& cols, int& rows) {
  const Seen seen(path);
  cols = GDALGetRasterXSize(seen.dataset);
  rows = GDALGetRasterYSize(seen.dataset);
  EXPECT_EQ(GDALGetRasterCount(seen.dataset), 4);
  std::vector<std::vector<double>> planes;
  for (int band = 1; band <= 4; ++band) planes.push_back(Seen::values(GDALGetRasterBand(seen.dataset, band)));
  std::map<std::vector<int>, int> counts;
  for (std::size_t i = 0; i < planes[0].size(); ++i) {
    std::vector<int> color;
    for (const auto& plane : planes) color.push_back(static_cast<int>(plane[i]));
    ++counts[color];
  }
  return counts;
}

TEST_F(CogTest, AThumbnailOfClassesHoldsTheirColoursAndNothingElse) {
  CogSpec cog = spec({0, 0, 1100, 1600}, LayerKind::classes);
  cog.classes = kClasses;
  const auto parts = {
      part(cog, "a", cog.area, [](auto row, auto col) { return col < 800 ? -1 : random_class(row / 64, col / 64); })};
  ASSERT_TRUE(write_cog(folder / "out.tif", cog, parts));
  ASSERT_TRUE(write_thumbnail(folder / "out.png", folder / "out.tif", cog.kind, cog.classes));
  int cols = 0, rows = 0;
  const auto counts = colors_of(folder / "out.png", cols, rows);
  EXPECT_EQ(cols, 512);
  EXPECT_EQ(rows, 352);
  EXPECT_EQ(counts.at({0, 0, 0, 0}), 256 * 352);
  EXPECT_EQ(counts.size(), 4u);
  EXPECT_TRUE(counts.contains({128, 255, 0, 255}));
  EXPECT_EQ(names(), (std::set<std::string>{"a.tif", "out.png", "out.tif"}));
}

TEST_F(CogTest, AThumbnailOfMeasurementsRunsFromDarkToLight) {
  const CogSpec cog = spec({0, 0, 100, 100}, LayerKind::continuous);
  const auto parts = {
      part(cog, "a", cog.area, [](auto row, auto col) { return row < 10 ? -1.0 : static_cast<double>(col); })};
  ASSERT_TRUE(write_cog(folder / "out.tif", cog, parts));
  ASSERT_TRUE(write_thumbnail(folder / "out.png", folder / "out.tif", cog.kind, {}));
  int cols = 0, rows = 0;
  const auto counts = colors_of(folder / "out.png", cols, rows);
  EXPECT_EQ(counts.at({0, 0, 0, 0}), 10 * 100);
  EXPECT_GT(counts.at({68, 1, 84, 255}), 90);
  EXPECT_GT(counts.at({253, 231, 37, 255}), 90);
}

TEST_F(CogTest, AThumbnailOfNothingIsTransparent) {
  const CogSpec cog = spec({0, 0, 5, 5}, LayerKind::continuous);
  ASSERT_TRUE(write_cog(folder / "out.tif", cog, {part(cog, "a", cog.area, [](auto, auto) { return -1; })}));
  ASSERT_TRUE(write_thumbnail(folder / "out.png", folder / "out.tif", cog.kind, {}));
  int cols = 0, rows = 0;
  EXPECT_EQ(colors_of(folder / "out.png", cols, rows).at({0, 0, 0, 0}), 25);
}

}  // namespace
}  // namespace ecocube
