// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "data/model/trees.h"
#include "methods/train/rows.h"

namespace ecocube {

/// What the trees that did not draw a row say of it: the mean of their answers, summed in their order; NaN for a row
/// that all have drawn. Does not depend on the number of threads.
///
/// drawn    shape [tree][row]
/// returns  shape [row][answer]
std::vector<float> out_of_bag_answers(const TrainingRows& rows, const std::vector<ForestTree>& trees,
                                      const std::vector<std::vector<bool>>& drawn);
std::vector<float> out_of_bag_answers(const TrainingRows& rows, const std::vector<RegressionTree>& trees,
                                      const std::vector<std::vector<bool>>& drawn);

/// Weighted share of the rows with an answer whose likeliest class is the one seen; NaN without such rows.
double out_of_bag_accuracy(const TrainingRows& rows, std::span<const float> answers);

/// 1 - Σ w (y - answer)² / Σ w (y - mean)² over the rows with an answer; NaN without, and where all y are equal.
double out_of_bag_r2(const TrainingRows& rows, std::span<const float> answers);

}  // namespace ecocube
