// SPDX-License-Identifier: Apache-2.0
#include "methods/series/mask.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/series/mask_simd.cpp"
#include <hwy/foreach_target.h>
// foreach_target.h must come before highway.h.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ecocube::series {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// The marks of as many pixels as a vector holds numbers, as numbers of the same width.
template <class D>
HWY_INLINE hn::Vec<D> marks_of(D d, const std::uint8_t* marks) {
  using T = hn::TFromD<D>;
  if constexpr (sizeof(T) == 1) {
    return hn::BitCast(d, hn::LoadU(hn::RebindToUnsigned<D>(), marks));
  } else {
    return hn::BitCast(d, hn::PromoteTo(hn::RebindToUnsigned<D>(), hn::LoadU(hn::Rebind<std::uint8_t, D>(), marks)));
  }
}

template <class T>
void take_out_lanes(T* numbers, const std::uint8_t* marks, std::size_t count, const ValidRange<T>& range) {
  const hn::ScalableTag<T> d;
  const auto lowest = hn::Set(d, range.lowest), highest = hn::Set(d, range.highest),
             missing = hn::Set(d, range.missing), zero = hn::Zero(d);
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto number = hn::LoadU(d, numbers + i);
    // Compares for equality exist at every width and sign.
    const auto inside = hn::And(hn::Eq(hn::Max(number, lowest), number), hn::Eq(hn::Min(number, highest), number));
    const auto good = hn::And(hn::Eq(marks_of(d, marks + i), zero), inside);
    hn::StoreU(hn::IfThenElse(good, number, missing), d, numbers + i);
  }
  take_out_plain(std::span<T>(numbers + i, count - i), std::span<const std::uint8_t>(marks + i, count - i), range);
}

void take_out_u8(std::uint8_t* numbers, const std::uint8_t* marks, std::size_t count,
                 const ValidRange<std::uint8_t>& range) {
  take_out_lanes(numbers, marks, count, range);
}
void take_out_u16(std::uint16_t* numbers, const std::uint8_t* marks, std::size_t count,
                  const ValidRange<std::uint16_t>& range) {
  take_out_lanes(numbers, marks, count, range);
}
void take_out_i16(std::int16_t* numbers, const std::uint8_t* marks, std::size_t count,
                  const ValidRange<std::int16_t>& range) {
  take_out_lanes(numbers, marks, count, range);
}

}  // namespace HWY_NAMESPACE
}  // namespace ecocube::series
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ecocube::series {

HWY_EXPORT(take_out_u8);
HWY_EXPORT(take_out_u16);
HWY_EXPORT(take_out_i16);

template <>
void take_out(std::span<std::uint8_t> numbers, std::span<const std::uint8_t> marks,
              const ValidRange<std::uint8_t>& range) {
  HWY_DYNAMIC_DISPATCH(take_out_u8)(numbers.data(), marks.data(), numbers.size(), range);
}
template <>
void take_out(std::span<std::uint16_t> numbers, std::span<const std::uint8_t> marks,
              const ValidRange<std::uint16_t>& range) {
  HWY_DYNAMIC_DISPATCH(take_out_u16)(numbers.data(), marks.data(), numbers.size(), range);
}
template <>
void take_out(std::span<std::int16_t> numbers, std::span<const std::uint8_t> marks,
              const ValidRange<std::int16_t>& range) {
  HWY_DYNAMIC_DISPATCH(take_out_i16)(numbers.data(), marks.data(), numbers.size(), range);
}
template <>
void take_out(std::span<float> numbers, std::span<const std::uint8_t> marks, const ValidRange<float>& range) {
  take_out_plain(numbers, marks, range);
}

}  // namespace ecocube::series
#endif
