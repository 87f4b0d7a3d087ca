// SPDX-License-Identifier: Apache-2.0
#include "data/model/model.h"

#include <algorithm>
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

template <class T>
Result<void> check_finite(const std::vector<T>& numbers, const char* what) {
  for (const T number : numbers) {
    if (!std::isfinite(number)) return input_error("a {} is no number", what);
  }
  return {};
}

Result<void> check_samples(const RegressionTree& tree, std::size_t responses) {
  if (tree.leaf_starts.size() != tree.means.size() + 1 || tree.leaf_starts.front() != 0 ||
      tree.leaf_starts.back() != tree.samples.size()) {
    return input_error("leaf starts do not span the {} samples of {} leaves", tree.samples.size(), tree.means.size());
  }
  for (std::size_t leaf = 0; leaf + 1 < tree.leaf_starts.size(); ++leaf) {
    if (tree.leaf_starts[leaf] >= tree.leaf_starts[leaf + 1]) return input_error("leaf {}: no samples", leaf);
  }
  for (const LeafSample& sample : tree.samples) {
    if (sample.response >= responses) return input_error("sample of response {} of {}", sample.response, responses);
    if (!(sample.share > 0 && sample.share <= 1)) return input_error("share {} is not within 0..1", sample.share);
  }
  return {};
}

Result<void> check_link(Link link, std::size_t classes) {
  if (link > Link::identity) return input_error("unknown link {}", static_cast<int>(link));
  if ((link == Link::identity) != (classes == 0)) return input_error("its link does not fit {} classes", classes);
  if (link == Link::logistic && classes != 2) return input_error("a logistic link tells 2 classes, not {}", classes);
  return {};
}

Result<void> check_learner(const Forest& forest, std::size_t features, std::size_t classes) {
  if (classes == 0) return input_error("a forest of classes gives no number");
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

Result<void> check_learner(const RegressionForest& forest, std::size_t features, std::size_t classes) {
  if (classes) return input_error("a regression forest gives no class probabilities");
  if (forest.trees.empty()) return input_error("no trees");
  ECOCUBE_TRY(check_finite(forest.responses, "response"));
  if (!std::is_sorted(forest.responses.begin(), forest.responses.end(), std::less_equal<>()))
    return input_error("its responses do not ascend");
  for (std::size_t t = 0; t < forest.trees.size(); ++t) {
    const RegressionTree& tree = forest.trees[t];
    const auto nodes = check_nodes(tree.nodes, features, tree.means.size());
    if (!nodes) return within(fmt::format("tree {}", t), nodes.error());
    ECOCUBE_TRY(check_finite(tree.means, "leaf mean"));
    if (tree.leaf_starts.empty() != forest.responses.empty())
      return input_error("tree {}: samples are kept in some trees only", t);
    if (tree.leaf_starts.empty()) continue;
    const auto samples = check_samples(tree, forest.responses.size());
    if (!samples) return within(fmt::format("tree {}", t), samples.error());
  }
  return {};
}

Result<void> check_learner(const Boosting& boosting, std::size_t features, std::size_t classes) {
  if (!std::isfinite(boosting.base_score)) return input_error("the base score is no number");
  ECOCUBE_TRY(check_link(boosting.link, classes));
  const std::size_t scores = boosting.link == Link::softmax ? classes : 1;
  for (std::size_t t = 0; t < boosting.trees.size(); ++t) {
    const BoostingTree& tree = boosting.trees[t];
    if (tree.class_index >= scores) return input_error("tree {}: score {} of {}", t, tree.class_index, scores);
    const auto nodes = check_nodes(tree.nodes, features, tree.leaf_values.size());
    if (!nodes) return within(fmt::format("tree {}", t), nodes.error());
    for (const float value : tree.leaf_values) {
      if (!std::isfinite(value)) return input_error("tree {}: a leaf value is no number", t);
    }
  }
  return {};
}

Result<void> check_learner(const Logistic& logistic, std::size_t features, std::size_t classes) {
  if (classes == 0) return input_error("a logistic regression gives no number");
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

Result<void> check_learner(const Linear& linear, std::size_t features, std::size_t classes) {
  if (classes) return input_error("a linear regression gives no class probabilities");
  if (linear.weights.size() != features) return input_error("{} weights of {} inputs", linear.weights.size(), features);
  ECOCUBE_TRY(check_finite(linear.weights, "weight"));
  return check_finite(std::vector<double>{linear.intercept}, "intercept");
}

Result<void> check_learner(const Network& network, std::size_t features, std::size_t classes) {
  if (network.link == Link::logistic) return input_error("a network has no logistic link");
  ECOCUBE_TRY(check_link(network.link, classes));
  if (network.means.size() != features || network.scales.size() != features || network.layers.empty())
    return input_error("{} means and {} scales of {} inputs, {} layers", network.means.size(), network.scales.size(),
                       features, network.layers.size());
  ECOCUBE_TRY(check_finite(network.means, "mean"));
  ECOCUBE_TRY(check_finite(network.scales, "scale"));
  std::size_t inputs = features;
  for (const NetworkLayer& layer : network.layers) {
    if (layer.inputs != inputs || layer.outputs == 0 || layer.biases.size() != layer.outputs ||
        layer.weights.size() != layer.inputs * layer.outputs) {
      return input_error("a layer of {} inputs and {} outputs with {} weights and {} biases follows {} values",
                         layer.inputs, layer.outputs, layer.weights.size(), layer.biases.size(), inputs);
    }
    ECOCUBE_TRY(check_finite(layer.weights, "weight"));
    ECOCUBE_TRY(check_finite(layer.biases, "bias"));
    inputs = layer.outputs;
  }
  const std::size_t answers = std::max<std::size_t>(1, classes);
  if (inputs != answers) return input_error("{} outputs where {} are due", inputs, answers);
  return check_finite(std::vector<double>{network.response_mean, network.response_scale}, "response scale");
}

Result<void> check_learner(const NearestNeighbours& neighbours, std::size_t features, std::size_t classes) {
  const std::size_t rows = neighbours.weights.size();
  if (rows == 0 || neighbours.neighbours == 0) return input_error("no neighbours");
  if (neighbours.means.size() != features || neighbours.scales.size() != features ||
      neighbours.rows.size() != rows * features || neighbours.seen.size() != (classes ? rows : 0) ||
      neighbours.responses.size() != (classes ? 0 : rows)) {
    return input_error("its arrays do not fit {} rows of {} inputs", rows, features);
  }
  for (const std::uint16_t seen : neighbours.seen) {
    if (seen >= classes) return input_error("a row of class {} of {}", seen, classes);
  }
  for (const float weight : neighbours.weights) {
    if (!(weight > 0) || !std::isfinite(weight)) return input_error("weight {} is not above 0", weight);
  }
  ECOCUBE_TRY(check_finite(neighbours.means, "mean"));
  ECOCUBE_TRY(check_finite(neighbours.scales, "scale"));
  ECOCUBE_TRY(check_finite(neighbours.responses, "response"));
  return check_finite(neighbours.rows, "row's value");
}

Result<void> check_names(const Model& model) {
  if (model.features.empty()) return input_error("no features");
  if (model.response.has_value() == !model.classes.empty())
    return input_error("a model has either classes or a response");
  if (!model.response && (model.classes.size() < 2 || model.classes.size() > kMaximumClasses)) {
    return input_error("{} classes; there must be 2..{}", model.classes.size(), kMaximumClasses);
  }
  if (!model.facts.empty() && model.facts.size() != model.features.size())
    return input_error("facts of {} features, {} features", model.facts.size(), model.features.size());
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

/// `count` finite numbers, none below `lowest`.
Result<void> check_numbers(const std::vector<double>& numbers, std::size_t count, double lowest, const char* what) {
  if (numbers.size() != count) return input_error("{} {}s where {} are due", numbers.size(), what, count);
  for (const double number : numbers) {
    if (!std::isfinite(number) || number < lowest) return input_error("{} {} is out of range", what, number);
  }
  return {};
}

constexpr double kAny = -std::numeric_limits<double>::infinity();

Result<void> check_pool(const MeanPool&, std::size_t, std::size_t) {
  return {};
}

Result<void> check_pool(const Logistic& pool, std::size_t learners, std::size_t classes) {
  return check_learner(pool, learners * classes, classes);
}

Result<void> check_pool(const LinearPool& pool, std::size_t learners, std::size_t classes) {
  if (classes == 0) return input_error("a pool of probabilities gives no number");
  ECOCUBE_TRY(check_numbers(pool.weights, learners, 0, "weight"));
  ECOCUBE_TRY(check_numbers(pool.exponents, learners, 0, "exponent"));
  return check_numbers({pool.final_exponent}, 1, 0, "final exponent");
}

Result<void> check_pool(const LogPool& pool, std::size_t learners, std::size_t classes) {
  if (classes == 0) return input_error("a pool of probabilities gives no number");
  ECOCUBE_TRY(check_numbers(pool.weights, learners, 0, "weight"));
  ECOCUBE_TRY(check_numbers(pool.biases, classes, kAny, "bias"));
  ECOCUBE_TRY(check_numbers({pool.scale}, 1, 0, "scale"));
  const std::size_t corrections = pool.corrections.empty() ? 0 : classes * learners * classes;
  return check_numbers(pool.corrections, corrections, kAny, "correction");
}

Result<void> check_pool(const ValuePool& pool, std::size_t learners, std::size_t classes) {
  if (classes) return input_error("a pool of numbers gives no class probabilities");
  ECOCUBE_TRY(check_numbers(pool.weights, learners, kAny, "weight"));
  return check_numbers({pool.intercept}, 1, kAny, "intercept");
}

Result<void> check_meta(const Meta& meta, std::size_t learners, std::size_t classes) {
  if (!(meta.smoothing >= 0 && meta.smoothing < 1))
    return input_error("smoothing {} is not within 0..1", meta.smoothing);
  const bool logs = std::holds_alternative<LinearPool>(meta.pool) || std::holds_alternative<LogPool>(meta.pool);
  if (logs && meta.smoothing == 0) return input_error("a pool of logarithms needs smoothed probabilities");
  ECOCUBE_TRY(check_numbers(meta.prior, meta.smoothing > 0 ? classes : 0, 1e-300, "prior"));
  return std::visit([&](const auto& pool) { return check_pool(pool, learners, classes); }, meta.pool);
}

Result<void> check_uncertainty(const Model& model) {
  const std::size_t features = model.features.size(), classes = model.classes.size();
  if (model.sets && classes == 0) return input_error("class sets of a model without classes");
  if (model.sets) {
    for (const ClassSets::Level& level : model.sets->levels) {
      const std::size_t count = level.thresholds.size() == 1 ? 1 : classes;
      ECOCUBE_TRY(check_numbers(level.thresholds, count, kAny, "threshold of class sets"));
    }
  }
  if (model.intervals && classes) return input_error("intervals of a model with classes");
  if (model.intervals) {
    for (const Intervals::Level& level : model.intervals->levels) {
      ECOCUBE_TRY(check_numbers({level.lower_quantile, level.upper_quantile}, 2, 0, "quantile of intervals"));
      ECOCUBE_TRY(check_numbers({level.lower_margin, level.upper_margin}, 2, kAny, "margin of intervals"));
    }
  }
  if (model.intervals && model.intervals->method == IntervalMethod::quantile) {
    const auto* forest = model.intervals->forest < model.learners.size()
                             ? std::get_if<RegressionForest>(&model.learners[model.intervals->forest].learner)
                             : nullptr;
    if (!forest || forest->responses.empty())
      return input_error("intervals: learner {} keeps no quantiles", model.intervals->forest);
  }
  if (!model.applicability) return {};
  const Applicability& area = *model.applicability;
  if (area.means.size() != features || area.scales.size() != features || area.rows.empty() ||
      area.rows.size() % features != 0)
    return input_error("area of applicability: its arrays do not fit {} features", features);
  ECOCUBE_TRY(check_finite(area.means, "mean"));
  ECOCUBE_TRY(check_finite(area.scales, "scale"));
  ECOCUBE_TRY(check_finite(area.rows, "row's value"));
  return check_numbers({area.mean_distance, area.threshold}, 2, 1e-300, "distance");
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
  const auto meta = check_meta(model.meta, model.learners.size(), model.classes.size());
  if (!meta) return within("meta learner", meta.error());
  return check_uncertainty(model);
}

}  // namespace ecocube
