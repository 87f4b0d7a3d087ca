// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/model/model.h"
#include "methods/train/boosting.h"
#include "methods/train/forest.h"
#include "methods/train/logistic.h"
#include "methods/train/rows.h"

namespace ecocube {

/// Settings of every base learner there is.
struct LearnerSettings {
  ForestSettings forest;
  BoostingSettings boosting;
  LogisticSettings logistic{.c = 1, .standardise = true, .iterations = 1000};
};

/// `forest`, `boosting`, `logistic`: the names that fit_learner knows.
const std::vector<std::string>& learner_names();

struct FittedLearner {
  Learner learner;
  double out_of_bag_accuracy = 0;  ///< of a forest, else NaN
  std::vector<double> importance;  ///< of a forest, else empty; shape [feature]
};

/// Fits the learner of that name. `seed` takes the place of the one in the settings.
Result<FittedLearner> fit_learner(const std::string& name, const TrainingRows& rows, LearnerSettings settings,
                                  std::uint64_t seed);

/// Class probabilities of the rows that `chosen` names; shape [chosen row][class].
std::vector<float> predict_rows(const Learner& learner, const TrainingRows& rows,
                                std::span<const std::uint32_t> chosen);

}  // namespace ecocube
