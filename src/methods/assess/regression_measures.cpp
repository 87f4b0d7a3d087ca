// SPDX-License-Identifier: Apache-2.0
#include "methods/assess/regression_measures.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

namespace ecocube {
namespace {

std::vector<RegressionEvaluation::Quantile> quantiles_of(const std::vector<double>& residuals,
                                                         std::span<const double> weights, double total) {
  std::vector<std::uint32_t> order(residuals.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return residuals[a] < residuals[b]; });
  std::vector<RegressionEvaluation::Quantile> result;
  double reached = 0;
  std::size_t next = 0;
  for (const double level : {0.05, 0.25, 0.5, 0.75, 0.95}) {
    // A hair below, since sums of weights are rounded.
    while (next < order.size() && reached < level * total * (1 - 1e-12)) reached += weights[order[next++]];
    if (next > 0) result.push_back({level, residuals[order[next - 1]]});
  }
  return result;
}

}  // namespace

RegressionEvaluation evaluate_numbers(std::string name, std::span<const double> seen, std::span<const double> told,
                                      std::span<const double> weights) {
  RegressionEvaluation result;
  result.name = std::move(name);
  result.rows = seen.size();
  double seen_sum = 0, told_sum = 0;
  for (std::size_t row = 0; row < seen.size(); ++row) {
    result.weight += weights[row];
    seen_sum += weights[row] * seen[row];
    told_sum += weights[row] * told[row];
  }
  const double total = result.weight, seen_mean = seen_sum / total, told_mean = told_sum / total;
  double seen_squares = 0, told_squares = 0, products = 0, squares = 0, absolutes = 0, sum = 0;
  std::vector<double> residuals;
  for (std::size_t row = 0; row < seen.size(); ++row) {
    const double w = weights[row], s = seen[row] - seen_mean, t = told[row] - told_mean, r = told[row] - seen[row];
    seen_squares += w * s * s;
    told_squares += w * t * t;
    products += w * s * t;
    squares += w * r * r;
    absolutes += w * std::abs(r);
    sum += w * r;
    residuals.push_back(r);
  }
  result.mean = seen_mean;
  result.deviation = std::sqrt(seen_squares / total);
  result.r2 = seen_squares > 0 ? 1 - squares / seen_squares : std::nan("");
  result.rmse = std::sqrt(squares / total);
  result.mae = absolutes / total;
  result.bias = sum / total;
  const double shift = seen_mean - told_mean, spread = seen_squares + told_squares + total * shift * shift;
  result.concordance = spread > 0 ? 2 * products / spread : std::nan("");
  result.residuals = quantiles_of(residuals, weights, total);
  return result;
}

RegressionEvaluation::Interval evaluate_interval(double coverage, std::span<const double> seen,
                                                 std::span<const double> low, std::span<const double> high,
                                                 std::span<const double> weights) {
  RegressionEvaluation::Interval result{coverage, 0, 0};
  double total = 0;
  for (std::size_t row = 0; row < seen.size(); ++row) {
    total += weights[row];
    result.mean_width += weights[row] * (high[row] - low[row]);
    if (seen[row] >= low[row] && seen[row] <= high[row]) result.reached += weights[row];
  }
  result.reached /= total;
  result.mean_width /= total;
  return result;
}

}  // namespace ecocube
