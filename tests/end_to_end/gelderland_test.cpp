// SPDX-License-Identifier: Apache-2.0
// The example recipe on real EcoDataCube layers, held against the gap-free layers that EcoDataCube published.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "io/file/file.h"
#include "io/raster/raster.h"
#include "program.h"

namespace ecocube {
namespace {
namespace fs = std::filesystem;

constexpr float kNoData = 255;

std::vector<float> band_of(const fs::path& file, int band = 1) {
  auto raster = Raster::open(file.string());
  EXPECT_TRUE(raster) << raster.error().message;
  const RasterInfo& info = (*raster)->info();
  std::vector<float> values(static_cast<std::size_t>(info.rows * info.cols));
  EXPECT_TRUE((*raster)->read(band, {0, 0, info.rows, info.cols}, values));
  return values;
}

class GelderlandTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    data = shared_data("ecodatacube-gelderland");
    if (data.empty()) return;
    out = scratch_folder("gelderland");
    ended = run_ecocube({"run", std::string(ECOCUBE_SOURCE_DIR) + "/examples/gelderland.yaml", "--set",
                         "data=" + data.string(), "--out", out.string(), "--threads", "2"});
  }
  void SetUp() override {
    if (data.empty()) GTEST_SKIP() << "the folder shared/data/ecodatacube-gelderland is not beside the checkout";
    ASSERT_EQ(ended.exit_code, 0) << ended.errors;
  }
  static inline fs::path data, out;
  static inline Ended ended;
};

TEST_F(GelderlandTest, FilledGapsLieNearThePublishedOnesAndObservedCellsAreUntouched) {
  double sum = 0;
  std::size_t gaps = 0, empty = 0, touched = 0, layers = 0;
  for (const auto& entry : fs::directory_iterator(data / "ndvi" / "gappy")) {
    const std::string name = entry.path().filename().string();
    const std::string period = name.substr(name.find("_s_") + 3, 17);
    const auto gappy = band_of(entry.path()), published = band_of(data / "ndvi" / "filled" / name);
    const auto filled = band_of(out / "tiles" / "r074_c104" / "fill-gaps" / (period + ".tif"));
    ASSERT_EQ(filled.size(), gappy.size());
    ++layers;
    for (std::size_t i = 0; i < gappy.size(); ++i) {
      if (filled[i] == kNoData) ++empty;
      if (gappy[i] != kNoData) {
        touched += filled[i] != gappy[i];
      } else {
        ++gaps;
        sum += std::abs(filled[i] - published[i]);
      }
    }
  }
  EXPECT_EQ(layers, 24u);
  EXPECT_GT(gaps, 70000u);
  EXPECT_EQ(empty, 0u);
  EXPECT_EQ(touched, 0u);
  const double mean = sum / static_cast<double>(gaps);
  std::printf("mean absolute difference on %zu gap cells: %.3f DN\n", gaps, mean);
  EXPECT_LE(mean, 2.5);
}

TEST_F(GelderlandTest, EveryYearHasAWholeMapOfLegendValues) {
  for (int year = 2015; year <= 2020; ++year) {
    const auto classes = band_of(out / "tiles" / "r074_c104" / "predict" / (std::to_string(year) + ".tif"));
    std::set<float> seen(classes.begin(), classes.end());
    EXPECT_FALSE(seen.contains(0)) << year;
    EXPECT_FALSE(seen.contains(kNoData)) << year;
    EXPECT_GE(seen.size(), 3u) << year;
    for (const float value : seen) EXPECT_NE(clc_legend().with_value(static_cast<int>(value)), nullptr) << value;
  }
}

TEST_F(GelderlandTest, SmoothedMapsChangeLessFromYearToYear) {
  const fs::path tile = out / "tiles" / "r074_c104";
  std::size_t plain = 0, smooth = 0, pixels = 0;
  for (int year = 2016; year <= 2020; ++year) {
    const auto name = [](int of, const char* end) { return std::to_string(of) + end; };
    const auto before = band_of(tile / "predict" / name(year - 1, ".tif")),
               after = band_of(tile / "predict" / name(year, ".tif")),
               smooth_before = band_of(tile / "smooth-classes" / name(year - 1, "_class.tif")),
               smooth_after = band_of(tile / "smooth-classes" / name(year, "_class.tif"));
    pixels += before.size();
    for (std::size_t i = 0; i < before.size(); ++i) {
      ASSERT_NE(smooth_after[i], kNoData);
      plain += before[i] != after[i];
      smooth += smooth_before[i] != smooth_after[i];
    }
  }
  std::printf("of %zu pixels and pairs of years %zu change, %zu when smoothed\n", pixels, plain, smooth);
  EXPECT_LT(smooth, plain / 2);
  EXPECT_LT(smooth, pixels / 10);
}

TEST_F(GelderlandTest, TheCatalogueIsPublished) {
  EXPECT_TRUE(fs::exists(out / "cube" / "catalog.json"));
}

}  // namespace
}  // namespace ecocube
