// SPDX-License-Identifier: Apache-2.0
#include "data/model/model.h"

#include <cmath>
#include <limits>
#include <set>

namespace ecocube {
namespace {

Result<void> check_nodes(const std::vector<TreeNode>& nodes, std::size_t features, std::size_t leaves) {
  if (nodes.empty()) return input_error("no nodes");
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const TreeNode& node = nodes[i];
    if (node.feature == TreeNode::kLeaf) {
      if (node.child >= leaves) return input_error("node {}: leaf {} of {}", i, node.child, leaves);
      continue;
    }
    if (node.feature < 0 || static_cast<std::size_t>(node.feature) >= features) {
      return input_error("node {}: feature {} of {}", i, node.feature, features);
    }
    if (!std::isfinite(node.threshold)) return input_error("node {}: the threshold is no number", i);
    // Children behind their parents: no walk can go in circles.
    if (node.child <= i || static_cast<std::size_t>(node.child) + 1 >= nodes.size()) {
      return input_error("node {}: child {} of {} nodes", i, node.child, nodes.size());
    }
  }
  return {};
}

Result<void> check_leaves(const ForestTree& tree, std::size_t classes) {
  if (tree.leaf_starts.size() < 2 || tree.leaf_starts.front() != 0 || tree.leaf_starts.back() != tree.shares.size()) {
    return input_error("leaf starts do not span the {} shares", tree.shares.size());
  }
  for (std::size_t leaf = 0; leaf + 1 < tree.leaf_starts.size(); ++leaf) {
    if (tree.leaf_starts[leaf] > tree.leaf_starts[leaf + 1]) return input_error("leaf {}: starts after its end", leaf);
  }
  for (const LeafShare& share : tree.shares) {
    if (share.class_index >= classes) return input_error("share of class {} of {}", share.class_index, classes);
    if (!(share.probability >= 0 && share.probability <= 1))
      return input_error("share {} is not within 0..1", share.probability);
  }
  return {};
}

Result<void> check_learner(const Forest& forest, std::size_t features, std::size_t classes) {
  if (forest.trees.empty()) return input_error("no trees");
  for (std::size_t t = 0; t < forest.trees.size(); ++t) {
    const ForestTree& tree = forest.trees[t];
    const auto shape = check_leaves(tree, classes);
    if (!shape) return within(fmt::format("tree {}", t), shape.error());
    const auto nodes = check_nodes(tree.nodes, features, tree.leaf_starts.size() - 1);
    if (!nodes) return within(fmt::format("tree {}", t), nodes.error());
  }
  return {};
}

Result<void> check_learner(const Boosting& boosting, std::size_t features, std::size_t classes) {
  if (!std::isfinite(boosting.base_score)) return input_error("the base score is no number");
  for (std::size_t t = 0; t < boosting.trees.size(); ++t) {
    const BoostingTree& tree = boosting.trees[t];
    if (tree.class_index >= classes) return input_error("tree {}: class {} of {}", t, tree.class_index, classes);
    const auto nodes = check_nodes(tree.nodes, features, tree.leaf_values.size());
    if (!nodes) return within(fmt::format("tree {}", t), nodes.error());
    for (const float value : tree.leaf_values) {
      if (!std::isfinite(value)) return input_error("tree {}: a leaf value is no number", t);
    }
  }
  return {};
}

Result<void> check_learner(const Logistic& logistic, std::size_t features, std::size_t classes) {
  if (logistic.inputs != features) return input_error("{} inputs where there are {}", logistic.inputs, features);
  if (logistic.intercepts.size() != classes || logistic.weights.size() != classes * features) {
    return input_error("{} intercepts and {} weights for {} classes of {} inputs", logistic.intercepts.size(),
                       logistic.weights.size(), classes, features);
  }
  bool any = false;
  for (const double intercept : logistic.intercepts) {
    any = any || std::isfinite(intercept);
    if (!std::isfinite(intercept) && intercept != -std::numeric_limits<double>::infinity()) {
      return input_error("an intercept is no number");
    }
  }
  if (!any) return input_error("no class has an intercept");
  for (const double weight : logistic.weights) {
    if (!std::isfinite(weight)) return input_error("a weight is no number");
  }
  return {};
}

Result<void> check_names(const Model& model) {
  if (model.features.empty()) return input_error("no features");
  if (model.classes.size() < 2 || model.classes.size() > kMaximumClasses) {
    return input_error("{} classes; there must be 2..{}", model.classes.size(), kMaximumClasses);
  }
  std::set<std::string> names;
  for (const std::string& feature : model.features) {
    if (feature.empty() || !names.insert(feature).second)
      return input_error("feature '{}' is empty or given twice", feature);
  }
  int last = 0;
  std::set<std::string> codes;
  for (const LegendClass& entry : model.classes) {
    if (entry.value <= last || entry.value > 254) {
      return input_error("class {}: raster value {} is not ascending within 1..254", entry.code, entry.value);
    }
    if (!codes.insert(entry.code).second) return input_error("class {} is given twice", entry.code);
    last = entry.value;
  }
  return {};
}

}  // namespace

Result<void> check_model(const Model& model) {
  ECOCUBE_TRY(check_names(model));
  if (model.learners.empty()) return input_error("no learners");
  for (const NamedLearner& named : model.learners) {
    const auto checked = std::visit(
        [&](const auto& learner) { return check_learner(learner, model.features.size(), model.classes.size()); },
        named.learner);
    if (!checked) return within(fmt::format("learner {}", named.name), checked.error());
  }
  if (!model.meta) return {};
  const auto checked = check_learner(*model.meta, model.learners.size() * model.classes.size(), model.classes.size());
  return checked ? Result<void>() : within("meta learner", checked.error());
}

}  // namespace ecocube
