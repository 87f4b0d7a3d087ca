// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/model/training_report.h"
#include "methods/stack/out_of_fold.h"

namespace ecocube {

/// Rows that the permutation importance looks at; of more, this many are drawn by the seed.
constexpr std::size_t kMostPermutedRows = 2000;

/// Permutation importance of the whole ensemble under the folds: every row is answered by learners that were fitted
/// without its fold, with one feature shuffled among the rows of the fold. The loss is the mean log loss or the root
/// mean squared error on the transformed scale. Descending.
///
/// rows     of the features that the learners were fitted on
/// fitted   shape [fold][learner]
/// weights  of the measure; shape [row]
std::vector<RankedFeature> fold_importance(const TrainingRows& rows, const std::vector<std::string>& names,
                                           std::span<const std::uint8_t> fold,
                                           const std::vector<std::vector<FittedLearner>>& fitted, const Meta& meta,
                                           std::span<const double> weights, int repeats, std::uint64_t seed);

}  // namespace ecocube
