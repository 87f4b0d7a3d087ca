// SPDX-License-Identifier: Apache-2.0
#include "methods/train/forest.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/parallel.h"
#include "methods/train/forest_out_of_bag.h"
#include "base/random.h"

namespace ecocube {
namespace {

/// How often each row is drawn for a tree; shape [row].
std::vector<std::uint32_t> draw_rows(std::size_t rows, std::uint64_t seed, std::uint64_t tree) {
  constexpr std::uint64_t bootstrap = 0x626f6f74;
  Random random{seed, tree, bootstrap, rows};
  std::vector<std::uint32_t> drawn(rows);
  for (std::size_t i = 0; i < rows; ++i) ++drawn[random.below(rows)];
  return drawn;
}

/// Weight of each row times that of its class. Only their ratios matter: they are scaled to 1 where all are equal, so
/// that sums are exact, and else by a power of two to at most 1, so that squares stay within range.
std::vector<double> scaled_weights(const TrainingRows& rows, const std::vector<double>& class_weights) {
  std::vector<double> weights = rows.weights;
  if (!class_weights.empty()) {
    for (std::size_t row = 0; row < weights.size(); ++row) weights[row] *= class_weights[rows.seen[row]];
  }
  const double most = *std::max_element(weights.begin(), weights.end());
  int exponent = 0;
  std::frexp(most, &exponent);
  if (std::all_of(weights.begin(), weights.end(), [=](double weight) { return weight == most; })) {
    std::fill(weights.begin(), weights.end(), 1.0);
  } else {
    for (double& weight : weights) weight = std::ldexp(weight, -exponent);
  }
  return weights;
}

std::size_t features_tried(const TrainingRows& rows, double asked) {
  const auto all = static_cast<double>(rows.features);
  double tried = asked;
  if (asked == 0) {
    tried = rows.regression() ? all / 3 : std::sqrt(all);
  } else if (asked < 1) {
    tried = all * asked;
  }
  return static_cast<std::size_t>(std::clamp(std::round(tried), 1.0, std::max(1.0, all)));
}

TreeSettings tree_settings(const TrainingRows& rows, const ForestSettings& settings) {
  TreeSettings one;
  one.features_per_split = features_tried(rows, settings.features_per_split);
  one.min_leaf = static_cast<std::size_t>(settings.min_leaf);
  one.min_split = static_cast<std::size_t>(settings.min_split);
  one.max_depth = settings.max_depth;
  one.criterion = settings.criterion;
  one.random_thresholds = settings.random_thresholds;
  one.pruning = settings.pruning;
  one.seed = settings.seed;
  return one;
}

/// Weights of the rows as tree `tree` sees them; `drawn` is told which rows it drew, left empty without bootstrap.
std::vector<double> weights_of_tree(std::span<const double> weights, const ForestSettings& settings, std::uint64_t tree,
                                    std::vector<bool>& drawn) {
  std::vector<double> own(weights.begin(), weights.end());
  if (!settings.bootstrap) return own;
  const std::vector<std::uint32_t> times = draw_rows(own.size(), settings.seed, tree);
  drawn.resize(own.size());
  bool any = false;
  for (std::size_t row = 0; row < own.size(); ++row) {
    own[row] *= times[row];
    drawn[row] = times[row] > 0;
    any = any || own[row] > 0;
  }
  if (any) return own;
  drawn.assign(own.size(), true);
  return {weights.begin(), weights.end()};
}

/// Each tree's decreases scaled to sum 1, then their mean.
std::vector<double> mean_importance(const std::vector<std::vector<double>>& decreases, std::size_t features) {
  std::vector<double> importance(features);
  double total = 0;
  for (const std::vector<double>& of_tree : decreases) {
    double sum = 0;
    for (const double decrease : of_tree) sum += decrease;
    if (sum <= 0) continue;
    for (std::size_t f = 0; f < features; ++f) importance[f] += of_tree[f] / sum;
    total += 1;
  }
  for (double& value : importance) value = total > 0 ? value / total : 0;
  return importance;
}

template <class Tree>
struct GrownForest {
  std::vector<Tree> trees;
  std::vector<std::vector<bool>> drawn;  ///< shape [tree][row], or [tree][0]
  std::vector<double> importance;
};

/// `grow(weights, settings)` grows one tree.
template <class Tree, class Grow>
GrownForest<Tree> grow_trees(const TrainingRows& rows, const ForestSettings& settings, const Grow& grow) {
  const auto trees = static_cast<std::size_t>(settings.trees);
  GrownForest<Tree> grown{std::vector<Tree>(trees), std::vector<std::vector<bool>>(trees), {}};
  std::vector<std::vector<double>> decreases(trees);
  const std::vector<double> weights = scaled_weights(rows, settings.class_weights);
  parallel_for(trees, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t t = begin; t < end; ++t) {
      TreeSettings one = tree_settings(rows, settings);
      one.tree = t;
      auto tree = grow(weights_of_tree(weights, settings, t, grown.drawn[t]), one);
      grown.trees[t] = std::move(tree.tree);
      decreases[t] = std::move(tree.impurity_decrease);
    }
  });
  grown.importance = mean_importance(decreases, rows.features);
  return grown;
}

}  // namespace

FittedForest fit_forest(const TrainingRows& rows, const ForestSettings& settings) {
  const BinnedRows binned = bin_rows(rows);
  auto grown = grow_trees<ForestTree>(rows, settings, [&](const std::vector<double>& weights, const TreeSettings& one) {
    return grow_tree(binned, rows.seen, weights, rows.classes, one);
  });
  FittedForest fitted{{std::move(grown.trees)}, {}, 0, std::move(grown.importance)};
  if (settings.bootstrap) fitted.out_of_bag = out_of_bag_answers(rows, fitted.forest.trees, grown.drawn);
  fitted.out_of_bag_accuracy = out_of_bag_accuracy(rows, fitted.out_of_bag);
  return fitted;
}

FittedRegressionForest fit_regression_forest(const TrainingRows& rows, const ForestSettings& settings) {
  const BinnedRows binned = bin_rows(rows);
  std::vector<float> responses;
  std::vector<std::uint32_t> ranks;
  if (settings.keep_samples) {
    responses = rows.responses;
    std::sort(responses.begin(), responses.end());
    responses.erase(std::unique(responses.begin(), responses.end()), responses.end());
    for (const float response : rows.responses) {
      const auto rank = std::lower_bound(responses.begin(), responses.end(), response) - responses.begin();
      ranks.push_back(static_cast<std::uint32_t>(rank));
    }
  }
  auto grown =
      grow_trees<RegressionTree>(rows, settings, [&](const std::vector<double>& weights, const TreeSettings& one) {
        return grow_regression_tree(binned, rows.responses, ranks, weights, one);
      });
  FittedRegressionForest fitted{{std::move(responses), std::move(grown.trees)}, {}, 0, std::move(grown.importance)};
  if (settings.bootstrap) fitted.out_of_bag = out_of_bag_answers(rows, fitted.forest.trees, grown.drawn);
  fitted.out_of_bag_r2 = out_of_bag_r2(rows, fitted.out_of_bag);
  return fitted;
}

}  // namespace ecocube
