// SPDX-License-Identifier: Apache-2.0
#include "methods/terrain/arctangent.h"

#include <algorithm>
#include <cmath>

namespace ecocube::terrain {

double arctangent(double y, double x) {
  const double up = std::fabs(y), along = std::fabs(x), most = std::max(up, along);
  const double ratio = most > 0 ? std::min(up, along) / most : 0;
  const bool wide = ratio > kTangentOfEighth;
  const double t = wide ? (ratio - 1) / (ratio + 1) : ratio, square = t * t;
  double series = 0;
  for (int term = kArctangentTerms - 1; term >= 0; --term) series = arctangent_coefficient(term) + square * series;
  double angle = t * series;
  if (wide) angle = kQuarterPi + angle;
  if (up > along) angle = kHalfPi - angle;
  if (x < 0) angle = kPi - angle;
  return y < 0 ? -angle : angle;
}

}  // namespace ecocube::terrain
