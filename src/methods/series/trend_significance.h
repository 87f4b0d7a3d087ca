// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

namespace ecocube::series {

/// Student's t distribution for whole degrees of freedom. It uses the four basic operations and the square root only,
/// so that every machine gives the same bits.
class StudentT {
 public:
  explicit StudentT(std::size_t most_degrees);

  /// Probability that |t| is at least as large as it came out, if there is no relation.
  ///
  /// unexplained  ν / (ν + t²), which in a regression is 1 - R²; 0..1
  /// degrees      ν of 1..most_degrees
  ///
  /// This is the regularised incomplete beta function I_x(ν/2, 1/2), as a continued fraction (DLMF 8.17.22).
  double two_sided(double unexplained, std::size_t degrees) const;

 private:
  std::vector<double> beta_;  ///< B(ν/2, 1/2), shape [ν]
  /// Coefficients of the fractions of I_x(ν/2, 1/2) and I_{1-x}(1/2, ν/2) but for the factor x or 1-x, shape [ν][term].
  std::vector<double> rare_, likely_;
};

/// Probability that a standard normal number lies at least as far from 0 as z.
double normal_two_sided(double z);

}  // namespace ecocube::series
