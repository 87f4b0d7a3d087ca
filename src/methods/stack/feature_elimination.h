// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/model/training_report.h"
#include "methods/stack/learner_choice.h"

namespace ecocube {

enum class EliminationMethod : std::uint8_t {
  none,
  impurity,     ///< the least mean decrease of impurity of the fits on the folds goes first
  permutation,  ///< the least loss gained by shuffling a feature in the folds left out goes first
};

struct EliminationSettings {
  EliminationMethod method = EliminationMethod::none;
  std::string learner = "forest";  ///< the one whose importance and loss count; one with trees
  double share = 0.2;              ///< of the features left that go at each step, one at least
  int least = 1;                   ///< features that stay
};

struct EliminatedFeatures {
  std::vector<std::uint32_t> kept;     ///< ascending
  std::vector<EliminationStep> steps;  ///< most features first
};

/// Recursive elimination of features (Guyon et al. 2002): fit on the folds, drop the least important share, again.
/// Of all the sets the smallest is taken whose mean loss over the folds is within one standard error of the least.
///
/// names    of the features, for the steps
/// weights  of the measure; shape [row]
/// Errors: a learner without importance.
Result<EliminatedFeatures> eliminate_features(const TrainingRows& rows, const std::vector<std::string>& names,
                                              std::span<const double> weights, const std::vector<Side>& sides,
                                              const LearnerChoice& choice, const EliminationSettings& settings,
                                              std::uint64_t seed);

}  // namespace ecocube
