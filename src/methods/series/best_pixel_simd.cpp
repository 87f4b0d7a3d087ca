// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cassert>
#include <cstdint>
#include <limits>
#include <vector>

#include "methods/series/best_pixel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/series/best_pixel_simd.cpp"
#include <hwy/foreach_target.h>
// After it, because it is compiled once for every target.
#include <hwy/highway.h>

#include "methods/series/stored_lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ecocube::series {
namespace HWY_NAMESPACE {
namespace {

/// As the plain one, operation by operation.
HWY_INLINE DoubleLanes exponential_lanes(DoubleLanes x) {
  const Doubles d;
  const hn::RebindToSigned<Doubles> d_bits;
  x = hn::Min(hn::Max(x, hn::Set(d, -kMostExponent)), hn::Set(d, kMostExponent));
  const DoubleLanes halvings = hn::Floor(hn::Add(hn::Mul(x, hn::Set(d, kLog2OfE)), hn::Set(d, 0.5)));
  const DoubleLanes rest =
      hn::Sub(hn::Sub(x, hn::Mul(halvings, hn::Set(d, kLn2High))), hn::Mul(halvings, hn::Set(d, kLn2Low)));
  const DoubleLanes one = hn::Set(d, 1.0);
  DoubleLanes sum = one;
  for (int term = kExponentialTerms; term >= 1; --term)
    sum = hn::Add(one, hn::Mul(hn::Div(rest, hn::Set(d, static_cast<double>(term))), sum));
  // 2 to that power, by its exponent bits: below 1011 to both sides.
  const auto power = hn::PromoteTo(d_bits, hn::DemoteTo(hn::Rebind<std::int32_t, Doubles>(), halvings));
  const auto bits = hn::ShiftLeft<52>(hn::Add(power, hn::Set(d_bits, std::int64_t{1023})));
  return hn::Mul(sum, hn::BitCast(d, bits));
}

/// weight / (1 + e^exponent); 0 where the number that the exponent is made of is NaN.
HWY_INLINE DoubleLanes weighed(double weight, DoubleLanes number, DoubleLanes exponent) {
  const Doubles d;
  const DoubleLanes one = hn::Set(d, 1.0);
  const DoubleLanes score = hn::Div(one, hn::Add(one, exponential_lanes(exponent)));
  return hn::IfThenElseZero(hn::Eq(number, number), hn::Mul(hn::Set(d, weight), score));
}

/// Scores of one date for a vector of pixels.
class DateScores {
 public:
  DateScores(const BestPixelSeries& series, const BestPixelOptions& options, double weights)
      : series_(series), options_(options), weights_(weights) {}

  /// of_date  what day and year of the date have summed up to
  HWY_INLINE DoubleLanes at(std::size_t cell, std::size_t count, double of_date) const {
    const Doubles d;
    DoubleLanes score = hn::Set(d, of_date);
    if (options_.cloud_weight != 0) {
      const DoubleLanes metres = load_doubles(series_.cloud_metres.data() + cell, count, 0.0F);
      const DoubleLanes off = hn::Sub(metres, hn::Set(d, options_.clear_metres / 2));
      score =
          hn::Add(score, weighed(options_.cloud_weight, metres, hn::Mul(hn::Set(d, -10 / options_.clear_metres), off)));
    }
    if (options_.haze_weight != 0) {
      const DoubleLanes haze = load_doubles(series_.haze.data() + cell, count, 0.0F);
      const DoubleLanes off = hn::Add(haze, hn::Set(d, kHazeMiddle));
      score = hn::Add(score, weighed(options_.haze_weight, haze, hn::Mul(hn::Set(d, 10 / kHazeWidth), off)));
    }
    if (options_.view_weight != 0) {
      const DoubleLanes degrees = load_doubles(series_.view.data() + cell, count, 0.0F);
      const DoubleLanes off = hn::Sub(degrees, hn::Set(d, options_.view_degrees / 2));
      score =
          hn::Add(score, weighed(options_.view_weight, degrees, hn::Mul(hn::Set(d, 10 / options_.view_degrees), off)));
    }
    return hn::Div(score, hn::Set(d, weights_));
  }

 private:
  const BestPixelSeries& series_;
  const BestPixelOptions& options_;
  const double weights_;
};

/// of_date  shape [time]
void choose_range(const BestPixelSeries& series, PixelRange range, const BestPixelOptions& options, double weights,
                  std::span<const double> of_date, std::span<std::uint16_t> dates, std::span<float> scores) {
  const Doubles d;
  const DateScores date_scores(series, options, weights);
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t pixel = range.begin; pixel < range.end; pixel += lanes) {
    const std::size_t count = std::min(lanes, range.end - pixel);
    DoubleLanes best = hn::Set(d, -1.0), chosen = hn::Set(d, static_cast<double>(kNoDate));
    for (std::size_t time = 0; time < of_date.size(); ++time) {
      const std::size_t cell = time * series.pixels + pixel;
      const DoubleMask valid = hn::Gt(load_doubles(series.valid.data() + cell, count, std::uint8_t{0}), hn::Zero(d));
      const DoubleLanes score = date_scores.at(cell, count, of_date[time]);
      const DoubleMask better = hn::And(valid, hn::Gt(score, best));
      best = hn::IfThenElse(better, score, best);
      chosen = hn::IfThenElse(better, hn::Set(d, static_cast<double>(time)), chosen);
    }
    store_doubles(chosen, dates.data() + pixel, count);
    if (scores.empty()) continue;
    const DoubleMask told = hn::Ge(best, hn::Zero(d));
    const DoubleLanes missing = hn::Set(d, std::numeric_limits<double>::quiet_NaN());
    store_doubles(hn::IfThenElse(told, best, missing), scores.data() + pixel, count);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace ecocube::series
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ecocube::series {
namespace {
HWY_EXPORT(choose_range);
}  // namespace

void best_pixel(const BestPixelSeries& series, PixelRange range, const BestPixelOptions& options,
                std::span<std::uint16_t> dates, std::span<float> scores) {
  assert(series.valid.size() == series.days.size() * series.pixels && series.days.size() <= kNoDate);
  assert(dates.size() == series.pixels && range.end <= series.pixels);
  const double weights = sum_of_weights(options);
  std::vector<double> of_date;
  for (std::size_t time = 0; time < series.days.size(); ++time)
    of_date.push_back(date_score(series.years[time], series.days[time], options));
  HWY_DYNAMIC_DISPATCH(choose_range)(series, range, options, weights, of_date, dates, scores);
}

}  // namespace ecocube::series
#endif
