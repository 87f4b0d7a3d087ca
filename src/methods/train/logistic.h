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
  double c = 1;              ///< inverse strength of the ridge, in scikit-learn's sense
  bool standardise = false;  ///< fit on inputs of mean 0 and deviation 1, so that the ridge weighs them alike
  int iterations = 1000;     ///< most steps of the optimiser
};

/// Multinomial logistic regression with a ridge: minimises c · Σ w·(-ln p(seen class)) + |weights|² / 2, intercepts
/// not penalised, by L-BFGS (Liu and Nocedal 1989) in doubles. Sums run over fixed blocks of rows in their order, so
/// the result does not depend on the number of threads. An optimiser that stops far from the minimum is an error.
///
/// inputs   shape [row][input], no value missing
/// seen     class index; shape [row]
/// weights  greater than 0; shape [row]
Result<Logistic> fit_logistic(std::span<const float> inputs, std::span<const std::uint16_t> seen,
                              std::span<const double> weights, std::size_t classes, const LogisticSettings& settings);

/// The same on features.
Result<Logistic> fit_logistic(const TrainingRows& rows, const LogisticSettings& settings);

}  // namespace ecocube
