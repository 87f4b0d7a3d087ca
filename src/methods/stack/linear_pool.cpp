// SPDX-License-Identifier: Apache-2.0
#include "methods/stack/linear_pool.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "data/model/plain_prediction.h"
#include "data/model/portable_math.h"

namespace ecocube {
namespace {

constexpr double kLeastExponent = 1e-3, kGreatestExponent = 50;
constexpr double kLeastNumber = 1e-300;  // keeps logarithms and quotients finite
constexpr double kFactorTolerance = 1e-5;
constexpr int kMostRounds = 20000;

struct Slopes {
  double first = 0, second = 0;
};

/// First and second derivative of the log loss by the exponent.
Slopes slopes_at(double exponent, std::span<const double> logs, std::span<const std::uint16_t> seen,
                 std::span<const double> weights, std::size_t classes) {
  Slopes slopes;
  std::vector<double> shares(classes);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const auto own = logs.subspan(i * classes, classes);
    for (std::size_t c = 0; c < classes; ++c) shares[c] = exponent * own[c];
    softmax(shares);
    double mean = 0, square = 0;
    for (std::size_t c = 0; c < classes; ++c) {
      mean += shares[c] * own[c];
      square += shares[c] * own[c] * own[c];
    }
    slopes.first += weights[i] * (mean - own[seen[i]]);
    slopes.second += weights[i] * (square - mean * mean);
  }
  return slopes;
}

}  // namespace

double best_exponent(std::span<const double> logs, std::span<const std::uint16_t> seen, std::span<const double> weights,
                     std::size_t classes) {
  double low = kLeastExponent, high = kGreatestExponent, at = 1;
  for (int step = 0; step < 100; ++step) {
    const Slopes slopes = slopes_at(at, logs, seen, weights, classes);
    (slopes.first > 0 ? high : low) = at;
    double next = at - slopes.first / slopes.second;
    if (!(next > low && next < high)) next = std::sqrt(low * high);
    if (std::abs(next - at) <= 1e-12 * at) break;
    at = next;
  }
  return at;
}

std::vector<double> mixture_weights(std::span<const double> of_seen, std::span<const double> weights,
                                    std::size_t learners) {
  std::vector<double> shares(learners, 1 / static_cast<double>(learners)), factors(learners);
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (int round = 0; round < kMostRounds; ++round) {
    std::fill(factors.begin(), factors.end(), 0.0);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const auto own = of_seen.subspan(i * learners, learners);
      double mixture = 0;
      for (std::size_t l = 0; l < learners; ++l) mixture += shares[l] * own[l];
      for (std::size_t l = 0; l < learners; ++l) factors[l] += weights[i] * own[l] / mixture;
    }
    double greatest = 0;
    for (std::size_t l = 0; l < learners; ++l) {
      factors[l] /= total;
      shares[l] *= factors[l];
      greatest = std::max(greatest, factors[l]);
    }
    // The mixture's loss is within ln(greatest factor) of the least one (Cover 1984).
    if (greatest <= 1 + kFactorTolerance) break;
  }
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  for (double& share : shares) share /= sum;
  return shares;
}

Meta fit_linear_pool(const MetaRows& rows) {
  Meta meta = smoothing_for(rows);
  const std::size_t classes = rows.classes, count = rows.rows();
  const std::vector<double> logs = log_probabilities(meta, rows);
  LinearPool pool;
  std::vector<double> calibrated(logs.size()), of_seen(count * rows.learners), own(count * classes);
  for (std::size_t l = 0; l < rows.learners; ++l) {
    for (std::size_t i = 0; i < count; ++i)
      std::copy_n(logs.begin() + static_cast<std::ptrdiff_t>(i * rows.inputs() + l * classes), classes,
                  own.begin() + static_cast<std::ptrdiff_t>(i * classes));
    pool.exponents.push_back(best_exponent(own, rows.seen, rows.weights, classes));
    for (std::size_t i = 0; i < count; ++i) {
      const auto shares = std::span(own).subspan(i * classes, classes);
      for (double& share : shares) share *= pool.exponents[l];
      softmax(shares);
      std::copy(shares.begin(), shares.end(),
                calibrated.begin() + static_cast<std::ptrdiff_t>(i * rows.inputs() + l * classes));
      of_seen[i * rows.learners + l] = std::max(kLeastNumber, shares[rows.seen[i]]);
    }
  }
  pool.weights = mixture_weights(of_seen, rows.weights, rows.learners);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t c = 0; c < classes; ++c) {
      double sum = 0;
      for (std::size_t l = 0; l < rows.learners; ++l)
        sum += pool.weights[l] * calibrated[i * rows.inputs() + l * classes + c];
      own[i * classes + c] = portable_log(std::max(kLeastNumber, sum));
    }
  }
  pool.final_exponent = best_exponent(own, rows.seen, rows.weights, classes);
  meta.name = "linear pool";
  meta.pool = std::move(pool);
  return meta;
}

}  // namespace ecocube
