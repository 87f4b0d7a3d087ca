// SPDX-License-Identifier: Apache-2.0
#include "methods/train/forest.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/parallel.h"
#include "data/model/plain_prediction.h"
#include "methods/train/bins.h"
#include "methods/train/random.h"
#include "methods/train/tree.h"

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

struct GrownForest {
  std::vector<GrownTree> trees;
  std::vector<std::vector<bool>> drawn;  ///< shape [tree][row]
};

GrownForest grow_trees(const TrainingRows& rows, const ForestSettings& settings) {
  const std::vector<BinnedColumn> columns = bin_columns(rows);
  const auto root = static_cast<int>(std::lround(std::sqrt(static_cast<double>(rows.features))));
  const int asked = settings.features_per_split > 0 ? settings.features_per_split : std::max(1, root);
  const auto trees = static_cast<std::size_t>(settings.trees);
  GrownForest grown{std::vector<GrownTree>(trees), std::vector<std::vector<bool>>(trees)};
  parallel_for(trees, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t t = begin; t < end; ++t) {
      const std::vector<std::uint32_t> drawn = draw_rows(rows.rows(), settings.seed, t);
      std::vector<double> weights(rows.rows());
      grown.drawn[t].resize(rows.rows());
      for (std::size_t row = 0; row < rows.rows(); ++row) {
        const double of_class = settings.class_weights.empty() ? 1 : settings.class_weights[rows.seen[row]];
        weights[row] = drawn[row] * rows.weights[row] * of_class;
        grown.drawn[t][row] = drawn[row] > 0;
      }
      const TreeSettings one{static_cast<std::size_t>(asked), static_cast<std::size_t>(settings.min_leaf),
                             settings.max_depth, settings.seed, t};
      grown.trees[t] = grow_tree(columns, rows.seen, weights, rows.classes, one);
    }
  });
  return grown;
}

/// Out-of-bag probabilities of one row; returns the number of trees that had not drawn it.
std::size_t add_out_of_bag(const GrownForest& grown, std::size_t row, std::span<const float> features,
                           std::span<float> sums) {
  std::size_t trees = 0;
  for (std::size_t t = 0; t < grown.trees.size(); ++t) {
    if (grown.drawn[t][row]) continue;
    ++trees;
    const ForestTree& tree = grown.trees[t].tree;
    const std::uint32_t leaf = leaf_of(tree.nodes, features);
    for (std::uint32_t i = tree.leaf_starts[leaf]; i < tree.leaf_starts[leaf + 1]; ++i) {
      sums[tree.shares[i].class_index] += tree.shares[i].probability;
    }
  }
  return trees;
}

std::vector<float> out_of_bag(const TrainingRows& rows, const GrownForest& grown) {
  std::vector<float> probabilities(rows.rows() * rows.classes);
  parallel_for(rows.rows(), 256, [&](std::size_t begin, std::size_t end) {
    std::vector<float> features(rows.features);
    for (std::size_t row = begin; row < end; ++row) {
      rows.copy_row(row, features);
      const std::span<float> own(probabilities.data() + row * rows.classes, rows.classes);
      const std::size_t trees = add_out_of_bag(grown, row, features, own);
      for (float& p : own) p = trees ? p / static_cast<float>(trees) : std::numeric_limits<float>::quiet_NaN();
    }
  });
  return probabilities;
}

double weighted_accuracy(const TrainingRows& rows, std::span<const float> probabilities) {
  double right = 0, all = 0;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const auto own = probabilities.subspan(row * rows.classes, rows.classes);
    if (std::isnan(own[0])) continue;
    all += rows.weights[row];
    if (std::max_element(own.begin(), own.end()) - own.begin() == rows.seen[row]) right += rows.weights[row];
  }
  return right / all;
}

/// Each tree's decreases scaled to sum 1, then their mean.
std::vector<double> mean_importance(const GrownForest& grown, std::size_t features) {
  std::vector<double> importance(features);
  double total = 0;
  for (const GrownTree& tree : grown.trees) {
    double sum = 0;
    for (const double decrease : tree.impurity_decrease) sum += decrease;
    if (sum <= 0) continue;
    for (std::size_t f = 0; f < features; ++f) importance[f] += tree.impurity_decrease[f] / sum;
    total += 1;
  }
  for (double& value : importance) value = total > 0 ? value / total : 0;
  return importance;
}

}  // namespace

FittedForest fit_forest(const TrainingRows& rows, const ForestSettings& settings) {
  GrownForest grown = grow_trees(rows, settings);
  FittedForest fitted;
  fitted.out_of_bag = out_of_bag(rows, grown);
  fitted.out_of_bag_accuracy = weighted_accuracy(rows, fitted.out_of_bag);
  fitted.importance = mean_importance(grown, rows.features);
  for (GrownTree& tree : grown.trees) fitted.forest.trees.push_back(std::move(tree.tree));
  return fitted;
}

}  // namespace ecocube
