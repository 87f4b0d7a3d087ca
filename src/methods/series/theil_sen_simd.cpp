// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdint>
#include <limits>
#include <numeric>

#include "methods/series/mann_kendall.h"
#include "methods/series/theil_sen.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/series/theil_sen_simd.cpp"
#include <hwy/foreach_target.h>
// After it, because it is compiled once for every target.
#include <hwy/highway.h>

// Lanes are pairs of one pixel's dates here: with gaps few of all pairs are there, and others for each pixel.
HWY_BEFORE_NAMESPACE();
namespace ecocube::series {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::ScalableTag<float>;
using Integers = hn::RebindToSigned<Floats>;
using FloatLanes = hn::Vec<Floats>;

constexpr std::size_t kMostFloats = HWY_MAX_BYTES / sizeof(float);

/// Whole numbers in the order of the floats.
std::int32_t place_of(float value) {
  const auto bits = std::bit_cast<std::int32_t>(value);
  return bits ^ ((bits >> 31) & 0x7fffffff);
}
float float_at(std::int32_t place) {
  return std::bit_cast<float>(place ^ ((place >> 31) & 0x7fffffff));
}

/// The median of many floats, none NaN, by halving the range that holds it until few are left.
class Median {
 public:
  /// slopes  with infinity behind them up to a whole vector
  Median(const float* slopes, std::size_t count) : slopes_(slopes), count_(count) {}

  double find() {
    const std::size_t lower = (count_ - 1) / 2, upper = count_ / 2;
    while (up_to_high_ - up_to_low_ > kFew) {
      const auto middle = static_cast<std::int32_t>(std::midpoint(std::int64_t{low_}, std::int64_t{high_}));
      if (middle == low_) return static_cast<double>(float_at(high_));
      const std::size_t up_to_middle = count_up_to(float_at(middle));
      if (up_to_middle > upper) {
        high_ = middle, up_to_high_ = up_to_middle;
      } else if (up_to_middle <= lower) {
        low_ = middle, up_to_low_ = up_to_middle;
      } else {
        return mean_around(float_at(middle));
      }
    }
    gather();
    return 0.5 * (static_cast<double>(few_[lower - up_to_low_]) + static_cast<double>(few_[upper - up_to_low_]));
  }

 private:
  static constexpr std::size_t kFew = 48;

  HWY_NOINLINE std::size_t count_up_to(float limit) const {
    const Floats d;
    const Integers d_count;
    const FloatLanes most = hn::Set(d, limit);
    auto counts = hn::Zero(d_count);
    for (std::size_t i = 0; i < count_; i += hn::Lanes(d)) {
      const auto within = hn::RebindMask(d_count, hn::Le(hn::LoadU(d, slopes_ + i), most));
      counts = hn::Sub(counts, hn::VecFromMask(d_count, within));
    }
    return static_cast<std::size_t>(hn::GetLane(hn::SumOfLanes(d_count, counts)));
  }

  /// The mean of the largest up to the limit and the smallest above.
  HWY_NOINLINE double mean_around(float limit) const {
    const Floats d;
    const float infinity = std::numeric_limits<float>::infinity();
    FloatLanes below = hn::Set(d, -infinity), above = hn::Set(d, infinity);
    const FloatLanes most = hn::Set(d, limit);
    for (std::size_t i = 0; i < count_; i += hn::Lanes(d)) {
      const FloatLanes slope = hn::LoadU(d, slopes_ + i);
      const auto within = hn::Le(slope, most);
      below = hn::IfThenElse(within, hn::Max(below, slope), below);
      above = hn::IfThenElse(within, above, hn::Min(above, slope));
    }
    return 0.5 * (static_cast<double>(hn::GetLane(hn::MaxOfLanes(d, below))) +
                  static_cast<double>(hn::GetLane(hn::MinOfLanes(d, above))));
  }

  /// Puts the slopes of the range in order.
  HWY_NOINLINE void gather() {
    const Floats d;
    // Below all there are, where nothing has been ruled out yet.
    const FloatLanes least = hn::Set(d, up_to_low_ == 0 ? -std::numeric_limits<float>::infinity() : float_at(low_)),
                     most = hn::Set(d, float_at(high_));
    std::size_t found = 0;
    for (std::size_t i = 0; i < count_; i += hn::Lanes(d)) {
      const FloatLanes slope = hn::LoadU(d, slopes_ + i);
      const auto above = up_to_low_ == 0 ? hn::Ge(slope, least) : hn::Gt(slope, least);
      const auto within = hn::And(hn::And(above, hn::Le(slope, most)), hn::FirstN(d, count_ - i));
      found += hn::CompressStore(slope, within, d, few_ + found);
    }
    std::sort(few_, few_ + found);
  }

  const float* slopes_;
  std::size_t count_;
  /// The range above `low_` and up to `high_`, and how many slopes lie up to its ends.
  std::int32_t low_ = place_of(-std::numeric_limits<float>::infinity()) - 1,
               high_ = place_of(std::numeric_limits<float>::infinity());
  std::size_t up_to_low_ = 0, up_to_high_ = count_;
  float few_[kFew + kMostFloats];
};

/// room  for both spans and the slopes, each with a vector behind it
double slope_of(const float* values, const float* times, std::size_t count, float* slopes) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  float* to = slopes;
  for (std::size_t later = 1; later < count; ++later) {
    const FloatLanes value = hn::Set(d, values[later]), time = hn::Set(d, times[later]);
    // What a row writes behind its end is overwritten by the next one.
    for (std::size_t earlier = 0; earlier < later; earlier += lanes) {
      const FloatLanes rise = hn::Sub(value, hn::LoadU(d, values + earlier)),
                       run = hn::Sub(time, hn::LoadU(d, times + earlier));
      hn::StoreU(hn::Div(rise, run), d, to + earlier);
    }
    to += later;
  }
  hn::StoreU(hn::Set(d, std::numeric_limits<float>::infinity()), d, to);
  return Median(slopes, count * (count - 1) / 2).find();
}

/// Returns the pairs that rise less those that fall.
///
/// values  with NaN behind them up to a whole vector
/// ties    filled as mann_kendall_of takes it
std::int64_t count_pairs(const float* values, std::size_t count, std::int64_t* ties) {
  const Floats d;
  const Integers d_count;
  std::int64_t s = 0;
  *ties = 0;
  for (std::size_t later = 0; later < count; ++later) {
    const FloatLanes value = hn::Set(d, values[later]);
    auto balance = hn::Zero(d_count), equal = hn::Zero(d_count);
    for (std::size_t other = 0; other < count; other += hn::Lanes(d)) {
      const FloatLanes there = hn::LoadU(d, values + other);
      const auto same = hn::RebindMask(d_count, hn::Eq(value, there));
      equal = hn::Sub(equal, hn::VecFromMask(d_count, same));
      if (other >= later) continue;
      const auto earlier = hn::FirstN(d, later - other);
      const auto above = hn::RebindMask(d_count, hn::And(earlier, hn::Gt(value, there)));
      const auto below = hn::RebindMask(d_count, hn::And(earlier, hn::Lt(value, there)));
      balance = hn::Add(hn::Sub(balance, hn::VecFromMask(d_count, above)), hn::VecFromMask(d_count, below));
    }
    s += hn::GetLane(hn::SumOfLanes(d_count, balance));
    const std::int64_t group = hn::GetLane(hn::SumOfLanes(d_count, equal));
    *ties += (group - 1) * (2 * group + 5);  // for each of the group
  }
  return s;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace ecocube::series
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ecocube::series {
namespace {

HWY_EXPORT(slope_of);
HWY_EXPORT(count_pairs);

/// Floats of the widest vector there is.
constexpr std::size_t kBehind = 64;

}  // namespace

double theil_sen_slope(std::span<const float> values, std::span<const float> times, std::vector<float>& room) {
  assert(values.size() == times.size());
  const std::size_t count = values.size(), padded = count + kBehind;
  if (count < 2) return std::numeric_limits<double>::quiet_NaN();
  room.resize(2 * padded + count * (count - 1) / 2 + kBehind);
  std::copy(values.begin(), values.end(), room.begin());
  std::copy(times.begin(), times.end(), room.begin() + static_cast<std::ptrdiff_t>(padded));
  // Where the middle is 0, it is so without a sign.
  return HWY_DYNAMIC_DISPATCH(slope_of)(room.data(), room.data() + padded, count, room.data() + 2 * padded) + 0.0;
}

MannKendall mann_kendall(std::span<const float> values, std::vector<float>& room) {
  room.assign(values.begin(), values.end());
  room.resize(values.size() + kBehind, std::numeric_limits<float>::quiet_NaN());
  std::int64_t ties = 0;
  const std::int64_t s = HWY_DYNAMIC_DISPATCH(count_pairs)(room.data(), values.size(), &ties);
  return mann_kendall_of(s, ties, values.size());
}

}  // namespace ecocube::series
#endif
