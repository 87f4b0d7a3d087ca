// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/model/trees.h"
#include "io/model/import.h"

namespace ecocube {

/// A tree as most libraries keep it: parallel arrays over its nodes, the root first.
struct ForeignTree {
  struct Node {
    bool leaf = false;
    std::int64_t feature = 0;
    float threshold = 0;  ///< a value <= threshold goes to `left`
    std::int64_t left = 0, right = 0;
  };
  std::vector<Node> nodes;
};

/// The tree with siblings side by side and children behind their parents. `leaves` gets the foreign node of every leaf
/// in the order of the leaves' numbers. A child out of range or a node reached twice is an error.
Result<std::vector<TreeNode>> tree_nodes(const ForeignTree& tree, std::vector<std::size_t>& leaves);

/// The greatest float that is not greater than `threshold`: for a float x, x <= threshold exactly when x <= this.
float float_not_above(double threshold);

/// The greatest float below `threshold`: for a float x, x < threshold exactly when x <= this.
float float_below(float threshold);

/// What a file says of itself, before names are given to it.
struct ForeignModel {
  std::string name;  ///< of the learner: `boosting` or `forest`
  std::vector<std::string> features;
  std::size_t feature_count = 0;
  std::vector<std::string> labels;  ///< of the classes, may be empty
  std::size_t classes = 0;          ///< 0: regression
  Learner learner;
  std::vector<std::pair<std::string, std::string>> settings;
};

Result<ForeignModel> import_xgboost(std::string_view bytes);
Result<ForeignModel> import_lightgbm(std::string_view text);
Result<ForeignModel> import_forest(std::string_view text);

}  // namespace ecocube
