// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "methods/train/forest.h"
#include "methods/train/learner_method.h"

namespace ecocube {

/// Hyper-parameters of the learners that are made of trees of our own (`forest`, `extra-trees`, `cart`); each declares
/// those that it has.
HyperParameter tree_count_parameter();
HyperParameter features_parameter(const std::string& of_default);
HyperParameter min_leaf_parameter(int initial);
HyperParameter min_split_parameter();
HyperParameter depth_parameter();
HyperParameter criterion_parameter();
HyperParameter keep_samples_parameter();

/// Of the parameters above, the values of those that are declared.
ForestSettings forest_settings(const HyperParameters& parameters, std::uint64_t seed);

/// Fits on classes or a number, as the rows have it.
FittedLearner fit_trees(const TrainingRows& rows, const ForestSettings& settings);

}  // namespace ecocube
