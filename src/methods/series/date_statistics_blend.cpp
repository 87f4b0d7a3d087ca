// SPDX-License-Identifier: Apache-2.0
#include "methods/series/date_statistics_blend.h"

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "methods/series/convex_weights.h"
#include "methods/series/date_regression_blend.h"
#include "methods/series/date_statistics_correlation.h"

namespace ecocube::series {
namespace {

constexpr std::size_t kFillers = 5;

/// Fills many series at once by each filler. Shape [filler][time][series], NaN where a filler tells nothing.
std::vector<float> fill_in_five_ways(std::span<const float> values, std::span<const std::uint8_t> valid,
                                     std::size_t series, const TimeAxis& axis) {
  std::vector<float> results;
  for (std::size_t filler = 0; filler < kFillers; ++filler) {
    std::vector<float> filled(values.begin(), values.end());
    std::vector<std::uint8_t> filled_valid(valid.begin(), valid.end()), source(valid.size());
    const GapSeries gaps{filled, filled_valid, source, series};
    const PixelRange all{0, series};
    HarmonicOptions harmonic;
    harmonic.modes = filler == 2 ? 1 : 2;
    if (filler == 0) fill_linear(gaps, all, axis);
    if (filler == 1) fill_swag(gaps, all, axis, blend_swag());
    if (filler == 2 || filler == 3) fill_harmonic(gaps, all, axis, harmonic);
    if (filler == 4) fill_tmwm(gaps, all, axis, {});
    for (std::size_t at = 0; at < filled.size(); ++at) {
      results.push_back(filled_valid[at] != 0 ? filled[at] : std::numeric_limits<float>::quiet_NaN());
    }
  }
  return results;
}

/// Weighted mean of the finite ones; `otherwise` when there is none.
double blend_of(std::span<const float> fillings, std::size_t stride, std::span<const double> weights,
                double otherwise) {
  double sum = 0, of = 0;
  for (std::size_t filler = 0; filler < weights.size(); ++filler) {
    const auto value = static_cast<double>(fillings[filler * stride]);
    if (!std::isfinite(value)) continue;
    sum += weights[filler] * value;
    of += weights[filler];
  }
  return of > 0 ? sum / of : otherwise;
}

}  // namespace

DateSeries fill_date_series(std::span<const double> values, const TimeAxis& axis) {
  const std::size_t times = values.size(), series = times + 1;
  double middle = 0, square = 0, known = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    middle += value, known += 1;
  }
  middle /= std::max(known, 1.0);
  for (const double value : values) square += std::isnan(value) ? 0 : (value - middle) * (value - middle);
  const double variance = square / std::max(known, 1.0);
  // Series 0 is the whole one; series 1 + t lacks date t.
  std::vector<float> drawn(times * series, 0.0F);
  std::vector<std::uint8_t> valid(times * series, 0);
  for (std::size_t time = 0; time < times; ++time) {
    if (std::isnan(values[time])) continue;
    for (std::size_t one = 0; one < series; ++one) {
      // Centred, so that single precision is plenty.
      drawn[time * series + one] = static_cast<float>(values[time] - middle);
      valid[time * series + one] = one == time + 1 ? 0 : 1;
    }
  }
  const std::vector<float> fillings = fill_in_five_ways(drawn, valid, series, axis);
  const std::size_t stride = times * series;
  std::array<double, kFillers> weights{};
  for (std::size_t filler = 0; filler < kFillers; ++filler) {
    double error = 0;
    for (std::size_t time = 0; time < times; ++time) {
      if (std::isnan(values[time])) continue;
      const double guess = static_cast<double>(fillings[filler * stride + time * series + time + 1]);
      const double off = guess - (values[time] - middle);
      error += std::isfinite(guess) ? off * off : variance;
    }
    const double mean_error = error / std::max(known, 1.0) + 1e-12 * (1 + variance);
    weights[filler] = known < 4 ? 1.0 : 1.0 / (mean_error * mean_error);
  }
  DateSeries filled;
  for (std::size_t time = 0; time < times; ++time) {
    const std::span<const float> of_date = std::span<const float>(fillings).subspan(time * series);
    filled.when_left_out.push_back(middle + blend_of(of_date.subspan(time + 1), stride, weights, 0));
    filled.values.push_back(std::isnan(values[time]) ? middle + blend_of(of_date, stride, weights, 0) : values[time]);
  }
  return filled;
}

namespace {

/// Errors of all members where one date was left out: what the weights are fitted to.
struct LeftOutDate {
  std::size_t time = 0;
  std::vector<float> errors;  ///< shape [pixel][member]
  Eigen::MatrixXd products;   ///< mean of error × error, [member][member]
};

constexpr std::array<bool, kBlendMembers> kAllMembers{true, true, true, true, true, true, true, true};

/// Some pixels that are valid on the date, spread over the sample.
std::vector<std::size_t> pixels_of_date(const DateSample& sample, std::size_t time, std::size_t most) {
  std::vector<std::size_t> pixels;
  const std::uint8_t* const valid = sample.valid.data() + time * sample.pixels;
  const std::size_t step = std::max<std::size_t>(1, sample.count[time] / most);
  std::size_t seen = 0;
  for (std::size_t pixel = 0; pixel < sample.pixels; ++pixel) {
    if (valid[pixel] != 0 && seen++ % step == step / 2 && pixels.size() < most) pixels.push_back(pixel);
  }
  return pixels;
}

LeftOutDate leave_out(const DateSample& sample, const TimeAxis& axis, const DatePredictor& structured,
                      const DateStatistics& statistics, const LeftOutDates& left_out, std::size_t time,
                      std::size_t most_pixels) {
  const std::vector<std::size_t> pixels = pixels_of_date(sample, time, most_pixels);
  const std::size_t count = pixels.size();
  std::vector<float> values(sample.times * count);
  std::vector<std::uint8_t> valid(sample.times * count);
  for (std::size_t other = 0; other < sample.times; ++other) {
    for (std::size_t at = 0; at < count; ++at) {
      values[other * count + at] = sample.values[other * sample.pixels + pixels[at]];
      valid[other * count + at] = other == time ? 0 : sample.valid[other * sample.pixels + pixels[at]];
    }
  }
  std::vector<double> mean = statistics.mean, spread = statistics.spread;
  mean[time] = left_out.mean[time];
  spread[time] = left_out.spread[time];
  const std::array<std::size_t, 1> dates{time};
  const std::vector<float> predicted =
      predict_by_members({axis, mean, spread, structured}, values, valid, count, dates, kAllMembers);
  LeftOutDate left{time, {}, Eigen::MatrixXd::Zero(kBlendMembers, kBlendMembers)};
  for (std::size_t at = 0; at < count; ++at) {
    std::array<double, kBlendMembers> error{};
    for (std::size_t member = 0; member < kBlendMembers; ++member) {
      const float value = predicted[member * count + at];
      // A member that tells nothing is as good as the date's mean.
      const double guess = std::isnan(value) ? mean[time] : static_cast<double>(value);
      error[member] = guess - static_cast<double>(values[time * count + at]);
      left.errors.push_back(static_cast<float>(error[member]));
    }
    for (Eigen::Index one = 0; one < static_cast<Eigen::Index>(kBlendMembers); ++one) {
      for (Eigen::Index other = 0; other < static_cast<Eigen::Index>(kBlendMembers); ++other) {
        left.products(one, other) += error[static_cast<std::size_t>(one)] * error[static_cast<std::size_t>(other)];
      }
    }
  }
  left.products /= static_cast<double>(std::max<std::size_t>(count, 1));
  return left;
}

/// What the weights are drawn towards: few dates tell little about how members differ.
constexpr std::array<double, kBlendMembers> kPriorWeights{0.3, 0.1, 0.2, 0.1, 0.1, 0.2, 0.0, 0.0};

constexpr double kPriorDates = 30;  ///< left out dates that the prior weighs

/// Weights of the smallest mean square error, drawn towards the prior, which weighs as much as the mean variance of
/// `kPriorDates` dates.
/// dates   over how many left out dates `products` is the mean
std::vector<double> best_weights(const Eigen::MatrixXd& products, std::size_t dates) {
  // Below a fiftieth a member costs more time than it is worth.
  constexpr double least = 0.02;
  const double ridge = kPriorDates / static_cast<double>(dates) * products.diagonal().mean() + 1e-12;
  return convex_weights({products.data(), static_cast<std::size_t>(products.size())}, ridge, kPriorWeights, least);
}

/// How much what happened on one date says about another.
double likeness(const std::vector<int>& places, int slots, std::size_t one, std::size_t other) {
  const int apart = std::abs(places[one] - places[other]) % slots;
  const double distance = static_cast<double>(std::min(apart, slots - apart)) / std::max(0.4, slots / 10.0);
  return 0.25 + std::exp(-0.5 * distance * distance);
}

}  // namespace

namespace {

/// How much each left out date says of the errors on dates of a slot: like seasons, and all dates together as much as
/// five of them. Errors differ more from season to season than the order of the members does.
std::vector<double> error_shares(std::span<const LeftOutDate> left, const TimeAxis& axis, int slot) {
  constexpr double width = 0.08;  // of a year
  constexpr double all_dates = 5;
  std::vector<double> shares;
  for (const LeftOutDate& date : left) {
    shares.push_back(all_dates / static_cast<double>(left.size()) +
                     season_likeness(axis.slot[date.time], slot, axis.slots, width));
  }
  return shares;
}

/// Weighted 68 % quantile of the blend's errors.
double blend_error(std::span<const LeftOutDate> left, std::span<const double> weights, std::span<const double> share) {
  std::vector<WeightedValue> errors;
  for (std::size_t date = 0; date < left.size(); ++date) {
    const std::size_t count = left[date].errors.size() / kBlendMembers;
    for (std::size_t pixel = 0; pixel < count; ++pixel) {
      double error = 0;
      for (std::size_t member = 0; member < kBlendMembers; ++member) {
        error += weights[member] * static_cast<double>(left[date].errors[pixel * kBlendMembers + member]);
      }
      errors.push_back({std::abs(error), share[date] / static_cast<double>(count)});
    }
  }
  return weighted_quantile(errors, 0.68);
}

}  // namespace

void fit_blend(const DateSample& sample, const TimeAxis& axis, const DatePredictor& structured,
               const LeftOutDates& left_out, DateStatistics& statistics) {
  const auto empty = static_cast<std::size_t>(std::count_if(
      statistics.nearly_empty.begin(), statistics.nearly_empty.end(), [](auto mark) { return mark != 0; }));
  const std::size_t known = sample.times - empty;
  const std::size_t most = std::clamp<std::size_t>(12000 / std::max<std::size_t>(known, 1), 64, 400);
  const std::vector<int> places = axis_places(axis);
  statistics.blend.assign(sample.times * kBlendMembers, 0.0);
  statistics.blend_error.assign(sample.times, 0.0);
  if (empty == 0) return;
  std::vector<LeftOutDate> left;
  for (std::size_t time = 0; time < sample.times; ++time) {
    if (statistics.nearly_empty[time] != 0) continue;
    left.push_back(leave_out(sample, axis, structured, statistics, left_out, time, most));
  }
  for (std::size_t time = 0; time < sample.times; ++time) {
    if (statistics.nearly_empty[time] == 0) continue;
    Eigen::MatrixXd products = Eigen::MatrixXd::Zero(kBlendMembers, kBlendMembers);
    double shares = 0;
    for (const LeftOutDate& date : left) {
      const double share = likeness(places, axis.slots, time, date.time);
      shares += share;
      products += share * date.products;
    }
    products /= shares;
    const std::vector<double> weights = best_weights(products, left.size());
    std::copy(weights.begin(), weights.end(),
              statistics.blend.begin() + static_cast<std::ptrdiff_t>(time * kBlendMembers));
    statistics.blend_error[time] = blend_error(left, weights, error_shares(left, axis, axis.slot[time]));
  }
}

}  // namespace ecocube::series
