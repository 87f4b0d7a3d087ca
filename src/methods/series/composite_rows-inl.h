// SPDX-License-Identifier: Apache-2.0
// Included once per instruction set: longer series and further statistics, by rows in the first-level cache.
//
#if defined(ECOCUBE_COMPOSITE_ROWS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ECOCUBE_COMPOSITE_ROWS_INL_H
#undef ECOCUBE_COMPOSITE_ROWS_INL_H
#else
#define ECOCUBE_COMPOSITE_ROWS_INL_H
#endif

#include <algorithm>
#include <limits>
#include <utility>

#include <hwy/highway.h>
#include "methods/series/composite_registers-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ecocube::series {
namespace HWY_NAMESPACE {
namespace {

#if HWY_TARGET != HWY_SCALAR
/// What is known of a block's pixels beside their sorted values.
template <class T>
struct Sums {
  HWY_ALIGN std::uint64_t total[kPixels<T>];  ///< of ordered numbers
  HWY_ALIGN std::uint32_t counts[kPixels<T>];
  HWY_ALIGN Ordered<T> short_counts[kPixels<T>];  ///< the counts again, where they fit
  HWY_ALIGN double weighted[kPixels<T>], weights[kPixels<T>];
};

/// Loads dates begin..end-1, at most 128 of them so that sums fit numbers of twice the size.
template <class T>
HWY_INLINE void load_some(const Block<T>& block, std::size_t begin, std::size_t end, std::size_t first,
                          Ordered<T>* rows, Sums<T>& sums) {
  const Lanes<T> d;
  const hn::RepartitionToWide<Lanes<T>> d_wide;
  using Wide = hn::TFromD<decltype(d_wide)>;
  const auto no_data = ordered_no_data(block);
  const auto low_half = hn::Set(d_wide, hwy::LimitsMax<Ordered<T>>());
  for (std::size_t lane = 0; lane < kPixels<T>; lane += hn::Lanes(d)) {
    auto missing = hn::Zero(d);
    auto even = hn::Zero(d_wide), odd = hn::Zero(d_wide);
    for (std::size_t time = begin; time < end; ++time) {
      const auto number = load_ordered(block.first + time * block.stride + first + lane);
      const auto gap = hn::Eq(number, no_data);
      missing = hn::Sub(missing, hn::VecFromMask(d, gap));
      const auto summed = hn::BitCast(d_wide, hn::IfThenZeroElse(gap, number));
      even = hn::Add(even, hn::And(summed, low_half));
      odd = hn::Add(odd, hn::ShiftRight<8 * sizeof(T)>(summed));
      if (rows == nullptr) continue;
      const auto padded = hn::IfThenElse(gap, hn::Set(d, hwy::LimitsMax<Ordered<T>>()), number);
      hn::Store(padded, d, rows + time * kPixels<T> + lane);
    }
    HWY_ALIGN Ordered<T> gaps[kPixels<T>];
    HWY_ALIGN Wide evens[kPixels<T> / 2], odds[kPixels<T> / 2];
    hn::Store(missing, d, gaps), hn::Store(even, d_wide, evens), hn::Store(odd, d_wide, odds);
    for (std::size_t i = 0; i < hn::Lanes(d); ++i) {
      sums.counts[lane + i] += static_cast<std::uint32_t>(end - begin) - gaps[i];
      sums.total[lane + i] += i % 2 == 0 ? evens[i / 2] : odds[i / 2];
    }
  }
}

/// `count` numbers as doubles, from ordered ones.
template <class T>
HWY_INLINE hn::VFromD<Doubles> doubles_of(const Ordered<T>* ordered) {
  const Doubles d;
  const hn::Rebind<std::int32_t, Doubles> d_integer;
  const hn::Rebind<Ordered<T>, Doubles> d_ordered;
  const auto number = hn::PromoteTo(d_integer, hn::LoadU(d_ordered, ordered));
  return hn::PromoteTo(d, hn::Sub(number, hn::Set(d_integer, kFlip<T>)));
}

template <class T>
void load_weighted(const Block<T>& block, std::size_t first, const double* weights, Sums<T>& sums) {
  const Doubles d;
  const hn::Rebind<std::int32_t, Doubles> d_integer;
  const hn::Rebind<T, Doubles> d_stored;
  const auto no_data = hn::Set(d, static_cast<double>(block.no_data));
  for (std::size_t lane = 0; lane < kPixels<T>; lane += hn::Lanes(d)) {
    auto weighted = hn::Zero(d), weight_sum = hn::Zero(d);
    for (std::size_t time = 0; time < block.times; ++time) {
      const auto stored = hn::LoadU(d_stored, block.first + time * block.stride + first + lane);
      const auto number = hn::PromoteTo(d, hn::PromoteTo(d_integer, stored));
      const auto weight = hn::IfThenZeroElse(hn::Eq(number, no_data), hn::Set(d, weights[time]));
      weighted = hn::Add(weighted, hn::Mul(weight, number));
      weight_sum = hn::Add(weight_sum, weight);
    }
    hn::Store(weighted, d, sums.weighted + lane);
    hn::Store(weight_sum, d, sums.weights + lane);
  }
}

template <class T>
HWY_INLINE void exchange_rows(Ordered<T>* low, Ordered<T>* high) {
  const Lanes<T> d;
  for (std::size_t lane = 0; lane < kPixels<T>; lane += hn::Lanes(d)) {
    const auto a = hn::Load(d, low + lane), b = hn::Load(d, high + lane);
    hn::Store(hn::Min(a, b), d, low + lane);
    hn::Store(hn::Max(a, b), d, high + lane);
  }
}

template <class T, std::size_t... places>
HWY_INLINE void sort_sixteen(Ordered<T>* rows, std::index_sequence<places...>) {
  const Lanes<T> d;
  for (std::size_t lane = 0; lane < kPixels<T>; lane += hn::Lanes(d)) {
    Vector<T> values[] = {hn::Load(d, rows + places * kPixels<T> + lane)...};
    sort_registers<T, sizeof...(places)>(values, std::make_index_sequence<kNetworkOf16.size()>());
    (hn::Store(values[places], d, rows + places * kPixels<T> + lane), ...);
  }
}

template <class T>
void sort_rows(Ordered<T>* rows, std::size_t times, const Exchange* merges, std::size_t number) {
  std::size_t time = 0;
  for (; time + 16 <= times; time += 16) sort_sixteen<T>(rows + time * kPixels<T>, std::make_index_sequence<16>());
  for (const Exchange& step : kNetworkOf16) {
    if (time + step.high >= times) continue;
    exchange_rows<T>(rows + (time + step.low) * kPixels<T>, rows + (time + step.high) * kPixels<T>);
  }
  for (std::size_t step = 0; step < number; ++step) {
    exchange_rows<T>(rows + merges[step].low * kPixels<T>, rows + merges[step].high * kPixels<T>);
  }
}

template <class T>
HWY_INLINE double number_of(Ordered<T> ordered) {
  return static_cast<double>(static_cast<std::int32_t>(ordered) - kFlip<T>);
}

/// Type 7 between sorted rows, with the arithmetic of percentile_of_sorted.
template <class T>
HWY_INLINE double percentile(const Ordered<T>* rows, std::size_t lane, std::size_t count, std::size_t below,
                             double share) {
  const double left = number_of<T>(rows[below * kPixels<T> + lane]);
  if (below + 1 == count) return left;
  const double right = number_of<T>(rows[(below + 1) * kPixels<T> + lane]), step = right - left;
  return share >= 0.5 ? right - step * (1 - share) : left + step * share;
}

/// Standard deviation, skewness or kurtosis; summed over ascending values.
template <class T>
void shape_figures(Kind kind, const Ordered<T>* rows, std::size_t times, const Sums<T>& sums, double* figures) {
  const Doubles d;
  HWY_ALIGN double counts[kPixels<T>], means[kPixels<T>];
  for (std::size_t lane = 0; lane < kPixels<T>; ++lane) {
    counts[lane] = static_cast<double>(sums.counts[lane]);
    means[lane] = (static_cast<double>(sums.total[lane]) - static_cast<double>(kFlip<T>) * counts[lane]) / counts[lane];
  }
  for (std::size_t lane = 0; lane < kPixels<T>; lane += hn::Lanes(d)) {
    const auto count = hn::Load(d, counts + lane), mean = hn::Load(d, means + lane);
    auto second = hn::Zero(d), third = hn::Zero(d), fourth = hn::Zero(d);
    for (std::size_t time = 0; time < times; ++time) {
      const auto valid = hn::Lt(hn::Set(d, static_cast<double>(time)), count);
      const auto deviation = hn::IfThenElseZero(valid, hn::Sub(doubles_of<T>(rows + time * kPixels<T> + lane), mean));
      const auto square = hn::Mul(deviation, deviation);
      second = hn::Add(second, square);
      third = hn::Add(third, hn::Mul(square, deviation));
      fourth = hn::Add(fourth, hn::Mul(square, square));
    }
    second = hn::Div(second, count), third = hn::Div(third, count), fourth = hn::Div(fourth, count);
    auto figure = hn::Sqrt(second);
    if (kind != Kind::standard_deviation) {
      const auto moment = kind == Kind::skewness ? third : fourth;
      const auto scale = hn::Mul(second, kind == Kind::skewness ? figure : second);
      figure = hn::IfThenZeroElse(hn::Eq(second, hn::Zero(d)), hn::Div(moment, scale));
    }
    hn::Store(figure, d, figures + lane);
  }
}

/// The sorted values around a percentile.
template <class T>
HWY_INLINE Around<T> pick_rows(const std::uint32_t* below, const Ordered<T>* rows, std::size_t times,
                               Vector<T> counts) {
  const Lanes<T> d;
  Around<T> around{hn::Load(d, rows), hn::Load(d, rows + (times > 1 ? kPixels<T> : 0))};
  for (std::size_t count = 2; count <= times; ++count) {
    const std::size_t place = below[count];
    if (place == below[count - 1]) continue;
    const auto at_least = hn::Gt(counts, hn::Set(d, static_cast<Ordered<T>>(count - 1)));
    around.below = hn::IfThenElse(at_least, hn::Load(d, rows + place * kPixels<T>), around.below);
    const Ordered<T>* above = rows + std::min(place + 1, times - 1) * kPixels<T>;
    around.above = hn::IfThenElse(at_least, hn::Load(d, above), around.above);
  }
  return around;
}

/// Writes a percentile that is no quarter, with the arithmetic of percentile_of_sorted.
template <class T>
HWY_INLINE void write_percentile(const Around<T>& around, const std::uint32_t* counts, const PlannedPlane& planned,
                                 std::size_t at) {
  const Doubles d;
  constexpr std::size_t lanes = hn::MaxLanes(Lanes<T>());
  HWY_ALIGN Ordered<T> below[lanes], above[lanes];
  HWY_ALIGN double shares[lanes], figures[lanes];
  hn::Store(around.below, Lanes<T>(), below), hn::Store(around.above, Lanes<T>(), above);
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    shares[lane] = counts[lane] > 0 ? planned.share[counts[lane]] : std::numeric_limits<double>::quiet_NaN();
  }
  for (std::size_t lane = 0; lane < lanes; lane += hn::Lanes(d)) {
    const auto left = doubles_of<T>(below + lane), right = doubles_of<T>(above + lane), step = hn::Sub(right, left);
    const auto share = hn::Load(d, shares + lane), rest = hn::Sub(hn::Set(d, 1), share);
    const auto from_right = hn::Sub(right, hn::Mul(step, rest)), from_left = hn::Add(left, hn::Mul(step, share));
    hn::Store(hn::IfThenElse(hn::Ge(share, hn::Set(d, 0.5)), from_right, from_left), d, figures + lane);
  }
  write_figures<lanes>(figures, planned.plane, at);
}

template <class T>
void write_percentiles(const PlannedPlane& planned, const Ordered<T>* rows, std::size_t times, const Sums<T>& sums,
                       std::size_t first) {
  const Lanes<T> d;
  for (std::size_t lane = 0; lane < kPixels<T>; lane += hn::Lanes(d)) {
    const auto counts = hn::Load(d, sums.short_counts + lane);
    const auto around = pick_rows<T>(planned.below.data(), rows + lane, times, counts);
    if (planned.quarter == 1) {
      write_quarter<T, 1>(around, counts, planned, first + lane);
    } else if (planned.quarter == 2) {
      write_quarter<T, 2>(around, counts, planned, first + lane);
    } else if (planned.quarter == 3) {
      write_quarter<T, 3>(around, counts, planned, first + lane);
    } else {
      write_percentile<T>(around, sums.counts + lane, planned, first + lane);
    }
  }
}

/// One statistic of a pixel with at least one valid value.
template <class T>
HWY_INLINE double simple_figure(const PlannedPlane& planned, const Ordered<T>* rows, std::size_t lane,
                                const Sums<T>& sums) {
  const std::size_t count = sums.counts[lane];
  switch (planned.plane.statistic.kind) {
    case Kind::percentile:
      return percentile<T>(rows, lane, count, planned.below[count], planned.share[count]);
    case Kind::minimum:
      return number_of<T>(rows[lane]);
    case Kind::maximum:
      return number_of<T>(rows[(count - 1) * kPixels<T> + lane]);
    case Kind::range:
      return number_of<T>(rows[(count - 1) * kPixels<T> + lane]) - number_of<T>(rows[lane]);
    case Kind::interquartile_range: {
      const std::size_t upper = 3 * (count - 1), lower = count - 1;
      const auto share = [](std::size_t place) { return static_cast<double>(place % 4) * 0.25; };
      return percentile<T>(rows, lane, count, upper / 4, share(upper)) -
             percentile<T>(rows, lane, count, lower / 4, share(lower));
    }
    case Kind::mean: {
      const auto number = static_cast<double>(count);
      return (static_cast<double>(sums.total[lane]) - static_cast<double>(kFlip<T>) * number) / number;
    }
    case Kind::weighted_mean:
      return sums.weights[lane] > 0 ? sums.weighted[lane] / sums.weights[lane]
                                    : std::numeric_limits<double>::quiet_NaN();
    default:
      return static_cast<double>(count);
  }
}

template <class T>
void write_by_rows(const PlannedPlane& planned, const Ordered<T>* rows, std::size_t times, const Sums<T>& sums,
                   std::size_t first) {
  HWY_ALIGN double figures[kPixels<T>];
  const Kind kind = planned.plane.statistic.kind;
  if (kind == Kind::percentile && times <= std::numeric_limits<Ordered<T>>::max()) {
    return write_percentiles<T>(planned, rows, times, sums, first);
  }
  const bool shape = kind == Kind::standard_deviation || kind == Kind::skewness || kind == Kind::kurtosis;
  if (shape) shape_figures<T>(kind, rows, times, sums, figures);
  for (std::size_t lane = 0; lane < kPixels<T>; ++lane) {
    if (sums.counts[lane] == 0) {
      figures[lane] = kind == Kind::count ? 0 : std::numeric_limits<double>::quiet_NaN();
    } else if (!shape) {
      figures[lane] = simple_figure<T>(planned, rows, lane, sums);
    }
  }
  write_figures<kPixels<T>>(figures, planned.plane, first);
}

/// All planes of StackPlan::others for one block.
template <class T>
void by_rows(const Block<T>& block, const StackPlan& plan, std::size_t first, Ordered<T>* rows) {
  Sums<T> sums;
  for (std::size_t lane = 0; lane < kPixels<T>; ++lane) sums.total[lane] = 0, sums.counts[lane] = 0;
  for (std::size_t time = 0; time < block.times; time += 128) {
    load_some(block, time, std::min(time + 128, block.times), first, rows, sums);
  }
  for (std::size_t lane = 0; lane < kPixels<T>; ++lane) {
    sums.short_counts[lane] = static_cast<Ordered<T>>(sums.counts[lane]);
  }
  if (!plan.weights.empty()) load_weighted(block, first, plan.weights.data(), sums);
  if (rows != nullptr) sort_rows<T>(rows, block.times, plan.merges.data(), plan.merges.size());
  for (const PlannedPlane& planned : plan.others) write_by_rows<T>(planned, rows, block.times, sums, first);
}
#endif

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace ecocube::series
HWY_AFTER_NAMESPACE();

#endif
