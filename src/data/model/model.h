// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "data/cube/legend.h"

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

/// Random forest: the mean of its trees' class probabilities.
struct Forest {
  std::vector<ForestTree> trees;
  bool operator==(const Forest&) const = default;
};

/// One regression tree on one class's score.
struct BoostingTree {
  std::uint32_t class_index = 0;
  std::vector<TreeNode> nodes;
  std::vector<float> leaf_values;  ///< shape [leaf]
  bool operator==(const BoostingTree&) const = default;
};

/// Boosted trees: the score of a class is base_score plus the values of its trees, added as floats in their order;
/// probabilities are the softmax of the scores.
struct Boosting {
  float base_score = 0;
  std::vector<BoostingTree> trees;
  bool operator==(const Boosting&) const = default;
};

/// Multinomial logistic regression: softmax of intercept + weights · inputs. A class that the fit never saw has the
/// intercept -infinity and therefore probability 0.
struct Logistic {
  std::size_t inputs = 0;
  std::vector<double> intercepts;  ///< shape [class]
  std::vector<double> weights;     ///< shape [class][input], per unit of the input
  bool operator==(const Logistic&) const = default;
};

using Learner = std::variant<Forest, Boosting, Logistic>;

struct NamedLearner {
  std::string name;  ///< `forest`, `boosting`, `logistic`
  Learner learner;
  bool operator==(const NamedLearner&) const = default;
};

/// An ensemble that gives class probabilities from features: base learners on the features, a meta learner on the
/// base learners' probabilities. Features are physical values (floats), none of them missing.
struct Model {
  std::vector<std::string> features;  ///< names in the order that the learners count them
  std::vector<LegendClass> classes;   ///< ascending by raster value; the order of all class indices
  std::vector<NamedLearner> learners;
  std::optional<Logistic> meta;                               ///< inputs [learner][class]; none: the learners' mean
  std::vector<std::pair<std::string, std::string>> settings;  ///< how it was trained: name and value
  bool operator==(const Model&) const = default;
};

/// Most classes that a raster byte can tell apart, beside 0 and the no-data number 255.
constexpr std::size_t kMaximumClasses = 254;

/// True order of things inside: every index in range, every tree finite, every number a number, class values distinct
/// and within 1..254. A model that passes cannot lead a prediction out of its arrays.
Result<void> check_model(const Model& model);

}  // namespace ecocube
