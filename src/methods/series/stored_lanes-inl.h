// SPDX-License-Identifier: Apache-2.0
// Included once per instruction set: numbers of a stack as lanes of doubles, and back as layers are rounded.
//
#if defined(ECOCUBE_STORED_LANES_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ECOCUBE_STORED_LANES_INL_H
#undef ECOCUBE_STORED_LANES_INL_H
#else
#define ECOCUBE_STORED_LANES_INL_H
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ecocube::series {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Doubles = hn::ScalableTag<double>;
using DoubleLanes = hn::Vec<Doubles>;
using DoubleMask = hn::Mask<Doubles>;

/// Most lanes that a vector of doubles has.
constexpr std::size_t kMostDoubles = HWY_MAX_BYTES / sizeof(double);

/// A whole vector.
template <class T>
HWY_INLINE DoubleLanes load_doubles(const T* from) {
  const Doubles d;
  if constexpr (std::is_same_v<T, double>) {
    return hn::LoadU(d, from);
  } else if constexpr (std::is_same_v<T, float>) {
    return hn::PromoteTo(d, hn::LoadU(hn::Rebind<float, Doubles>(), from));
  } else {
    return hn::PromoteTo(d,
                         hn::PromoteTo(hn::Rebind<std::int32_t, Doubles>(), hn::LoadU(hn::Rebind<T, Doubles>(), from)));
  }
}

/// The first `count` numbers; the other lanes are `other`.
template <class T>
HWY_INLINE DoubleLanes load_doubles(const T* from, std::size_t count, T other) {
  if (HWY_LIKELY(count >= hn::Lanes(Doubles()))) return load_doubles(from);
  T some[kMostDoubles];
  std::fill_n(some, kMostDoubles, other);
  std::copy_n(from, count, some);
  return load_doubles(some);
}

/// Neither the number for missing values nor NaN.
template <class T>
HWY_INLINE DoubleMask known_lanes(DoubleLanes value, T no_data) {
  const DoubleMask missing = hn::Eq(value, hn::Set(Doubles(), static_cast<double>(no_data)));
  if constexpr (!std::is_floating_point_v<T>) return hn::Not(missing);
  return hn::AndNot(missing, hn::Eq(value, value));
}

/// Writes the first `count` lanes as they are; whole numbers must be within T.
template <class T>
HWY_INLINE void store_doubles(DoubleLanes value, T* to, std::size_t count) {
  const hn::Rebind<T, Doubles> d_stored;
  const auto stored = [&]() HWY_ATTR {
    if constexpr (std::is_same_v<T, float>) {
      return hn::DemoteTo(d_stored, value);
    } else {
      return hn::DemoteTo(d_stored, hn::DemoteTo(hn::Rebind<std::int32_t, Doubles>(), value));
    }
  }();
  if (HWY_LIKELY(count >= hn::Lanes(Doubles()))) {
    hn::StoreU(stored, d_stored, to);
  } else {
    T some[kMostDoubles];
    hn::StoreU(stored, d_stored, some);
    std::copy_n(some, count, to);
  }
}

/// What a filler tells in single precision, as it is stored: whole numbers rounded half up, kept within T, one step
/// aside from the number for missing values.
template <class T>
HWY_INLINE DoubleLanes rounded_lanes(DoubleLanes value, T no_data) {
  const Doubles d;
  const DoubleLanes single = hn::PromoteTo(d, hn::DemoteTo(hn::Rebind<float, Doubles>(), value));
  if constexpr (std::is_floating_point_v<T>) {
    return single;
  } else {
    const auto low = static_cast<double>(std::numeric_limits<T>::min()),
               high = static_cast<double>(std::numeric_limits<T>::max()), missing = static_cast<double>(no_data);
    DoubleLanes whole = hn::Floor(hn::Add(single, hn::Set(d, 0.5)));
    whole = hn::Min(hn::Max(whole, hn::Set(d, low)), hn::Set(d, high));
    const DoubleLanes aside = hn::Set(d, missing > low ? missing - 1 : missing + 1);
    return hn::IfThenElse(hn::Eq(whole, hn::Set(d, missing)), aside, whole);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace ecocube::series
HWY_AFTER_NAMESPACE();

#endif
