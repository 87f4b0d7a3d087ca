// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace ecocube {

/// A node of a decision tree. Node 0 is the root; children come after their parents, siblings lie side by side.
struct TreeNode {
  static constexpr std::int32_t kLeaf = -1;
  std::int32_t feature = kLeaf;  ///< index of the feature that decides; kLeaf: nothing more to decide
  float threshold = 0;           ///< a value <= threshold goes to the left child, a greater one to the right
  std::uint32_t child = 0;       ///< index of the left child, the right one is child + 1; in a leaf the leaf's number
  bool operator==(const TreeNode&) const = default;
};

/// How much of a leaf belongs to one class.
struct LeafShare {
  std::uint16_t class_index = 0;
  float probability = 0;  ///< 0..1
  bool operator==(const LeafShare&) const = default;
};

/// One tree of a forest. Leaf i holds shares[leaf_starts[i]] to shares[leaf_starts[i + 1] - 1], ascending by class;
/// classes that are not named have none of it.
struct ForestTree {
  std::vector<TreeNode> nodes;
  std::vector<std::uint32_t> leaf_starts;  ///< shape [leaf + 1]
  std::vector<LeafShare> shares;
  bool operator==(const ForestTree&) const = default;
};

/// Forest of probability trees (random forest, extremely randomised trees; a CART is a forest of one tree):
/// the mean of its trees' class probabilities.
struct Forest {
  std::vector<ForestTree> trees;
  bool operator==(const Forest&) const = default;
};

/// How much of a leaf of a regression tree comes from one training response.
struct LeafSample {
  std::uint32_t response = 0;  ///< index into RegressionForest::responses
  float share = 0;             ///< its part of the leaf's weight; the shares of a leaf sum to 1 but for rounding
  bool operator==(const LeafSample&) const = default;
};

/// One tree on a number. Leaf i answers means[i]; where samples are kept it holds samples[leaf_starts[i]] to
/// samples[leaf_starts[i + 1] - 1], ascending by response.
struct RegressionTree {
  std::vector<TreeNode> nodes;
  std::vector<double> means;               ///< weighted mean response; shape [leaf]
  std::vector<std::uint32_t> leaf_starts;  ///< shape [leaf + 1]; empty: no samples are kept
  std::vector<LeafSample> samples;
  bool operator==(const RegressionTree&) const = default;
};

/// Regression forest: the mean of its trees' answers, summed as doubles in their order. With samples kept it is a
/// quantile regression forest (Meinshausen 2006): a quantile is one of the pooled samples of all trees' leaves.
struct RegressionForest {
  std::vector<float> responses;  ///< distinct training responses, ascending; empty: no samples are kept
  std::vector<RegressionTree> trees;
  bool operator==(const RegressionForest&) const = default;
};

/// What the sums of boosted trees mean.
enum class Link : std::uint8_t {
  softmax,   ///< one score a class
  logistic,  ///< one score: the log odds of the second of two classes
  identity,  ///< one score: the number itself
};

/// One regression tree on one score.
struct BoostingTree {
  std::uint32_t class_index = 0;  ///< index of the score that it adds to
  std::vector<TreeNode> nodes;
  std::vector<float> leaf_values;  ///< shape [leaf]
  bool operator==(const BoostingTree&) const = default;
};

/// Boosted trees: a score is base_score plus the values of its trees, added as floats in their order.
struct Boosting {
  float base_score = 0;
  std::vector<BoostingTree> trees;
  Link link = Link::softmax;
  bool operator==(const Boosting&) const = default;
};

}  // namespace ecocube
