// SPDX-License-Identifier: Apache-2.0
#include "methods/stack/value_pool.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ecocube {
namespace {

using Matrix = std::vector<double>;  // square, row by row

/// Solves a symmetric positive definite system by Cholesky's decomposition; a pivot that vanishes counts as a little.
std::vector<double> solve(Matrix a, std::vector<double> b) {
  const std::size_t n = b.size();
  double trace = 0;
  for (std::size_t i = 0; i < n; ++i) trace += a[i * n + i];
  const double least = 1e-12 * std::max(trace, 1e-300);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = a[i * n + j];
      for (std::size_t k = 0; k < j; ++k) sum -= a[i * n + k] * a[j * n + k];
      a[i * n + j] = i == j ? std::sqrt(std::max(least, sum)) : sum / a[j * n + j];
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= a[i * n + k] * b[k];
    b[i] /= a[i * n + i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) b[i] -= a[k * n + i] * b[k];
    b[i] /= a[i * n + i];
  }
  return b;
}

/// Weighted mean products of the learners' residuals, and a trace of ridge so that equal learners share.
Matrix residual_products(const MetaRows& rows) {
  const std::size_t learners = rows.learners;
  Matrix products(learners * learners);
  double total = 0;
  std::vector<double> apart(learners);
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const auto own = rows.row(i);
    for (std::size_t l = 0; l < learners; ++l)
      apart[l] = static_cast<double>(own[l]) - static_cast<double>(rows.responses[i]);
    total += rows.weights[i];
    for (std::size_t l = 0; l < learners; ++l) {
      for (std::size_t m = 0; m < learners; ++m) products[l * learners + m] += rows.weights[i] * apart[l] * apart[m];
    }
  }
  double trace = 0;
  for (double& product : products) product /= total;
  for (std::size_t l = 0; l < learners; ++l) trace += products[l * learners + l];
  for (std::size_t l = 0; l < learners; ++l)
    products[l * learners + l] += 1e-9 * std::max(trace, 1e-300) / static_cast<double>(learners);
  return products;
}

/// The least of wᵀ products w with Σ w = 1 over the learners of `support`; shape [learner], 0 elsewhere.
std::vector<double> least_on(const Matrix& products, const std::vector<std::size_t>& support, std::size_t learners) {
  Matrix part;
  for (const std::size_t l : support) {
    for (const std::size_t m : support) part.push_back(products[l * learners + m]);
  }
  const std::vector<double> solved = solve(std::move(part), std::vector<double>(support.size(), 1.0));
  const double sum = std::accumulate(solved.begin(), solved.end(), 0.0);
  std::vector<double> weights(learners);
  for (std::size_t i = 0; i < support.size(); ++i) weights[support[i]] = solved[i] / sum;
  return weights;
}

std::vector<double> times(const Matrix& products, const std::vector<double>& weights) {
  std::vector<double> result(weights.size());
  for (std::size_t l = 0; l < weights.size(); ++l) {
    for (std::size_t m = 0; m < weights.size(); ++m) result[l] += products[l * weights.size() + m] * weights[m];
  }
  return result;
}

/// Walks from feasible weights to the least on their support; where a weight would turn negative it stops there and
/// takes that learner out.
void settle(const Matrix& products, std::vector<double>& weights, std::vector<std::size_t>& support) {
  while (true) {
    const std::vector<double> goal = least_on(products, support, weights.size());
    double reach = 1;
    std::size_t first = support.size();
    for (std::size_t i = 0; i < support.size(); ++i) {
      const double from = weights[support[i]], to = goal[support[i]];
      if (to >= 0 || from - to <= 0 || from / (from - to) >= reach) continue;
      reach = from / (from - to);
      first = i;
    }
    for (std::size_t l = 0; l < weights.size(); ++l) weights[l] += reach * (goal[l] - weights[l]);
    if (first == support.size()) return;
    weights[support[first]] = 0;
    support.erase(support.begin() + static_cast<std::ptrdiff_t>(first));
  }
}

std::size_t best_of(const Matrix& products, std::size_t learners) {
  std::size_t best = 0;
  for (std::size_t l = 1; l < learners; ++l) {
    if (products[l * learners + l] < products[best * learners + best]) best = l;
  }
  return best;
}

Meta value_pool(const char* name, double intercept, std::vector<double> weights) {
  return Meta{name, 0, {}, ValuePool{intercept, std::move(weights)}};
}

}  // namespace

Meta fit_convex_pool(const MetaRows& rows) {
  const Matrix products = residual_products(rows);
  std::vector<std::size_t> support{best_of(products, rows.learners)};
  std::vector<double> weights(rows.learners);
  weights[support.front()] = 1;
  // Every round lowers the error, so no support comes twice; the bound is for rounding alone.
  for (std::size_t round = 0; round < 50 * rows.learners; ++round) {
    const std::vector<double> slopes = times(products, weights);
    double reached = 0;
    for (std::size_t l = 0; l < weights.size(); ++l) reached += weights[l] * slopes[l];
    std::size_t steepest = weights.size();
    for (std::size_t l = 0; l < weights.size(); ++l) {
      if (std::find(support.begin(), support.end(), l) != support.end()) continue;
      if (slopes[l] >= reached * (1 - 1e-10)) continue;
      if (steepest == weights.size() || slopes[l] < slopes[steepest]) steepest = l;
    }
    if (steepest == weights.size()) break;
    support.push_back(steepest);
    settle(products, weights, support);
  }
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight = std::max(0.0, weight) / sum;
  return value_pool("convex pool", 0, std::move(weights));
}

Meta fit_ridge_stack(const MetaRows& rows) {
  const std::size_t learners = rows.learners;
  const double total = std::accumulate(rows.weights.begin(), rows.weights.end(), 0.0);
  std::vector<double> means(learners), right(learners);
  double mean_response = 0, variance = 0;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    mean_response += rows.weights[i] * static_cast<double>(rows.responses[i]) / total;
    for (std::size_t l = 0; l < learners; ++l)
      means[l] += rows.weights[i] * static_cast<double>(rows.row(i)[l]) / total;
  }
  Matrix products(learners * learners);
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const auto own = rows.row(i);
    const double response = static_cast<double>(rows.responses[i]) - mean_response, share = rows.weights[i] / total;
    for (std::size_t l = 0; l < learners; ++l) {
      const double value = static_cast<double>(own[l]) - means[l];
      right[l] += share * value * response;
      for (std::size_t m = 0; m < learners; ++m)
        products[l * learners + m] += share * value * (static_cast<double>(own[m]) - means[m]);
    }
  }
  for (std::size_t l = 0; l < learners; ++l) variance += products[l * learners + l] / static_cast<double>(learners);
  const double ridge = std::max(variance, 1e-300) / static_cast<double>(rows.rows());
  for (std::size_t l = 0; l < learners; ++l) {
    products[l * learners + l] += ridge;
    right[l] += ridge / static_cast<double>(learners);
  }
  std::vector<double> weights = solve(std::move(products), std::move(right));
  double intercept = mean_response;
  for (std::size_t l = 0; l < learners; ++l) intercept -= weights[l] * means[l];
  return value_pool("ridge stack", intercept, std::move(weights));
}

Meta fit_best_single(const MetaRows& rows) {
  std::vector<double> weights(rows.learners);
  weights[best_of(residual_products(rows), rows.learners)] = 1;
  return value_pool("best single learner", 0, std::move(weights));
}

Meta plain_mean() {
  return Meta{};
}

}  // namespace ecocube
