// SPDX-License-Identifier: Apache-2.0
#include "methods/infer/rank_lanes.h"

#include <algorithm>
#include <bit>
#include <limits>

#define HWY_WANT_AVX3_DL
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/infer/rank_lanes_simd.cpp"
#include <hwy/foreach_target.h>
// After it, because it is compiled once for every target.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ecocube {
namespace HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_AVX3_DL

/// 64 looked up at a time in a table of 256 bytes, which four registers hold.
void look_up_bytes(const std::int8_t* table, const std::uint8_t* stored, std::int8_t* ranks) {
  __m512i part[4];
  for (int i = 0; i < 4; ++i) part[i] = _mm512_loadu_si512(table + 64 * i);
  for (std::size_t pixel = 0; pixel < kChunkPixels; pixel += 64) {
    const __m512i at = _mm512_loadu_si512(stored + pixel);
    const __m512i low = _mm512_permutex2var_epi8(part[0], at, part[1]);
    const __m512i high = _mm512_permutex2var_epi8(part[2], at, part[3]);
    _mm512_storeu_si512(ranks + pixel, _mm512_mask_blend_epi8(_mm512_movepi8_mask(at), low, high));
  }
}

/// Thresholds as a tree whose levels lie one after the other, 1, 2, 4 ... of them; up to 32 are one look-up.
template <int kLevels>
void search_levels(const float* levels, const float* values, std::int8_t* ranks) {
  const __m512i one = _mm512_set1_epi32(1);
  for (std::size_t pixel = 0; pixel < kChunkPixels; pixel += 16) {
    const __m512 value = _mm512_loadu_ps(values + pixel);
    __m512i at = _mm512_setzero_si512();
    for (int level = 0; level < kLevels; ++level) {
      const float* tree = levels + ((1 << level) - 1);
      __m512 threshold;
      if (level <= 4) {
        threshold = _mm512_permutexvar_ps(at, _mm512_loadu_ps(tree));
      } else {
        threshold = _mm512_permutex2var_ps(_mm512_loadu_ps(tree), at, _mm512_loadu_ps(tree + 16));
        for (int part = 1; part < 1 << (level - 5); ++part) {
          const __m512 other =
              _mm512_permutex2var_ps(_mm512_loadu_ps(tree + 32 * part), at, _mm512_loadu_ps(tree + 32 * part + 16));
          const __mmask16 there = _mm512_cmpeq_epi32_mask(_mm512_srli_epi32(at, 5), _mm512_set1_epi32(part));
          threshold = _mm512_mask_blend_ps(there, threshold, other);
        }
      }
      at = _mm512_add_epi32(at, at);
      at = _mm512_mask_add_epi32(at, _mm512_cmp_ps_mask(threshold, value, _CMP_LT_OQ), at, one);
    }
    const __m128i bytes = _mm512_cvtepi32_epi8(at);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(ranks + pixel), _mm_xor_si128(bytes, _mm_set1_epi8(-128)));
  }
}

void search_in_registers(const float* levels, int count, const float* values, std::int8_t* ranks) {
  switch (count) {
    case 1:
      return search_levels<1>(levels, values, ranks);
    case 2:
      return search_levels<2>(levels, values, ranks);
    case 3:
      return search_levels<3>(levels, values, ranks);
    case 4:
      return search_levels<4>(levels, values, ranks);
    case 5:
      return search_levels<5>(levels, values, ranks);
    case 6:
      return search_levels<6>(levels, values, ranks);
    case 7:
      return search_levels<7>(levels, values, ranks);
    default:
      return search_levels<8>(levels, values, ranks);
  }
}

bool search_bytes(const float* levels, int count, const float* values, std::int8_t* ranks) {
  search_in_registers(levels, count, values, ranks);
  return true;
}

#else

void look_up_bytes(const std::int8_t* table, const std::uint8_t* stored, std::int8_t* ranks) {
  for (std::size_t pixel = 0; pixel < kChunkPixels; ++pixel) ranks[pixel] = table[stored[pixel]];
}

bool search_bytes(const float*, int, const float*, std::int8_t*) {
  return false;
}

#endif

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace ecocube
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ecocube {
namespace {

HWY_EXPORT(look_up_bytes);
HWY_EXPORT(search_bytes);

/// Finds the bits of the rank, the highest first, without branches, several pixels at a time.
template <class Rank>
void search_plainly(std::span<const float> thresholds, const float* values, std::int32_t bias, Rank* ranks) {
  constexpr std::size_t kAtOnce = 8;
  for (std::size_t pixel = 0; pixel < kChunkPixels; pixel += kAtOnce) {
    std::size_t at[kAtOnce] = {};
    for (std::size_t bit = std::bit_floor(thresholds.size()); bit > 0; bit /= 2) {
      for (std::size_t i = 0; i < kAtOnce; ++i) {
        const std::size_t next = at[i] + bit;
        at[i] = next <= thresholds.size() && thresholds[next - 1] < values[pixel + i] ? next : at[i];
      }
    }
    for (std::size_t i = 0; i < kAtOnce; ++i)
      ranks[pixel + i] = static_cast<Rank>(static_cast<std::int32_t>(at[i]) - bias);
  }
}

}  // namespace

void look_up_ranks(const std::array<std::uint16_t, 256>& table, const std::uint8_t* stored, std::int8_t* ranks) {
  std::int8_t biased[256];
  for (std::size_t i = 0; i < 256; ++i) biased[i] = static_cast<std::int8_t>(table[i] - 128);
  HWY_DYNAMIC_DISPATCH(look_up_bytes)(biased, stored, ranks);
}

void look_up_ranks(const std::array<std::uint16_t, 256>& table, const std::uint8_t* stored, std::int16_t* ranks) {
  for (std::size_t pixel = 0; pixel < kChunkPixels; ++pixel)
    ranks[pixel] = static_cast<std::int16_t>(table[stored[pixel]] - 32768);
}

void search_ranks(std::span<const float> thresholds, const float* values, std::int8_t* ranks) {
  // The middle one, the middles of both halves, and so on; infinity behind the last: 255 in eight levels, and room.
  float levels[256 + 64];
  const int count = std::bit_width(thresholds.size());
  for (int level = 0; level < count; ++level) {
    for (std::size_t i = 0; i < std::size_t{1} << level; ++i) {
      const std::size_t from = ((2 * i + 1) << (count - 1 - level)) - 1;
      levels[(std::size_t{1} << level) - 1 + i] =
          from < thresholds.size() ? thresholds[from] : std::numeric_limits<float>::infinity();
    }
  }
  if (HWY_DYNAMIC_DISPATCH(search_bytes)(levels, count, values, ranks)) return;
  search_plainly(thresholds, values, 128, ranks);
}

void search_ranks(std::span<const float> thresholds, const float* values, std::int16_t* ranks) {
  search_plainly(thresholds, values, 32768, ranks);
}

}  // namespace ecocube
#endif
