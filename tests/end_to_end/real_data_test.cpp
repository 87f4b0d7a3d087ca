// SPDX-License-Identifier: Apache-2.0
// The example recipes on real scenes, held against what others computed from the same ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include "io/raster/raster.h"
#include "program.h"

namespace ecocube {
namespace {
namespace fs = std::filesystem;

/// Physical values of a band, NaN where missing; shape [row][col].
struct Image {
  std::int64_t rows = 0, cols = 0;
  std::vector<double> values;
};

Image image_of(const fs::path& file, int band = 1) {
  Image image;
  auto raster = Raster::open(file.string());
  EXPECT_TRUE(raster) << raster.error().message;
  if (!raster) return image;
  const RasterInfo& info = (*raster)->info();
  image.rows = info.rows, image.cols = info.cols;
  std::vector<float> stored(static_cast<std::size_t>(info.rows * info.cols));
  EXPECT_TRUE((*raster)->read(band, {0, 0, info.rows, info.cols}, stored));
  const Encoding& encoding = info.bands[static_cast<std::size_t>(band) - 1].encoding;
  for (const float number : stored) {
    const bool missing = std::isnan(number) || (encoding.no_data && number == static_cast<float>(*encoding.no_data));
    image.values.push_back(missing ? std::nan("") : encoding.decoded(static_cast<double>(number)));
  }
  return image;
}

/// Number of the band of that name, from 1.
int band_named(const fs::path& file, const std::string& name) {
  const auto raster = Raster::open(file.string());
  EXPECT_TRUE(raster) << raster.error().message;
  if (!raster) return 1;
  const auto& bands = (*raster)->info().bands;
  const auto found =
      std::find_if(bands.begin(), bands.end(), [&](const auto& band) { return band.description == name; });
  EXPECT_NE(found, bands.end()) << name << " in " << file;
  return static_cast<int>(found - bands.begin()) + 1;
}

Image layer_of(const fs::path& file, const std::string& name) {
  return image_of(file, band_named(file, name));
}

std::vector<fs::path> files_of(const fs::path& folder, const std::string& ending) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename().string().ends_with(ending)) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// The one tile of a small cube.
fs::path tile_folder(const fs::path& out) {
  for (const auto& entry : fs::directory_iterator(out / "tiles")) return entry.path();
  return out;
}

/// Rows of a CSV file by the first column's heading; no quotes in these files.
std::vector<std::vector<std::string>> rows_of(const fs::path& file) {
  std::ifstream in(file);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(in, line);) {
    rows.emplace_back();
    std::stringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
  }
  return rows;
}

class RealDataTest : public testing::Test {
 protected:
  /// Runs an example on a folder of the shared data; nothing when that is not there.
  fs::path run_example(const std::string& example, const std::string& folder) {
    const fs::path data = shared_data(folder);
    if (data.empty()) return {};
    const fs::path out = scratch_folder(example);
    const Ended ended = run_ecocube({"run", std::string(ECOCUBE_SOURCE_DIR) + "/examples/" + example + ".yaml", "--set",
                                     "data=" + data.string(), "--out", out.string(), "--threads", "2"});
    EXPECT_EQ(ended.exit_code, 0) << ended.errors;
    return out;
  }
};

#define ECOCUBE_RUN_EXAMPLE(out, example, folder)    \
  const fs::path out = run_example(example, folder); \
  if (out.empty()) GTEST_SKIP() << "the folder shared/data/" folder " is not beside the checkout"

TEST_F(RealDataTest, HarvardForestBecomesGapFreeSeasonsWithATrend) {
  ECOCUBE_RUN_EXAMPLE(out, "harvard-forest", "landsat-harvard-forest");
  const fs::path tile = tile_folder(out);
  std::size_t observed = 0, gaps = 0, touched = 0, empty = 0;
  const auto composites = files_of(tile / "composite", ".tif");
  ASSERT_EQ(composites.size(), 29U * 4);
  for (const fs::path& file : composites) {
    const fs::path filled_file = tile / "fill-gaps" / file.filename();
    const Image before = layer_of(file, "nir_p50"), after = layer_of(filled_file, "nir_p50");
    for (std::size_t i = 0; i < before.values.size(); ++i) {
      empty += std::isnan(after.values[i]) ? 1 : 0;
      std::isnan(before.values[i]) ? ++gaps : ++observed;
      touched += !std::isnan(before.values[i]) && before.values[i] != after.values[i] ? 1 : 0;
    }
  }
  std::printf("Harvard Forest: %zu observed cells, %zu gaps\n", observed, gaps);
  EXPECT_GT(observed, 20000U);
  EXPECT_GT(gaps, 3000U);
  EXPECT_EQ(empty, 0U);
  EXPECT_EQ(touched, 0U);
  // A forest that grows: the middle NDVI trend is small and not negative.
  const auto results = files_of(tile / "trend", ".tif");
  ASSERT_FALSE(results.empty());
  Image slope = layer_of(results.front(), "ndvi_p50_slope");
  ASSERT_EQ(slope.values.size(), 300U);
  std::sort(slope.values.begin(), slope.values.end());
  std::printf("Harvard Forest: middle NDVI trend %.5f a year\n", slope.values[150]);
  EXPECT_GT(slope.values[150], -0.002);
  EXPECT_LT(slope.values[150], 0.01);
}

TEST_F(RealDataTest, SloveniaHasTheMaximumAndTheCountThatUpstreamComputed) {
  ECOCUBE_RUN_EXAMPLE(out, "slovenia", "sentinel2-slovenia");
  const fs::path data = shared_data("sentinel2-slovenia");
  const Image highest = image_of(data / "max_ndvi.tif"), count = image_of(data / "valid_count.tif");
  const auto years = files_of(tile_folder(out) / "composite", ".tif");
  ASSERT_EQ(years.size(), 3U);
  std::vector<double> most(highest.values.size(), -9), seen(highest.values.size(), 0);
  for (const fs::path& file : years) {
    const Image year = layer_of(file, "ndvi_max"), dates = layer_of(file, "clear_count");
    ASSERT_EQ(year.rows, highest.rows);
    ASSERT_EQ(year.cols, highest.cols);
    for (std::size_t i = 0; i < most.size(); ++i) {
      if (!std::isnan(year.values[i])) most[i] = std::max(most[i], year.values[i]);
      seen[i] += dates.values[i];
    }
  }
  std::size_t other_count = 0, other_maximum = 0;
  for (std::size_t i = 0; i < most.size(); ++i) {
    other_count += seen[i] != count.values[i] ? 1 : 0;
    // Upstream kept NDVI as floats, the stack holds them x 10000.
    other_maximum += std::abs(most[i] - highest.values[i]) > 1e-4 ? 1 : 0;
  }
  std::printf("Slovenia: %zu pixels, count differs on %zu, maximum on %zu\n", most.size(), other_count, other_maximum);
  EXPECT_EQ(other_count, 0U);
  // On 36 pixels upstream's maximum is that of a date which its own masks take out.
  EXPECT_LE(other_maximum, 36U);
}

TEST_F(RealDataTest, NewYorksNineteenScenesBecomeOneMosaicWithStatisticsOfItsDistricts) {
  ECOCUBE_RUN_EXAMPLE(out, "new-york", "landsat8-new-york");
  std::size_t pixels = 0, valid = 0;
  double most = 0;
  for (const auto& tile : fs::directory_iterator(out / "tiles")) {
    const auto files = files_of(tile.path() / "composite", ".tif");
    ASSERT_EQ(files.size(), 1U);
    const Image red = layer_of(files.front(), "red_p50"), count = layer_of(files.front(), "clear_count");
    for (std::size_t i = 0; i < red.values.size(); ++i) {
      ++pixels;
      valid += std::isnan(red.values[i]) ? 0 : 1;
      most = std::max(most, count.values[i]);
    }
  }
  std::printf("New York: %zu of %zu pixels seen clear, at most %.0f times\n", valid, pixels, most);
  EXPECT_GT(valid, pixels * 6 / 10);
  EXPECT_GE(most, 8);
  const auto rows = rows_of(out / "zonal-statistics" / "statistics.csv");
  ASSERT_EQ(rows.size(), 1 + 71U * 3);
  EXPECT_EQ(rows.front().front(), "zone");
}

TEST_F(RealDataTest, TheQualityBandOfALandsatSceneIsReadAsItsMakersMeantIt) {
  ECOCUBE_RUN_EXAMPLE(out, "landsat-mask", "landsat-c2-l2");
  const auto rows = rows_of(out / "tiles" / "r000_c000" / "mask" / "20191201_20191201_shares.csv");
  const std::map<std::string, double> wanted{
      {"cloud", 0.811}, {"cloud_shadow", 0.062}, {"clear", 0.158}, {"cirrus", 0.055}};
  std::size_t found = 0;
  for (const auto& row : rows) {
    if (row.size() < 3 || row[0].find("LC08_L2SP_008059_20191201") == std::string::npos || !wanted.contains(row[1]))
      continue;
    ++found;
    EXPECT_NEAR(std::stod(row[2]), wanted.at(row[1]), 0.001) << row[1];
  }
  EXPECT_EQ(found, wanted.size());
}

}  // namespace
}  // namespace ecocube
