// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "methods/stack/meta_rows.h"

namespace ecocube {

/// Weights of the learners with w >= 0 and Σ w = 1 and the least weighted mean square error of their mixture: exact,
/// by an active set (Lawson and Hanson 1974) on the learners' residuals. Learners that say the same share their weight.
Meta fit_convex_pool(const MetaRows& rows);

/// Intercept and weights of the least mean square error plus a ridge that draws the weights to the plain mean:
/// |w - 1/L|² times the learners' mean variance, over the number of rows. The intercept is free.
Meta fit_ridge_stack(const MetaRows& rows);

/// All weight on the learner of the least mean square error, the first of equal ones.
Meta fit_best_single(const MetaRows& rows);

/// The plain mean: every learner weighs 1/L.
Meta plain_mean();

}  // namespace ecocube
