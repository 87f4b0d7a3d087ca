// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <numbers>

namespace ecocube::terrain {

/// The angle of the direction (x, y), from the x axis towards the y axis: -π to π, 0 where both are 0; within 1e-15. By
/// the four basic operations alone, so that every machine gives the same bits; system libraries differ in the last one.
double arctangent(double y, double x);

/// What it is made of. The smaller of |x| and |y| over the larger one, at most 1; beyond tan(π/8) the angle is counted
/// from π/4, so that the arctangent's power series (of t²) needs few terms.
inline constexpr double kPi = std::numbers::pi, kHalfPi = kPi / 2, kQuarterPi = kPi / 4;
inline constexpr double kTangentOfEighth = std::numbers::sqrt2 - 1;
inline constexpr int kArctangentTerms = 20;
constexpr double arctangent_coefficient(int term) {
  return (term % 2 == 0 ? 1.0 : -1.0) / (2 * term + 1);
}

}  // namespace ecocube::terrain
