// SPDX-License-Identifier: Apache-2.0
#include "io/raster/glad_writer.h"

#include <gtest/gtest.h>

#include "data/cube/glad.h"
#include "io/raster/raster.h"

namespace ecocube {
namespace {

TEST(GladWriterTest, WhatIsWrittenIsReadBackAtTheSamePlace) {
  const auto folder = std::filesystem::temp_directory_path() / "ecocube_glad_writer_test";
  std::filesystem::remove_all(folder);
  const GladTile tile{5, 51};
  const auto path = folder / glad_scene_path(tile, 852);
  std::vector<std::uint16_t> values(2 * 3 * 8);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::uint16_t>(i * 7 + 1);
  ASSERT_TRUE(write_glad_scene(path, tile.grid(), {10, 20, 2, 3}, values));
  const auto raster = Raster::open(path.string());
  ASSERT_TRUE(raster);
  const RasterInfo& info = (*raster)->info();
  EXPECT_EQ(info.bands.size(), 8U);
  EXPECT_EQ(info.bands[0].encoding.type, DataType::uint16);
  EXPECT_FALSE(info.bands[0].encoding.no_data);
  EXPECT_NEAR(info.geo_transform[0], 5 - 0.0005 + 20 * 0.00025, 1e-12);
  EXPECT_NEAR(info.geo_transform[3], 52 + 0.0005 - 10 * 0.00025, 1e-12);
  std::vector<std::uint16_t> band(6);
  ASSERT_TRUE((*raster)->read(3, {0, 0, 2, 3}, band));
  for (std::size_t pixel = 0; pixel < 6; ++pixel) EXPECT_EQ(band[pixel], values[pixel * 8 + 2]);
  std::filesystem::remove_all(folder);
}

TEST(GladWriterTest, AFolderThatCannotBeMadeIsTheMachinesFault) {
  const auto outcome = write_glad_scene("/proc/no/such/place/1.tif", GladTile{5, 51}.grid(), {0, 0, 1, 1},
                                        std::vector<std::uint16_t>(8));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().blame, Blame::machine);
}

}  // namespace
}  // namespace ecocube
