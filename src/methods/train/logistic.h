// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.h"
#include "data/model/model.h"
#include "methods/train/rows.h"

namespace ecocube {

struct LogisticSettings {
  double c = 1;              ///< inverse strength of the penalty, in scikit-learn's sense
  double l1_share = 0;       ///< 0: ridge, 1: lasso, between them elastic net
  bool standardise = false;  ///< fit on inputs of mean 0 and deviation 1, so that the penalty weighs them alike
  int iterations = 1000;     ///< most steps of the optimiser
};

/// Multinomial logistic regression, binomial where two classes occur, with ridge, lasso or elastic net: minimises
/// c · Σ w·(-ln p(seen class)) + (1 - l1_share)·|b|² / 2 + l1_share·Σ|b| over the coefficients b, intercepts not
/// penalised, in doubles, by L-BFGS (Liu and Nocedal 1989), with an L1 part orthant-wise (Andrew and Gao 2007). Sums
/// run over fixed blocks of rows in their order, so the result does not depend on the number of threads. An optimiser
/// that stops far from the minimum is an error.
///
/// inputs   shape [row][input], no value missing
/// seen     class index; shape [row]
/// weights  greater than 0; shape [row]
Result<Logistic> fit_logistic(std::span<const float> inputs, std::span<const std::uint16_t> seen,
                              std::span<const double> weights, std::size_t classes, const LogisticSettings& settings);

/// The same on features.
Result<Logistic> fit_logistic(const TrainingRows& rows, const LogisticSettings& settings);

}  // namespace ecocube
