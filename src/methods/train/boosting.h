// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "data/model/model.h"
#include "methods/train/rows.h"

namespace ecocube {

struct BoostingSettings {
  int rounds = 200;  ///< each adds one tree a class, or a single one for two classes or a number
  double eta = 0.1;  ///< share of each tree's values that counts
  int max_depth = 6;
  double min_child_weight = 1;  ///< least sum of second derivatives in a leaf
  double row_share = 0.8;       ///< share of the rows drawn for each round
  double feature_share = 0.5;   ///< share of the features drawn for each tree
  double alpha = 0;             ///< L1 penalty on leaf values
  double lambda = 1;            ///< L2 penalty on leaf values
  std::uint64_t seed = 0;
};

struct FittedBoosting {
  Boosting boosting;
  std::vector<double> importance;  ///< share of each feature in the gain of all splits; shape [feature]; sums to 1
};

/// Boosted trees on the softmax of class scores, on the log odds of the second of two classes, or on a number by its
/// squared error; fitted by XGBoost on histograms (Chen and Guestrin 2016) with one thread, so that sums always run in
/// the same order. A class without rows gets a low score.
/// Trees without any split leave all features the same importance.
Result<FittedBoosting> fit_boosting(const TrainingRows& rows, const BoostingSettings& settings);

/// XGBoost's own scores for the model that fit_boosting would give; shape [row][score]. For tests: ours must be equal.
///
/// asked  features to predict, shape [row][feature]
Result<std::vector<float>> xgboost_scores(const TrainingRows& rows, const BoostingSettings& settings,
                                          std::span<const float> asked);

}  // namespace ecocube
