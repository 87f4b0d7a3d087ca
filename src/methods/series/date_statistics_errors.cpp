// SPDX-License-Identifier: Apache-2.0
#include "methods/series/date_statistics_errors.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "methods/series/date_kriging.h"
#include "methods/series/date_regression.h"
#include "methods/series/date_statistics_correlation.h"

namespace ecocube::series {
namespace {

/// Draws known cells at random until the batch is full; it may stay short when few cells are known.
void draw_batch(const CompletedSample& completed, SampleDraws& draws, PredictionBatch& batch) {
  const DateSample& sample = completed.sample;
  batch.count = 0;
  for (std::size_t attempt = 0; attempt < 50 * PredictionBatch::kLanes && batch.count < PredictionBatch::kLanes;
       ++attempt) {
    const std::size_t pixel = draws.below(sample.pixels), time = draws.below(sample.times);
    if (completed.known[time] == 0 || sample.valid[time * sample.pixels + pixel] == 0) continue;
    batch.pixel[batch.count] = pixel;
    batch.time[batch.count] = time;
    ++batch.count;
  }
  completed.predictor.predict(sample.valid, sample.pixels, batch);
}

/// A value less what a lane's weights make of its pixel.
double residual(const CompletedSample& completed, const PredictionBatch& batch, std::size_t lane, std::size_t pixel) {
  const std::size_t pixels = completed.sample.pixels;
  return static_cast<double>(completed.values[batch.time[lane] * pixels + pixel] -
                             DatePredictor::apply(batch, lane, completed.values.data(), pixels, pixel));
}

constexpr std::array<int, 9> kLags{1, 2, 3, 4, 6, 8, 12, 16, 24};
constexpr std::array<double, 7> kRanges{0.7, 1.5, 3.0, 6.0, 12.0, 24.0, 60.0};

struct LagSums {
  double product = 0;
  double square = 0;
  double pairs = 0;
};

void add_pairs(const CompletedSample& completed, const PredictionBatch& batch, std::size_t lane,
               std::array<LagSums, kLags.size()>& sums) {
  const DateSample& sample = completed.sample;
  const std::size_t pixel = batch.pixel[lane];
  const DateSample::Chip& chip = sample.chip_of(pixel);
  const auto rows = static_cast<std::ptrdiff_t>(chip.rows), cols = static_cast<std::ptrdiff_t>(chip.cols);
  const auto row = static_cast<std::ptrdiff_t>(pixel - chip.first) / cols;
  const auto col = static_cast<std::ptrdiff_t>(pixel - chip.first) % cols;
  const double own = residual(completed, batch, lane, pixel);
  const auto variance = static_cast<double>(batch.variance[lane]);
  for (std::size_t lag = 0; lag < kLags.size(); ++lag) {
    if (kLags[lag] >= std::max<std::ptrdiff_t>(2, std::max(rows, cols) / 2)) break;
    const std::ptrdiff_t step = kLags[lag];
    const std::array<std::array<std::ptrdiff_t, 2>, 4> sides{{{step, 0}, {-step, 0}, {0, step}, {0, -step}}};
    for (const auto& [down, right] : sides) {
      if (row + down < 0 || row + down >= rows || col + right < 0 || col + right >= cols) continue;
      const std::size_t other = chip.first + static_cast<std::size_t>((row + down) * cols + col + right);
      if (sample.valid[batch.time[lane] * sample.pixels + other] == 0) continue;
      const double theirs = residual(completed, batch, lane, other);
      sums[lag].product += own * theirs / variance;
      sums[lag].square += 0.5 * (own * own + theirs * theirs) / variance;
      sums[lag].pairs += 1;
    }
  }
}

}  // namespace

std::vector<DistanceTerm> fit_distance(const CompletedSample& completed) {
  constexpr std::size_t batches = 2500;
  std::array<LagSums, kLags.size()> sums{};
  SampleDraws draws(1);
  PredictionBatch batch(completed.predictor.dates());
  for (std::size_t round = 0; round < batches; ++round) {
    draw_batch(completed, draws, batch);
    for (std::size_t lane = 0; lane < batch.count; ++lane) add_pairs(completed, batch, lane, sums);
  }
  std::vector<double> matrix, right;
  for (std::size_t lag = 0; lag < kLags.size(); ++lag) {
    if (sums[lag].pairs <= 50 || sums[lag].square <= 0) continue;
    const double weight = std::sqrt(1.0 / kLags[lag]);
    for (const double range : kRanges) matrix.push_back(std::exp(-kLags[lag] / range) * weight);
    right.push_back(sums[lag].product / sums[lag].square * weight);
  }
  std::vector<DistanceTerm> terms;
  if (right.empty()) return terms;
  const std::vector<double> weights = non_negative_least_squares(matrix, right, kRanges.size());
  double sum = 0;
  for (const double weight : weights) sum += weight;
  for (std::size_t range = 0; range < kRanges.size(); ++range) {
    if (weights[range] <= 0) continue;
    terms.push_back({weights[range] * (sum > 0.98 ? 0.98 / sum : 1.0), kRanges[range]});
  }
  return terms;
}

namespace {

/// One value that was left out.
struct LeftOut {
  double variance;
  double ratio;  ///< |error| / √variance
};

/// Classes of about equally many values by variance, each with its 68 % quantile.
std::vector<ErrorFactor> factors_of(std::vector<LeftOut> left) {
  constexpr std::size_t smallest_class = 150;
  const std::size_t classes = std::clamp<std::size_t>(left.size() / smallest_class, 1, 8);
  std::sort(left.begin(), left.end(), [](const LeftOut& one, const LeftOut& other) {
    return one.variance != other.variance ? one.variance < other.variance : one.ratio < other.ratio;
  });
  std::vector<ErrorFactor> factors;
  for (std::size_t part = 0; part < classes && !left.empty(); ++part) {
    const std::size_t begin = part * left.size() / classes, end = (part + 1) * left.size() / classes;
    std::vector<WeightedValue> ratios;
    double variance = 0;
    for (std::size_t at = begin; at < end; ++at) {
      ratios.push_back({left[at].ratio, 1.0});
      variance += left[at].variance;
    }
    factors.push_back({variance / static_cast<double>(end - begin), weighted_quantile(ratios, 0.68)});
  }
  if (factors.empty()) factors.push_back({1.0, 1.0});
  return factors;
}

}  // namespace

void fit_errors(const CompletedSample& completed, DateStatistics& statistics) {
  constexpr std::size_t batches = 1500;
  constexpr std::array<int, 8> from{0, 0, 0, 2, 4, 7, 12, 18};
  const DateSample& sample = completed.sample;
  const DateKriging kriging(statistics.distance, kKrigingRadius);
  SampleDraws draws(2);
  PredictionBatch batch(completed.predictor.dates());
  SymmetricSystems systems(Neighbours::kMost);
  std::array<Neighbours, PredictionBatch::kLanes> neighbours{};
  std::vector<LeftOut> alone, kriged;
  for (std::size_t round = 0; round < batches; ++round) {
    draw_batch(completed, draws, batch);
    for (std::size_t lane = 0; lane < batch.count; ++lane) {
      const DateSample::Chip& chip = sample.chip_of(batch.pixel[lane]);
      const std::size_t place = batch.pixel[lane] - chip.first;
      neighbours[lane].count = 0;
      if (kriging.tells()) {
        kriging.find(sample.valid.data() + batch.time[lane] * sample.pixels + chip.first, chip.rows, chip.cols,
                     place / chip.cols, place % chip.cols, from[draws.below(from.size())], neighbours[lane]);
      }
      kriging.set_lane(neighbours[lane], systems, lane);
    }
    solve(systems);
    for (std::size_t lane = 0; lane < batch.count; ++lane) {
      const DateSample::Chip& chip = sample.chip_of(batch.pixel[lane]);
      const double own = residual(completed, batch, lane, batch.pixel[lane]);
      const auto variance = static_cast<double>(batch.variance[lane]);
      alone.push_back({variance, std::abs(own) / std::sqrt(variance)});
      if (neighbours[lane].count == 0) continue;
      double correction = 0;
      for (std::size_t one = 0; one < neighbours[lane].count; ++one) {
        correction += static_cast<double>(systems.solution[one * SymmetricSystems::kLanes + lane]) *
                      residual(completed, batch, lane, chip.first + neighbours[lane].pixel[one]);
      }
      const double left = variance * std::max(1.0 - static_cast<double>(systems.explained[lane]), 0.02);
      kriged.push_back({left, std::abs(own - correction) / std::sqrt(left)});
    }
  }
  statistics.regression_error = factors_of(std::move(alone));
  statistics.kriging_error = factors_of(std::move(kriged));
}

double error_factor(std::span<const ErrorFactor> factors, double variance) {
  if (factors.empty()) return 1.0;
  if (variance <= factors.front().variance) return factors.front().factor;
  for (std::size_t at = 1; at < factors.size(); ++at) {
    if (variance > factors[at].variance) continue;
    const double from = std::log(factors[at - 1].variance), to = std::log(factors[at].variance);
    const double share = to > from ? (std::log(variance) - from) / (to - from) : 1.0;
    return factors[at - 1].factor + share * (factors[at].factor - factors[at - 1].factor);
  }
  return factors.back().factor;
}

}  // namespace ecocube::series
