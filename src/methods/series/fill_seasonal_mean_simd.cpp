// SPDX-License-Identifier: Apache-2.0
#include <cassert>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "methods/series/fill_gaps_stored.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/series/fill_seasonal_mean_simd.cpp"
#include <hwy/foreach_target.h>
// After it, because it is compiled once for every target.
#include <hwy/highway.h>

#include "methods/series/stored_lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ecocube::series {
namespace HWY_NAMESPACE {
namespace {

/// Fills the layers of one slot for `count` pixels, a vector at most.
///
/// times   of the slot, oldest first
template <class T>
std::size_t fill_slot(const Stack<T>& stack, const std::vector<std::size_t>& times, std::size_t pixel,
                      std::size_t count, const Planes<T>& values, const Planes<std::uint8_t>& source) {
  const Doubles d;
  DoubleLanes sum = hn::Zero(d), seen = hn::Zero(d);
  for (const std::size_t time : times) {
    const DoubleLanes value = load_doubles(stack.plane(time) + pixel, count, stack.no_data);
    const DoubleMask known = known_lanes(value, stack.no_data);
    sum = hn::Add(sum, hn::IfThenElseZero(known, value));
    seen = hn::Add(seen, hn::IfThenElseZero(known, hn::Set(d, 1.0)));
  }
  const DoubleMask ever = hn::Gt(seen, hn::Zero(d));
  const DoubleLanes mean = hn::IfThenElse(ever, rounded_lanes<T>(hn::Div(sum, seen), stack.no_data),
                                          hn::Set(d, static_cast<double>(stack.no_data)));
  const DoubleLanes code = hn::IfThenElse(ever, hn::Set(d, kSeasonalMean), hn::Set(d, kEmpty));
  const DoubleMask wanted = hn::And(ever, hn::FirstN(d, count));
  std::size_t filled = 0;
  for (const std::size_t time : times) {
    const DoubleLanes value = load_doubles(stack.plane(time) + pixel, count, stack.no_data);
    const DoubleMask known = known_lanes(value, stack.no_data);
    store_doubles(hn::IfThenElse(known, value, mean), values.plane(time) + pixel, count);
    store_doubles(hn::IfThenElse(known, hn::Set(d, kObserved), code), source.plane(time) + pixel, count);
    filled += hn::CountTrue(d, hn::AndNot(known, wanted));
  }
  return filled;
}

template <class T>
std::size_t fill_range(const Stack<T>& stack, PixelRange range, const TimeAxis& axis, const Planes<T>& values,
                       const Planes<std::uint8_t>& source) {
  std::vector<std::vector<std::size_t>> times_of_slot(static_cast<std::size_t>(axis.slots));
  for (std::size_t time = 0; time < stack.times; ++time)
    times_of_slot[static_cast<std::size_t>(axis.slot[time])].push_back(time);
  const std::size_t lanes = hn::Lanes(Doubles());
  std::size_t filled = 0;
  for (std::size_t pixel = range.begin; pixel < range.end; pixel += lanes) {
    for (const auto& times : times_of_slot)
      filled += fill_slot(stack, times, pixel, std::min(lanes, range.end - pixel), values, source);
  }
  return filled;
}

#define ECOCUBE_FILL(name, T)                                                                              \
  std::size_t name(const Stack<T>& stack, PixelRange range, const TimeAxis& axis, const Planes<T>& values, \
                   const Planes<std::uint8_t>& source) {                                                   \
    return fill_range(stack, range, axis, values, source);                                                 \
  }
ECOCUBE_FILL(fill_uint8, std::uint8_t)
ECOCUBE_FILL(fill_uint16, std::uint16_t)
ECOCUBE_FILL(fill_int16, std::int16_t)
ECOCUBE_FILL(fill_float, float)
#undef ECOCUBE_FILL

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace ecocube::series
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ecocube::series {
namespace {

HWY_EXPORT(fill_uint8);
HWY_EXPORT(fill_uint16);
HWY_EXPORT(fill_int16);
HWY_EXPORT(fill_float);

}  // namespace

template <class T>
std::size_t fill_seasonal_mean(const Stack<T>& stack, PixelRange range, const TimeAxis& axis, const Planes<T>& values,
                               const Planes<std::uint8_t>& source) {
  assert(axis.slot.size() == stack.times && range.end <= stack.pixels && values.count == stack.times);
  if constexpr (std::is_same_v<T, std::uint8_t>)
    return HWY_DYNAMIC_DISPATCH(fill_uint8)(stack, range, axis, values, source);
  if constexpr (std::is_same_v<T, std::uint16_t>)
    return HWY_DYNAMIC_DISPATCH(fill_uint16)(stack, range, axis, values, source);
  if constexpr (std::is_same_v<T, std::int16_t>)
    return HWY_DYNAMIC_DISPATCH(fill_int16)(stack, range, axis, values, source);
  if constexpr (std::is_same_v<T, float>) return HWY_DYNAMIC_DISPATCH(fill_float)(stack, range, axis, values, source);
}

template std::size_t fill_seasonal_mean(const Stack<std::uint8_t>&, PixelRange, const TimeAxis&,
                                        const Planes<std::uint8_t>&, const Planes<std::uint8_t>&);
template std::size_t fill_seasonal_mean(const Stack<std::uint16_t>&, PixelRange, const TimeAxis&,
                                        const Planes<std::uint16_t>&, const Planes<std::uint8_t>&);
template std::size_t fill_seasonal_mean(const Stack<std::int16_t>&, PixelRange, const TimeAxis&,
                                        const Planes<std::int16_t>&, const Planes<std::uint8_t>&);
template std::size_t fill_seasonal_mean(const Stack<float>&, PixelRange, const TimeAxis&, const Planes<float>&,
                                        const Planes<std::uint8_t>&);

}  // namespace ecocube::series
#endif
