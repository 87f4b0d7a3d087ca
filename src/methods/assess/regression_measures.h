// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "data/model/evaluation.h"

namespace ecocube {

/// Holds numbers against what was seen; every measure is weighted. NaN: a measure that the rows do not define, such as
/// R² where all numbers seen are equal. The intervals are left for the caller to fill. Residual quantiles are at
/// 0.05, 0.25, 0.5, 0.75 and 0.95: the smallest residual that this share of the weight reaches.
/// Concordance: 2 cov / (var seen + var told + (mean told - mean seen)²) with moments of the population (Lin 1989).
///
/// name     goes into the evaluation
/// seen     shape [row]; told and weights have its shape
RegressionEvaluation evaluate_numbers(std::string name, std::span<const double> seen, std::span<const double> told,
                                      std::span<const double> weights);

/// Share of the weight that lies inside of its interval, ends included, and the mean width.
///
/// coverage  asked
/// low       shape [row]; high has its shape
RegressionEvaluation::Interval evaluate_interval(double coverage, std::span<const double> seen,
                                                 std::span<const double> low, std::span<const double> high,
                                                 std::span<const double> weights);

}  // namespace ecocube
