// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cassert>
#include <limits>
#include <vector>

#include "methods/series/breaks.h"
#include "methods/series/sorting_network.h"
#include "methods/series/yearly_values.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/series/breaks_simd.cpp"
#include <hwy/foreach_target.h>
// After it, because it is compiled once for every target.
#include <hwy/aligned_allocator.h>
#include <hwy/highway.h>

#include "methods/series/stored_lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ecocube::series {
namespace HWY_NAMESPACE {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// The value of sorted ones, `seen` of them valid and the first ones.
HWY_INLINE DoubleLanes value_of_sorted(const double* sorted, std::size_t most, DoubleLanes seen, YearValue how) {
  const Doubles d;
  const DoubleLanes one = hn::Set(d, 1.0), half = hn::Set(d, 0.5);
  if (how == YearValue::lowest) return hn::Load(d, sorted);
  const DoubleLanes last = hn::Sub(seen, one), upper = hn::Floor(hn::Mul(seen, half)),
                    lower = hn::Floor(hn::Mul(last, half));
  DoubleLanes sum = hn::Zero(d), low = sum, high = sum, top = sum;
  for (std::size_t place = 0; place < most; ++place) {
    const DoubleLanes value = hn::Load(d, sorted + place * kMostDoubles), here = hn::Set(d, static_cast<double>(place));
    sum = hn::Add(sum, hn::IfThenElseZero(hn::Lt(here, seen), value));
    low = hn::IfThenElse(hn::Eq(here, lower), value, low);
    high = hn::IfThenElse(hn::Eq(here, upper), value, high);
    top = hn::IfThenElse(hn::Eq(here, last), value, top);
  }
  if (how == YearValue::highest) return top;
  if (how == YearValue::median) return hn::Mul(half, hn::Add(low, high));
  return hn::Div(sum, seen);
}

/// The layers begin..end-1 of one year.
struct YearLayers {
  std::size_t begin, end;
  std::vector<Exchange> exchanges;
};

void years_of_lanes(const Stack<float>& stack, std::size_t pixel, std::size_t count,
                    const std::vector<YearLayers>& years, YearValue how, double* sorted, const Planes<double>& out) {
  const Doubles d;
  const DoubleLanes most = hn::Set(d, std::numeric_limits<double>::infinity());
  alignas(64) double made[kMostDoubles];
  for (std::size_t number = 0; number < years.size(); ++number) {
    const YearLayers& year = years[number];
    DoubleLanes seen = hn::Zero(d);
    for (std::size_t time = year.begin; time < year.end; ++time) {
      const DoubleLanes value = load_doubles(stack.plane(time) + pixel, count, stack.no_data);
      const DoubleMask known = known_lanes(value, stack.no_data);
      seen = hn::Add(seen, hn::IfThenElseZero(known, hn::Set(d, 1.0)));
      // Adding 0 makes zeros of both signs one.
      hn::Store(hn::IfThenElse(known, hn::Add(value, hn::Zero(d)), most), d,
                sorted + (time - year.begin) * kMostDoubles);
    }
    for (const Exchange& exchange : year.exchanges) {
      double *low = sorted + exchange.low * kMostDoubles, *high = sorted + exchange.high * kMostDoubles;
      const DoubleLanes a = hn::Load(d, low), b = hn::Load(d, high);
      hn::Store(hn::Min(a, b), d, low);
      hn::Store(hn::Max(a, b), d, high);
    }
    const DoubleMask ever = hn::Gt(seen, hn::Zero(d));
    DoubleLanes value = hn::Set(d, kNone);
    if (year.begin < year.end)
      value = hn::IfThenElse(ever, value_of_sorted(sorted, year.end - year.begin, seen, how), value);
    hn::Store(value, d, made);
    std::copy_n(made, count, out.plane(number) + pixel);
  }
}

void years_of_range(const Stack<float>& stack, PixelRange range, std::span<const int> year, YearValue how,
                    const Planes<double>& out) {
  std::vector<YearLayers> years;
  std::size_t most = 1;
  for (std::size_t number = 0, time = 0; number < out.count; ++number) {
    const std::size_t begin = time;
    while (time < stack.times && static_cast<std::size_t>(year[time]) == number) ++time;
    most = std::max(most, time - begin);
    years.push_back({begin, time, batcher_network(time - begin)});
  }
  const auto sorted = hwy::AllocateAligned<double>(most * kMostDoubles);
  const std::size_t lanes = hn::Lanes(Doubles());
  for (std::size_t pixel = range.begin; pixel < range.end; pixel += lanes)
    years_of_lanes(stack, pixel, std::min(lanes, range.end - pixel), years, how, sorted.get(), out);
}

/// Finds the largest change of a vector of pixels and the trends around it.
class LaneChange {
 public:
  LaneChange(const Stack<double>& values, std::span<const double> years) : stack_(values), years_(years) {}

  /// Returns how many of the pixels have a change.
  std::size_t find(std::size_t pixel, std::size_t count, std::size_t fewest, ChangeDirection direction,
                   const Planes<float>& figures) {
    pixel_ = pixel, count_ = count;
    const Doubles d;
    const DoubleLanes none = hn::Set(d, -1.0);
    DoubleLanes seen = hn::Zero(d), before = hn::Zero(d), largest = hn::Zero(d), after = none, year = none,
                magnitude = hn::Zero(d);
    for (std::size_t time = 0; time < stack_.times; ++time) {
      const DoubleLanes now = value(time), change = hn::Sub(now, before);
      const DoubleMask known = hn::Eq(now, now);
      const DoubleLanes size = direction == ChangeDirection::drop   ? hn::Neg(change)
                               : direction == ChangeDirection::rise ? change
                                                                    : hn::Abs(change);
      const DoubleMask larger = hn::And(hn::And(known, hn::Gt(seen, hn::Zero(d))), hn::Gt(size, largest));
      largest = hn::IfThenElse(larger, size, largest);
      magnitude = hn::IfThenElse(larger, change, magnitude);
      after = hn::IfThenElse(larger, hn::Set(d, static_cast<double>(time)), after);
      year = hn::IfThenElse(larger, hn::Set(d, years_[time]), year);
      before = hn::IfThenElse(known, now, before);
      seen = hn::Add(seen, hn::IfThenElseZero(known, hn::Set(d, 1.0)));
    }
    const DoubleMask told = hn::And(hn::Ge(after, hn::Zero(d)), hn::Ge(seen, hn::Set(d, static_cast<double>(fewest))));
    put(year, told, 0, figures);
    put(magnitude, told, 1, figures);
    const DoubleLanes all = hn::Set(d, static_cast<double>(stack_.times));
    put_trend(hn::Zero(d), all, told, 2, figures);
    put_trend(hn::Zero(d), after, told, 5, figures);
    put_trend(after, all, told, 8, figures);
    return hn::CountTrue(d, hn::And(told, hn::FirstN(d, count)));
  }

 private:
  HWY_INLINE DoubleLanes value(std::size_t time) const {
    return load_doubles(stack_.plane(time) + pixel_, count_, kNone);
  }
  HWY_INLINE void put(DoubleLanes number, DoubleMask told, std::size_t figure, const Planes<float>& figures) const {
    store_doubles(hn::IfThenElse(told, number, hn::Set(Doubles(), kNone)), figures.plane(figure) + pixel_, count_);
  }

  /// Slope, R² and gain of the times from `first` to before `end`, as segment_trend.
  HWY_NOINLINE void put_trend(DoubleLanes first, DoubleLanes end, DoubleMask told, std::size_t figure,
                              const Planes<float>& figures) const {
    const Doubles d;
    const DoubleLanes zero = hn::Zero(d);
    const auto within = [&](std::size_t time, DoubleLanes now) HWY_ATTR {
      const DoubleLanes here = hn::Set(d, static_cast<double>(time));
      return hn::And(hn::And(hn::Ge(here, first), hn::Lt(here, end)), hn::Eq(now, now));
    };
    DoubleLanes count = zero, first_year = zero, last_year = zero;
    for (std::size_t time = 0; time < stack_.times; ++time) {
      const DoubleMask taken = within(time, value(time));
      const DoubleLanes year = hn::Set(d, years_[time]);
      first_year = hn::IfThenElse(hn::And(taken, hn::Eq(count, zero)), year, first_year);
      last_year = hn::IfThenElse(taken, year, last_year);
      count = hn::Add(count, hn::IfThenElseZero(taken, hn::Set(d, 1.0)));
    }
    DoubleLanes mean_x = zero, mean_y = zero, sxx = zero, sxy = zero, syy = zero;
    for (std::size_t time = 0; time < stack_.times; ++time) {
      const DoubleLanes now = value(time);
      const DoubleMask taken = within(time, now);
      mean_x = hn::Add(mean_x, hn::IfThenElseZero(taken, hn::Div(hn::Set(d, years_[time]), count)));
      mean_y = hn::Add(mean_y, hn::IfThenElseZero(taken, hn::Div(now, count)));
    }
    for (std::size_t time = 0; time < stack_.times; ++time) {
      const DoubleLanes now = value(time);
      const DoubleMask taken = within(time, now);
      const DoubleLanes x = hn::IfThenElseZero(taken, hn::Sub(hn::Set(d, years_[time]), mean_x)),
                        y = hn::IfThenElseZero(taken, hn::Sub(now, mean_y));
      sxx = hn::Add(sxx, hn::Mul(x, x));
      sxy = hn::Add(sxy, hn::Mul(x, y));
      syy = hn::Add(syy, hn::Mul(y, y));
    }
    const DoubleMask line = hn::And(told, hn::Ge(count, hn::Set(d, 2.0)));
    const DoubleLanes slope = hn::Div(sxy, sxx);
    const DoubleLanes share = hn::Div(hn::Mul(sxy, sxy), hn::Mul(sxx, syy)), one = hn::Set(d, 1.0);
    const DoubleLanes r2 = hn::IfThenElseZero(hn::Gt(syy, zero), hn::IfThenElse(hn::Lt(share, one), share, one));
    put(slope, line, figure, figures);
    put(r2, hn::And(line, hn::Ge(count, hn::Set(d, 3.0))), figure + 1, figures);
    put(hn::Mul(slope, hn::Sub(last_year, first_year)), line, figure + 2, figures);
  }

  const Stack<double> stack_;
  const std::span<const double> years_;
  std::size_t pixel_ = 0, count_ = 0;
};

std::size_t change_of_range(const Stack<double>& values, PixelRange range, std::span<const double> years,
                            std::size_t fewest, ChangeDirection direction, const Planes<float>& figures) {
  LaneChange change(values, years);
  const std::size_t lanes = hn::Lanes(Doubles());
  std::size_t found = 0;
  for (std::size_t pixel = range.begin; pixel < range.end; pixel += lanes)
    found += change.find(pixel, std::min(lanes, range.end - pixel), fewest, direction, figures);
  return found;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace ecocube::series
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ecocube::series {
namespace {
HWY_EXPORT(years_of_range);
HWY_EXPORT(change_of_range);
}  // namespace

void yearly_values(const Stack<float>& stack, PixelRange range, std::span<const int> year, YearValue how,
                   const Planes<double>& out) {
  assert(year.size() == stack.times && range.end <= stack.pixels);
  HWY_DYNAMIC_DISPATCH(years_of_range)(stack, range, year, how, out);
}

std::size_t change_aftereffect_trends(const Stack<double>& values, PixelRange range, std::span<const double> years,
                                      std::size_t fewest, ChangeDirection direction, const Planes<float>& figures) {
  assert(years.size() == values.times && range.end <= values.pixels && figures.count == kChangeFigures);
  return HWY_DYNAMIC_DISPATCH(change_of_range)(values, range, years, fewest, direction, figures);
}

}  // namespace ecocube::series
#endif
