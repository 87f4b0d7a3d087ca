// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "methods/train/learner_method.h"

namespace ecocube {

/// Every learner there is, in the order in which help lists them.
const std::vector<const LearnerMethod*>& learner_methods();

/// Their names.
std::vector<std::string> learner_names();

/// An unknown name is an error that tells the nearest known one.
Result<const LearnerMethod*> learner_method(const std::string& name);

/// Answers to the rows that `chosen` names; shape [chosen row][answer].
std::vector<float> predict_rows(const Learner& learner, const TrainingRows& rows,
                                std::span<const std::uint32_t> chosen);

// One per file `<name>_method.cpp`.
const LearnerMethod& forest_method();
const LearnerMethod& extra_trees_method();
const LearnerMethod& cart_method();
const LearnerMethod& boosting_method();
const LearnerMethod& logistic_method();
const LearnerMethod& linear_method();
const LearnerMethod& network_method();
const LearnerMethod& neighbours_method();

}  // namespace ecocube
