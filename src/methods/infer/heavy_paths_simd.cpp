// SPDX-License-Identifier: Apache-2.0
#include "methods/infer/heavy_paths.h"

#include <cstring>

#include "methods/infer/feature_chunk.h"

#define HWY_WANT_AVX3_DL
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/infer/heavy_paths_simd.cpp"
#include <hwy/foreach_target.h>
// After it, because it is compiled once for every target.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ecocube {
namespace HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_AVX3_DL

/// Where the pixel with the ranks `row` goes from a record.
template <std::size_t kStride>
HWY_INLINE std::uint32_t leave(const std::uint8_t* records, std::uint32_t name, const std::uint8_t* row) {
  static_assert(HeavyPaths::kMostTests == 32 && HeavyPaths::kMostColumns == 128);
  const std::uint8_t* record = records + 2 * static_cast<std::size_t>(name >> 8);
  const std::size_t tests = name & 0xff;
  const __m256i columns = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(record));
  const __m256i thresholds = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(record + tests));
  const __m512i first = _mm512_loadu_si512(row), wanted = _mm512_castsi256_si512(columns);
  __m512i ranks;
  if constexpr (kStride <= 64) {
    ranks = _mm512_permutexvar_epi8(wanted, first);
  } else {
    ranks = _mm512_permutex2var_epi8(first, wanted, _mm512_loadu_si512(row + 64));
  }
  const std::uint32_t right = _mm256_cmpgt_epu8_mask(_mm512_castsi512_si256(ranks), thresholds);
  const std::uint32_t leaves = right ^ static_cast<std::uint32_t>(_mm256_movepi8_mask(columns));
  std::uint32_t end;
  std::memcpy(&end, record + 2 * tests + sizeof(end) * std::size_t{_tzcnt_u32(leaves)}, sizeof(end));
  return end;
}

/// One record for every pixel, then one more for those that have not arrived, until none is left. Pixels do not wait
/// for each other within a round.
template <std::size_t kStride>
void follow(const std::uint8_t* records, const std::uint32_t* starts, const std::uint8_t* roots,
            const std::uint8_t* rows, std::uint32_t* reached) {
  std::uint32_t list[kChunkPixels];
  std::size_t left = 0;
  for (std::uint32_t pixel = 0; pixel < kChunkPixels; ++pixel) {
    const std::uint32_t end = leave<kStride>(records, starts[roots[pixel]], rows + pixel * kStride);
    reached[pixel] = end;
    list[left] = pixel;
    left += (end & 0xff00) != 0 ? 1 : 0;
  }
  while (left > 0) {
    const std::size_t count = left;
    left = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint32_t pixel = list[i];
      const std::uint32_t end = leave<kStride>(records, reached[pixel], rows + pixel * kStride);
      reached[pixel] = end;
      list[left] = pixel;
      left += (end & 0xff00) != 0 ? 1 : 0;
    }
  }
}

bool follow_chunk(const std::uint8_t* records, const std::uint32_t* starts, const std::uint8_t* roots,
                  const std::uint8_t* rows, std::size_t stride, std::uint32_t* reached) {
  if (stride == 32) {
    follow<32>(records, starts, roots, rows, reached);
  } else if (stride == 64) {
    follow<64>(records, starts, roots, rows, reached);
  } else {
    follow<128>(records, starts, roots, rows, reached);
  }
  return true;
}

#else

bool follow_chunk(const std::uint8_t*, const std::uint32_t*, const std::uint8_t*, const std::uint8_t*, std::size_t,
                  std::uint32_t*) {
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

HWY_EXPORT(follow_chunk);

}  // namespace

bool follow_paths(const HeavyPaths& paths, const std::uint8_t* roots, const std::uint8_t* rows, std::size_t stride,
                  std::uint32_t* reached) {
  return HWY_DYNAMIC_DISPATCH(follow_chunk)(paths.records(), paths.starts().data(), roots, rows, stride, reached);
}

}  // namespace ecocube
#endif
