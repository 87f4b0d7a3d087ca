// SPDX-License-Identifier: Apache-2.0
#include "methods/infer/sliced_tree.h"

#include <algorithm>

#define HWY_WANT_AVX3_DL
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/infer/sliced_tree_simd.cpp"
#include <hwy/foreach_target.h>
// After it, because it is compiled once for every target.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ecocube {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Test = SlicedTree::Test;

/// Bits of one decision for all pixels of a chunk.
constexpr std::size_t kWords = kChunkPixels / 64;
using Words = hn::CappedTag<std::uint64_t, kWords>;
using WordLanes = hn::Vec<Words>;

/// Bits of all decisions; those that no test fills stay 0.
struct Bits {
  alignas(64) std::uint64_t words[(1 << SlicedTree::kMostLevels) - 1][kWords];
};

#if HWY_TARGET == HWY_SCALAR

template <class Rank>
void decide(const Test* tests, std::size_t count, const Rank* planes, Bits& bits) {
  for (std::size_t i = 0; i < count; ++i) {
    const Rank* plane = planes + tests[i].column * kChunkPixels;
    const auto threshold = static_cast<Rank>(tests[i].threshold);
    for (std::size_t pixel = 0; pixel < kChunkPixels; ++pixel)
      bits.words[tests[i].place][pixel / 64] |= std::uint64_t{plane[pixel] > threshold} << (pixel % 64);
  }
}

#else

template <class Rank>
void decide(const Test* tests, std::size_t count, const Rank* planes, Bits& bits) {
  const hn::ScalableTag<Rank> d;
  const hn::ScalableTag<std::int32_t> d_repeated;
  for (std::size_t i = 0; i < count; ++i) {
    const Rank* plane = planes + tests[i].column * kChunkPixels;
    const auto threshold = hn::BitCast(d, hn::Set(d_repeated, tests[i].threshold));
    auto* to = reinterpret_cast<std::uint8_t*>(bits.words[tests[i].place]);
    for (std::size_t pixel = 0; pixel < kChunkPixels; pixel += hn::Lanes(d))
      hn::StoreMaskBits(d, hn::Gt(hn::LoadU(d, plane + pixel), threshold), to + pixel / 8);
  }
}

#endif

/// The bit of the decision that stands at the end of the path so far, out of those of one level.
///
/// path  bits of the decisions before; shape [kDecided]
template <int kDecided>
HWY_INLINE WordLanes select(const std::uint64_t (*level)[kWords], std::size_t word, const WordLanes* path) {
  if constexpr (kDecided == 0) {
    return hn::Load(Words(), level[0] + word);
  } else {
    const WordLanes left = select<kDecided - 1>(level, word, path + 1);
    const WordLanes right = select<kDecided - 1>(level + (1 << (kDecided - 1)), word, path + 1);
    return hn::Or(hn::And(path[0], right), hn::AndNot(path[0], left));
  }
}

template <int kLevels, int kLevel = 0>
HWY_INLINE void follow(const Bits& bits, std::size_t word, WordLanes* path) {
  if constexpr (kLevel < kLevels) {
    path[kLevel] = select<kLevel>(bits.words + ((1 << kLevel) - 1), word, path);
    follow<kLevels, kLevel + 1>(bits, word, path);
  }
}

template <int kLevels>
void number_paths(const Bits& bits, std::uint8_t* paths) {
  const Words d_words;
  alignas(64) std::uint64_t path_bits[kLevels == 0 ? 1 : kLevels][kWords];
  for (std::size_t word = 0; word < kWords; word += hn::Lanes(d_words)) {
    WordLanes path[kLevels == 0 ? 1 : kLevels];
    follow<kLevels>(bits, word, path);
    for (int level = 0; level < kLevels; ++level) hn::Store(path[level], d_words, path_bits[level] + word);
  }
#if HWY_TARGET == HWY_SCALAR
  for (std::size_t pixel = 0; pixel < kChunkPixels; ++pixel) {
    std::uint64_t number = 0;
    for (int level = 0; level < kLevels; ++level)
      number = 2 * number + (path_bits[level][pixel / 64] >> (pixel % 64) & 1);
    paths[pixel] = static_cast<std::uint8_t>(number);
  }
#else
  const hn::ScalableTag<std::uint8_t> d;
  for (std::size_t pixel = 0; pixel < kChunkPixels; pixel += hn::Lanes(d)) {
    auto number = hn::Zero(d);
    for (int level = 0; level < kLevels; ++level) {
      const auto right = hn::LoadMaskBits(d, reinterpret_cast<const std::uint8_t*>(path_bits[level]) + pixel / 8);
      const auto worth = hn::Set(d, static_cast<std::uint8_t>(1 << (kLevels - 1 - level)));
      number = hn::Or(number, hn::IfThenElseZero(right, worth));
    }
    hn::StoreU(number, d, paths + pixel);
  }
#endif
}

template <class Rank>
void take_paths(const Test* tests, std::size_t count, int levels, const Rank* planes, std::uint8_t* paths) {
  Bits bits;
  std::fill_n(bits.words[0], ((std::size_t{1} << levels) - 1) * kWords, std::uint64_t{0});
  decide(tests, count, planes, bits);
  switch (levels) {
    case 0:
      return number_paths<0>(bits, paths);
    case 1:
      return number_paths<1>(bits, paths);
    case 2:
      return number_paths<2>(bits, paths);
    case 3:
      return number_paths<3>(bits, paths);
    case 4:
      return number_paths<4>(bits, paths);
    case 5:
      return number_paths<5>(bits, paths);
    case 6:
      return number_paths<6>(bits, paths);
    case 7:
      return number_paths<7>(bits, paths);
    default:
      return number_paths<8>(bits, paths);
  }
}

void take_byte_paths(const Test* tests, std::size_t count, int levels, const std::int8_t* planes, std::uint8_t* paths) {
  take_paths(tests, count, levels, planes, paths);
}

void take_wide_paths(const Test* tests, std::size_t count, int levels, const std::int16_t* planes,
                     std::uint8_t* paths) {
  take_paths(tests, count, levels, planes, paths);
}

#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL

/// 64 values are four registers, from which 16 pixels take theirs at once.
template <int kParts>
void add_from_registers(const std::uint8_t* paths, const float* values, float* sums) {
  __m512 part[kParts];
  for (int i = 0; i < kParts; ++i) part[i] = _mm512_loadu_ps(values + 16 * i);
  for (std::size_t pixel = 0; pixel < kChunkPixels; pixel += 16) {
    const __m512i at = _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(paths + pixel)));
    __m512 value;
    if constexpr (kParts == 1) {
      value = _mm512_permutexvar_ps(at, part[0]);
    } else {
      value = _mm512_permutex2var_ps(part[0], at, part[1]);
      if constexpr (kParts == 4) {
        const __m512 upper = _mm512_permutex2var_ps(part[2], at, part[3]);
        value = _mm512_mask_blend_ps(_mm512_test_epi32_mask(at, _mm512_set1_epi32(32)), value, upper);
      }
    }
    _mm512_storeu_ps(sums + pixel, _mm512_add_ps(_mm512_loadu_ps(sums + pixel), value));
  }
}

bool add_small(const std::uint8_t* paths, const float* values, int levels, float* sums) {
  if (levels > 6) return false;
  if (levels <= 4) {
    add_from_registers<1>(paths, values, sums);
  } else if (levels == 5) {
    add_from_registers<2>(paths, values, sums);
  } else {
    add_from_registers<4>(paths, values, sums);
  }
  return true;
}

#else

bool add_small(const std::uint8_t*, const float*, int, float*) {
  return false;
}

#endif

void add_values(const std::uint8_t* paths, const float* values, int levels, float* sums) {
  if (add_small(paths, values, levels, sums)) return;
  for (std::size_t pixel = 0; pixel < kChunkPixels; ++pixel) sums[pixel] += values[paths[pixel]];
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace ecocube
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ecocube {
namespace {

HWY_EXPORT(take_byte_paths);
HWY_EXPORT(take_wide_paths);
HWY_EXPORT(add_values);

}  // namespace

void paths_of(const SlicedTree& tree, const std::int8_t* planes, std::uint8_t* paths) {
  HWY_DYNAMIC_DISPATCH(take_byte_paths)(tree.tests().data(), tree.tests().size(), tree.levels(), planes, paths);
}

void paths_of(const SlicedTree& tree, const std::int16_t* planes, std::uint8_t* paths) {
  HWY_DYNAMIC_DISPATCH(take_wide_paths)(tree.tests().data(), tree.tests().size(), tree.levels(), planes, paths);
}

void add_by_path(const std::uint8_t* paths, const float* values, int levels, float* sums) {
  HWY_DYNAMIC_DISPATCH(add_values)(paths, values, levels, sums);
}

}  // namespace ecocube
#endif
