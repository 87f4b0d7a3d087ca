// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace ecocube {

struct FeatureImportance {
  double loss_increase = 0;  ///< mean over the repeats of the loss with the feature shuffled less the loss as it is
  double deviation = 0;      ///< standard deviation of that over the repeats; 0 for a single one
};

/// The loss (log loss, RMSE …) of predictions for all rows when `feature` of every row is taken from the row that
/// `taken_from` names (shape [row]). Rows are to be predicted by models that were not fitted on them.
using ShuffledLoss = std::function<double(std::size_t feature, std::span<const std::uint32_t> taken_from)>;

/// Permutation importance (Breiman 2001; Fisher, Rudin and Dominici 2019): how much worse predictions get when a
/// feature is shuffled. Rows are shuffled within their fold, so that what a fold's model is asked keeps the
/// distribution of that fold. The shuffles are those of the seed, the feature and the repeat.
///
/// folds  shape [row]; any numbers
/// loss   as predictions are, unshuffled
/// returns shape [feature]
std::vector<FeatureImportance> permutation_importance(std::size_t features, std::span<const std::uint32_t> folds,
                                                      int repeats, std::uint64_t seed, double loss,
                                                      const ShuffledLoss& shuffled_loss);

}  // namespace ecocube
