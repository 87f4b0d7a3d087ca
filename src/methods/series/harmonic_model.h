// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace ecocube::series {

/// A straight line and waves of the year fitted to observations, as in CCDC (Zhu and Woodcock 2014,
/// doi:10.1016/j.rse.2014.01.011): a + b·t + Σ over modes m of c·cos(2πmt) + d·sin(2πmt), t in years.
class HarmonicModel {
 public:
  static constexpr int kMostModes = 3;
  static constexpr std::size_t kMostTerms = 2 + 2 * kMostModes;

  using Terms = std::array<double, kMostTerms>;

  struct Fit {
    std::size_t terms = 0;  ///< of `coefficients` that are used; 0: nothing could be fitted
    Terms coefficients{};
    double rmse = 0;  ///< root mean square of the residuals, those far out counting less, by the degrees of freedom
  };

  /// days  since 1970-01-01 of all dates that may be asked for, ascending
  explicit HarmonicModel(std::span<const int> days);

  /// Fits by least squares, then again with Huber's weights, so that single outliers hardly count.
  ///
  /// times   which dates were observed
  /// values  shape as `times`
  /// modes   0..kMostModes; waves of the year
  /// Nothing is fitted where there are not more observations than terms or they do not tell the terms apart.
  Fit fit(std::span<const std::size_t> times, std::span<const double> values, int modes) const;

  /// The plain version, which the fast one equals bit for bit.
  Fit fit_plain(std::span<const std::size_t> times, std::span<const double> values, int modes) const;

  double predicted(const Fit& fit, std::size_t time) const;
  double years(std::size_t time) const { return rows_[time][1]; }

  /// How often a fit is weighted anew, and Huber's limit in medians of the residuals' sizes.
  static constexpr int kRounds = 5;
  static constexpr double kHuberLimit = 1.345 * 1.4826;

  /// Those of a least squares fit.
  struct NormalEquations {
    std::array<Terms, kMostTerms> matrix{};  ///< symmetric and positive definite; its lower triangle is looked at
    Terms right{};
    /// Solves them by Cholesky for the first `terms` terms, into `right`. False where the terms are not told apart,
    /// within rounding.
    bool solve(std::size_t terms);
  };

 private:
  std::vector<Terms> rows_;  ///< of the design matrix, shape [time]
};

}  // namespace ecocube::series
