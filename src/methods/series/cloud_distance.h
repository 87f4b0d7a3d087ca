// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ecocube::series {

/// A plane of pixels and their size on the ground.
struct PixelPlane {
  std::size_t rows = 0;
  std::size_t cols = 0;
  double metres_across = 1;  ///< of a pixel, along a row
  double metres_down = 1;    ///< of a pixel, along a column
};

/// Metres from the middle of each pixel to that of the nearest one where `mask` is not 0 (clouds and their shadows),
/// exact: the Euclidean distance transform of Felzenszwalb & Huttenlocher (2012, Theory of Computing 8:415), its
/// first pass the column scan of Meijster et al. (2000).
///
/// mask      shape [row][col]
/// farthest  metres; what lies further away, or has no such pixel on the plane, is this far
/// returns   metres, shape [row][col]; 0 where `mask` is not 0
std::vector<float> cloud_distance(std::span<const std::uint8_t> mask, const PixelPlane& plane, double farthest);

}  // namespace ecocube::series
