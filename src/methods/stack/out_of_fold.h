// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/model/plain_uncertainty.h"
#include "methods/stack/learner_choice.h"

namespace ecocube {

/// What is to be fitted, and how.
struct OutOfFoldPlan {
  std::vector<std::string> learners;
  LearnerChoice choice;                     ///< over all folds
  std::vector<LearnerChoice> fold_choices;  ///< inside every outer fold; shape [fold]; empty: the same as over all
  bool nested = true;
  bool keep_learners = false;           ///< of the outer folds over all
  std::vector<double> quantile_levels;  ///< asked of regression forests that keep samples
  std::uint64_t seed = 1;
};

/// Answers of base learners to rows that they were not fitted on.
struct OutOfFold {
  std::vector<float> outer;   ///< of fits without the row's fold; shape [row][learner][answer]
  std::vector<float> nested;  ///< the same by the fold's own choice; empty: equal to `outer`
  std::vector<std::vector<float>>
      inner;                         ///< [fold]: of fits without that fold and the row's; as `outer`; 0 in the fold
  std::vector<double> quantiles;     ///< of the first regression forest, by the row's outer fit; [row][level]
  std::vector<SampleShares> shares;  ///< of the same forest, about the number seen; shape [row]
  std::vector<std::vector<FittedLearner>> fitted;  ///< shape [fold][learner] where kept

  std::span<const float> answers_of_folds() const { return nested.empty() ? outer : nested; }
};

/// Fits every learner without each fold and, nested, without each pair of folds. While all folds share one choice, a
/// fit without two folds answers for both. Fits run at once; the result does not depend on how many.
///
/// rows  with the weights to fit with
/// fold  0..folds - 1, none empty; shape [row]
Result<OutOfFold> answer_out_of_fold(const TrainingRows& rows, std::span<const std::uint8_t> fold, int folds,
                                     const OutOfFoldPlan& plan);

}  // namespace ecocube
