// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/model/model.h"
#include "methods/train/bins.h"

namespace ecocube {

struct TreeSettings {
  std::size_t features_per_split = 1;  ///< features tried at a node, not counting those that are constant there
  std::size_t min_leaf = 1;            ///< different rows that a leaf holds at least
  int max_depth = 0;                   ///< 0: no bound
  std::uint64_t seed = 0;
  std::uint64_t tree = 0;  ///< number of the tree: with the seed and the node it names the random stream
};

struct GrownTree {
  ForestTree tree;
  std::vector<double> impurity_decrease;  ///< sum over the nodes that split on the feature; shape [feature]
};

/// Grows one classification tree on binned columns. A node takes the split of lowest weighted Gini impurity among the
/// features tried; its threshold lies midway between the neighbouring values that occur in the node. A node of one
/// class is a leaf. Breiman et al. 1984; Breiman 2001 for the random choice of features.
///
/// columns  shape [feature]
/// seen     class index; shape [row]
/// weights  shape [row]; rows of weight 0 take no part; at least one is greater
GrownTree grow_tree(std::span<const BinnedColumn> columns, std::span<const std::uint16_t> seen,
                    std::span<const double> weights, std::size_t classes, const TreeSettings& settings);

}  // namespace ecocube
