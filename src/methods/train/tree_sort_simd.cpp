// SPDX-License-Identifier: Apache-2.0
#include "methods/train/tree_sort_simd.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/train/tree_sort_simd.cpp"
#include <hwy/foreach_target.h>
// After it, because it is compiled once for every target.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ecocube {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Keys = hn::CappedTag<std::uint16_t, kSortLanes>;

/// The lesser key of every column goes to the upper row.
HWY_INLINE void order_rows(std::uint16_t* upper, std::uint16_t* lower) {
  const Keys d;
  const auto a = hn::LoadU(d, upper), b = hn::LoadU(d, lower);
  hn::StoreU(hn::Min(a, b), d, upper);
  hn::StoreU(hn::Max(a, b), d, lower);
}

/// Odd-even merge sort (Batcher 1968): `run` long sorted runs are merged in pairs, comparing rows `apart`. Rows that
/// are missing to the next power of two would hold the greatest keys and stay where they are: their comparisons are
/// left out.
HWY_INLINE void sort_block(std::uint16_t* keys, std::size_t rows) {
  for (std::size_t run = 1; run < rows; run *= 2) {
    for (std::size_t apart = run; apart >= 1; apart /= 2) {
      for (std::size_t first = apart % run; first + apart < rows; first += 2 * apart) {
        if ((first ^ (first + apart)) & ~(2 * run - 1)) continue;  // of two different merges
        const std::size_t end = std::min(first + apart, rows - apart);
        for (std::size_t row = first; row < end; ++row)
          order_rows(keys + row * kSortLanes, keys + (row + apart) * kSortLanes);
      }
    }
  }
}

void SortLanes(std::uint16_t* keys, std::size_t rows) {
  for (std::size_t lane = 0; lane < kSortLanes; lane += hn::Lanes(Keys())) sort_block(keys + lane, rows);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace ecocube
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ecocube {

HWY_EXPORT(SortLanes);

void sort_lanes(std::uint16_t* keys, std::size_t rows) {
  HWY_DYNAMIC_DISPATCH(SortLanes)(keys, rows);
}

}  // namespace ecocube
#endif
