// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/simulate_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <span>

#include "data/cube/glad.h"
#include "io/file/file.h"
#include "io/raster/raster.h"

namespace ecocube {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

class SimulateTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() /
              ("ecocube_simulate_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  SimulateOptions options(const std::string& name, int threads) const {
    SimulateOptions options;
    options.out = folder_ / name;
    options.years = "2018";
    options.size = "64x48";
    options.points = 60;
    options.missing = 0;
    options.old_style = 0;
    options.threads = threads;
    return options;
  }
  static std::vector<std::string> files_below(const fs::path& root) {
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      if (entry.is_regular_file()) files.push_back(fs::relative(entry.path(), root).string());
    }
    std::sort(files.begin(), files.end());
    return files;
  }
  fs::path folder_;
};

TEST_F(SimulateTest, SameSeedSameBytesForOneAndTwoThreads) {
  ASSERT_TRUE(run_simulate(options("one", 1)));
  ASSERT_TRUE(run_simulate(options("two", 2)));
  const auto files = files_below(folder_ / "one");
  ASSERT_EQ(files, files_below(folder_ / "two"));
  // 25 intervals of two tiles, 4 seasons of 7 bands, land cover, two static layers, points, occurrences
  // and profiles, the species' potential and its year, clay and carbon at four depths.
  EXPECT_EQ(files.size(), 50U + 28 + 1 + 2 + 3 + 2 + 8);
  for (const std::string& file : files)
    EXPECT_EQ(*file_sha256(folder_ / "one" / file), *file_sha256(folder_ / "two" / file)) << file;
}

TEST_F(SimulateTest, TheWorldCrossesATileBorderAndTheMarginsAgree) {
  ASSERT_TRUE(run_simulate(options("world", 2)));
  const auto read = [&](const GladTile& tile, std::int64_t first_col, std::vector<std::uint16_t>& values) {
    const auto raster =
        Raster::open((folder_ / "world/archive" / glad_scene_path(tile, GladInterval{2018, 12}.id())).string());
    ASSERT_TRUE(raster) << raster.error().message;
    const RasterInfo& info = (*raster)->info();
    const auto skipped = static_cast<std::int64_t>((6.0 - 2 * kGladPixel - info.geo_transform[0]) / kGladPixel + 0.5);
    EXPECT_EQ(skipped, first_col);
    const auto pixels = static_cast<std::size_t>(4 * info.rows);
    values.resize(8 * pixels);
    for (int band = 0; band < 8; ++band) {
      const auto plane = std::span(values).subspan(static_cast<std::size_t>(band) * pixels, pixels);
      ASSERT_TRUE((*raster)->read(band + 1, {0, skipped, info.rows, 4}, plane));
    }
  };
  std::vector<std::uint16_t> west, east;
  read(GladTile{5, 51}, 30, west);
  read(GladTile{6, 51}, 0, east);
  EXPECT_EQ(west, east);
  EXPECT_GT(*std::max_element(west.begin(), west.end()), 0);
}

TEST_F(SimulateTest, WrongOptionsAreNamed) {
  auto wrong = options("world", 1);
  wrong.size = "12";
  EXPECT_THAT(run_simulate(wrong).error().message, HasSubstr("--size 12"));
  wrong = options("world", 1);
  wrong.centre = "6;51";
  EXPECT_THAT(run_simulate(wrong).error().message, HasSubstr("--centre 6;51"));
  wrong = options("world", 1);
  wrong.label_noise = 2;
  EXPECT_EQ(run_simulate(wrong).error().blame, Blame::usage);
  EXPECT_FALSE(fs::exists(folder_));
}

}  // namespace
}  // namespace ecocube
