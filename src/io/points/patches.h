// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/result.h"
#include "data/cube/grid.h"

namespace ecocube {

/// Pixels of one value that touch by their edges.
struct Patch {
  float value = 0;
  std::int64_t pixels = 0;
  std::int64_t row = 0, col = 0;  ///< the pixel of the patch nearest to its centroid; of several the uppermost leftmost
};

/// Fills one row of a raster; NaN where missing.
using ReadRow = std::function<Result<void>(std::int64_t row, std::span<float> values)>;

/// The patches of a raster in the order of their uppermost leftmost pixel; missing pixels belong to none. Holds the
/// stretches of equal values, 24 bytes each, not the pixels.
Result<std::vector<Patch>> find_patches(std::int64_t rows, std::int64_t cols, const ReadRow& read);

}  // namespace ecocube
