// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ecocube {

/// A row near to a pixel.
struct NearRow {
  float square = 0;  ///< of the distance
  std::uint32_t row = 0;
};

/// The nearest rows of every pixel of a chunk, by squared distances that are summed as floats in the order of the
/// inputs; of equally near ones the first row comes first.
///
/// rows   shape [row][input]
/// in     shape [input][kChunkPixels], scaled as the rows are
/// near   nearest first; shape [kChunkPixels][count]; count is at most the number of rows
void nearest_rows(std::span<const float> rows, std::size_t inputs, const float* in, std::size_t count, NearRow* near);

}  // namespace ecocube
