// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cassert>
#include <cstdint>
#include <limits>
#include <vector>

#include "methods/series/rank_carrier.h"
#include "methods/series/sorting_network.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/series/rank_carrier_simd.cpp"
#include <hwy/foreach_target.h>
// After it, because it is compiled once for every target.
#include <hwy/aligned_allocator.h>
#include <hwy/highway.h>

#include "methods/series/stored_lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ecocube::series {
namespace HWY_NAMESPACE {
namespace {

using Keys = hn::RebindToSigned<Doubles>;
using Singles = hn::Rebind<float, Doubles>;

/// As rank_carrier; planes of shape [time][pixel].
struct Work {
  const float* band;
  const float* carrier;
  const std::uint8_t* valid;
  std::size_t times, pixels;
  float* results;
  std::uint8_t* results_valid;
};

HWY_INLINE DoubleMask valid_lanes(const Work& work, std::size_t at, std::size_t count) {
  return hn::Gt(load_doubles(work.valid + at, count, std::uint8_t{0}), hn::Zero(Doubles()));
}

void put(const Work& work, std::size_t pixel, std::size_t count, DoubleLanes value, DoubleMask seen) {
  store_doubles(hn::IfThenElseZero(seen, value), work.results + pixel, count);
  store_doubles(hn::IfThenElseZero(seen, hn::Set(Doubles(), 1.0)), work.results_valid + pixel, count);
}

/// The earliest of the highest carriers; of the lowest with `sign` -1.
void take_extreme(const Work& work, PixelRange range, double sign) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t pixel = range.begin; pixel < range.end; pixel += lanes) {
    const std::size_t count = std::min(lanes, range.end - pixel);
    DoubleLanes best = hn::Set(d, -std::numeric_limits<double>::infinity()), value = hn::Zero(d), seen = hn::Zero(d);
    for (std::size_t time = 0; time < work.times; ++time) {
      const std::size_t at = time * work.pixels + pixel;
      const DoubleLanes carrier = hn::Mul(load_doubles(work.carrier + at, count, 0.0F), hn::Set(d, sign));
      const DoubleMask valid = valid_lanes(work, at, count);
      const DoubleMask first = hn::AndNot(hn::MaskFromVec(seen), valid);
      const DoubleMask better = hn::Or(first, hn::And(valid, hn::Gt(carrier, best)));
      best = hn::IfThenElse(better, carrier, best);
      value = hn::IfThenElse(better, load_doubles(work.band + at, count, 0.0F), value);
      seen = hn::Or(seen, hn::VecFromMask(d, valid));
    }
    put(work, pixel, count, value, hn::MaskFromVec(seen));
  }
}

/// Sorts the dates of a vector of pixels by their carriers, those of equal ones by time.
class LaneRanks {
 public:
  LaneRanks(const Work& work, RankPart part)
      : work_(work),
        part_(part),
        exchanges_(batcher_network(work.times)),
        keys_(hwy::AllocateAligned<std::int64_t>(std::max<std::size_t>(1, work.times) * kMostDoubles)),
        values_(hwy::AllocateAligned<double>(std::max<std::size_t>(1, work.times) * kMostDoubles)) {}

  void take(std::size_t pixel, std::size_t count) {
    const Doubles d;
    gather(pixel, count);
    for (const Exchange& exchange : exchanges_) {
      std::int64_t *low = keys(exchange.low), *high = keys(exchange.high);
      const auto a = hn::Load(Keys(), low), b = hn::Load(Keys(), high);
      hn::Store(hn::Min(a, b), Keys(), low);
      hn::Store(hn::Max(a, b), Keys(), high);
    }
    std::size_t begin = work_.times, end = 0;
    for (std::size_t lane = 0; lane < hn::Lanes(d); ++lane) {
      const auto dates = static_cast<std::size_t>(seen_[lane]);
      const auto [first, last] = dates == 0 ? std::pair<std::size_t, std::size_t>{1, 0} : rank_places(part_, dates);
      first_[lane] = static_cast<double>(first), last_[lane] = static_cast<double>(last);
      if (dates == 0) continue;
      begin = std::min(begin, first), end = std::max(end, last + 1);
    }
    const DoubleLanes first = hn::Load(d, first_), last = hn::Load(d, last_);
    DoubleLanes sum = hn::Zero(d);
    for (std::size_t place = begin; place < end; ++place) {
      const auto cell = hn::And(hn::Load(Keys(), keys(place)), hn::Set(Keys(), kCellBits));
      const DoubleLanes here = hn::Set(d, static_cast<double>(place));
      const DoubleMask taken = hn::And(hn::Ge(here, first), hn::Le(here, last));
      const auto known_cell = hn::IfThenElseZero(hn::RebindMask(Keys(), taken), cell);
      sum = hn::Add(sum, hn::IfThenElseZero(taken, hn::GatherIndex(d, values_.get(), known_cell)));
    }
    const DoubleLanes mean = hn::Div(sum, hn::Add(hn::Sub(last, first), hn::Set(d, 1.0)));
    put(work_, pixel, count, mean, hn::Gt(hn::Load(d, seen_), hn::Zero(d)));
  }

 private:
  static constexpr std::int64_t kCellBits = 0xffffffff;

  std::int64_t* keys(std::size_t place) const { return keys_.get() + place * kMostDoubles; }

  /// Keys hold the carrier, as a whole number of the same order, above the cell of the value; missing ones are last.
  void gather(std::size_t pixel, std::size_t count) {
    const Doubles d;
    const hn::Rebind<std::int32_t, Doubles> d_bits;
    const auto lane = hn::Iota(Keys(), 0), last = hn::Set(Keys(), std::numeric_limits<std::int64_t>::max());
    DoubleLanes seen = hn::Zero(d);
    for (std::size_t time = 0; time < work_.times; ++time) {
      const std::size_t at = time * work_.pixels + pixel;
      const DoubleMask valid = valid_lanes(work_, at, count);
      // Adding 0 makes zeros of both signs one.
      const DoubleLanes carrier = hn::Add(load_doubles(work_.carrier + at, count, 0.0F), hn::Zero(d));
      const auto bits = hn::BitCast(d_bits, hn::DemoteTo(Singles(), carrier));
      const auto order =
          hn::Xor(bits, hn::And(hn::ShiftRight<31>(bits), hn::Set(d_bits, std::numeric_limits<std::int32_t>::max())));
      const auto cell = hn::Add(lane, hn::Set(Keys(), static_cast<std::int64_t>(time * kMostDoubles)));
      const auto key = hn::Or(hn::ShiftLeft<32>(hn::PromoteTo(Keys(), order)), cell);
      hn::Store(hn::IfThenElse(hn::RebindMask(Keys(), valid), key, last), Keys(), keys(time));
      hn::Store(load_doubles(work_.band + at, count, 0.0F), d, values_.get() + time * kMostDoubles);
      seen = hn::Add(seen, hn::IfThenElseZero(valid, hn::Set(d, 1.0)));
    }
    hn::Store(seen, d, seen_);
  }

  const Work work_;
  const RankPart part_;
  const std::vector<Exchange> exchanges_;
  const hwy::AlignedFreeUniquePtr<std::int64_t[]> keys_;
  const hwy::AlignedFreeUniquePtr<double[]> values_;
  alignas(64) double seen_[kMostDoubles], first_[kMostDoubles], last_[kMostDoubles];
};

void rank_range(std::span<const float> band, std::span<const float> carrier, std::span<const std::uint8_t> valid,
                std::size_t pixels, PixelRange range, RankPart part, std::span<float> results,
                std::span<std::uint8_t> results_valid) {
  const Work work{band.data(), carrier.data(), valid.data(),        pixels == 0 ? 0 : valid.size() / pixels,
                  pixels,      results.data(), results_valid.data()};
  if (part == RankPart::highest || part == RankPart::lowest)
    return take_extreme(work, range, part == RankPart::highest ? 1 : -1);
  LaneRanks ranks(work, part);
  const std::size_t lanes = hn::Lanes(Doubles());
  for (std::size_t pixel = range.begin; pixel < range.end; pixel += lanes)
    ranks.take(pixel, std::min(lanes, range.end - pixel));
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace ecocube::series
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ecocube::series {
namespace {
HWY_EXPORT(rank_range);
}  // namespace

void rank_carrier(std::span<const float> band, std::span<const float> carrier, std::span<const std::uint8_t> valid,
                  std::size_t pixels, PixelRange range, RankPart part, std::span<float> results,
                  std::span<std::uint8_t> results_valid) {
  assert(band.size() == valid.size() && carrier.size() == valid.size());
  assert(results.size() == pixels && results_valid.size() == pixels && range.end <= pixels);
  HWY_DYNAMIC_DISPATCH(rank_range)(band, carrier, valid, pixels, range, part, results, results_valid);
}

}  // namespace ecocube::series
#endif
