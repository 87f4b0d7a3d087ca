// SPDX-License-Identifier: Apache-2.0
#include "methods/train/linear.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/parallel.h"
#include "methods/train/standardisation.h"

namespace ecocube {
namespace {

/// Σ w·x·x and Σ w·x·y of standardised features and responses.
struct NormalEquations {
  std::size_t features = 0;
  std::vector<double> products;    ///< shape [feature][feature], filled for second <= first
  std::vector<double> right_side;  ///< shape [feature]
  double response_mean = 0, response_deviation = 0;

  double product(std::size_t a, std::size_t b) const { return products[std::max(a, b) * features + std::min(a, b)]; }
};

NormalEquations normal_equations(const TrainingRows& rows, const Standardisation& standard) {
  const std::size_t count = rows.rows(), features = rows.features;
  NormalEquations found{features, std::vector<double>(features * features), std::vector<double>(features), 0, 0};
  const double total = std::accumulate(rows.weights.begin(), rows.weights.end(), 0.0);
  double sum = 0, squares = 0;
  for (std::size_t row = 0; row < count; ++row) sum += rows.weights[row] * static_cast<double>(rows.responses[row]);
  found.response_mean = sum / total;
  std::vector<double> responses(count), values(features * count);
  for (std::size_t row = 0; row < count; ++row) {
    responses[row] = static_cast<double>(rows.responses[row]) - found.response_mean;
    squares += rows.weights[row] * responses[row] * responses[row];
  }
  found.response_deviation = std::sqrt(squares / total);
  if (!(found.response_deviation > 0)) return found;
  for (std::size_t f = 0; f < features; ++f) {
    const auto column = rows.column(f);
    for (std::size_t row = 0; row < count; ++row)
      values[f * count + row] = (static_cast<double>(column[row]) - standard.means[f]) * standard.scales[f];
  }
  parallel_for(features, 1, [&](std::size_t begin, std::size_t end) {
    std::vector<double> weighted(count);
    for (std::size_t a = begin; a < end; ++a) {
      for (std::size_t row = 0; row < count; ++row) weighted[row] = rows.weights[row] * values[a * count + row];
      for (std::size_t b = 0; b <= a; ++b) {
        const double* other = values.data() + b * count;
        found.products[a * features + b] = std::inner_product(weighted.begin(), weighted.end(), other, 0.0);
      }
      const double with_responses = std::inner_product(weighted.begin(), weighted.end(), responses.begin(), 0.0);
      found.right_side[a] = with_responses / found.response_deviation;
    }
  });
  return found;
}

/// Solves (products + ridge · 1) b = right side by Cholesky's factors; what depends on features before it gets 0.
std::vector<double> solve_ridge(const NormalEquations& equations, double ridge) {
  const std::size_t n = equations.features;
  std::vector<double> lower(n * n), solution(n);
  std::vector<bool> counts(n);
  for (std::size_t j = 0; j < n; ++j) {
    const double whole = equations.product(j, j) + ridge;
    double pivot = whole;
    for (std::size_t k = 0; k < j; ++k) pivot -= lower[j * n + k] * lower[j * n + k];
    counts[j] = equations.product(j, j) > 0 && pivot > 1e-11 * whole;
    if (!counts[j]) continue;
    lower[j * n + j] = std::sqrt(pivot);
    for (std::size_t i = j + 1; i < n; ++i) {
      double sum = equations.product(i, j);
      for (std::size_t k = 0; k < j; ++k) sum -= lower[i * n + k] * lower[j * n + k];
      lower[i * n + j] = sum / lower[j * n + j];
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (!counts[i]) continue;
    double sum = equations.right_side[i];
    for (std::size_t k = 0; k < i; ++k) sum -= lower[i * n + k] * solution[k];
    solution[i] = sum / lower[i * n + i];
  }
  for (std::size_t i = n; i-- > 0;) {
    if (!counts[i]) continue;
    double sum = solution[i];
    for (std::size_t k = i + 1; k < n; ++k) sum -= lower[k * n + i] * solution[k];
    solution[i] = sum / lower[i * n + i];
  }
  return solution;
}

Result<std::vector<double>> descend(const NormalEquations& equations, const LinearSettings& settings) {
  const std::size_t n = equations.features;
  const double ridge = (1 - settings.l1_share) / settings.c, lasso = settings.l1_share / settings.c;
  std::vector<double> solution(n), left = equations.right_side;  // left: right side - products · solution
  double largest_move = 0;
  for (int pass = 0; pass < settings.passes; ++pass) {
    largest_move = 0;
    for (std::size_t j = 0; j < n; ++j) {
      const double own = equations.product(j, j);
      if (!(own > 0)) continue;
      const double pull = left[j] + own * solution[j];
      const double next = std::copysign(std::max(0.0, std::abs(pull) - lasso), pull) / (own + ridge);
      const double move = next - solution[j];
      if (move == 0) continue;
      for (std::size_t i = 0; i < n; ++i) left[i] -= move * equations.product(i, j);
      solution[j] = next;
      largest_move = std::max(largest_move, std::abs(move));
    }
    if (largest_move < 1e-8) return solution;
  }
  return machine_error("linear: weights still move by {:.2g} deviations after {} passes ({} features)", largest_move,
                       settings.passes, n);
}

}  // namespace

Result<Linear> fit_linear(const TrainingRows& rows, const LinearSettings& settings) {
  const Standardisation standard = standardisation_of(rows);
  const NormalEquations equations = normal_equations(rows, standard);
  Linear fitted{equations.response_mean, std::vector<double>(rows.features)};
  if (!(equations.response_deviation > 0)) return fitted;
  std::vector<double> solution;
  if (settings.l1_share > 0) {
    ECOCUBE_TRY_ASSIGN(solution, descend(equations, settings));
  } else {
    solution = solve_ridge(equations, 1 / settings.c);
  }
  for (std::size_t f = 0; f < rows.features; ++f) {
    fitted.weights[f] = solution[f] * standard.scales[f] * equations.response_deviation;
    fitted.intercept -= fitted.weights[f] * standard.means[f];
  }
  return fitted;
}

}  // namespace ecocube
