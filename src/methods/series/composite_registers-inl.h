// SPDX-License-Identifier: Apache-2.0
// Included once per instruction set: short series are sorted in registers, and what their quarters need is picked by
// the number of valid values.
//
#if defined(ECOCUBE_COMPOSITE_REGISTERS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ECOCUBE_COMPOSITE_REGISTERS_INL_H
#undef ECOCUBE_COMPOSITE_REGISTERS_INL_H
#else
#define ECOCUBE_COMPOSITE_REGISTERS_INL_H
#endif

#include <limits>
#include <utility>

#include <hwy/highway.h>
#include "methods/series/composite_lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ecocube::series {
namespace HWY_NAMESPACE {
namespace {

#if HWY_TARGET != HWY_SCALAR
template <class T, std::size_t size, std::size_t step>
HWY_INLINE void exchange(Vector<T>* values) {
  constexpr Exchange places = network_of_up_to<size>()[step];
  if constexpr (places.high < size) {
    const auto low = hn::Min(values[places.low], values[places.high]);
    values[places.high] = hn::Max(values[places.low], values[places.high]);
    values[places.low] = low;
  }
}

template <class T, std::size_t size, std::size_t... steps>
HWY_INLINE void sort_registers(Vector<T>* values, std::index_sequence<steps...>) {
  (exchange<T, size, steps>(values), ...);
}

template <class T, std::size_t time>
HWY_INLINE void load_date(const Block<T>& block, std::size_t at, Vector<T> no_data, Vector<T>* values,
                          Vector<T>& missing) {
  const Lanes<T> d;
  const auto number = load_ordered(block.first + time * block.stride + at);
  const auto gap = hn::Eq(number, no_data);
  values[time] = hn::IfThenElse(gap, hn::Set(d, hwy::LimitsMax<Ordered<T>>()), number);
  missing = hn::Sub(missing, hn::VecFromMask(d, gap));
}

template <class T, std::size_t... times>
HWY_INLINE Vector<T> load_dates(const Block<T>& block, std::size_t at, Vector<T> no_data, Vector<T>* values,
                                std::index_sequence<times...>) {
  const Lanes<T> d;
  auto missing = hn::Zero(d);
  (load_date<T, times>(block, at, no_data, values, missing), ...);
  return hn::Sub(hn::Set(d, static_cast<Ordered<T>>(sizeof...(times))), missing);
}

/// The values around a quarter and how many fourths of the way it lies between them.
template <class T>
struct Around {
  Vector<T> below, above;
};

template <class T, int quarter, std::size_t size, std::size_t count>
HWY_INLINE void pick(const Vector<T>* values, Vector<T> counts, Around<T>& around) {
  constexpr std::size_t place = (count - 1) * quarter / 4;
  if constexpr (count >= 2 && place != (count - 2) * quarter / 4) {
    const Lanes<T> d;
    const hn::RebindToSigned<Lanes<T>> d_signed;  // a count is small, and signed numbers compare in one instruction
    const auto at_least = hn::RebindMask(d, hn::Gt(hn::BitCast(d_signed, counts), hn::Set(d_signed, count - 1)));
    around.below = hn::IfThenElse(at_least, values[place], around.below);
    if constexpr (quarter % 4 != 0) {
      around.above = hn::IfThenElse(at_least, values[place + 1 < size ? place + 1 : place], around.above);
    }
  }
}

/// Where the quarter falls on a value, `above` is of no account.
template <class T, int quarter, std::size_t size, std::size_t... counts>
HWY_INLINE Around<T> pick_quarter(const Vector<T>* values, Vector<T> counts_of_pixels, std::index_sequence<counts...>) {
  Around<T> around{values[0], values[size > 1 ? 1 : 0]};
  (pick<T, quarter, size, counts + 1>(values, counts_of_pixels, around), ...);
  return around;
}

/// (count - 1) × quarter mod 4
template <class T, int quarter>
HWY_INLINE Vector<T> fourths(Vector<T> counts) {
  const Lanes<T> d;
  const auto one = hn::Set(d, 1), steps = hn::Sub(counts, one);
  if constexpr (quarter == 1) return hn::And(steps, hn::Set(d, 3));
  if constexpr (quarter == 2) return hn::Add(hn::And(steps, one), hn::And(steps, one));
  if constexpr (quarter == 3) return hn::And(hn::Sub(one, counts), hn::Set(d, 3));
  return hn::Zero(d);
}

/// (4 × below + (above - below) × fourths + 2) / 4 rounded down, by averages that need no wider numbers: the average of
/// `below` and the average rounded down is (3 × below + above + 2) / 4, since an odd sum is never divisible by 4.
template <class T, int quarter>
HWY_INLINE Vector<T> rounded_quarter(const Around<T>& around, Vector<T> counts) {
  if constexpr (quarter % 4 == 0) return around.below;
  const Lanes<T> d;
  const auto one = hn::Set(d, 1), share = fourths<T, quarter>(counts);
  const auto middle = hn::AverageRound(around.below, around.above);
  const auto half = hn::Eq(share, hn::Set(d, 2));
  if constexpr (quarter == 2) return hn::IfThenElse(half, middle, around.below);
  const auto odd = hn::Eq(hn::And(share, one), one);
  const auto middle_down = hn::Sub(middle, hn::And(hn::Xor(around.below, around.above), one));
  auto near = hn::IfThenElse(half, middle, around.below);
  near = hn::IfThenElse(hn::Eq(share, hn::Set(d, 3)), around.above, near);
  return hn::AverageRound(near, hn::IfThenElse(odd, middle_down, near));
}

/// Writes a plane of the stack's own type without leaving its integers.
template <class T>
HWY_INLINE void write_direct(Vector<T> ordered, Vector<T> counts, const CompositePlane& plane, std::size_t at) {
  const Lanes<T> d;
  const auto missing = hn::Set(d, static_cast<Ordered<T>>(static_cast<T>(plane.has_no_data ? plane.no_data : 0)));
  auto number = hn::Xor(ordered, hn::Set(d, kFlip<T>));
  if (plane.has_no_data) {
    const bool lowest = plane.no_data == static_cast<double>(std::numeric_limits<T>::lowest());
    const auto beside = hn::Add(missing, hn::Set(d, static_cast<Ordered<T>>(lowest ? 1 : -1)));
    number = hn::IfThenElse(hn::Eq(number, missing), beside, number);
  }
  number = hn::IfThenElse(hn::Eq(counts, hn::Zero(d)), missing, number);
  hn::StoreU(number, d, reinterpret_cast<Ordered<T>*>(*std::get_if<T*>(&plane.numbers) + at));
}

/// Numbers of one vector as 32-bit integers, of ordered ones.
template <class T>
HWY_INLINE void store_wide(Vector<T> ordered, std::int32_t* wide) {
  const Lanes<T> d;
  HWY_ALIGN Ordered<T> narrow[hn::MaxLanes(d)];
  hn::Store(ordered, d, narrow);
  const hn::CappedTag<std::int32_t, hn::MaxLanes(d)> d_wide;
  const hn::Rebind<Ordered<T>, decltype(d_wide)> d_narrow;
  for (std::size_t lane = 0; lane < hn::Lanes(d); lane += hn::Lanes(d_wide)) {
    hn::Store(hn::PromoteTo(d_wide, hn::Load(d_narrow, narrow + lane)), d_wide, wide + lane);
  }
}

/// Writes a plane of another type or encoding by way of doubles, in which a fourth is exact.
template <class T, int quarter>
HWY_NOINLINE void write_recoded(const Around<T>& around, Vector<T> counts, const CompositePlane& plane,
                                std::size_t at) {
  const Doubles d;
  const hn::Rebind<std::int32_t, Doubles> d_integer;
  constexpr std::size_t lanes = hn::MaxLanes(Lanes<T>());
  HWY_ALIGN std::int32_t below[lanes], above[lanes], share[lanes], valid[lanes];
  HWY_ALIGN double figures[lanes];
  store_wide<T>(around.below, below), store_wide<T>(around.above, above);
  store_wide<T>(fourths<T, quarter>(counts), share), store_wide<T>(counts, valid);
  for (std::size_t lane = 0; lane < lanes; lane += hn::Lanes(d)) {
    const auto low = hn::Load(d_integer, below + lane);
    const auto step = hn::Mul(hn::Sub(hn::Load(d_integer, above + lane), low), hn::Load(d_integer, share + lane));
    const auto fourfold = hn::Add(hn::ShiftLeft<2>(hn::Sub(low, hn::Set(d_integer, kFlip<T>))), step);
    const auto seen = hn::Gt(hn::PromoteTo(d, hn::Load(d_integer, valid + lane)), hn::Zero(d));
    const auto figure = hn::Mul(hn::PromoteTo(d, fourfold), hn::Set(d, 0.25));
    hn::Store(hn::IfThenElse(seen, figure, hn::NaN(d)), d, figures + lane);
  }
  write_figures<lanes>(figures, plane, at);
}

template <class T, int quarter>
HWY_INLINE void write_quarter(const Around<T>& around, Vector<T> counts, const PlannedPlane& planned, std::size_t at) {
  if (planned.direct) {
    write_direct<T>(rounded_quarter<T, quarter>(around, counts), counts, planned.plane, at);
  } else {
    write_recoded<T, quarter>(around, counts, planned.plane, at);
  }
}

template <class T>
HWY_NOINLINE void write_count(Vector<T> counts, const PlannedPlane& planned, std::size_t at) {
  const Doubles d;
  const hn::Rebind<std::int32_t, Doubles> d_integer;
  constexpr std::size_t lanes = hn::MaxLanes(Lanes<T>());
  HWY_ALIGN std::int32_t valid[lanes];
  HWY_ALIGN double figures[lanes];
  store_wide<T>(counts, valid);
  for (std::size_t lane = 0; lane < lanes; lane += hn::Lanes(d)) {
    hn::Store(hn::PromoteTo(d, hn::Load(d_integer, valid + lane)), d, figures + lane);
  }
  write_figures<lanes>(figures, planned.plane, at);
}

template <class T, std::size_t size, int quarter>
HWY_INLINE void pick_and_write(const Vector<T>* values, Vector<T> counts, const PlannedPlane& planned, std::size_t at) {
  const auto around = pick_quarter<T, quarter, size>(values, counts, std::make_index_sequence<size>());
  write_quarter<T, quarter>(around, counts, planned, at);
}

/// All planes of StackPlan::in_registers for one block of a series of `size` dates.
template <class T, std::size_t size>
void in_registers(const Block<T>& block, const PlannedPlane* planes, std::size_t number, std::size_t first) {
  const Lanes<T> d;
  const auto no_data = ordered_no_data(block);
  for (std::size_t lane = 0; lane < kPixels<T>; lane += hn::Lanes(d)) {
    Vector<T> values[size];
    const auto counts = load_dates<T>(block, first + lane, no_data, values, std::make_index_sequence<size>());
    sort_registers<T, size>(values, std::make_index_sequence<network_of_up_to<size>().size()>());
    for (std::size_t plane = 0; plane < number; ++plane) {
      switch (planes[plane].quarter) {
        case 0:
          pick_and_write<T, size, 0>(values, counts, planes[plane], first + lane);
          break;
        case 1:
          pick_and_write<T, size, 1>(values, counts, planes[plane], first + lane);
          break;
        case 2:
          pick_and_write<T, size, 2>(values, counts, planes[plane], first + lane);
          break;
        case 3:
          pick_and_write<T, size, 3>(values, counts, planes[plane], first + lane);
          break;
        case 4:
          pick_and_write<T, size, 4>(values, counts, planes[plane], first + lane);
          break;
        default:
          write_count<T>(counts, planes[plane], first + lane);
      }
    }
  }
}

template <class T>
using InRegisters = void (*)(const Block<T>&, const PlannedPlane*, std::size_t, std::size_t);

template <class T, std::size_t... sizes>
InRegisters<T> in_registers_of(std::size_t times, std::index_sequence<sizes...>) {
  static constexpr InRegisters<T> functions[] = {in_registers<T, sizes + 1>...};
  return functions[times - 1];
}
#endif

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace ecocube::series
HWY_AFTER_NAMESPACE();

#endif
