// SPDX-License-Identifier: Apache-2.0
#include "methods/series/trend_significance.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

namespace ecocube::series {
namespace {

/// Terms of a continued fraction; far more than it takes where it is used.
constexpr std::size_t kTerms = 400;

/// Coefficient `term` (from 1) of DLMF 8.17.23, without its factor x.
double coefficient(std::size_t term, double a, double b) {
  const auto m = static_cast<double>(term / 2);
  if (term % 2 == 0) return m * (b - m) / ((a + 2 * m - 1) * (a + 2 * m));
  return -(a + m) * (a + b + m) / ((a + 2 * m) * (a + 2 * m + 1));
}

/// 1 / (1 + c1 x / (1 + c2 x / (1 + …))), by the recurrence of numerators and denominators, which are of the size of 1:
/// one division in all.
double continued_fraction(double x, const double* coefficients) {
  constexpr double kExact = 1e-14;
  double numerator = 1, denominator = 1, numerator_before = 0, denominator_before = 1;
  for (std::size_t term = 0; term < kTerms; ++term) {
    const double c = coefficients[term] * x;
    const double next_numerator = numerator + c * numerator_before;
    const double next_denominator = denominator + c * denominator_before;
    const double change = next_numerator * denominator - numerator * next_denominator;
    numerator_before = numerator;
    denominator_before = denominator;
    numerator = next_numerator;
    denominator = next_denominator;
    if (std::fabs(change) <= kExact * std::fabs(next_numerator * denominator_before)) break;
  }
  return numerator / denominator;
}

double whole_power(double base, std::size_t exponent) {
  double result = 1;
  for (; exponent > 0; exponent /= 2, base *= base) {
    if (exponent % 2 == 1) result *= base;
  }
  return result;
}

}  // namespace

StudentT::StudentT(std::size_t most_degrees) : beta_(std::max<std::size_t>(most_degrees, 2) + 1) {
  beta_[1] = std::numbers::pi;
  beta_[2] = 2;
  for (std::size_t degrees = 3; degrees < beta_.size(); ++degrees) {
    const double a = static_cast<double>(degrees - 2) / 2;
    beta_[degrees] = beta_[degrees - 2] * a / (a + 0.5);
  }
  rare_.resize(beta_.size() * kTerms);
  likely_.resize(rare_.size());
  for (std::size_t degrees = 1; degrees < beta_.size(); ++degrees) {
    const double a = static_cast<double>(degrees) / 2;
    for (std::size_t term = 0; term < kTerms; ++term) {
      rare_[degrees * kTerms + term] = coefficient(term + 1, a, 0.5);
      likely_[degrees * kTerms + term] = coefficient(term + 1, 0.5, a);
    }
  }
}

double StudentT::two_sided(double unexplained, std::size_t degrees) const {
  assert(degrees >= 1 && degrees < beta_.size());
  const double x = std::clamp(unexplained, 0.0, 1.0), a = static_cast<double>(degrees) / 2;
  if (x == 0 || x == 1) return x;
  const double root = whole_power(std::sqrt(x), degrees) * std::sqrt(1 - x) / beta_[degrees];
  // On either side of this point one of the two fractions converges fast.
  if (x < (a + 1) / (a + 2.5)) return std::min(1.0, root / a * continued_fraction(x, rare_.data() + degrees * kTerms));
  return std::max(0.0, 1 - root / 0.5 * continued_fraction(1 - x, likely_.data() + degrees * kTerms));
}

double normal_two_sided(double z) {
  return std::erfc(std::fabs(z) / std::numbers::sqrt2);
}

}  // namespace ecocube::series
