// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "io/raster/layer_reader.h"
#include "io/raster/raster.h"

namespace ecocube {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

/// A row of four pixels of 10 m with 0, 10, 40, 40, read on pixels of 20 m that begin 4 m further east.
class LayerResampling : public testing::Test {
 protected:
  LayerResampling() {
    path_ = fs::temp_directory_path() / fmt::format("ecocube-resampling-{}-{}.tif", ::getpid(),
                                                    testing::UnitTest::GetInstance()->current_test_info()->name());
    auto writer = RasterWriter::create(path_, Grid{"EPSG:3035", 10, 4000000, 3000000, 100}, {0, 0, 2, 4}, {}, {{}});
    EXPECT_TRUE(writer) << writer.error().message;
    const std::vector<float> stored{0, 10, 40, 40, 0, 10, 40, 40};
    EXPECT_TRUE((*writer)->write(0, {0, 0, 2, 4}, stored, {}));
    EXPECT_TRUE((*writer)->close());
  }
  ~LayerResampling() override { fs::remove(path_); }

  float first_pixel(const std::string& resampling, LayerKind kind = LayerKind::continuous) const {
    Layer layer;
    layer.kind = kind;
    layer.files = {{path_, 1}};
    layer.resampling = resampling;
    LayerReader reader(Grid{"EPSG:3035", 20, 4000004, 3000000, 100}, ".");
    std::vector<float> stored(1);
    std::vector<std::uint8_t> valid(1);
    const auto read = reader.read(layer, "", {0, 0, 1, 1}, stored, valid);
    EXPECT_TRUE(read) << read.error().message;
    EXPECT_EQ(valid[0], 1);
    return stored[0];
  }

  fs::path path_;
};

TEST_F(LayerResampling, EachWayGivesItsOwnNumber) {
  EXPECT_FLOAT_EQ(first_pixel("nearest"), 10);                                  // the centre is at 14 m
  EXPECT_FLOAT_EQ(first_pixel("bilinear"), 9);                                  // between the centres at 5 and 15 m
  EXPECT_FLOAT_EQ(first_pixel("average"), (6 * 0 + 10 * 10 + 4 * 40) / 20.0F);  // of 4..24 m
  EXPECT_FLOAT_EQ(first_pixel("auto"), first_pixel("average"));
}

TEST_F(LayerResampling, ClassesTakeTheNearestWhateverIsAsked) {
  EXPECT_FLOAT_EQ(first_pixel("average", LayerKind::classes), 10);
}

}  // namespace
}  // namespace ecocube
