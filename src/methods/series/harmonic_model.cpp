// SPDX-License-Identifier: Apache-2.0
#include "methods/series/harmonic_model.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

#include "methods/series/trend.h"

namespace ecocube::series {
namespace {

double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

bool HarmonicModel::NormalEquations::solve(std::size_t terms) {
  constexpr double kLeastPivot = 1e-9;
  auto& a = matrix;
  Terms& b = right;
  for (std::size_t i = 0; i < terms; ++i) {
    const double diagonal = a[i][i];
    for (std::size_t j = 0; j <= i; ++j) {
      for (std::size_t k = 0; k < j; ++k) a[i][j] -= a[i][k] * a[j][k];
      if (j < i) a[i][j] /= a[j][j];
    }
    if (!(a[i][i] > kLeastPivot * diagonal)) return false;
    a[i][i] = std::sqrt(a[i][i]);
  }
  for (std::size_t i = 0; i < terms; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= a[i][k] * b[k];
    b[i] /= a[i][i];
  }
  for (std::size_t i = terms; i-- > 0;) {
    for (std::size_t k = i + 1; k < terms; ++k) b[i] -= a[k][i] * b[k];
    b[i] /= a[i][i];
  }
  return true;
}

HarmonicModel::HarmonicModel(std::span<const int> days) {
  // The last bits of sines differ between mathematical libraries, and results must not.
  const auto rounded = [](double value) { return std::nearbyint(value * 0x1p40) * 0x1p-40; };
  const double middle = days.empty() ? 0 : days.front() + 0.5 * (days.back() - days.front());
  for (const int day : days) {
    Terms row{1, (day - middle) / kDaysOfYear};
    for (int mode = 1; mode <= kMostModes; ++mode) {
      const double angle = 2 * std::numbers::pi * mode * day / kDaysOfYear;
      row[static_cast<std::size_t>(2 * mode)] = rounded(std::cos(angle));
      row[static_cast<std::size_t>(2 * mode + 1)] = rounded(std::sin(angle));
    }
    rows_.push_back(row);
  }
}

double HarmonicModel::predicted(const Fit& fit, std::size_t time) const {
  double sum = 0;
  for (std::size_t term = 0; term < fit.terms; ++term) sum += fit.coefficients[term] * rows_[time][term];
  return sum;
}

HarmonicModel::Fit HarmonicModel::fit_plain(std::span<const std::size_t> times, std::span<const double> values,
                                            int modes) const {
  assert(times.size() == values.size() && modes >= 0 && modes <= kMostModes);
  Fit result;
  const std::size_t terms = static_cast<std::size_t>(2 + 2 * modes), count = times.size();
  if (count <= terms) return result;
  std::vector<double> weights(count, 1.0), residuals(count), sizes(count);
  for (int round = 0; round < kRounds; ++round) {
    NormalEquations equations;
    for (std::size_t i = 0; i < count; ++i) {
      const Terms& row = rows_[times[i]];
      for (std::size_t a = 0; a < terms; ++a) {
        const double weighted = weights[i] * row[a];
        for (std::size_t b = 0; b <= a; ++b) equations.matrix[a][b] += weighted * row[b];
        equations.right[a] += weighted * values[i];
      }
    }
    if (!equations.solve(terms)) return {};
    result.terms = terms;
    result.coefficients = equations.right;
    double squares = 0, weight = 0;
    for (std::size_t i = 0; i < count; ++i) {
      residuals[i] = values[i] - predicted(result, times[i]);
      sizes[i] = std::fabs(residuals[i]);
      squares += weights[i] * residuals[i] * residuals[i];
      weight += weights[i];
    }
    result.rmse = std::sqrt(squares / std::max(weight - static_cast<double>(terms), 1.0));
    const double limit = kHuberLimit * median(sizes);
    if (limit <= 0) break;
    for (std::size_t i = 0; i < count; ++i)
      weights[i] = std::fabs(residuals[i]) <= limit ? 1 : limit / std::fabs(residuals[i]);
  }
  return result;
}

}  // namespace ecocube::series
