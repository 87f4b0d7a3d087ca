// SPDX-License-Identifier: Apache-2.0
#include "methods/series/date_statistics.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "methods/series/date_regression_blend.h"
#include "methods/series/date_statistics_blend.h"
#include "methods/series/date_statistics_correlation.h"
#include "methods/series/date_statistics_errors.h"
#include "methods/series/date_statistics_sample.h"

namespace ecocube::series {
namespace {

constexpr double kClip = 3.0;          ///< standardised values count as this much at most
constexpr double kPriorPairs = 200.0;  ///< pairs of values that the structured correlation weighs
constexpr int kRounds = 2;             ///< of expectation maximisation

/// Means of the dates of value[p, t] ≈ mean[t] + level[p], fitted in turn; levels are drawn towards 0 by one value that
/// is not there, and centred. NaN where a date has no value.
std::vector<double> date_means(const DateSample& sample) {
  constexpr int rounds = 10;
  std::vector<double> means(sample.times, 0.0), level(sample.pixels, 0.0), sums(sample.pixels), counts(sample.pixels);
  for (int round = 0; round < rounds; ++round) {
    std::fill(sums.begin(), sums.end(), 0.0);
    std::fill(counts.begin(), counts.end(), 1.0);
    for (std::size_t time = 0; time < sample.times; ++time) {
      const float* const values = sample.values.data() + time * sample.pixels;
      const std::uint8_t* const valid = sample.valid.data() + time * sample.pixels;
      double sum = 0;
      for (std::size_t pixel = 0; pixel < sample.pixels; ++pixel) {
        sum += valid[pixel] != 0 ? static_cast<double>(values[pixel]) - level[pixel] : 0.0;
      }
      means[time] = sample.count[time] > 0 ? sum / static_cast<double>(sample.count[time])
                                           : std::numeric_limits<double>::quiet_NaN();
      for (std::size_t pixel = 0; pixel < sample.pixels; ++pixel) {
        if (valid[pixel] == 0) continue;
        sums[pixel] += static_cast<double>(values[pixel]) - means[time];
        counts[pixel] += 1;
      }
    }
    double middle = 0;
    for (std::size_t pixel = 0; pixel < sample.pixels; ++pixel) middle += level[pixel] = sums[pixel] / counts[pixel];
    middle /= static_cast<double>(sample.pixels);
    for (double& one : level) one -= middle;
  }
  return means;
}

/// Root of the mean square deviation from the date's mean; NaN for unknown dates.
std::vector<double> date_spreads(const DateSample& sample, std::span<const double> mean,
                                 std::span<const std::uint8_t> known, double smallest) {
  std::vector<double> spread(sample.times, std::numeric_limits<double>::quiet_NaN());
  for (std::size_t time = 0; time < sample.times; ++time) {
    if (known[time] == 0) continue;
    double sum = 0;
    for (std::size_t at = time * sample.pixels; at < (time + 1) * sample.pixels; ++at) {
      const double off = static_cast<double>(sample.values[at]) - mean[time];
      sum += sample.valid[at] != 0 ? off * off : 0.0;
    }
    spread[time] = std::max(std::sqrt(sum / static_cast<double>(sample.count[time])), smallest);
  }
  return spread;
}

double clipped(float value) {
  return std::clamp(static_cast<double>(value), -kClip, kClip);
}

/// A correlation between dates and how much each of its cells counts, shapes [time][time].
struct Measured {
  std::vector<double> correlation;
  std::vector<double> weight;
};

/// Over the pixels valid on both dates.
Measured pairwise_correlation(const DateSample& sample, std::span<const float> values,
                              std::span<const std::uint8_t> known) {
  const std::size_t times = sample.times;
  std::vector<double> products(times * times, 0.0), squares(times * times, 0.0), pairs(times * times, 0.0);
  std::vector<double> value(times), one(times);
  for (std::size_t pixel = 0; pixel < sample.pixels; ++pixel) {
    for (std::size_t time = 0; time < times; ++time) {
      const std::size_t at = time * sample.pixels + pixel;
      one[time] = sample.valid[at];
      value[time] = sample.valid[at] != 0 ? clipped(values[at]) : 0.0;
    }
    for (std::size_t time = 0; time < times; ++time) {
      if (one[time] == 0) continue;
      const double own = value[time], square = own * own;
      const std::size_t row = time * times;
      for (std::size_t other = 0; other < times; ++other) {
        products[row + other] += own * value[other];
        squares[row + other] += square * one[other];
        pairs[row + other] += one[other];
      }
    }
  }
  constexpr double fewest_pairs = 10;
  Measured measured{std::vector<double>(times * times, 0.0), std::vector<double>(times * times, 0.0)};
  for (std::size_t row = 0; row < times; ++row) {
    for (std::size_t col = 0; col < times; ++col) {
      const std::size_t cell = row * times + col;
      const double scale = std::sqrt(squares[cell] * squares[col * times + row]);
      if (known[row] == 0 || known[col] == 0 || pairs[cell] < fewest_pairs || scale <= 0) continue;
      measured.correlation[cell] = products[cell] / scale;
      measured.weight[cell] = pairs[cell] / (pairs[cell] + kPriorPairs);
    }
  }
  return measured;
}

/// Between completed dates, what the completion leaves out added to the diagonal; tells also the means and standard
/// deviations of the completed dates.
struct Completed {
  Measured measured;
  std::vector<double> mean;
  std::vector<double> deviation;
};

Completed completed_correlation(const DateSample& sample, std::span<const float> values,
                                std::span<const double> variance, std::span<const std::uint8_t> known) {
  const std::size_t times = sample.times;
  const auto pixels = static_cast<double>(sample.pixels);
  std::vector<double> products(times * times, 0.0), sum(times, 0.0), value(times);
  for (std::size_t pixel = 0; pixel < sample.pixels; ++pixel) {
    for (std::size_t time = 0; time < times; ++time) {
      value[time] = clipped(values[time * sample.pixels + pixel]);
      sum[time] += value[time];
    }
    for (std::size_t time = 0; time < times; ++time) {
      for (std::size_t other = 0; other <= time; ++other) products[time * times + other] += value[time] * value[other];
    }
  }
  Completed result{{std::vector<double>(times * times, 0.0), std::vector<double>(times * times, 0.0)}, sum, sum};
  for (std::size_t time = 0; time < times; ++time) {
    result.mean[time] = sum[time] / pixels;
    const double square = products[time * times + time] / pixels - result.mean[time] * result.mean[time];
    result.deviation[time] = std::sqrt(std::max(square + variance[time], 1e-9));
  }
  for (std::size_t time = 0; time < times; ++time) {
    for (std::size_t other = 0; other <= time; ++other) {
      if (known[time] == 0 || known[other] == 0) continue;
      double covariance = products[time * times + other] / pixels - result.mean[time] * result.mean[other];
      if (time == other) covariance += variance[time];
      const double pairs = static_cast<double>(std::min(sample.count[time], sample.count[other]));
      for (const std::size_t cell : {time * times + other, other * times + time}) {
        result.measured.correlation[cell] = covariance / result.deviation[time] / result.deviation[other];
        result.measured.weight[cell] = pairs / (pairs + kPriorPairs);
      }
    }
  }
  return result;
}

constexpr double kSmallestEigenvalue = 0.1;

/// Shrinks what was measured towards the structured correlation.
void set_correlation(const Measured& measured, const TimeAxis& axis, DateStatistics& statistics) {
  statistics.structured = structured_correlation(measured.correlation, measured.weight, axis);
  statistics.correlation.resize(statistics.structured.size());
  for (std::size_t cell = 0; cell < statistics.correlation.size(); ++cell) {
    const double weight = measured.weight[cell];
    statistics.correlation[cell] = weight * measured.correlation[cell] + (1 - weight) * statistics.structured[cell];
  }
  make_positive_definite(statistics.correlation, statistics.times, kSmallestEigenvalue);
}

std::vector<std::uint8_t> known_dates(const DateStatistics& statistics) {
  std::vector<std::uint8_t> known(statistics.times);
  for (std::size_t time = 0; time < statistics.times; ++time) known[time] = statistics.nearly_empty[time] != 0 ? 0 : 1;
  return known;
}

/// Refines mean, spread and correlation by what they predict for the gaps.
void maximise_expectation(const DateSample& sample, const TimeAxis& axis, std::span<const std::uint8_t> known,
                          DateStatistics& statistics) {
  for (int round = 0; round < kRounds; ++round) {
    const DatePredictor predictor(statistics.correlation, known, kRegressionDates, kRegressionRidge);
    std::vector<float> values = standardised(sample, statistics.mean, statistics.spread);
    const std::vector<double> variance =
        complete_dates(predictor, sample.valid, sample.pixels, 0, sample.pixels, known, values);
    const Completed completed = completed_correlation(sample, values, variance, known);
    for (std::size_t time = 0; time < sample.times; ++time) {
      if (known[time] == 0) continue;
      statistics.mean[time] += completed.mean[time] * statistics.spread[time];
      statistics.spread[time] *= completed.deviation[time];
    }
    set_correlation(completed.measured, axis, statistics);
  }
}

/// Expected error of the temporal blend, from observed values left out one a pixel and round.
double series_error(const DateSample& sample, const TimeAxis& axis) {
  constexpr int rounds = 8;
  SampleDraws draws(3);
  std::vector<WeightedValue> errors;
  for (int round = 0; round < rounds; ++round) {
    std::vector<float> values = sample.values;
    std::vector<std::uint8_t> valid = sample.valid, source(valid.size());
    std::vector<std::size_t> left_out;
    for (std::size_t pixel = 0; pixel < sample.pixels; ++pixel) {
      const std::size_t at = draws.below(sample.times) * sample.pixels + pixel;
      if (valid[at] == 0) continue;
      valid[at] = 0;
      left_out.push_back(at);
    }
    fill_temporal_blend({values, valid, source, sample.pixels}, {0, sample.pixels}, axis);
    for (const std::size_t at : left_out) {
      if (valid[at] == 0) continue;
      errors.push_back({std::abs(static_cast<double>(values[at] - sample.values[at])), 1.0});
    }
  }
  return weighted_quantile(errors, 0.68);
}

/// What can be told of any cube: range, and which dates are nearly empty.
DateStatistics begin_statistics(const DateSample& sample) {
  DateStatistics statistics;
  statistics.times = sample.times;
  bool any = false;
  for (std::size_t at = 0; at < sample.values.size(); ++at) {
    if (sample.valid[at] == 0) continue;
    const auto value = static_cast<double>(sample.values[at]);
    statistics.lowest = any ? std::min(statistics.lowest, value) : value;
    statistics.highest = any ? std::max(statistics.highest, value) : value;
    any = true;
  }
  statistics.any_value = any;
  const double enough = std::max(20.0, 0.005 * static_cast<double>(sample.pixels));
  bool any_known = false;
  for (std::size_t time = 0; time < sample.times; ++time) {
    const bool known = static_cast<double>(sample.count[time]) >= enough;
    statistics.nearly_empty.push_back(known ? 0 : 1);
    any_known = any_known || known;
  }
  statistics.series_only = sample.pixels < kFewestPixels || !any_known;
  statistics.mean.assign(sample.times, 0.0);
  statistics.spread.assign(sample.times, std::max(0.25 * (statistics.highest - statistics.lowest), 1e-9));
  return statistics;
}

}  // namespace

namespace {

/// Sets mean and spread of all dates from the means of the known ones (NaN elsewhere), and tells what known dates would
/// have been guessed to be.
LeftOutDates guess_dates(const DateSample& sample, const TimeAxis& axis, std::span<const std::uint8_t> known,
                         std::span<const double> mean, DateStatistics& statistics) {
  const double smallest = 1e-6 * (statistics.highest - statistics.lowest) + 1e-9;
  const DateSeries means = fill_date_series(mean, axis);
  // Logarithms, so that no guess is negative.
  std::vector<double> logarithms = date_spreads(sample, mean, known, smallest);
  for (double& one : logarithms) one = std::log(one);
  DateSeries spreads = fill_date_series(logarithms, axis);
  for (double& one : spreads.values) one = std::exp(one);
  for (double& one : spreads.when_left_out) one = std::exp(one);
  statistics.mean = means.values;
  statistics.spread = spreads.values;
  return {means.when_left_out, spreads.when_left_out};
}

}  // namespace

DateStatistics estimate_date_statistics(std::span<const SampleChip> chips, const TimeAxis& axis) {
  const DateSample sample = gather_sample(chips, axis.slot.size());
  DateStatistics statistics = begin_statistics(sample);
  if (!statistics.any_value) return statistics;
  std::vector<double> mean = date_means(sample);
  if (statistics.series_only) {
    statistics.mean = fill_date_series(mean, axis).values;
    statistics.series_error = series_error(sample, axis);
    return statistics;
  }
  const std::vector<std::uint8_t> known = known_dates(statistics);
  for (std::size_t time = 0; time < sample.times; ++time) {
    if (known[time] == 0) mean[time] = std::numeric_limits<double>::quiet_NaN();
  }
  const LeftOutDates left_out = guess_dates(sample, axis, known, mean, statistics);
  set_correlation(pairwise_correlation(sample, standardised(sample, statistics.mean, statistics.spread), known), axis,
                  statistics);
  maximise_expectation(sample, axis, known, statistics);
  make_positive_definite(statistics.structured, statistics.times, 1e-3);
  const DatePredictor predictor(statistics.correlation, known, kRegressionDates, kRegressionRidge);
  std::vector<float> values = standardised(sample, statistics.mean, statistics.spread);
  complete_dates(predictor, sample.valid, sample.pixels, 0, sample.pixels, known, values);
  const CompletedSample completed{sample, values, known, predictor};
  statistics.distance = fit_distance(completed);
  fit_errors(completed, statistics);
  const DatePredictor structured(statistics.structured, known, kStructuredDates, kStructuredRidge);
  fit_blend(sample, axis, structured, left_out, statistics);
  return statistics;
}

}  // namespace ecocube::series
