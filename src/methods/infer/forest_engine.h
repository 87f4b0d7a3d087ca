// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "methods/infer/learner_engine.h"

namespace ecocube {

// Engines for trees of any depth, walked (walked_trees.h). The learner must outlive its engine.

std::unique_ptr<LearnerEngine> make_forest_engine(const Forest& forest, std::size_t features, std::size_t classes,
                                                  std::span<const std::optional<StoredBytes>> stored);

/// quantiles  whether it can tell them
std::unique_ptr<LearnerEngine> make_forest_engine(const RegressionForest& forest, std::size_t features,
                                                  std::span<const std::optional<StoredBytes>> stored, bool quantiles);

std::unique_ptr<LearnerEngine> make_forest_engine(const Boosting& boosting, std::size_t features, std::size_t answers,
                                                  std::span<const std::optional<StoredBytes>> stored);

}  // namespace ecocube
