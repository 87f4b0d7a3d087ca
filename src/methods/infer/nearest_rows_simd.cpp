// SPDX-License-Identifier: Apache-2.0
#include "methods/infer/nearest_rows.h"

#include <algorithm>
#include <limits>

#include "methods/infer/feature_chunk.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/infer/nearest_rows_simd.cpp"
#include <hwy/foreach_target.h>
// After it, because it is compiled once for every target.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ecocube {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::ScalableTag<float>;

constexpr std::size_t kRows = 8;  // whose distances are summed together

/// Puts a row among the nearest of a pixel, behind those that are as near.
void insert(NearRow* near, std::size_t count, NearRow found) {
  std::size_t place = count - 1;
  for (; place > 0 && found.square < near[place - 1].square; --place) near[place] = near[place - 1];
  near[place] = found;
}

/// Distances of one vector of pixels to `kCount` rows, and what of them is nearer than the farthest kept.
template <std::size_t kCount>
HWY_INLINE void meet(const float* rows, std::size_t first, std::size_t inputs, const float* in, std::size_t count,
                     float* farthest, NearRow* near) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  hn::Vec<Floats> sums[kCount];
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kCount; ++r) sums[r] = hn::Zero(d);
  for (std::size_t i = 0; i < inputs; ++i) {
    const auto value = hn::LoadU(d, in + i * kChunkPixels);
#pragma GCC unroll 8
    for (std::size_t r = 0; r < kCount; ++r) {
      const auto apart = hn::Sub(value, hn::Set(d, rows[(first + r) * inputs + i]));
      sums[r] = hn::Add(sums[r], hn::Mul(apart, apart));
    }
  }
  float squares[HWY_MAX_BYTES / sizeof(float)];
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kCount; ++r) {
    if (hn::AllFalse(d, hn::Lt(sums[r], hn::LoadU(d, farthest)))) continue;
    hn::StoreU(sums[r], d, squares);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      if (!(squares[lane] < farthest[lane])) continue;
      NearRow* own = near + lane * count;
      insert(own, count, {squares[lane], static_cast<std::uint32_t>(first + r)});
      farthest[lane] = own[count - 1].square;
    }
  }
}

void search(const float* rows, std::size_t row_count, std::size_t inputs, const float* in, std::size_t count,
            float* farthest, NearRow* near) {
  // So many rows at a time stay in the second-level cache for all pixels of the chunk.
  const std::size_t some = std::max<std::size_t>(kRows, 65536 / std::max<std::size_t>(1, inputs) / kRows * kRows);
  for (std::size_t begin = 0; begin < row_count; begin += some) {
    const std::size_t end = std::min(row_count, begin + some);
    for (std::size_t pixel = 0; pixel < kChunkPixels; pixel += hn::Lanes(Floats())) {
      std::size_t row = begin;
      for (; row + kRows <= end; row += kRows)
        meet<kRows>(rows, row, inputs, in + pixel, count, farthest + pixel, near + pixel * count);
      for (; row < end; ++row) meet<1>(rows, row, inputs, in + pixel, count, farthest + pixel, near + pixel * count);
    }
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace ecocube
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ecocube {
namespace {

HWY_EXPORT(search);

}  // namespace

void nearest_rows(std::span<const float> rows, std::size_t inputs, const float* in, std::size_t count, NearRow* near) {
  float farthest[kChunkPixels];
  constexpr float kFar = std::numeric_limits<float>::infinity();
  std::fill_n(farthest, kChunkPixels, kFar);
  std::fill_n(near, kChunkPixels * count, NearRow{kFar, 0});
  HWY_DYNAMIC_DISPATCH(search)(rows.data(), rows.size() / inputs, inputs, in, count, farthest, near);
}

}  // namespace ecocube
#endif
