// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "io/model/import_parts.h"

namespace ecocube {
namespace {

using Json = nlohmann::json;

struct Arrays {
  std::vector<std::int64_t> left, right, features;
  std::vector<double> thresholds;
  std::vector<std::vector<double>> values;  ///< of every node: weights of the classes, or the one mean
};

Result<Arrays> arrays_of(const Json& json, std::size_t answers) {
  Arrays arrays{json.at("left"), json.at("right"), json.at("feature"), json.at("threshold"), json.at("value")};
  const std::size_t nodes = arrays.left.size();
  if (arrays.right.size() != nodes || arrays.features.size() != nodes || arrays.thresholds.size() != nodes ||
      arrays.values.size() != nodes)
    return input_error("its arrays are not all of {} nodes", nodes);
  for (std::size_t n = 0; n < nodes; ++n) {
    if (arrays.values[n].size() != answers)
      return input_error("node {}: {} values instead of {}", n, arrays.values[n].size(), answers);
  }
  return arrays;
}

Result<std::vector<TreeNode>> nodes_of(const Arrays& arrays, std::vector<std::size_t>& leaves) {
  ForeignTree tree;
  for (std::size_t n = 0; n < arrays.left.size(); ++n) {
    const bool leaf = arrays.left[n] < 0;
    tree.nodes.push_back(
        {leaf, arrays.features[n], leaf ? 0 : float_not_above(arrays.thresholds[n]), arrays.left[n], arrays.right[n]});
  }
  return tree_nodes(tree, leaves);
}

Result<ForestTree> class_tree(const Json& json, std::size_t classes) {
  ECOCUBE_TRY_ASSIGN(const Arrays arrays, arrays_of(json, classes));
  std::vector<std::size_t> leaves;
  ForestTree tree;
  ECOCUBE_TRY_ASSIGN(tree.nodes, nodes_of(arrays, leaves));
  tree.leaf_starts.push_back(0);
  for (const std::size_t leaf : leaves) {
    double sum = 0;
    for (const double weight : arrays.values[leaf]) sum += weight;
    if (!(sum > 0)) return input_error("node {}: a leaf without weight", leaf);
    for (std::size_t c = 0; c < classes; ++c) {
      const double share = arrays.values[leaf][c] / sum;
      if (share != 0) tree.shares.push_back({static_cast<std::uint16_t>(c), static_cast<float>(share)});
    }
    tree.leaf_starts.push_back(static_cast<std::uint32_t>(tree.shares.size()));
  }
  return tree;
}

Result<RegressionTree> number_tree(const Json& json) {
  ECOCUBE_TRY_ASSIGN(const Arrays arrays, arrays_of(json, 1));
  std::vector<std::size_t> leaves;
  RegressionTree tree;
  ECOCUBE_TRY_ASSIGN(tree.nodes, nodes_of(arrays, leaves));
  for (const std::size_t leaf : leaves) tree.means.push_back(arrays.values[leaf][0]);
  return tree;
}

Result<ForeignModel> read_forest(const Json& json) {
  if (json.at("ecocube_forest") != 1)
    return input_error("forest of version {}, this program reads version 1", json.at("ecocube_forest").dump());
  ForeignModel foreign{.name = "forest",
                       .features = json.value("features", std::vector<std::string>()),
                       .feature_count = json.at("feature_count"),
                       .labels = json.value("classes", std::vector<std::string>()),
                       .classes = 0,
                       .learner = {},
                       .settings = {{"imported from", json.value("source", "a forest")}}};
  foreign.classes = foreign.labels.size();
  if (foreign.classes == 1) return input_error("one class only: {}", foreign.labels[0]);
  Forest forest;
  RegressionForest regression;
  const Json& trees = json.at("trees");
  for (std::size_t t = 0; t < trees.size(); ++t) {
    if (foreign.classes) {
      auto tree = class_tree(trees[t], foreign.classes);
      if (!tree) return within(fmt::format("tree {}", t), tree.error());
      forest.trees.push_back(std::move(*tree));
    } else {
      auto tree = number_tree(trees[t]);
      if (!tree) return within(fmt::format("tree {}", t), tree.error());
      regression.trees.push_back(std::move(*tree));
    }
  }
  if (foreign.classes) {
    foreign.learner = std::move(forest);
  } else {
    foreign.learner = std::move(regression);
  }
  return foreign;
}

}  // namespace

Result<ForeignModel> import_forest(std::string_view text) {
  try {
    return read_forest(Json::parse(text));
  } catch (const std::exception& error) {
    return input_error("no forest that makes sense: {}", error.what());
  }
}

}  // namespace ecocube
