// SPDX-License-Identifier: Apache-2.0
// Included once per instruction set: the lanes that composites work on, and how their figures are written.
//
#if defined(ECOCUBE_COMPOSITE_LANES_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ECOCUBE_COMPOSITE_LANES_INL_H
#undef ECOCUBE_COMPOSITE_LANES_INL_H
#else
#define ECOCUBE_COMPOSITE_LANES_INL_H
#endif

#include <cstdint>
#include <limits>
#include <type_traits>

#include <hwy/highway.h>
#include "methods/series/composite_stack_simd.h"

HWY_BEFORE_NAMESPACE();
namespace ecocube::series {
namespace HWY_NAMESPACE {
namespace {

#if HWY_TARGET != HWY_SCALAR
namespace hn = hwy::HWY_NAMESPACE;
using Doubles = hn::CappedTag<double, 8>;
using Kind = Statistic::Kind;

/// Numbers are sorted as unsigned ones of the same size; signed ones with the sign bit flipped.
template <class T>
using Ordered = std::make_unsigned_t<T>;
template <class T>
constexpr Ordered<T> kFlip = std::is_signed_v<T> ? static_cast<Ordered<T>>(1U << (8 * sizeof(T) - 1)) : 0;
template <class T>
constexpr std::size_t kPixels = kBlockBytes / sizeof(T);
template <class T>
using Lanes = hn::CappedTag<Ordered<T>, kPixels<T>>;
template <class T>
using Vector = hn::VFromD<Lanes<T>>;

/// The same pixels of every date.
template <class T>
struct Block {
  const T* first;
  std::size_t stride;
  std::size_t times;
  T no_data;
};

template <class T>
HWY_INLINE Vector<T> load_ordered(const T* from) {
  const Lanes<T> d;
  const auto stored = hn::LoadU(d, reinterpret_cast<const Ordered<T>*>(from));
  if constexpr (std::is_signed_v<T>) return hn::Xor(stored, hn::Set(d, kFlip<T>));
  return stored;
}

template <class T>
HWY_INLINE Vector<T> ordered_no_data(const Block<T>& block) {
  return hn::Set(Lanes<T>(), static_cast<Ordered<T>>(static_cast<Ordered<T>>(block.no_data) ^ kFlip<T>));
}

/// Recoded, rounded and moved off the number for missing, as the plain version does.
HWY_INLINE hn::VFromD<Doubles> written(hn::VFromD<Doubles> figure, const CompositePlane& plane, double low,
                                       double high) {
  const Doubles d;
  const auto known = hn::Eq(figure, figure);
  auto recoded =
      hn::Add(hn::Div(hn::Mul(figure, hn::Set(d, plane.recoding.multiply)), hn::Set(d, plane.recoding.divide)),
              hn::Set(d, plane.recoding.add));
  const auto missing = hn::Set(d, plane.has_no_data ? plane.no_data : 0);
  if (low == high) return hn::IfThenElse(known, recoded, missing);
  recoded = hn::Floor(hn::Add(recoded, hn::Set(d, 0.5)));
  recoded = hn::Min(hn::Max(recoded, hn::Set(d, low)), hn::Set(d, high));
  if (plane.has_no_data) {
    const double beside = plane.no_data > low ? plane.no_data - 1 : plane.no_data + 1;
    recoded = hn::IfThenElse(hn::Eq(recoded, missing), hn::Set(d, beside), recoded);
  }
  return hn::IfThenElse(known, recoded, missing);
}

template <std::size_t pixels, class Number>
HWY_INLINE void write_integers(const double* figures, const CompositePlane& plane, Number* numbers) {
  const Doubles d;
  const hn::Rebind<std::int32_t, Doubles> d_integer;
  HWY_ALIGN std::int32_t rounded[pixels];
  constexpr double low = std::numeric_limits<Number>::lowest(), high = std::numeric_limits<Number>::max();
  for (std::size_t at = 0; at < pixels; at += hn::Lanes(d)) {
    hn::Store(hn::DemoteTo(d_integer, written(hn::Load(d, figures + at), plane, low, high)), d_integer, rounded + at);
  }
  const hn::CappedTag<std::int32_t, pixels> d_rounded;
  const hn::Rebind<Number, decltype(d_rounded)> d_number;
  for (std::size_t at = 0; at < pixels; at += hn::Lanes(d_rounded)) {
    hn::StoreU(hn::DemoteTo(d_number, hn::Load(d_rounded, rounded + at)), d_number, numbers + at);
  }
}

template <std::size_t pixels>
HWY_INLINE void write_floats(const double* figures, const CompositePlane& plane, float* numbers) {
  const Doubles d;
  const hn::Rebind<float, Doubles> d_single;
  for (std::size_t at = 0; at < pixels; at += hn::Lanes(d)) {
    hn::StoreU(hn::DemoteTo(d_single, written(hn::Load(d, figures + at), plane, 0, 0)), d_single, numbers + at);
  }
}

/// figures  NaN where there is none, aligned, shape [pixel]
template <std::size_t pixels>
void write_figures(const double* figures, const CompositePlane& plane, std::size_t first) {
  if (const auto* bytes = std::get_if<std::uint8_t*>(&plane.numbers)) {
    write_integers<pixels>(figures, plane, *bytes + first);
  } else if (const auto* words = std::get_if<std::uint16_t*>(&plane.numbers)) {
    write_integers<pixels>(figures, plane, *words + first);
  } else if (const auto* signed_words = std::get_if<std::int16_t*>(&plane.numbers)) {
    write_integers<pixels>(figures, plane, *signed_words + first);
  } else {
    write_floats<pixels>(figures, plane, *std::get_if<float*>(&plane.numbers) + first);
  }
}
#endif

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace ecocube::series
HWY_AFTER_NAMESPACE();

#endif
