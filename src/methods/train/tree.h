// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/model/trees.h"
#include "methods/train/bins.h"

namespace ecocube {

/// What a split of classes lowers as much as it can; a split of numbers lowers their variance.
enum class Criterion : std::uint8_t { gini, entropy };

/// How the best threshold of a feature is found. Both give the same tree, bit for bit.
enum class SplitScan : std::uint8_t {
  fast,
  plain,  ///< the definition: sorts the node's rows by bin, for every feature anew
};

struct TreeSettings {
  std::size_t features_per_split = 1;  ///< features tried at a node, not counting those that are constant there
  std::size_t min_leaf = 1;            ///< different rows that a leaf holds at least
  std::size_t min_split = 2;           ///< different rows that a node needs to be split
  int max_depth = 0;                   ///< 0: no bound
  Criterion criterion = Criterion::gini;
  bool random_thresholds =
      false;  ///< one threshold a feature, drawn evenly between the node's lowest and highest value
  /// A subtree stays only if each of its leaves beyond the first lowers the impurity by this share of the root's; 0:
  /// nothing is pruned. (Minimal cost-complexity pruning, Breiman et al. 1984, chapter 3; `cp` of R's rpart.)
  double pruning = 0;
  std::uint64_t seed = 0;
  std::uint64_t tree = 0;  ///< number of the tree: with the seed and the node it names the random stream
  SplitScan scan = SplitScan::fast;
};

struct GrownTree {
  ForestTree tree;
  std::vector<double> impurity_decrease;  ///< sum over the nodes that split on the feature; shape [feature]
};

struct GrownRegressionTree {
  RegressionTree tree;
  std::vector<double> impurity_decrease;  ///< as above
};

/// Grows one classification tree on binned columns. A node takes the split of lowest weighted impurity among the
/// features tried; its threshold lies midway between the neighbouring values that occur in the node. Of splits that
/// are equally good but for rounding the first one tried is taken. A node of one class is a leaf, and so is a node
/// whose features are all constant: duplicates of several classes share a leaf. Breiman et al. 1984; Breiman 2001 for
/// the random choice of features; Geurts et al. 2006 for random thresholds.
///
/// seen     class index; shape [row]
/// weights  shape [row]; rows of weight 0 take no part; at least one is greater
GrownTree grow_tree(const BinnedRows& rows, std::span<const std::uint16_t> seen, std::span<const double> weights,
                    std::size_t classes, const TreeSettings& settings);

/// The same for numbers: a split lowers the weighted sum of squared differences from the mean. A node whose responses
/// are all the same is a leaf.
///
/// responses  finite; shape [row]
/// ranks      index of the row's response among the distinct ones; shape [row]; empty: leaves keep no samples
GrownRegressionTree grow_regression_tree(const BinnedRows& rows, std::span<const float> responses,
                                         std::span<const std::uint32_t> ranks, std::span<const double> weights,
                                         const TreeSettings& settings);

}  // namespace ecocube
