// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "data/model/model.h"
#include "methods/train/rows.h"

namespace ecocube {

struct LinearSettings {
  double c = 1;         ///< inverse strength of the penalty, as in LogisticSettings
  double l1_share = 0;  ///< 0: ridge, 1: lasso, between them elastic net
  int passes = 10000;   ///< most passes of the coordinate descent over the features; with an L1 part
};

/// Linear regression with ridge, lasso or elastic net: minimises
/// c · Σ w·(y - a - b·x)² / 2 + (1 - l1_share)·|b|² / 2 + l1_share·Σ|b| over features x and responses y that are both
/// standardised, so c does not depend on units; the intercept a is not penalised. Ridge by Cholesky, else by cyclic
/// coordinate descent on the normal equations (Friedman, Hastie and Tibshirani 2010), in doubles. Sums run over
/// the rows in their order. A feature that never changes, or that repeats others exactly, gets the weight 0.
/// A descent that does not settle is an error.
Result<Linear> fit_linear(const TrainingRows& rows, const LinearSettings& settings);

}  // namespace ecocube
