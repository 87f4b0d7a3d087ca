// SPDX-License-Identifier: Apache-2.0
// Reading and writing numbers in the file's own type.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <random>

#include "io/file/file.h"
#include "io/raster/layer_points.h"
#include "io/raster/layer_reader.h"
#include "io/raster/raster.h"

namespace ecocube {
namespace {
namespace fs = std::filesystem;

const Grid kGrid{"EPSG:3035", 30, 4000000, 3000000, 1000};

class StoredNumbers : public testing::Test {
 protected:
  void SetUp() override {
    folder = fs::path(testing::TempDir()) /
             ("ecocube_stored_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder);
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }

  /// Random numbers of a type, one in five missing.
  template <class T>
  static std::vector<T> noise(std::size_t count, T no_data, unsigned seed) {
    std::mt19937 random(seed);
    std::vector<T> numbers(count);
    for (T& number : numbers) number = random() % 5 == 0 ? no_data : static_cast<T>(random() % 250);
    return numbers;
  }

  template <class T>
  Layer draw(const std::string& name, const Grid& grid, const Window& window, const Encoding& encoding,
             const std::vector<T>& numbers) const {
    const std::string path = (folder / name).string();
    auto writer = RasterWriter::create(path, grid, window, encoding, {{.name = "value", .classes = {}}});
    EXPECT_TRUE(writer);
    EXPECT_TRUE((*writer)->write_stored<T>(0, window, numbers));
    EXPECT_TRUE((*writer)->close());
    Layer layer;
    layer.encoding = encoding;
    layer.files = {{path, 1}};
    return layer;
  }

  /// What `read` gives, rounded as the encoding rounds: the slow way.
  template <class T>
  static std::vector<T> slowly(const Grid& grid, const Layer& layer, const Window& window) {
    std::vector<float> values(static_cast<std::size_t>(window.pixels()));
    std::vector<std::uint8_t> valid(values.size());
    EXPECT_TRUE(LayerReader(grid, "/").read(layer, "", window, values, valid));
    const Encoding plain{layer.encoding.type, 1, 0, layer.encoding.no_data, {}};
    std::vector<T> all;
    for (std::size_t i = 0; i < values.size(); ++i) {
      all.push_back(
          static_cast<T>(valid[i] != 0 ? plain.encoded(static_cast<double>(values[i])) : *layer.encoding.no_data));
    }
    return all;
  }

  /// What `read_stored` gives with rows that lie further apart; what lies between must stay as it was.
  template <class T>
  static std::vector<T> stored(const Grid& grid, const Layer& layer, const Window& window) {
    const auto rows = static_cast<std::size_t>(window.rows), cols = static_cast<std::size_t>(window.cols);
    const std::size_t stride = cols + 3;
    std::vector<T> wide(rows * stride, T{77}), all;
    const auto done = LayerReader(grid, "/").read_stored(layer, "", window, wide.data(), stride);
    EXPECT_TRUE(done) << done.error().message;
    for (std::size_t i = 0; i < wide.size(); ++i) {
      if (i % stride < cols) {
        all.push_back(wide[i]);
      } else {
        EXPECT_EQ(wide[i], T{77});
      }
    }
    return all;
  }

  template <class T>
  void check_type(DataType type, T no_data) const {
    const Encoding encoding{type, 0.5, 1, static_cast<double>(no_data), {}};
    const Window window{10, 20, 150, 300};
    const auto numbers = noise<T>(static_cast<std::size_t>(window.pixels()), no_data, 3);
    const Layer layer = draw(std::string(name_of(type)) + ".tif", kGrid, window, encoding, numbers);
    EXPECT_EQ((stored<T>(kGrid, layer, window)), numbers);
    const Window beyond{0, 0, 170, 100};
    EXPECT_EQ((stored<T>(kGrid, layer, beyond)), (slowly<T>(kGrid, layer, beyond)));
    const Window beside{500, 500, 4, 5};
    EXPECT_EQ((stored<T>(kGrid, layer, beside)), std::vector<T>(20, no_data));
  }

  fs::path folder;
};

TEST_F(StoredNumbers, OnTheCubesOwnPixelsAreReadAsTheyAreAndOutsideIsMissing) {
  check_type<std::uint8_t>(DataType::uint8, 255);
  check_type<std::uint16_t>(DataType::uint16, 0);
  check_type<std::int16_t>(DataType::int16, -9999);
  check_type<float>(DataType::float32, -1);
}

TEST_F(StoredNumbers, OfOverlappingFilesTheFirstValidOneWins) {
  const Encoding encoding{DataType::uint8, 1, 0, 0, {}};
  Layer layer = draw<std::uint8_t>("a.tif", kGrid, {0, 0, 10, 10}, encoding, noise<std::uint8_t>(100, 0, 1));
  layer.files.push_back(
      draw<std::uint8_t>("b.tif", kGrid, {5, 5, 10, 10}, encoding, noise<std::uint8_t>(100, 0, 2)).files.front());
  const Window both{0, 0, 15, 15};
  EXPECT_EQ(stored<std::uint8_t>(kGrid, layer, both), slowly<std::uint8_t>(kGrid, layer, both));
}

TEST_F(StoredNumbers, OfAnotherGridAreInterpolatedAndRounded) {
  const Encoding encoding{DataType::int16, 1, 0, -9999, {}};
  const Grid shifted{"EPSG:3035", 30, 4000010, 3000005, 1000};
  const Layer layer =
      draw<std::int16_t>("shifted.tif", shifted, {0, 0, 40, 40}, encoding, noise<std::int16_t>(1600, -9999, 5));
  const Window window{3, 4, 30, 20};
  const auto numbers = stored<std::int16_t>(kGrid, layer, window);
  EXPECT_EQ(numbers, slowly<std::int16_t>(kGrid, layer, window));
  EXPECT_GT(std::count(numbers.begin(), numbers.end(), -9999), 10);
}

TEST_F(StoredNumbers, OfAFileOfAnotherTypeAreRoundedNotCut) {
  const Window window{0, 0, 1, 4};
  Layer layer = draw<float>("float.tif", kGrid, window, {DataType::float32, 1, 0, -1, {}}, {3.6F, -1, 400, 7});
  layer.encoding = {DataType::uint8, 1, 0, 255, {}};
  EXPECT_EQ(stored<std::uint8_t>(kGrid, layer, window), (std::vector<std::uint8_t>{4, 0, 254, 7}))
      << "400 is clipped, though not onto the number for missing values, and -1 is missing no longer";
}

TEST_F(StoredNumbers, ANumberThatNoByteIsLeavesAllBytesValidAtPoints) {
  // -9999 cut to a byte would be 241.
  Layer layer = draw<std::uint8_t>("a.tif", kGrid, {0, 0, 1, 3}, {DataType::uint8, 1, 0, 0, {}}, {1, 241, 15});
  layer.encoding.no_data = -9999;
  LayerReader reader(kGrid, "/");
  std::vector<float> values(3);
  ASSERT_TRUE(read_points(reader, layer, "", PlacesByBlock({{0, 0}, {0, 1}, {0, 2}}), {}, values));
  EXPECT_EQ(values, (std::vector<float>{1, 241, 15}));
}

TEST_F(StoredNumbers, AWindowBeyondTheBandsIsRefused) {
  Layer layer = draw<std::uint8_t>("a.tif", kGrid, {0, 0, 2, 2}, {DataType::uint8, 1, 0, 0, {}}, {1, 2, 3, 4});
  layer.files.front().band = 2;
  std::uint8_t numbers[4];
  const auto done = LayerReader(kGrid, "/").read_stored(layer, "", {0, 0, 2, 2}, numbers, 2);
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find("it has 1 bands, band 2 was asked for"), std::string::npos);
}

TEST_F(StoredNumbers, AreWrittenAsFloatsWouldBeWhateverThePieces) {
  const Encoding encoding{DataType::uint16, 1, 0, 9, {}};
  const Window window{3, 4, 300, 270};
  const auto pixels = static_cast<std::size_t>(window.pixels());
  const std::vector<std::vector<std::uint16_t>> bands{noise<std::uint16_t>(pixels, 9, 1),
                                                      noise<std::uint16_t>(pixels, 9, 2)};
  const std::vector<BandSpec> specs{{.name = "a", .classes = {}}, {.name = "b", .classes = {}}};
  std::string first;
  for (const std::int64_t rows : {0, 1, 50, 128, 256, 300}) {  // 0: floats
    const std::string path = (folder / fmt::format("{}.tif", rows)).string();
    auto writer = std::move(*RasterWriter::create(path, kGrid, window, encoding, specs));
    const std::int64_t step = std::max<std::int64_t>(128, rows);
    for (std::int64_t row = 0; row < window.rows; row += rows == 0 ? step : rows) {
      const Window part{window.row + row, window.col, std::min(rows == 0 ? step : rows, window.rows - row),
                        window.cols};
      for (std::size_t band = 0; band < 2; ++band) {
        const auto piece =
            std::span(bands[band])
                .subspan(static_cast<std::size_t>(row * window.cols), static_cast<std::size_t>(part.pixels()));
        if (rows == 0) {
          EXPECT_TRUE(writer->write(band, part, std::vector<float>(piece.begin(), piece.end()), {}));
        } else {
          EXPECT_TRUE(writer->write_stored<std::uint16_t>(band, part, piece));
        }
      }
      if (rows == 128) {
        EXPECT_EQ(writer->waiting_bytes(), 0);
      }
    }
    EXPECT_TRUE(writer->close());
    const std::string bytes = *read_text(path);
    if (first.empty()) first = bytes;
    EXPECT_EQ(bytes, first) << rows << " rows at once";
  }
}

}  // namespace
}  // namespace ecocube
