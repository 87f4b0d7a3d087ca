// SPDX-License-Identifier: Apache-2.0
#include <cassert>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include "methods/series/fill_gaps_stored.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/series/fill_linear_simd.cpp"
#include <hwy/foreach_target.h>
// After it, because it is compiled once for every target.
#include <hwy/aligned_allocator.h>
#include <hwy/highway.h>

#include "methods/series/stored_lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ecocube::series {
namespace HWY_NAMESPACE {
namespace {

/// The observations to both sides of a gap; days are infinite where there is none.
struct Neighbours {
  DoubleLanes before, before_day, after, after_day;
};

/// A straight line between them, or the one there is.
struct Line {
  static constexpr std::uint8_t kSource = kLinear;
  static HWY_INLINE DoubleLanes at(DoubleLanes day, const Neighbours& near) {
    const DoubleLanes infinite = hn::Set(Doubles(), std::numeric_limits<double>::infinity());
    const DoubleLanes share = hn::Div(hn::Sub(day, near.before_day), hn::Sub(near.after_day, near.before_day));
    const DoubleLanes between = hn::Add(near.before, hn::Mul(hn::Sub(near.after, near.before), share));
    const DoubleLanes value = hn::IfThenElse(hn::Eq(near.after_day, infinite), near.before, between);
    return hn::IfThenElse(hn::Eq(near.before_day, hn::Neg(infinite)), near.after, value);
  }
};

/// The nearer one, the earlier of two as near.
struct Nearest {
  static constexpr std::uint8_t kSource = kNearestInTime;
  static HWY_INLINE DoubleLanes at(DoubleLanes day, const Neighbours& near) {
    const DoubleMask later = hn::Lt(hn::Sub(near.after_day, day), hn::Sub(day, near.before_day));
    return hn::IfThenElse(later, near.after, near.before);
  }
};

template <class Rule, class T>
class BetweenFiller {
 public:
  BetweenFiller(const Stack<T>& stack, const TimeAxis& axis, const Planes<T>& values,
                const Planes<std::uint8_t>& source)
      : stack_(stack),
        axis_(axis),
        values_(values),
        source_(source),
        next_(hwy::AllocateAligned<double>(2 * std::max<std::size_t>(1, stack.times) * kMostDoubles)) {}

  /// Fills `count` pixels, a vector at most.
  std::size_t fill(std::size_t pixel, std::size_t count) {
    look_ahead(pixel, count);
    const Doubles d;
    const double infinity = std::numeric_limits<double>::infinity();
    const DoubleLanes missing = hn::Set(d, static_cast<double>(stack_.no_data));
    Neighbours near{hn::Zero(d), hn::Set(d, -infinity), hn::Zero(d), hn::Zero(d)};
    std::size_t filled = 0;
    for (std::size_t time = 0; time < stack_.times; ++time) {
      const DoubleLanes value = load_doubles(stack_.plane(time) + pixel, count, stack_.no_data),
                        day = hn::Set(d, static_cast<double>(axis_.days[time]));
      const DoubleMask known = known_lanes(value, stack_.no_data);
      near.after = hn::Load(d, next(time));
      near.after_day = hn::Load(d, next(time) + kMostDoubles);
      const DoubleMask seen =
          hn::Or(hn::Gt(near.before_day, hn::Set(d, -infinity)), hn::Lt(near.after_day, hn::Set(d, infinity)));
      const DoubleMask told = hn::AndNot(known, seen);
      const DoubleLanes fill = hn::IfThenElse(seen, rounded_lanes<T>(Rule::at(day, near), stack_.no_data), missing);
      store_doubles(hn::IfThenElse(known, value, fill), values_.plane(time) + pixel, count);
      const DoubleLanes code = hn::IfThenElse(told, hn::Set(d, Rule::kSource), hn::Set(d, kEmpty));
      store_doubles(hn::IfThenElse(known, hn::Set(d, kObserved), code), source_.plane(time) + pixel, count);
      near.before = hn::IfThenElse(known, value, near.before);
      near.before_day = hn::IfThenElse(known, day, near.before_day);
      filled += hn::CountTrue(d, hn::And(told, hn::FirstN(d, count)));
    }
    return filled;
  }

 private:
  /// The next observation from `time` on, and behind it its day.
  double* next(std::size_t time) const { return next_.get() + 2 * time * kMostDoubles; }

  HWY_INLINE void look_ahead(std::size_t pixel, std::size_t count) {
    const Doubles d;
    DoubleLanes after = hn::Zero(d), after_day = hn::Set(d, std::numeric_limits<double>::infinity());
    for (std::size_t time = stack_.times; time-- > 0;) {
      const DoubleLanes value = load_doubles(stack_.plane(time) + pixel, count, stack_.no_data);
      const DoubleMask known = known_lanes(value, stack_.no_data);
      after = hn::IfThenElse(known, value, after);
      after_day = hn::IfThenElse(known, hn::Set(d, static_cast<double>(axis_.days[time])), after_day);
      hn::Store(after, d, next(time));
      hn::Store(after_day, d, next(time) + kMostDoubles);
    }
  }

  const Stack<T> stack_;
  const TimeAxis& axis_;
  const Planes<T> values_;
  const Planes<std::uint8_t> source_;
  const hwy::AlignedFreeUniquePtr<double[]> next_;
};

template <class Rule, class T>
std::size_t fill_range(const Stack<T>& stack, PixelRange range, const TimeAxis& axis, const Planes<T>& values,
                       const Planes<std::uint8_t>& source) {
  BetweenFiller<Rule, T> filler(stack, axis, values, source);
  const std::size_t lanes = hn::Lanes(Doubles());
  std::size_t filled = 0;
  for (std::size_t pixel = range.begin; pixel < range.end; pixel += lanes)
    filled += filler.fill(pixel, std::min(lanes, range.end - pixel));
  return filled;
}

#define ECOCUBE_FILL(name, Rule, T)                                                                        \
  std::size_t name(const Stack<T>& stack, PixelRange range, const TimeAxis& axis, const Planes<T>& values, \
                   const Planes<std::uint8_t>& source) {                                                   \
    return fill_range<Rule>(stack, range, axis, values, source);                                           \
  }
ECOCUBE_FILL(linear_uint8, Line, std::uint8_t)
ECOCUBE_FILL(linear_uint16, Line, std::uint16_t)
ECOCUBE_FILL(linear_int16, Line, std::int16_t)
ECOCUBE_FILL(linear_float, Line, float)
ECOCUBE_FILL(nearest_uint8, Nearest, std::uint8_t)
ECOCUBE_FILL(nearest_uint16, Nearest, std::uint16_t)
ECOCUBE_FILL(nearest_int16, Nearest, std::int16_t)
ECOCUBE_FILL(nearest_float, Nearest, float)
#undef ECOCUBE_FILL

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace ecocube::series
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ecocube::series {
namespace {

HWY_EXPORT(linear_uint8);
HWY_EXPORT(linear_uint16);
HWY_EXPORT(linear_int16);
HWY_EXPORT(linear_float);
HWY_EXPORT(nearest_uint8);
HWY_EXPORT(nearest_uint16);
HWY_EXPORT(nearest_int16);
HWY_EXPORT(nearest_float);

}  // namespace

template <class T>
std::size_t fill_linear(const Stack<T>& stack, PixelRange range, const TimeAxis& axis, const Planes<T>& values,
                        const Planes<std::uint8_t>& source) {
  assert(axis.days.size() == stack.times && range.end <= stack.pixels && values.count == stack.times);
  if constexpr (std::is_same_v<T, std::uint8_t>)
    return HWY_DYNAMIC_DISPATCH(linear_uint8)(stack, range, axis, values, source);
  if constexpr (std::is_same_v<T, std::uint16_t>)
    return HWY_DYNAMIC_DISPATCH(linear_uint16)(stack, range, axis, values, source);
  if constexpr (std::is_same_v<T, std::int16_t>)
    return HWY_DYNAMIC_DISPATCH(linear_int16)(stack, range, axis, values, source);
  if constexpr (std::is_same_v<T, float>) return HWY_DYNAMIC_DISPATCH(linear_float)(stack, range, axis, values, source);
}

template <class T>
std::size_t fill_nearest_in_time(const Stack<T>& stack, PixelRange range, const TimeAxis& axis, const Planes<T>& values,
                                 const Planes<std::uint8_t>& source) {
  assert(axis.days.size() == stack.times && range.end <= stack.pixels && values.count == stack.times);
  if constexpr (std::is_same_v<T, std::uint8_t>)
    return HWY_DYNAMIC_DISPATCH(nearest_uint8)(stack, range, axis, values, source);
  if constexpr (std::is_same_v<T, std::uint16_t>)
    return HWY_DYNAMIC_DISPATCH(nearest_uint16)(stack, range, axis, values, source);
  if constexpr (std::is_same_v<T, std::int16_t>)
    return HWY_DYNAMIC_DISPATCH(nearest_int16)(stack, range, axis, values, source);
  if constexpr (std::is_same_v<T, float>)
    return HWY_DYNAMIC_DISPATCH(nearest_float)(stack, range, axis, values, source);
}

#define ECOCUBE_FILLERS(T)                                                                                  \
  template std::size_t fill_linear(const Stack<T>&, PixelRange, const TimeAxis&, const Planes<T>&,          \
                                   const Planes<std::uint8_t>&);                                            \
  template std::size_t fill_nearest_in_time(const Stack<T>&, PixelRange, const TimeAxis&, const Planes<T>&, \
                                            const Planes<std::uint8_t>&);
ECOCUBE_FILLERS(std::uint8_t)
ECOCUBE_FILLERS(std::uint16_t)
ECOCUBE_FILLERS(std::int16_t)
ECOCUBE_FILLERS(float)
#undef ECOCUBE_FILLERS

}  // namespace ecocube::series
#endif
