// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cassert>
#include <limits>

#include "methods/series/trend_lanes.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/series/trend_simd.cpp"
#include <hwy/foreach_target.h>
// After it, because it is compiled once for every target.
#include <hwy/cache_control.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ecocube::series::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Bytes = hn::ScalableTag<std::uint8_t>;
using Shorts = hn::ScalableTag<std::int16_t>;
using Integers = hn::ScalableTag<std::int32_t>;
using Doubles = hn::ScalableTag<double>;

#if HWY_TARGET != HWY_SCALAR
/// Byte series: the bytes of two dates are interleaved and widened, so that one instruction multiplies both by their
/// days and adds them, in 32 bits. Sums move into doubles before they can overflow; all of them are exact.
class ByteSums {
 public:
  ByteSums(const Stack<std::uint8_t>& stack, const TrendAxis& axis) : stack_(stack), axis_(axis) {}

  /// Sums of the places begin..end-1 for the kLanes pixels from `pixel` on.
  void sum(std::size_t pixel, std::size_t begin, std::size_t end, SlotSums& sums) const {
    while (begin < end) {
      const std::size_t stop = end_of_chunk(begin, end);
      for (std::size_t lane = 0; lane < kLanes; lane += hn::Lanes(Bytes())) sum_chunk(pixel, lane, begin, stop, sums);
      begin = stop;
    }
  }

 private:
  /// Where to stop so that neither the counts overflow a byte nor the products 32 bits.
  std::size_t end_of_chunk(std::size_t begin, std::size_t end) const {
    constexpr std::size_t kMost = 254;
    double products = 0;
    std::size_t stop = begin;
    while (stop < end && stop - begin < kMost) {
      for (std::size_t place = stop; place < std::min(stop + 2, end); ++place) {
        const double day = std::abs(axis_.day[place]);
        products += day * std::max(day, 255.0);
      }
      if (products > std::numeric_limits<std::int32_t>::max() && stop > begin) break;
      stop = std::min(stop + 2, end);
    }
    return stop;
  }

  template <class V16, class V32>
  static HWY_INLINE V32 pair_sums(V16 left, V16 right) {
    V32 rest = hn::Zero(Integers());
    const V32 sums = hn::ReorderWidenMulAccumulate(Integers(), left, right, hn::Zero(Integers()), rest);
    return hn::RearrangeToOddPlusEven(sums, rest);
  }

  HWY_NOINLINE void sum_chunk(std::size_t pixel, std::size_t lane, std::size_t begin, std::size_t end,
                              SlotSums& sums) const;

  const Stack<std::uint8_t>& stack_;
  const TrendAxis& axis_;
};

/// Adds 32-bit sums to doubles. The four vectors hold the pixels of each 16-byte block in turn, four a vector.
template <class V>
HWY_INLINE void add_quarters(V first, V second, V third, V fourth, std::size_t lane, Lane& sums) {
  alignas(64) std::int32_t quarter[4][HWY_MAX_BYTES / sizeof(std::int32_t)];
  const Integers d;
  hn::Store(first, d, quarter[0]);
  hn::Store(second, d, quarter[1]);
  hn::Store(third, d, quarter[2]);
  hn::Store(fourth, d, quarter[3]);
  double* to = sums.data() + lane;
  for (std::size_t block = 0; block < hn::Lanes(d); block += 4) {
    for (const auto& from : quarter) {
      for (std::size_t one = 0; one < 4; ++one) *to++ += from[block + one];
    }
  }
}

HWY_NOINLINE void ByteSums::sum_chunk(std::size_t pixel, std::size_t lane, std::size_t begin, std::size_t end,
                                      SlotSums& sums) const {
  const Bytes d8;
  const Shorts d16;
  const Integers d32;
  using V8 = hn::Vec<Bytes>;
  using V16 = hn::Vec<Shorts>;
  using V32 = hn::Vec<Integers>;
  const V8 no_data = hn::Set(d8, stack_.no_data), none = hn::Zero(d8);
  const V16 one = hn::Set(d16, std::int16_t{1});
  V8 n = none;
  V32 x0 = hn::Zero(d32), x1 = x0, x2 = x0, x3 = x0, xx0 = x0, xx1 = x0, xx2 = x0, xx3 = x0;
  V32 y0 = x0, y1 = x0, y2 = x0, y3 = x0, xy0 = x0, xy1 = x0, xy2 = x0, xy3 = x0, yy0 = x0, yy1 = x0, yy2 = x0,
      yy3 = x0;
  for (std::size_t place = begin; place < end; place += 2) {
    const bool pair = place + 1 < end;
    const std::uint8_t* a_plane = stack_.plane(axis_.time[place]) + pixel + lane;
    const std::uint8_t* b_plane = stack_.plane(axis_.time[pair ? place + 1 : place]) + pixel + lane;
    // The next pixels of every plane: no hardware foresees so many streams.
    hwy::Prefetch(a_plane + kLanes);
    hwy::Prefetch(b_plane + kLanes);
    const V8 a = hn::LoadU(d8, a_plane);
    const V8 b = pair ? hn::LoadU(d8, b_plane) : no_data;
    const auto a_valid = hn::Ne(a, no_data), b_valid = hn::Ne(b, no_data);
    const V8 a_mask = hn::VecFromMask(d8, a_valid), b_mask = hn::VecFromMask(d8, b_valid);
    n = hn::Sub(n, a_mask);
    n = hn::Sub(n, b_mask);
    const V8 a_value = hn::And(a, a_mask), b_value = hn::And(b, b_mask);
    const auto a_day = static_cast<std::uint16_t>(axis_.day[place]),
               b_day = static_cast<std::uint16_t>(pair ? axis_.day[place + 1] : 0);
    const V16 day =
        hn::BitCast(d16, hn::Set(d32, static_cast<std::int32_t>(a_day | (static_cast<std::uint32_t>(b_day) << 16))));
    const auto add = [&](V8 values, V8 masks, V32& x, V32& xx, V32& y, V32& xy, V32& yy) HWY_ATTR {
      const V16 value = hn::BitCast(d16, values), masked = hn::And(day, hn::BitCast(d16, masks));
      x = hn::Add(x, pair_sums<V16, V32>(masked, one));
      xx = hn::Add(xx, pair_sums<V16, V32>(masked, masked));
      y = hn::Add(y, pair_sums<V16, V32>(value, one));
      xy = hn::Add(xy, pair_sums<V16, V32>(value, day));
      yy = hn::Add(yy, pair_sums<V16, V32>(value, value));
    };
    const V8 low = hn::InterleaveLower(d8, a_value, b_value), high = hn::InterleaveUpper(d8, a_value, b_value);
    const V8 low_mask = hn::InterleaveLower(d8, a_mask, b_mask), high_mask = hn::InterleaveUpper(d8, a_mask, b_mask);
    add(hn::InterleaveLower(d8, low, none), hn::InterleaveLower(d8, low_mask, low_mask), x0, xx0, y0, xy0, yy0);
    add(hn::InterleaveUpper(d8, low, none), hn::InterleaveUpper(d8, low_mask, low_mask), x1, xx1, y1, xy1, yy1);
    add(hn::InterleaveLower(d8, high, none), hn::InterleaveLower(d8, high_mask, high_mask), x2, xx2, y2, xy2, yy2);
    add(hn::InterleaveUpper(d8, high, none), hn::InterleaveUpper(d8, high_mask, high_mask), x3, xx3, y3, xy3, yy3);
  }
  alignas(64) std::uint8_t counts[HWY_MAX_BYTES];
  hn::Store(n, d8, counts);
  for (std::size_t i = 0; i < hn::Lanes(d8); ++i) sums.n[lane + i] += counts[i];
  add_quarters(x0, x1, x2, x3, lane, sums.x);
  add_quarters(xx0, xx1, xx2, xx3, lane, sums.xx);
  add_quarters(y0, y1, y2, y3, lane, sums.y);
  add_quarters(xy0, xy1, xy2, xy3, lane, sums.xy);
  add_quarters(yy0, yy1, yy2, yy3, lane, sums.yy);
}
#endif

HWY_INLINE hn::Vec<Doubles> load_doubles(const float* from) {
  return hn::PromoteTo(Doubles(), hn::LoadU(hn::Rebind<float, Doubles>(), from));
}
template <class T>
HWY_INLINE hn::Vec<Doubles> load_doubles(const T* from) {
  const hn::Rebind<std::int32_t, Doubles> d32;
  return hn::PromoteTo(Doubles(), hn::PromoteTo(d32, hn::LoadU(hn::Rebind<T, Doubles>(), from)));
}

/// Series of other types, in doubles; those of whole numbers are exact as well.
template <class T>
HWY_NOINLINE void sum_doubles(const Stack<T>& stack, std::size_t pixel, const TrendAxis& axis, std::size_t begin,
                              std::size_t end, const Lane& references, SlotSums& sums) {
  const Doubles d;
  const auto one = hn::Set(d, 1.0), no_data = hn::Set(d, static_cast<double>(stack.no_data));
  for (std::size_t lane = 0; lane < kLanes; lane += hn::Lanes(d)) {
    auto n = hn::Zero(d), x = n, xx = n, y = n, xy = n, yy = n;
    const auto reference = hn::Load(d, references.data() + lane);
    for (std::size_t place = begin; place < end; ++place) {
      const auto stored = load_doubles(stack.plane(axis.time[place]) + pixel + lane);
      // A number equals itself, NaN does not.
      const auto valid =
          hn::AndNot(hn::VecFromMask(d, hn::Eq(stored, no_data)), hn::VecFromMask(d, hn::Eq(stored, stored)));
      const auto value = hn::And(hn::Sub(stored, reference), valid);
      const auto day = hn::And(hn::Set(d, static_cast<double>(axis.day[place])), valid);
      n = hn::Add(n, hn::And(one, valid));
      x = hn::Add(x, day);
      xx = hn::Add(xx, hn::Mul(day, day));
      y = hn::Add(y, value);
      xy = hn::Add(xy, hn::Mul(day, value));
      yy = hn::Add(yy, hn::Mul(value, value));
    }
    hn::Store(n, d, sums.n.data() + lane);
    hn::Store(x, d, sums.x.data() + lane);
    hn::Store(xx, d, sums.xx.data() + lane);
    hn::Store(y, d, sums.y.data() + lane);
    hn::Store(xy, d, sums.xy.data() + lane);
    hn::Store(yy, d, sums.yy.data() + lane);
  }
}

/// As TrendSums::add.
HWY_NOINLINE void add_slot(const SlotSums& slot, TrendSums& sums) {
  const Doubles d;
  const auto add = [&](hn::Vec<Doubles> value, double* to)
                       HWY_ATTR { hn::Store(hn::Add(hn::Load(d, to), value), d, to); };
  for (std::size_t lane = 0; lane < kLanes; lane += hn::Lanes(d)) {
    const auto n = hn::Load(d, slot.n.data() + lane), x = hn::Load(d, slot.x.data() + lane),
               y = hn::Load(d, slot.y.data() + lane), share = hn::Max(n, hn::Set(d, 1.0));
    const auto xy = hn::Load(d, slot.xy.data() + lane), yy = hn::Load(d, slot.yy.data() + lane);
    add(n, sums.n.data() + lane);
    add(x, sums.x.data() + lane);
    add(hn::Load(d, slot.xx.data() + lane), sums.xx.data() + lane);
    add(y, sums.y.data() + lane);
    add(hn::Div(hn::Sub(hn::Mul(n, xy), hn::Mul(x, y)), share), sums.sxy.data() + lane);
    add(hn::Div(hn::Sub(hn::Mul(n, yy), hn::Mul(y, y)), share), sums.syy.data() + lane);
  }
}

/// As the plain finish_lines.
HWY_NOINLINE void finish(const TrendSums& sums, const TrendAxis& axis, const TrendOptions& options, TrendLines& lines) {
  const Doubles d;
  const hn::Rebind<float, Doubles> d_float;
  const auto zero = hn::Zero(d), one = hn::Set(d, 1.0), missing = hn::Set(d, std::numeric_limits<double>::quiet_NaN());
  const auto per_year = hn::Set(d, options.scale * kDaysOfYear), scale = hn::Set(d, options.scale);
  const auto fewest = hn::Set(d, static_cast<double>(options.fewest)), first_day = hn::Set(d, axis.first_day);
  for (std::size_t lane = 0; lane < kLanes; lane += hn::Lanes(d)) {
    const auto n = hn::Load(d, sums.n.data() + lane), x = hn::Load(d, sums.x.data() + lane);
    const auto sxy = hn::Load(d, sums.sxy.data() + lane), syy = hn::Load(d, sums.syy.data() + lane);
    const auto share = hn::Max(n, one), mean_x = hn::Div(x, share);
    const auto sxx = hn::Div(hn::Sub(hn::Mul(n, hn::Load(d, sums.xx.data() + lane)), hn::Mul(x, x)), share);
    const auto told = hn::And(hn::Ge(n, fewest), hn::Gt(sxx, zero));
    const auto slope = hn::IfThenElseZero(told, hn::Div(sxy, sxx));
    const auto left = hn::Max(hn::Sub(syy, hn::Mul(slope, sxy)), zero);
    const auto unexplained = hn::IfThenElse(hn::Gt(syy, zero), hn::Min(hn::Div(left, syy), one), one);
    const auto freedom = hn::Max(hn::Sub(n, hn::Set(d, 2.0)), one);
    const auto error = hn::Mul(hn::Sqrt(hn::Div(left, hn::Mul(freedom, sxx))), hn::Abs(per_year));
    const auto mean_y =
        hn::Add(hn::Load(d, sums.reference.data() + lane), hn::Div(hn::Load(d, sums.y.data() + lane), share));
    const auto at_first = hn::Add(mean_y, hn::Mul(slope, hn::Sub(first_day, mean_x)));
    const auto intercept = hn::Add(hn::Mul(at_first, scale), hn::Set(d, options.offset));
    const auto put = [&](hn::Vec<Doubles> value, float* to) HWY_ATTR {
      hn::Store(hn::DemoteTo(d_float, hn::IfThenElse(told, value, missing)), d_float, to + lane);
    };
    put(hn::Mul(slope, per_year), lines.slope.data());
    put(error, lines.slope_se.data());
    put(hn::Sub(one, unexplained), lines.r2.data());
    put(intercept, lines.intercept.data());
    hn::Store(unexplained, d, lines.unexplained.data() + lane);
  }
}

/// The lines of kLanes whole pixels of the stack.
template <class T>
void fit_lanes(const Stack<T>& stack, std::size_t pixel, const TrendAxis& axis, const TrendOptions& options,
               TrendSums& sums, TrendLines& lines) {
  for (std::size_t slot = 0; slot + 1 < axis.slot_begin.size(); ++slot) {
    SlotSums one;
    const std::size_t begin = axis.slot_begin[slot], end = axis.slot_begin[slot + 1];
    bool summed = false;
#if HWY_TARGET != HWY_SCALAR
    if constexpr (std::is_same_v<T, std::uint8_t>) {
      summed = days_fit_16_bits(axis);
      if (summed) ByteSums(stack, axis).sum(pixel, begin, end, one);
    }
#endif
    if (!summed) sum_doubles(stack, pixel, axis, begin, end, sums.reference, one);
    add_slot(one, sums);
  }
  finish(sums, axis, options, lines);
}

#define ECOCUBE_FIT(name, T)                                                                              \
  void name(const Stack<T>& stack, std::size_t pixel, const TrendAxis& axis, const TrendOptions& options, \
            TrendSums& sums, TrendLines& lines) {                                                         \
    fit_lanes(stack, pixel, axis, options, sums, lines);                                                  \
  }
ECOCUBE_FIT(fit_uint8, std::uint8_t)
ECOCUBE_FIT(fit_uint16, std::uint16_t)
ECOCUBE_FIT(fit_int16, std::int16_t)
ECOCUBE_FIT(fit_float, float)
#undef ECOCUBE_FIT

}  // namespace ecocube::series::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ecocube::series {

HWY_EXPORT(fit_uint8);
HWY_EXPORT(fit_uint16);
HWY_EXPORT(fit_int16);
HWY_EXPORT(fit_float);

namespace {

template <class T>
void fit_lanes(const Stack<T>& stack, std::size_t pixel, const TrendAxis& axis, const TrendOptions& options,
               TrendSums& sums, TrendLines& lines) {
  if constexpr (std::is_same_v<T, std::uint8_t>) {
    HWY_DYNAMIC_DISPATCH(fit_uint8)(stack, pixel, axis, options, sums, lines);
  } else if constexpr (std::is_same_v<T, std::uint16_t>) {
    HWY_DYNAMIC_DISPATCH(fit_uint16)(stack, pixel, axis, options, sums, lines);
  } else if constexpr (std::is_same_v<T, std::int16_t>) {
    HWY_DYNAMIC_DISPATCH(fit_int16)(stack, pixel, axis, options, sums, lines);
  } else {
    HWY_DYNAMIC_DISPATCH(fit_float)(stack, pixel, axis, options, sums, lines);
  }
}

}  // namespace

template <class T>
void fit_trend(const Stack<T>& stack, PixelRange range, const TrendAxis& axis, const TrendOptions& options,
               const StudentT& student, const TrendResults& results) {
  assert(stack.times == axis.time.size() && range.end <= stack.pixels && options.fewest >= 3);
  std::vector<T> edge;
  for (std::size_t begin = range.begin; begin < range.end; begin += kLanes) {
    const std::size_t count = std::min(kLanes, range.end - begin);
    TrendSums sums;
    TrendLines lines;
    if (std::is_floating_point_v<T>) find_first_valid(stack, begin, count, sums.reference);
    if (count == kLanes) {
      fit_lanes(stack, begin, axis, options, sums, lines);
    } else {
      edge.assign(stack.times * kLanes, stack.no_data);
      for (std::size_t time = 0; time < stack.times; ++time)
        std::copy_n(stack.plane(time) + begin, count, edge.begin() + static_cast<std::ptrdiff_t>(time * kLanes));
      fit_lanes(Stack<T>{edge.data(), stack.times, kLanes, kLanes, stack.no_data}, 0, axis, options, sums, lines);
    }
    put_lines(lines, sums.n, begin - range.begin, count, student, results);
  }
}

template void fit_trend(const Stack<std::uint8_t>&, PixelRange, const TrendAxis&, const TrendOptions&, const StudentT&,
                        const TrendResults&);
template void fit_trend(const Stack<std::uint16_t>&, PixelRange, const TrendAxis&, const TrendOptions&, const StudentT&,
                        const TrendResults&);
template void fit_trend(const Stack<std::int16_t>&, PixelRange, const TrendAxis&, const TrendOptions&, const StudentT&,
                        const TrendResults&);
template void fit_trend(const Stack<float>&, PixelRange, const TrendAxis&, const TrendOptions&, const StudentT&,
                        const TrendResults&);

}  // namespace ecocube::series
#endif
