// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cassert>
#include <limits>
#include <vector>

#include "methods/series/geometric_median.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/series/geometric_median_simd.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ecocube::series {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Doubles = hn::CappedTag<double, 8>;
using Vector = hn::VFromD<Doubles>;
using Lanes = hn::Mask<Doubles>;

/// Pixels of one vector, gathered; the places of a date never seen hold 0.
struct Gathered {
  std::size_t times, bands;
  double* values;  ///< shape [time][band][lane]
  double* valid;   ///< 1 or 0; shape [time][lane]
  double* here;    ///< shape [band][lane]
  double* next;    ///< shape [band][lane]
};

void gather(const BandSeries& series, std::size_t first, std::size_t pixels, const Gathered& gathered) {
  const std::size_t lanes = hn::Lanes(Doubles());
  for (std::size_t time = 0; time < series.times; ++time) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const bool seen = lane < pixels && series.seen(time, first + lane);
      gathered.valid[time * lanes + lane] = seen ? 1 : 0;
      for (std::size_t band = 0; band < series.bands; ++band) {
        gathered.values[(time * series.bands + band) * lanes + lane] =
            seen ? static_cast<double>(series.value(time, band, first + lane)) : 0;
      }
    }
  }
}

/// The mean of each lane into `here`; returns the lanes with a valid date.
HWY_INLINE Lanes set_means(const Gathered& gathered) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  auto dates = hn::Zero(d);
  for (std::size_t time = 0; time < gathered.times; ++time) {
    dates = hn::Add(dates, hn::Load(d, gathered.valid + time * lanes));
  }
  for (std::size_t band = 0; band < gathered.bands; ++band) {
    auto sum = hn::Zero(d);
    for (std::size_t time = 0; time < gathered.times; ++time) {
      sum = hn::Add(sum, hn::Load(d, gathered.values + (time * gathered.bands + band) * lanes));
    }
    hn::Store(hn::Div(sum, dates), d, gathered.here + band * lanes);
  }
  return hn::Gt(dates, hn::Zero(d));
}

/// Sums of the weights 1 / distance and of the weighted values (into `next`), and the number of dates without distance.
HWY_INLINE void sum_weights(const Gathered& gathered, Vector& weights, Vector& on_point) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  weights = on_point = hn::Zero(d);
  for (std::size_t band = 0; band < gathered.bands; ++band) hn::Store(hn::Zero(d), d, gathered.next + band * lanes);
  for (std::size_t time = 0; time < gathered.times; ++time) {
    const double* values = gathered.values + time * gathered.bands * lanes;
    auto square = hn::Zero(d);
    for (std::size_t band = 0; band < gathered.bands; ++band) {
      const auto step = hn::Sub(hn::Load(d, values + band * lanes), hn::Load(d, gathered.here + band * lanes));
      square = hn::Add(square, hn::Mul(step, step));
    }
    const auto apart = hn::Sqrt(square), valid = hn::Load(d, gathered.valid + time * lanes);
    const auto nowhere = hn::Eq(apart, hn::Zero(d));
    const auto counts = hn::And(hn::Gt(valid, hn::Zero(d)), hn::Gt(apart, hn::Zero(d)));
    const auto weight = hn::IfThenElseZero(counts, hn::Div(hn::Set(d, 1), apart));
    on_point = hn::Add(on_point, hn::IfThenElseZero(nowhere, valid));
    weights = hn::Add(weights, weight);
    for (std::size_t band = 0; band < gathered.bands; ++band) {
      const auto sum = hn::Load(d, gathered.next + band * lanes);
      hn::Store(hn::Add(sum, hn::Mul(weight, hn::Load(d, values + band * lanes))), d, gathered.next + band * lanes);
    }
  }
}

/// One step of Vardi & Zhang for the lanes of `going`; returns those that go on.
HWY_INLINE Lanes step(const Gathered& gathered, Lanes going, double tolerance) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  Vector weights, on_point;
  sum_weights(gathered, weights, on_point);
  going = hn::And(going, hn::Gt(weights, hn::Zero(d)));
  auto pull = hn::Zero(d);
  for (std::size_t band = 0; band < gathered.bands; ++band) {
    const auto target = hn::Div(hn::Load(d, gathered.next + band * lanes), weights);
    const auto force = hn::Mul(hn::Sub(target, hn::Load(d, gathered.here + band * lanes)), weights);
    hn::Store(target, d, gathered.next + band * lanes);
    pull = hn::Add(pull, hn::Mul(force, force));
  }
  pull = hn::Sqrt(pull);
  const auto one = hn::Set(d, 1);
  const auto holds = hn::And(hn::Gt(on_point, hn::Zero(d)), hn::Gt(pull, hn::Zero(d)));
  const auto hold = hn::IfThenElseZero(holds, hn::Min(one, hn::Div(on_point, pull)));
  auto moved = hn::Zero(d);
  for (std::size_t band = 0; band < gathered.bands; ++band) {
    const auto here = hn::Load(d, gathered.here + band * lanes), target = hn::Load(d, gathered.next + band * lanes);
    const auto next = hn::Add(hn::Mul(hn::Sub(one, hold), target), hn::Mul(hold, here));
    moved = hn::Add(moved, hn::Mul(hn::Sub(here, next), hn::Sub(here, next)));
    hn::Store(hn::IfThenElse(going, next, here), d, gathered.here + band * lanes);
  }
  return hn::And(going, hn::Ge(hn::Sqrt(moved), hn::Set(d, tolerance)));
}

/// work  aligned, room for times × (bands + 1) + 2 × bands vectors
void median_of_range(const BandSeries& series, PixelRange range, const GeometricMedianOptions& options,
                     const GeometricMedianResults& results, double* work) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d), values = series.times * series.bands * lanes;
  double* const here = work + values + series.times * lanes;
  const Gathered gathered{series.times, series.bands, work, work + values, here, here + series.bands * lanes};
  std::vector<double> median(series.bands), dates;
  Deviations deviations;
  for (std::size_t first = range.begin; first < range.end; first += lanes) {
    const std::size_t pixels = std::min(lanes, range.end - first);
    gather(series, first, pixels, gathered);
    Lanes going = set_means(gathered);
    for (int iteration = 0; iteration < options.most_iterations && !hn::AllFalse(d, going); ++iteration) {
      going = step(gathered, going, options.tolerance);
    }
    for (std::size_t lane = 0; lane < pixels; ++lane) {
      for (std::size_t band = 0; band < series.bands; ++band) {
        const double value = here[band * lanes + lane];  // NaN for a pixel never seen
        median[band] = value == value ? value : std::numeric_limits<double>::quiet_NaN();
        if (results.median.empty()) continue;
        results.median[band * series.pixels + first + lane] = static_cast<float>(median[band]);
      }
      dates.clear();
      for (std::size_t at = 0; at < series.times * series.bands; ++at) {
        if (gathered.valid[at / series.bands * lanes + lane] != 0) dates.push_back(gathered.values[at * lanes + lane]);
      }
      deviations.write(dates, median, first + lane, results);
    }
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace ecocube::series
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <hwy/aligned_allocator.h>
namespace ecocube::series {
namespace {
HWY_EXPORT(median_of_range);
}  // namespace

void geometric_median(const BandSeries& series, PixelRange range, const GeometricMedianOptions& options,
                      const GeometricMedianResults& results) {
  assert(series.values.size() == series.times * series.bands * series.pixels && range.end <= series.pixels);
  constexpr std::size_t most_lanes = 8;
  const std::size_t vectors = series.times * (series.bands + 1) + 2 * series.bands;
  const auto work = hwy::AllocateAligned<double>(std::max<std::size_t>(1, vectors) * most_lanes);
  HWY_DYNAMIC_DISPATCH(median_of_range)(series, range, options, results, work.get());
}

}  // namespace ecocube::series
#endif
