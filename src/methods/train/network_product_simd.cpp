// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cassert>

#include "methods/train/network_product.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/train/network_product_simd.cpp"
#include <hwy/foreach_target.h>
// After it, because it is compiled once for every target.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ecocube::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Lanes = hn::CappedTag<float, NetworkMatrix::kLanes>;

/// `kRows` rows of sums, two vectors wide (or one), stay in registers while the inner products run.
template <std::size_t kRows, bool kTwo>
HWY_INLINE void add_panel(const NetworkFactor& left, std::size_t row, const NetworkMatrix& right, std::size_t column,
                          NetworkMatrix& sums) {
  const Lanes d;
  const std::size_t next = kTwo ? hn::Lanes(d) : 0;
  const float* first = left.values + row * left.row_step;
  float* into = sums.row(row) + column;
  hn::Vec<Lanes> low[kRows], high[kRows];
  for (std::size_t r = 0; r < kRows; ++r) {
    low[r] = hn::LoadU(d, into + r * sums.stride);
    if constexpr (kTwo) high[r] = hn::LoadU(d, into + r * sums.stride + next);
  }
  for (std::size_t k = 0; k < right.rows; ++k) {
    const float* factors = right.row(k) + column;
    const auto factor_low = hn::LoadU(d, factors), factor_high = hn::LoadU(d, factors + next);
    for (std::size_t r = 0; r < kRows; ++r) {
      const auto value = hn::Set(d, first[r * left.row_step + k * left.column_step]);
      low[r] = hn::Add(low[r], hn::Mul(value, factor_low));
      if constexpr (kTwo) high[r] = hn::Add(high[r], hn::Mul(value, factor_high));
    }
  }
  for (std::size_t r = 0; r < kRows; ++r) {
    hn::StoreU(low[r], d, into + r * sums.stride);
    if constexpr (kTwo) hn::StoreU(high[r], d, into + r * sums.stride + next);
  }
}

template <bool kTwo>
HWY_INLINE void add_panels(const NetworkFactor& left, const NetworkMatrix& right, std::size_t column,
                           NetworkMatrix& sums) {
  std::size_t row = 0;
  for (; row + 4 <= sums.rows; row += 4) add_panel<4, kTwo>(left, row, right, column, sums);
  for (; row < sums.rows; ++row) add_panel<1, kTwo>(left, row, right, column, sums);
}

void add_product_in_lanes(const NetworkFactor& left, const NetworkMatrix& right, NetworkMatrix& sums) {
  const std::size_t lanes = hn::Lanes(Lanes());
  std::size_t column = 0;
  for (; column + 2 * lanes <= sums.stride; column += 2 * lanes) add_panels<true>(left, right, column, sums);
  for (; column < sums.stride; column += lanes) add_panels<false>(left, right, column, sums);
}

}  // namespace ecocube::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ecocube {

HWY_EXPORT(add_product_in_lanes);

void add_product(const NetworkFactor& left, const NetworkMatrix& right, NetworkMatrix& sums) {
  assert(right.stride == sums.stride);
  HWY_DYNAMIC_DISPATCH(add_product_in_lanes)(left, right, sums);
}

void plain_add_product(const NetworkFactor& left, const NetworkMatrix& right, NetworkMatrix& sums) {
  assert(right.stride == sums.stride);
  for (std::size_t row = 0; row < sums.rows; ++row) {
    for (std::size_t column = 0; column < sums.columns; ++column) {
      float sum = sums.row(row)[column];
      for (std::size_t k = 0; k < right.rows; ++k)
        sum += left.values[row * left.row_step + k * left.column_step] * right.row(k)[column];
      sums.row(row)[column] = sum;
    }
  }
}

}  // namespace ecocube
#endif  // HWY_ONCE
