// SPDX-License-Identifier: Apache-2.0
#include "methods/train/forest.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <optional>

#include "base/parallel.h"
#include "data/model/plain_prediction.h"
#include "methods/train/bins.h"
#include "methods/train/random.h"
#include "methods/train/tree.h"

namespace ecocube {
namespace {

/// Class 1 where x0 + x1 > 10, else class 0, with a third feature of noise.
TrainingRows drawn_rows(std::size_t count, std::uint64_t seed, std::uint32_t levels = 11) {
  Random random{seed};
  TrainingRows rows{3, 2, std::vector<float>(3 * count), {}, std::vector<double>(count, 1.0)};
  for (float& value : rows.values)
    value = static_cast<float>(random.below(levels) * 10) / static_cast<float>(levels - 1);
  for (std::size_t row = 0; row < count; ++row) rows.seen.push_back(rows.values[row] + rows.values[count + row] > 10);
  return rows;
}

double gini_weight(std::span<const double> classes) {
  double sum = 0, squares = 0;
  for (const double weight : classes) {
    sum += weight;
    squares += weight * weight;
  }
  return sum > 0 ? sum - squares / sum : 0;
}

/// Weighted impurity of the best split of all rows, by trying every one.
double best_impurity(const TrainingRows& rows, std::span<const double> weights) {
  double best = INFINITY;
  for (std::size_t f = 0; f < rows.features; ++f) {
    for (const float at : rows.column(f)) {
      std::vector<double> left(rows.classes), right(rows.classes);
      for (std::size_t row = 0; row < rows.rows(); ++row)
        (rows.column(f)[row] <= at ? left : right)[rows.seen[row]] += weights[row];
      if (gini_weight(right) == 0 && std::all_of(right.begin(), right.end(), [](double w) { return w == 0; })) continue;
      best = std::min(best, gini_weight(left) + gini_weight(right));
    }
  }
  return best;
}

/// Weighted impurity of the split that the root of the tree makes.
double root_impurity(const ForestTree& tree, const TrainingRows& rows, std::span<const double> weights) {
  const TreeNode& root = tree.nodes[0];
  std::vector<double> left(rows.classes), right(rows.classes);
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const bool goes_left = rows.column(static_cast<std::size_t>(root.feature))[row] <= root.threshold;
    (goes_left ? left : right)[rows.seen[row]] += weights[row];
  }
  return gini_weight(left) + gini_weight(right);
}

RC_GTEST_PROP(Tree, TheFirstSplitIsTheBestOfAll, ()) {
  const auto count = *rc::gen::inRange<std::size_t>(4, 150);
  TrainingRows rows = drawn_rows(count, *rc::gen::arbitrary<std::uint64_t>());
  for (double& weight : rows.weights) weight = 1 + *rc::gen::inRange(0, 3);
  const GrownTree grown =
      grow_tree(bin_columns(rows), rows.seen, rows.weights, 2, {.features_per_split = 3, .max_depth = 1});
  RC_PRE(grown.tree.nodes.size() == 3u);
  RC_ASSERT(std::abs(root_impurity(grown.tree, rows, rows.weights) - best_impurity(rows, rows.weights)) < 1e-9);
}

TEST(Tree, AFullTreeRepeatsItsTrainingRows) {
  const TrainingRows rows = drawn_rows(3000, 5, 1001);
  const GrownTree grown = grow_tree(bin_columns(rows), rows.seen, rows.weights, 2, {.features_per_split = 2});
  const Forest forest{{grown.tree}};
  std::vector<float> features(3), probabilities(2);
  std::size_t wrong = 0;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    rows.copy_row(row, features);
    plain_probabilities(forest, features, probabilities);
    if (probabilities[rows.seen[row]] != 1) ++wrong;
  }
  // Binning 1001 levels into 255 may leave rows of two classes in one cell, rarely.
  EXPECT_LE(wrong, 3u);
}

TEST(Tree, AThresholdLiesMidwayBetweenTheValuesInTheNode) {
  const TrainingRows rows{1, 2, {1, 2, 7, 9}, {0, 0, 1, 1}, {1, 1, 1, 1}};
  const GrownTree grown = grow_tree(bin_columns(rows), rows.seen, rows.weights, 2, {});
  EXPECT_EQ(grown.tree.nodes[0].threshold, 4.5f);
  // 2 takes no part, so its neighbours are 1 and 7.
  const std::vector<double> without{1, 0, 1, 1};
  EXPECT_EQ(grow_tree(bin_columns(rows), rows.seen, without, 2, {}).tree.nodes[0].threshold, 4);
}

TEST(Tree, ARowOfWeightThreeCountsAsThreeRows) {
  const TrainingRows rows = drawn_rows(80, 3, 5);
  TrainingRows repeated{3, 2, {}, {}, {}};
  std::vector<double> weights;
  std::vector<std::uint32_t> chosen;
  for (std::uint32_t row = 0; row < 80; ++row) {
    weights.push_back(row % 3 == 0 ? 3 : 1);
    for (int i = 0; i < weights.back(); ++i) chosen.push_back(row);
  }
  repeated = rows.only(chosen);
  const TreeSettings settings{.features_per_split = 3, .max_depth = 3};
  const ForestTree once = grow_tree(bin_columns(rows), rows.seen, weights, 2, settings).tree;
  EXPECT_EQ(once, grow_tree(bin_columns(repeated), repeated.seen, repeated.weights, 2, settings).tree);
  EXPECT_NE(once, grow_tree(bin_columns(rows), rows.seen, rows.weights, 2, settings).tree);
}

TEST(Tree, LeafProbabilitiesAreSharesOfWeight) {
  const TrainingRows rows{1, 2, {1, 1}, {0, 1}, {3, 1}};
  const ForestTree tree = grow_tree(bin_columns(rows), rows.seen, rows.weights, 2, {}).tree;
  EXPECT_EQ(tree.shares, (std::vector<LeafShare>{{0, 0.75f}, {1, 0.25f}}));
}

TEST(Tree, NoLeafHoldsFewerRowsThanAsked) {
  const TrainingRows rows = drawn_rows(400, 8);
  const ForestTree tree =
      grow_tree(bin_columns(rows), rows.seen, rows.weights, 2, {.features_per_split = 2, .min_leaf = 7}).tree;
  std::vector<int> held(tree.leaf_starts.size() - 1);
  std::vector<float> features(3);
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    rows.copy_row(row, features);
    ++held[leaf_of(tree.nodes, features)];
  }
  EXPECT_GE(*std::min_element(held.begin(), held.end()), 7);
  EXPECT_GT(held.size(), 2u);
}

TEST(Forest, IsTheSameForOneAndTwoThreads) {
  const TrainingRows rows = drawn_rows(1500, 1, 401);
  const auto fit = [&](int threads) {
    const ThreadLimit limit(threads);
    return fit_forest(rows, {.trees = 20, .class_weights = {}, .seed = 9});
  };
  const FittedForest one = fit(1), two = fit(2);
  EXPECT_EQ(one.forest, two.forest);
  EXPECT_EQ(one.out_of_bag, two.out_of_bag);
  EXPECT_EQ(one.importance, two.importance);
}

TEST(Forest, AnotherSeedGivesAnotherForest) {
  const TrainingRows rows = drawn_rows(300, 1);
  EXPECT_NE(fit_forest(rows, {.trees = 3, .class_weights = {}, .seed = 1}).forest,
            fit_forest(rows, {.trees = 3, .class_weights = {}, .seed = 2}).forest);
}

TEST(Forest, OutOfBagAccuracyIsThatOfNewRows) {
  const TrainingRows rows = drawn_rows(1500, 1, 401), fresh = drawn_rows(3000, 2, 401);
  const FittedForest fitted = fit_forest(rows, {.trees = 60, .class_weights = {}, .seed = 9});
  double right = 0;
  std::vector<float> features(3), probabilities(2);
  for (std::size_t row = 0; row < fresh.rows(); ++row) {
    fresh.copy_row(row, features);
    plain_probabilities(fitted.forest, features, probabilities);
    right += (probabilities[1] > probabilities[0]) == (fresh.seen[row] == 1);
  }
  EXPECT_NEAR(fitted.out_of_bag_accuracy, right / 3000, 0.02);
  EXPECT_GT(fitted.out_of_bag_accuracy, 0.93);
}

TEST(Forest, ARowThatEveryTreeDrewHasNoOutOfBagPrediction) {
  const TrainingRows rows = drawn_rows(50, 4);
  const FittedForest fitted = fit_forest(rows, {.trees = 1, .class_weights = {}, .seed = 1});
  const auto missing =
      std::count_if(fitted.out_of_bag.begin(), fitted.out_of_bag.end(), [](float p) { return std::isnan(p); });
  EXPECT_GT(missing, 2 * 20);
  EXPECT_LT(missing, 2 * 45);
}

TEST(Forest, ImportanceSumsToOneAndTheNoiseHasLeast) {
  const FittedForest fitted = fit_forest(drawn_rows(1000, 6), {.trees = 30, .class_weights = {}, .seed = 1});
  EXPECT_NEAR(fitted.importance[0] + fitted.importance[1] + fitted.importance[2], 1, 1e-12);
  EXPECT_LT(fitted.importance[2], 0.1);
  EXPECT_NEAR(fitted.importance[0], fitted.importance[1], 0.15);
}

TEST(Forest, AClassWeightDrawsPredictionsToTheClass) {
  TrainingRows rows = drawn_rows(600, 7);
  Random random{1};
  for (std::uint16_t& c : rows.seen) c = random.below(10) == 0;  // nothing to learn: one row in ten is of class 1
  const auto mean_of_class_1 = [&](std::vector<double> class_weights) {
    const FittedForest fitted =
        fit_forest(rows, {.trees = 20, .min_leaf = 40, .class_weights = std::move(class_weights), .seed = 1});
    double sum = 0, rows_with = 0;
    for (std::size_t row = 0; row < rows.rows(); ++row) {
      if (std::isnan(fitted.out_of_bag[2 * row])) continue;
      sum += static_cast<double>(fitted.out_of_bag[2 * row + 1]);
      rows_with += 1;
    }
    return sum / rows_with;
  };
  EXPECT_NEAR(mean_of_class_1({}), 0.1, 0.03);
  EXPECT_NEAR(mean_of_class_1({1, 9}), 0.5, 0.08);
}

}  // namespace
}  // namespace ecocube
