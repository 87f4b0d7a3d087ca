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

  struct Fit {
    std::size_t terms = 0;  ///< of `coefficients` that are used; 0: nothing could be fitted
    std::array<double, kMostTerms> coefficients{};
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

  double predicted(const Fit& fit, std::size_t time) const;
  double years(std::size_t time) const { return rows_[time][1]; }

 private:
  std::vector<std::array<double, kMostTerms>> rows_;  ///< of the design matrix, shape [time]
};

}  // namespace ecocube::series
