// SPDX-License-Identifier: Apache-2.0
#include "io/raster/grid_mapping.h"

#include <gtest/gtest.h>

#include <cmath>

#include "io/raster/projection.h"

namespace ecocube {
namespace {

/// The largest distance, in source pixels, between where the mapping and an exact projection place the pixel centres.
double worst_error(const Grid& target, const PixelFrame& source, const Window& window) {
  const auto mapping = GridMapping::make(target, source);
  const auto projection = Projection::between(target.crs, source.crs);
  EXPECT_TRUE(mapping && projection);
  const GridMapping::Positions found = (*mapping)->positions(window);
  double worst = 0;
  for (std::size_t i = 0; i < found.x.size(); ++i) {
    const auto row = window.row + static_cast<std::int64_t>(i) / window.cols,
               col = window.col + static_cast<std::int64_t>(i) % window.cols;
    std::vector<double> x{target.centre(row, col).x}, y{target.centre(row, col).y};
    (*projection)->transform(x, y);
    const double exact_x = (x[0] - source.geo_transform[0]) / source.geo_transform[1],
                 exact_y = (y[0] - source.geo_transform[3]) / source.geo_transform[5];
    worst = std::max(worst, std::hypot(found.x[i] - exact_x, found.y[i] - exact_y));
  }
  return worst;
}

TEST(GridMapping, PositionsLieWithinAHundredthOfAPixelOfTheExactOnesWhateverThePixelSize) {
  PixelFrame fine{"EPSG:32633", {465000, 30, 0, 5080000, 0, -30}, 2000, 2000};
  EXPECT_LT(worst_error({"EPSG:3035", 30, 4600000, 2600000, 100}, fine, {0, 0, 90, 90}), 0.01);
  PixelFrame coarse{"EPSG:32618", {393000, 3000, 0, 4743000, 0, -3000}, 140, 130};
  EXPECT_LT(worst_error({"EPSG:4326", 0.03, -76, 42.5, 100}, coarse, {0, 0, 100, 100}), 0.01);
  PixelFrame coarser{"EPSG:3035", {2500000, 25000, 0, 5500000, 0, -25000}, 180, 200};
  EXPECT_LT(worst_error({"EPSG:4326", 0.25, -10, 70, 100}, coarser, {0, 0, 120, 160}), 0.01);
}

}  // namespace
}  // namespace ecocube
