// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace ecocube::series {

/// The pixels begin..end-1 of a block: what one call of a kernel works on. Ranges that do not overlap may be worked on
/// at the same time.
struct PixelRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Pixels that a kernel gathers from the planes at once, so that every plane is read in whole cache lines.
inline constexpr std::size_t kLanes = 64;

}  // namespace ecocube::series
