// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace ecocube::series {

/// A rectangle of pixels and how large they are.
struct PixelRaster {
  std::int64_t rows = 0, cols = 0;
  double pixel_width = 1, pixel_height = 1;  ///< metres
};

/// Rows and columns that a disc of this radius reaches.
std::int64_t reach_rows(double radius, const PixelRaster& raster);
std::int64_t reach_cols(double radius, const PixelRaster& raster);

/// Dilation by an exact disc: every pixel whose centre lies within `radius` metres of the centre of a marked one.
///
/// marked   0 or 1, shape [row][col]; what lies outside is not marked
/// radius   metres; below one pixel nothing changes
/// grown    0 or 1, same shape; must not be `marked` itself
void grow(std::span<const std::uint8_t> marked, const PixelRaster& raster, double radius,
          std::span<std::uint8_t> grown);

/// What happens to a mask before it is used, in its own pixels: masked ground shrinks by `erode` metres, which removes
/// specks, and then grows by `dilate` metres. Fill stays fill, and neither grows nor eats into clouds at its edge.
///
/// marks  flags of PixelMark, shape [row][col]; changed in place
void erode_and_dilate(std::span<std::uint8_t> marks, const PixelRaster& raster, double erode, double dilate);

}  // namespace ecocube::series
