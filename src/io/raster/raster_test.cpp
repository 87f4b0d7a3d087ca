// SPDX-License-Identifier: Apache-2.0
#include "io/raster/raster.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "io/file/file.h"
#include "io/raster/layer_reader.h"
#include "io/raster/projection.h"

namespace ecocube {
namespace {
namespace fs = std::filesystem;

class RasterTest : public testing::Test {
 protected:
  void SetUp() override {
    folder = fs::path(testing::TempDir()) /
             ("ecocube_raster_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder);
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }

  /// One band with value = 100 row + col in pixels of `window`; `missing` counts from the upper left.
  std::string write(const std::string& name, const Grid& grid, const Window& window,
                    const std::vector<std::size_t>& missing = {},
                    Encoding encoding = {DataType::uint16, 1, 0, 65535, {}}) {
    const std::string path = (folder / name).string();
    auto writer = RasterWriter::create(path, grid, window, encoding, {{"value", LayerKind::continuous, {}}});
    EXPECT_TRUE(writer) << writer.error().message;
    std::vector<float> values;
    for (std::int64_t row = 0; row < window.rows; ++row) {
      for (std::int64_t col = 0; col < window.cols; ++col) values.push_back(static_cast<float>(100 * row + col));
    }
    std::vector<std::uint8_t> valid(values.size(), 1);
    for (const std::size_t i : missing) valid[i] = 0;
    EXPECT_TRUE((*writer)->write(0, window, values, valid));
    EXPECT_TRUE((*writer)->close());
    return path;
  }

  static Layer layer_of(const std::string& path, LayerKind kind = LayerKind::continuous) {
    Layer layer;
    layer.variable = "value";
    layer.kind = kind;
    layer.encoding = {DataType::uint16, 1, 0, 65535, {}};
    layer.files = {{path, 1}};
    return layer;
  }

  struct Pixels {
    std::vector<float> values;
    std::vector<std::uint8_t> valid;
  };
  static Pixels read(const Grid& grid, const Layer& layer, const Window& window) {
    LayerReader reader(grid, "/");
    Pixels pixels{std::vector<float>(static_cast<std::size_t>(window.pixels())),
                  std::vector<std::uint8_t>(static_cast<std::size_t>(window.pixels()))};
    const auto outcome = reader.read(layer, "", window, pixels.values, pixels.valid);
    EXPECT_TRUE(outcome) << outcome.error().message;
    return pixels;
  }

  fs::path folder;
  const Grid laea{"EPSG:3035", 30, 4000000, 3300000, 100};
};

TEST(Raster, ANetworkThatSaysNoIsTheMachinesFault) {
  // Nothing listens at the port of discarded messages.
  const auto raster = Raster::open("/vsicurl/http://127.0.0.1:9/scene.tif");
  ASSERT_FALSE(raster);
  EXPECT_EQ(raster.error().blame, Blame::machine) << raster.error().message;
}

TEST_F(RasterTest, AWrittenRasterReadsBackWithItsGeometryAndEncoding) {
  const std::string path = write("a.tif", laea, {10, 20, 3, 4}, {5}, {DataType::uint8, 0.004, -0.1, 255, "1"});
  const auto raster = Raster::open(path);
  ASSERT_TRUE(raster) << raster.error().message;
  const RasterInfo& info = (*raster)->info();
  EXPECT_EQ(info.rows, 3);
  EXPECT_EQ(info.cols, 4);
  EXPECT_EQ(info.geo_transform[0], 4000000 + 20 * 30);
  EXPECT_EQ(info.geo_transform[3], 3300000 - 10 * 30);
  EXPECT_TRUE(same_crs(info.crs_wkt, "EPSG:3035"));
  EXPECT_EQ(info.bands[0].description, "value");
  EXPECT_EQ(info.bands[0].encoding.scale, 0.004);
  EXPECT_EQ(info.bands[0].encoding.offset, -0.1);
  EXPECT_EQ(info.bands[0].encoding.no_data, 255);
  std::vector<float> values(12);
  ASSERT_TRUE((*raster)->read(1, {0, 0, 3, 4}, values));
  EXPECT_EQ(values[3], 3);
  EXPECT_EQ(values[5], 255);
}

TEST_F(RasterTest, TheSamePixelsGiveTheSameBytes) {
  const std::string a = write("a.tif", laea, {0, 0, 200, 300}), b = write("b.tif", laea, {0, 0, 200, 300});
  EXPECT_EQ(*file_sha256(a), *file_sha256(b));
}

TEST_F(RasterTest, ThePiecesThatPixelsComeInDoNotChangeTheBytes) {
  const Window window{0, 0, 300, 300};
  std::vector<float> values(90000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i * 7 % 1000);
  std::set<std::string> sums;
  for (const std::int64_t piece : {1, 50, 128, 300}) {
    const std::string path = (folder / fmt::format("{}.tif", piece)).string();
    auto writer =
        RasterWriter::create(path, laea, window, {DataType::uint16, 1, 0, 65535, {}}, std::vector<BandSpec>(3));
    ASSERT_TRUE(writer);
    for (std::int64_t row = 0; row < 300; row += piece) {
      const Window part{row, 0, std::min<std::int64_t>(piece, 300 - row), 300};
      for (std::size_t band = 0; band < 3; ++band)
        ASSERT_TRUE(
            (*writer)->write(band, part, {values.data() + row * 300, static_cast<std::size_t>(part.pixels())}, {}));
    }
    ASSERT_TRUE((*writer)->close());
    sums.insert(*file_sha256(path));
    std::vector<float> read(90000);
    ASSERT_TRUE((*Raster::open(path))->read(3, window, read));
    EXPECT_EQ(read, values);
  }
  EXPECT_EQ(sums.size(), 1u);
}

TEST_F(RasterTest, WhatWaitsToBeWrittenIsBoundedAndWholeStripesDoNotWait) {
  const Window window{0, 0, 300, 70};
  constexpr std::size_t kBands = 5;
  const Encoding encoding{DataType::uint8, 1, 0, 255, {}};
  for (const std::int64_t piece : {1, 50, 100, 128, 200, 256, 300}) {
    auto writer = RasterWriter::create(folder / fmt::format("{}.tif", piece), laea, window, encoding,
                                       std::vector<BandSpec>(kBands));
    ASSERT_TRUE(writer);
    std::uint64_t most = 0;
    for (std::int64_t row = 0; row < window.rows; row += piece) {
      const Window part{row, 0, std::min<std::int64_t>(piece, window.rows - row), window.cols};
      const std::vector<float> values(static_cast<std::size_t>(part.pixels()), 7);
      for (std::size_t band = 0; band < kBands; ++band) {
        ASSERT_TRUE((*writer)->write(band, part, values, {}));
        most = std::max(most, (*writer)->waiting_bytes());
      }
    }
    EXPECT_LE(most, RasterWriter::most_waiting_bytes(window, piece, encoding.type, kBands)) << piece;
    if (piece == RasterWriter::kBlockRows) {
      EXPECT_EQ(most, 0u);
    }
    EXPECT_EQ((*writer)->waiting_bytes(), 0u) << piece;
    ASSERT_TRUE((*writer)->close());
  }
  // One band of 128 rows, and all bands of them when pieces end between.
  EXPECT_EQ(RasterWriter::most_waiting_bytes(window, 128, DataType::uint8, kBands), 128u * 70);
  EXPECT_EQ(RasterWriter::most_waiting_bytes(window, 127, DataType::uint8, kBands), 128u * 70 * (kBands + 1));
}

TEST_F(RasterTest, PiecesFollowTheMemoryUntilTheStripeIsCheaper) {
  const Window window{0, 0, 300, 10};
  const auto small_stripe = [](std::int64_t rows) {
    return static_cast<std::uint64_t>(rows) + (rows == RasterWriter::kBlockRows ? 0 : 50);
  };
  EXPECT_EQ(RasterWriter::rows_within(128, window, small_stripe), 128);
  EXPECT_EQ(RasterWriter::rows_within(127, window, small_stripe), 77);
  EXPECT_EQ(RasterWriter::rows_within(10, window, small_stripe), 1) << "nothing fits, and a row takes least";
  const auto large_stripe = [](std::int64_t rows) {
    return static_cast<std::uint64_t>(rows) + (rows == RasterWriter::kBlockRows ? 0 : 500);
  };
  EXPECT_EQ(RasterWriter::rows_within(10, window, large_stripe), 128) << "nothing fits, and a stripe takes least";
}

TEST_F(RasterTest, AFileThatIsNoRasterIsNamed) {
  const std::string path = (folder / "no.tif").string();
  ASSERT_TRUE(write_text(path, "hello"));
  const auto raster = Raster::open(path);
  ASSERT_FALSE(raster);
  EXPECT_EQ(raster.error().message.rfind("opening raster " + path, 0), 0u) << raster.error().message;
}

TEST_F(RasterTest, ATruncatedFileIsAnErrorNotZeros) {
  const std::string path = write("a.tif", laea, {0, 0, 400, 400});
  fs::resize_file(path, fs::file_size(path) / 2);
  LayerReader reader(laea, "/");
  std::vector<float> values(160000);
  std::vector<std::uint8_t> valid(160000);
  const auto outcome = reader.read(layer_of(path), "", {0, 0, 400, 400}, values, valid);
  ASSERT_FALSE(outcome);
  EXPECT_NE(outcome.error().message.find(path), std::string::npos);
}

TEST_F(RasterTest, OnTheCubesOwnGridAWindowIsCopiedAndOutsideIsMissing) {
  const Layer layer = layer_of(write("a.tif", laea, {10, 20, 3, 4}, {1}));
  const Pixels pixels = read(laea, layer, {9, 19, 3, 3});
  EXPECT_EQ(pixels.valid, (std::vector<std::uint8_t>{0, 0, 0, 0, 1, 0, 0, 1, 1}));
  EXPECT_EQ(pixels.values, (std::vector<float>{0, 0, 0, 0, 0, 0, 0, 100, 101}));
}

TEST_F(RasterTest, OverlappingFilesOfALayerAreJoinedAndTheFirstValidOneWins) {
  Layer layer = layer_of(write("a.tif", laea, {0, 0, 1, 3}, {1}));
  layer.files.push_back({write("b.tif", laea, {0, 1, 1, 3}), 1});
  const Pixels pixels = read(laea, layer, {0, 0, 1, 4});
  EXPECT_EQ(pixels.values, (std::vector<float>{0, 0, 2, 2}));
  EXPECT_EQ(pixels.valid, (std::vector<std::uint8_t>{1, 1, 1, 1}));
}

TEST_F(RasterTest, AnotherProjectionIsWarpedToTheRightPlace) {
  // The value is the column, 0.01 degree wide, so it tells the longitude that was read.
  const Grid degrees{"EPSG:4326", 0.01, 5, 53, 100};
  const Window whole{0, 0, 200, 200};
  const std::string path = (folder / "lon.tif").string();
  auto writer = RasterWriter::create(path, degrees, whole, {DataType::float32, 1, 0, -1.0, {}},
                                     {{"lon", LayerKind::continuous, {}}});
  ASSERT_TRUE(writer);
  std::vector<float> values;
  for (std::int64_t i = 0; i < whole.pixels(); ++i) values.push_back(static_cast<float>(degrees.centre(0, i % 200).x));
  ASSERT_TRUE((*writer)->write(0, whole, values, {}));
  ASSERT_TRUE((*writer)->close());
  Layer layer = layer_of(path);
  layer.encoding = {DataType::float32, 1, 0, -1.0, {}};

  const Window window{3000, 1500, 60, 70};
  const Pixels pixels = read(laea, layer, window);
  const auto projection = Projection::between("EPSG:3035", "EPSG:4326");
  ASSERT_TRUE(projection);
  for (const std::int64_t i : {0L, 69L, 2100L, 4199L}) {
    const MapPoint centre = laea.centre(window.row + i / 70, window.col + i % 70);
    std::vector<double> x{centre.x}, y{centre.y};
    (*projection)->transform(x, y);
    ASSERT_TRUE(pixels.valid[static_cast<std::size_t>(i)]);
    EXPECT_NEAR(pixels.values[static_cast<std::size_t>(i)], x[0], 2e-6) << "pixel " << i;
  }
}

TEST_F(RasterTest, AWarpedPixelDoesNotDependOnTheWindowItIsReadIn) {
  const Grid utm{"EPSG:32632", 25, 200000, 5800000, 100};
  const Layer layer = layer_of(write("utm.tif", utm, {0, 0, 600, 600}));
  const auto inverse = Projection::between("EPSG:32632", "EPSG:3035");
  ASSERT_TRUE(inverse);
  const auto box = (*inverse)->transform_bounds(utm.bounds({200, 200, 200, 200}));
  ASSERT_TRUE(box);
  const Window window = laea.window_of(*box);
  const Pixels whole = read(laea, layer, window);
  const Window part{window.row + 37, window.col + 21, 40, 50};
  const Pixels cut = read(laea, layer, part);
  for (std::int64_t row = 0; row < part.rows; ++row) {
    for (std::int64_t col = 0; col < part.cols; ++col) {
      EXPECT_EQ(cut.values[static_cast<std::size_t>(row * part.cols + col)],
                whole.values[static_cast<std::size_t>((row + 37) * window.cols + col + 21)]);
    }
  }
}

TEST_F(RasterTest, ClassesKeepTheirCodesWhenWarped) {
  const Grid half{"EPSG:3035", 20, 4000007, 3299993, 100};
  const Layer layer = layer_of(write("classes.tif", half, {0, 0, 30, 30}), LayerKind::classes);
  const Pixels pixels = read(laea, layer, {2, 2, 10, 10});
  for (const float value : pixels.values) EXPECT_EQ(value, std::floor(value));
}

TEST_F(RasterTest, FinerPixelsAreAveraged) {
  const Grid fine{"EPSG:3035", 10, 4000000, 3300000, 100};
  const Layer layer = layer_of(write("fine.tif", fine, {0, 0, 30, 30}));
  const Pixels pixels = read(laea, layer, {1, 2, 1, 1});
  EXPECT_FLOAT_EQ(pixels.values[0], 407);  // rows 3..5, cols 6..8
}

TEST_F(RasterTest, AWindowBeyondTheBandsIsRefused) {
  Layer layer = layer_of(write("a.tif", laea, {0, 0, 2, 2}));
  layer.files[0].band = 3;
  LayerReader reader(laea, "/");
  std::vector<float> values(1);
  std::vector<std::uint8_t> valid(1);
  const auto outcome = reader.read(layer, "", {0, 0, 1, 1}, values, valid);
  ASSERT_FALSE(outcome);
  EXPECT_NE(outcome.error().message.find("it has 1 bands, band 3 was asked for"), std::string::npos);
}

TEST(Projection, XComesBeforeYWhateverTheAuthoritySays) {
  const auto projection = Projection::between("EPSG:4326", "EPSG:3035");
  ASSERT_TRUE(projection);
  std::vector<double> x{10}, y{52};
  (*projection)->transform(x, y);
  EXPECT_NEAR(x[0], 4321000, 0.01);
  EXPECT_NEAR(y[0], 3210000, 0.01);
}

TEST(Projection, TheEuropeanGridInDegreesNeedsDensifiedEdges) {
  const auto projection = Projection::between("EPSG:3035", "EPSG:4326");
  ASSERT_TRUE(projection);
  const auto box = (*projection)->transform_bounds({900000, 930010, 6540000, 5460010});
  ASSERT_TRUE(box);
  EXPECT_NEAR(box->min_x, -56.0, 0.6);
  EXPECT_NEAR(box->min_y, 24.5, 0.1);
  EXPECT_NEAR(box->max_x, 61.1, 0.6);
  EXPECT_NEAR(box->max_y, 72.3, 0.1);
}

TEST(Projection, WktWithoutACodeIsRecognised) {
  const std::string wkt =
      R"(PROJCS["unknown",GEOGCS["unknown",DATUM["Unknown_based_on_GRS80_ellipsoid",SPHEROID["GRS 1980",6378137,298.257222101004]],)"
      R"(PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Lambert_Azimuthal_Equal_Area"],)"
      R"(PARAMETER["latitude_of_center",52],PARAMETER["longitude_of_center",10],PARAMETER["false_easting",4321000],)"
      R"(PARAMETER["false_northing",3210000],UNIT["metre",1],AXIS["Easting",EAST],AXIS["Northing",NORTH]])";
  EXPECT_TRUE(same_crs(wkt, "EPSG:3035"));
  EXPECT_FALSE(same_crs(wkt, "EPSG:32632"));
  EXPECT_EQ(epsg_code("EPSG:3035"), 3035);
}

TEST(Projection, AnUnknownCrsIsNamed) {
  const auto outcome = check_crs("EPSG:303500");
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().message.rfind("unknown coordinate reference system 'EPSG:303500'", 0), 0u)
      << outcome.error().message;
}

}  // namespace
}  // namespace ecocube
