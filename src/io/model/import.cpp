// SPDX-License-Identifier: Apache-2.0
#include "io/model/import.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <numeric>

#include "base/text.h"
#include "io/file/file.h"
#include "io/model/import_parts.h"

namespace ecocube {
namespace {

enum class ForeignKind { xgboost, lightgbm, forest, unknown };

ForeignKind kind_of_bytes(std::string_view bytes) {
  if (bytes.starts_with("tree\n") || bytes.starts_with("tree\r\n")) return ForeignKind::lightgbm;
  // Both kinds of JSON name themselves early; UBJSON is an object with a length where JSON has text.
  if (bytes.starts_with("{") && bytes.size() > 1 && (bytes[1] == 'L' || bytes[1] == 'l' || bytes[1] == 'i'))
    return ForeignKind::xgboost;
  if (trimmed(bytes).starts_with("{"))
    return bytes.find("\"ecocube_forest\"") != std::string_view::npos ? ForeignKind::forest : ForeignKind::xgboost;
  return ForeignKind::unknown;
}

Result<ForeignModel> read_foreign(std::string_view bytes) {
  switch (kind_of_bytes(bytes)) {
    case ForeignKind::xgboost:
      return import_xgboost(bytes);
    case ForeignKind::lightgbm:
      return import_lightgbm(bytes);
    case ForeignKind::forest:
      return import_forest(bytes);
    case ForeignKind::unknown:
      break;
  }
  return input_error("neither a model of XGBoost (JSON, UBJSON) nor of LightGBM (text) nor a forest (JSON)");
}

/// Distinct hues for classes that bring no colour.
LegendClass plain_class(const std::string& code, std::size_t index) {
  const auto part = [&](std::size_t step) { return static_cast<std::uint8_t>(40 + (index * step) % 200); };
  return {code, code, static_cast<int>(index + 1), {part(67), part(113), part(151)}};
}

/// Class c of the file becomes class `place[c]`.
void move_classes(Learner& learner, const std::vector<std::uint16_t>& place) {
  if (auto* forest = std::get_if<Forest>(&learner)) {
    for (ForestTree& tree : forest->trees) {
      for (LeafShare& share : tree.shares) share.class_index = place[share.class_index];
      for (std::size_t leaf = 0; leaf + 1 < tree.leaf_starts.size(); ++leaf) {
        std::sort(tree.shares.begin() + tree.leaf_starts[leaf], tree.shares.begin() + tree.leaf_starts[leaf + 1],
                  [](const LeafShare& a, const LeafShare& b) { return a.class_index < b.class_index; });
      }
    }
  }
  auto* boosting = std::get_if<Boosting>(&learner);
  if (!boosting) return;
  const bool turned = boosting->link == Link::logistic && place[0] == 1;  // the log odds of the other class
  if (turned) boosting->base_score = -boosting->base_score;
  for (BoostingTree& tree : boosting->trees) {
    if (boosting->link == Link::softmax) tree.class_index = place[tree.class_index];
    for (float& value : tree.leaf_values) value = turned ? -value : value;
  }
}

/// Brings the classes into ascending order of their raster values, in which a model counts them.
void sort_classes(std::vector<LegendClass>& classes, Learner& learner) {
  std::vector<std::size_t> order(classes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return classes[a].value < classes[b].value; });
  std::vector<std::uint16_t> place(classes.size());
  std::vector<LegendClass> sorted;
  for (std::size_t c = 0; c < order.size(); ++c) {
    place[order[c]] = static_cast<std::uint16_t>(c);
    sorted.push_back(classes[order[c]]);
  }
  classes = std::move(sorted);
  move_classes(learner, place);
}

Result<void> name_classes(const ForeignModel& foreign, const ImportNames& names, Model& model) {
  if (foreign.classes == 0) {
    if (!names.classes.empty()) return usage_error("{} classes are given for a regression", names.classes.size());
    model.response = Response{names.variable.empty() ? "value" : names.variable, "", Transform::none, 0, 0};
    return {};
  }
  if (foreign.classes > kMaximumClasses)
    return input_error("{} classes; there must be 2..{}", foreign.classes, kMaximumClasses);
  model.classes = names.classes;
  for (std::size_t c = 0; names.classes.empty() && c < foreign.classes; ++c)
    model.classes.push_back(plain_class(foreign.labels.empty() ? fmt::format("{}", c) : foreign.labels[c], c));
  if (model.classes.size() != foreign.classes)
    return usage_error("{} classes are given, the file tells {} apart", model.classes.size(), foreign.classes);
  return {};
}

Result<Model> named_model(ForeignModel foreign, const ImportNames& names) {
  Model model;
  model.features = names.features.empty() ? foreign.features : names.features;
  for (std::size_t f = 0; model.features.empty() && f < foreign.feature_count; ++f)
    model.features.push_back(fmt::format("f{}", f));
  if (model.features.size() != foreign.feature_count)
    return usage_error("{} features are named, the file has {}", model.features.size(), foreign.feature_count);
  ECOCUBE_TRY(name_classes(foreign, names, model));
  // Everything in range first: classes are moved by their index.
  model.learners.push_back({foreign.name, std::move(foreign.learner)});
  const std::vector<LegendClass> given = model.classes;
  for (std::size_t c = 0; c < model.classes.size(); ++c) model.classes[c].value = static_cast<int>(c + 1);
  ECOCUBE_TRY(check_model(model));
  model.classes = given;
  if (!given.empty()) sort_classes(model.classes, model.learners[0].learner);
  model.settings = std::move(foreign.settings);
  ECOCUBE_TRY(check_model(model));
  return model;
}

}  // namespace

Result<std::vector<TreeNode>> tree_nodes(const ForeignTree& tree, std::vector<std::size_t>& leaves) {
  if (tree.nodes.empty()) return input_error("no nodes");
  std::vector<TreeNode> nodes(1);
  std::deque<std::pair<std::size_t, std::size_t>> open{{0, 0}};  // foreign node, its place here
  leaves.clear();
  while (!open.empty()) {
    const auto [from, to] = open.front();
    open.pop_front();
    const ForeignTree::Node& node = tree.nodes[from];
    if (node.leaf) {
      nodes[to] = {TreeNode::kLeaf, 0, static_cast<std::uint32_t>(leaves.size())};
      leaves.push_back(from);
      continue;
    }
    if (nodes.size() + 2 > tree.nodes.size()) return input_error("node {}: its children are reached twice", from);
    if (!std::isfinite(node.threshold)) return input_error("node {}: the threshold is no number", from);
    if (node.feature < 0 || node.feature > std::numeric_limits<std::int32_t>::max())
      return input_error("node {}: feature {}", from, node.feature);
    nodes[to] = {static_cast<std::int32_t>(node.feature), node.threshold, static_cast<std::uint32_t>(nodes.size())};
    for (const std::int64_t child : {node.left, node.right}) {
      if (child <= 0 || child >= static_cast<std::int64_t>(tree.nodes.size()))
        return input_error("node {}: child {} of {} nodes", from, child, tree.nodes.size());
      open.emplace_back(static_cast<std::size_t>(child), nodes.size());
      nodes.emplace_back();
    }
  }
  return nodes;
}

float float_not_above(double threshold) {
  const auto nearest = static_cast<float>(threshold);
  return static_cast<double>(nearest) > threshold ? std::nextafterf(nearest, -std::numeric_limits<float>::infinity())
                                                  : nearest;
}

float float_below(float threshold) {
  return std::nextafterf(threshold, -std::numeric_limits<float>::infinity());
}

Result<Model> import_model(const std::filesystem::path& path, const ImportNames& names) {
  ECOCUBE_TRY_ASSIGN(const std::string bytes, read_text(path));
  auto foreign = read_foreign(bytes);
  if (!foreign) return within(path.string(), foreign.error());
  auto model = named_model(std::move(*foreign), names);
  if (!model) return within(path.string(), model.error());
  return model;
}

}  // namespace ecocube
