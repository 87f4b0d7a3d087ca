// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "data/cube/layer.h"
#include "io/file/file.h"
#include "io/raster/raster.h"

namespace ecocube {

/// A folder of drawn files that goes when the test ends.
class PointFilesFixture : public testing::Test {
 protected:
  PointFilesFixture() {
    folder =
        std::filesystem::temp_directory_path() /
        fmt::format("ecocube-points-{}-{}", ::getpid(), testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder);
  }
  ~PointFilesFixture() override { std::filesystem::remove_all(folder); }

  /// Writes the text and returns its path.
  std::string file(const std::string& name, const std::string& text) const {
    EXPECT_TRUE(write_text(folder / name, text));
    return (folder / name).string();
  }

  /// A raster of bytes in EPSG:3035 with its upper left corner at 4321000, 3210000 and pixels of 100 m; one text a row,
  /// one digit a pixel, a dot where missing.
  std::string raster(const std::string& name, const std::vector<std::string>& rows) const {
    const auto height = static_cast<std::int64_t>(rows.size()), width = static_cast<std::int64_t>(rows[0].size());
    auto writer =
        RasterWriter::create(folder / name, {"EPSG:3035", 100, 4321000, 3210000, 256}, {0, 0, height, width},
                             {DataType::uint8, 1, 0, 255, {}}, {{.name = "map", .classes = {}, .encoding = {}}});
    EXPECT_TRUE(writer) << writer.error().message;
    std::vector<float> stored;
    std::vector<std::uint8_t> valid;
    for (const std::string& row : rows) {
      for (const char pixel : row) {
        stored.push_back(pixel == '.' ? 0 : static_cast<float>(pixel - '0'));
        valid.push_back(pixel == '.' ? 0 : 1);
      }
    }
    EXPECT_TRUE((*writer)->write(0, {0, 0, height, width}, stored, valid));
    EXPECT_TRUE((*writer)->close());
    return (folder / name).string();
  }

  std::filesystem::path folder;
};

}  // namespace ecocube
