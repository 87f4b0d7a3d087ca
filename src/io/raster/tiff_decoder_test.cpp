// SPDX-License-Identifier: Apache-2.0
#include "io/raster/tiff_decoder.h"

#include <cpl_string.h>
#include <gdal.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "io/raster/raster.h"

namespace ecocube {
namespace {
namespace fs = std::filesystem;

class TiffDecoderTest : public testing::Test {
 protected:
  void SetUp() override {
    GDALAllRegister();
    file = fs::path(testing::TempDir()) /
           fmt::format("ecocube_tiff_{}.tif", testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove(file);
  }
  void TearDown() override { fs::remove(file); }

  /// Draws numbers that repeat themselves more or less: `noise` of 65536.
  void write(const std::vector<std::string>& options, int bands, unsigned noise, GDALDataType type = GDT_UInt16) {
    CPLStringList list;
    for (const std::string& option : options) list.AddString(option.c_str());
    GDALDatasetH dataset = GDALCreate(GDALGetDriverByName("GTiff"), file.c_str(), kCols, kRows, bands, type, list);
    ASSERT_NE(dataset, nullptr);
    std::mt19937 random(noise + static_cast<unsigned>(bands));
    std::vector<std::uint16_t> values(kCols * kRows);
    for (int band = 1; band <= bands; ++band) {
      for (std::size_t i = 0; i < values.size(); ++i)
        values[i] =
            static_cast<std::uint16_t>(1000 * band + static_cast<int>(i / 50) + static_cast<int>(random() % noise));
      ASSERT_EQ(GDALRasterIO(GDALGetRasterBand(dataset, band), GF_Write, 0, 0, kCols, kRows, values.data(), kCols,
                             kRows, GDT_UInt16, 0, 0),
                CE_None);
    }
    GDALClose(dataset);
  }

  std::unique_ptr<TiffDecoder> open() const {
    auto directory = TiffDirectory::read(file.string());
    EXPECT_TRUE(directory && *directory);
    auto decoder = TiffDecoder::open(file.string(), std::move(**directory));
    EXPECT_TRUE(decoder);
    return decoder ? std::move(*decoder) : nullptr;
  }

  /// Compares some windows and bands with what GDAL reads.
  void compare(int bands) const {
    const auto decoder = open();
    ASSERT_TRUE(decoder);
    auto raster = Raster::open(file.string());
    ASSERT_TRUE(raster);
    std::vector<int> all, last{bands};
    for (int band = 1; band <= bands; ++band) all.push_back(band);
    for (const Window& window :
         {Window{0, 0, kRows, kCols}, Window{17, 100, 5, 333}, Window{kRows - 1, kCols - 1, 1, 1}}) {
      for (const auto& wanted : {all, last}) {
        const auto pixels = static_cast<std::size_t>(window.pixels());
        std::vector<std::uint16_t> numbers(pixels * wanted.size()), expected(pixels);
        std::vector<std::uint16_t*> planes;
        for (std::size_t i = 0; i < wanted.size(); ++i) planes.push_back(numbers.data() + i * pixels);
        ASSERT_TRUE(decoder->read(wanted, window, planes, static_cast<std::size_t>(window.cols)));
        for (std::size_t i = 0; i < wanted.size(); ++i) {
          ASSERT_TRUE((*raster)->read(wanted[i], window, std::span<std::uint16_t>(expected)));
          ASSERT_TRUE(std::equal(expected.begin(), expected.end(), planes[i])) << "band " << wanted[i];
        }
      }
    }
  }

  static constexpr int kRows = 61, kCols = 700;
  fs::path file;
};

TEST_F(TiffDecoderTest, GivesWhatGdalReadsInEveryLayoutItUnderstands) {
  for (const char* packing : {"COMPRESS=LZW", "COMPRESS=NONE"}) {
    for (const char* predictor : {"PREDICTOR=1", "PREDICTOR=2"}) {
      if (packing == std::string("COMPRESS=NONE") && predictor == std::string("PREDICTOR=2")) continue;
      for (const char* order : {"INTERLEAVE=PIXEL", "INTERLEAVE=BAND"}) {
        for (const char* rows : {"BLOCKYSIZE=1", "BLOCKYSIZE=8", "BLOCKYSIZE=61"}) {
          for (const int bands : {1, 3, 8}) {
            for (const unsigned noise : {1U, 3U, 300U, 65536U}) {
              SCOPED_TRACE(
                  fmt::format("{} {} {} {} {} bands, noise {}", packing, predictor, order, rows, bands, noise));
              write({packing, predictor, order, rows}, bands, noise);
              compare(bands);
              if (HasFatalFailure()) return;
            }
          }
        }
      }
    }
  }
}

TEST_F(TiffDecoderTest, LeavesOtherFilesToGdal) {
  write({"COMPRESS=LZW", "TILED=YES"}, 2, 300);
  EXPECT_FALSE(open());
  write({"COMPRESS=DEFLATE"}, 2, 300);
  EXPECT_FALSE(open());
  write({"COMPRESS=LZW", "ENDIANNESS=BIG"}, 2, 300);
  EXPECT_FALSE(open());
  write({"COMPRESS=LZW"}, 1, 200, GDT_Byte);
  EXPECT_FALSE(open());
}

TEST_F(TiffDecoderTest, DamagedCodesAreAnErrorThatNamesFileAndRowsOrStillNumbers) {
  write({"COMPRESS=LZW", "BLOCKYSIZE=1"}, 8, 300);
  std::mt19937 random(5);
  const auto size = fs::file_size(file);
  int failures = 0;
  for (int round = 0; round < 60; ++round) {
    const fs::path broken = file.string() + ".broken";
    fs::copy_file(file, broken, fs::copy_options::overwrite_existing);
    std::fstream stream(broken, std::ios::in | std::ios::out | std::ios::binary);
    // The directory stands before the strips.
    stream.seekp(static_cast<std::streamoff>(size / 2 + random() % (size / 3)));
    for (int i = 0; i < 40; ++i) stream.put(static_cast<char>(random()));
    stream.close();
    auto directory = TiffDirectory::read(broken.string());
    ASSERT_TRUE(directory && *directory);
    auto decoder = TiffDecoder::open(broken.string(), std::move(**directory));
    ASSERT_TRUE(decoder && *decoder);
    std::vector<std::uint16_t> numbers(static_cast<std::size_t>(kRows) * kCols);
    std::uint16_t* planes[] = {numbers.data()};
    const int band[] = {3};
    const auto read = (*decoder)->read(band, {0, 0, kRows, kCols}, planes, kCols);
    if (!read) {
      ++failures;
      EXPECT_EQ(read.error().blame, Blame::input);
      EXPECT_NE(read.error().message.find(broken.string() + ", rows "), std::string::npos) << read.error().message;
    }
    fs::remove(broken);
  }
  EXPECT_GT(failures, 10);
}

}  // namespace
}  // namespace ecocube
