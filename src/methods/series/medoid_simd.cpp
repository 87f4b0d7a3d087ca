// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cassert>
#include <limits>
#include <vector>

#include "methods/series/medoid.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/series/medoid_simd.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ecocube::series {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Doubles = hn::CappedTag<double, 8>;

/// Pixels of one vector, gathered: doubles and 1 or 0 for valid.
struct Gathered {
  double* values;  ///< shape [time][band][lane]
  double* valid;   ///< shape [time][lane]
  double* sums;    ///< shape [time][lane]
};

void gather(const BandSeries& series, std::size_t first, std::size_t pixels, const Gathered& gathered) {
  const std::size_t lanes = hn::Lanes(Doubles());
  for (std::size_t plane = 0; plane < series.times * series.bands; ++plane) {
    const float* from = series.values.data() + plane * series.pixels + first;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      gathered.values[plane * lanes + lane] = lane < pixels ? static_cast<double>(from[lane]) : 0;
    }
  }
  for (std::size_t time = 0; time < series.times; ++time) {
    const std::uint8_t* from = series.valid.data() + time * series.pixels + first;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      gathered.valid[time * lanes + lane] = lane < pixels && from[lane] != 0 ? 1 : 0;
    }
  }
  std::fill_n(gathered.sums, series.times * lanes, 0.0);
}

void sum_distances(std::size_t times, std::size_t bands, const Gathered& gathered) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t time = 0; time < times; ++time) {
    const double* here = gathered.values + time * bands * lanes;
    const auto seen_here = hn::Gt(hn::Load(d, gathered.valid + time * lanes), hn::Zero(d));
    auto sum = hn::Load(d, gathered.sums + time * lanes);
    for (std::size_t other = time + 1; other < times; ++other) {
      const double* there = gathered.values + other * bands * lanes;
      auto square = hn::Zero(d);
      for (std::size_t band = 0; band < bands; ++band) {
        const auto step = hn::Sub(hn::Load(d, here + band * lanes), hn::Load(d, there + band * lanes));
        square = hn::Add(square, hn::Mul(step, step));
      }
      const auto seen = hn::And(seen_here, hn::Gt(hn::Load(d, gathered.valid + other * lanes), hn::Zero(d)));
      const auto apart = hn::IfThenElseZero(seen, hn::Sqrt(square));
      sum = hn::Add(sum, apart);
      hn::Store(hn::Add(hn::Load(d, gathered.sums + other * lanes), apart), d, gathered.sums + other * lanes);
    }
    hn::Store(sum, d, gathered.sums + time * lanes);
  }
}

/// work  aligned, room for times × (bands + 2) vectors
void medoid_of_range(const BandSeries& series, PixelRange range, std::uint16_t* dates, double* work) {
  const std::size_t lanes = hn::Lanes(Doubles());
  const Gathered gathered{work, work + series.times * series.bands * lanes,
                          work + series.times * (series.bands + 1) * lanes};
  for (std::size_t first = range.begin; first < range.end; first += lanes) {
    const std::size_t pixels = std::min(lanes, range.end - first);
    gather(series, first, pixels, gathered);
    sum_distances(series.times, series.bands, gathered);
    for (std::size_t lane = 0; lane < pixels; ++lane) {
      std::uint16_t best = kNoDate;
      double smallest = std::numeric_limits<double>::infinity();
      for (std::size_t time = 0; time < series.times; ++time) {
        if (gathered.valid[time * lanes + lane] == 0) continue;
        const double sum = gathered.sums[time * lanes + lane];
        if (best == kNoDate || sum < smallest) best = static_cast<std::uint16_t>(time), smallest = sum;
      }
      dates[first + lane] = best;
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
HWY_EXPORT(medoid_of_range);
}  // namespace

void medoid(const BandSeries& series, PixelRange range, std::span<std::uint16_t> dates) {
  assert(series.values.size() == series.times * series.bands * series.pixels && series.times <= kNoDate);
  assert(dates.size() == series.pixels && range.end <= series.pixels);
  constexpr std::size_t most_lanes = 8;
  const auto work =
      hwy::AllocateAligned<double>(std::max<std::size_t>(1, series.times) * (series.bands + 2) * most_lanes);
  HWY_DYNAMIC_DISPATCH(medoid_of_range)(series, range, dates.data(), work.get());
}

}  // namespace ecocube::series
#endif
