// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "methods/stack/sides.h"
#include "methods/train/learners.h"

namespace ecocube {

/// How learners are to be fitted: on which features, with which hyper-parameters.
struct LearnerChoice {
  std::vector<std::uint32_t> features;                ///< ascending
  std::map<std::string, HyperParameters> parameters;  ///< by learner; those left out take the defaults
};

/// The rows with the named features alone, in their order.
TrainingRows with_features(const TrainingRows& rows, const std::vector<std::uint32_t>& chosen);

/// Fits a learner by name.
Result<FittedLearner> fit_learner(const std::string& name, const TrainingRows& rows, const LearnerChoice& choice,
                                  std::uint64_t seed);

/// Loss of a learner's answers to rows: for classes the sum of -weight ln p(seen), p clipped to 1e-15; for numbers of
/// the weighted squared errors.
///
/// answers  shape [asked row][answer]
double loss_of_answers(const TrainingRows& rows, const RowList& asked, std::span<const double> weights,
                       std::span<const float> answers);

/// From a sum of losses to what people read: the mean log loss, or the root of the mean squared error.
double mean_loss(bool regression, double loss, double weight);

}  // namespace ecocube
