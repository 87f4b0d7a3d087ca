// SPDX-License-Identifier: Apache-2.0
#include "methods/train/tree.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <numeric>

#include "data/model/plain_prediction.h"
#include "base/random.h"

namespace ecocube {
namespace {

/// Class 1 where x0 + x1 > 10, else class 0, with a third feature of noise.
TrainingRows drawn_rows(std::size_t count, std::uint64_t seed, std::uint32_t levels = 11) {
  Random random{seed};
  TrainingRows rows{3, 2, std::vector<float>(3 * count), {}, std::vector<double>(count, 1.0), {}};
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
      grow_tree(bin_rows(rows), rows.seen, rows.weights, 2, {.features_per_split = 3, .max_depth = 1});
  RC_PRE(grown.tree.nodes.size() == 3u);
  RC_ASSERT(std::abs(root_impurity(grown.tree, rows, rows.weights) - best_impurity(rows, rows.weights)) < 1e-9);
}

TEST(Tree, AFullTreeRepeatsItsTrainingRows) {
  const TrainingRows rows = drawn_rows(3000, 5, 1001);
  const GrownTree grown = grow_tree(bin_rows(rows), rows.seen, rows.weights, 2, {.features_per_split = 2});
  const Forest forest{{grown.tree}};
  std::vector<float> features(3), probabilities(2);
  std::size_t wrong = 0;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    rows.copy_row(row, features);
    plain_answer(forest, features, probabilities);
    if (probabilities[rows.seen[row]] != 1) ++wrong;
  }
  // Binning 1001 levels into 255 may leave rows of two classes in one cell, rarely.
  EXPECT_LE(wrong, 3u);
}

TEST(Tree, AThresholdLiesMidwayBetweenTheValuesInTheNode) {
  const TrainingRows rows{1, 2, {1, 2, 7, 9}, {0, 0, 1, 1}, {1, 1, 1, 1}, {}};
  const GrownTree grown = grow_tree(bin_rows(rows), rows.seen, rows.weights, 2, {});
  EXPECT_EQ(grown.tree.nodes[0].threshold, 4.5f);
  // 2 takes no part, so its neighbours are 1 and 7.
  const std::vector<double> without{1, 0, 1, 1};
  EXPECT_EQ(grow_tree(bin_rows(rows), rows.seen, without, 2, {}).tree.nodes[0].threshold, 4);
}

TEST(Tree, ARowOfWeightThreeCountsAsThreeRows) {
  const TrainingRows rows = drawn_rows(80, 3, 5);
  TrainingRows repeated;
  std::vector<double> weights;
  std::vector<std::uint32_t> chosen;
  for (std::uint32_t row = 0; row < 80; ++row) {
    weights.push_back(row % 3 == 0 ? 3 : 1);
    for (int i = 0; i < weights.back(); ++i) chosen.push_back(row);
  }
  repeated = rows.only(chosen);
  const TreeSettings settings{.features_per_split = 3, .max_depth = 3};
  const ForestTree once = grow_tree(bin_rows(rows), rows.seen, weights, 2, settings).tree;
  EXPECT_EQ(once, grow_tree(bin_rows(repeated), repeated.seen, repeated.weights, 2, settings).tree);
  EXPECT_NE(once, grow_tree(bin_rows(rows), rows.seen, rows.weights, 2, settings).tree);
}

TEST(Tree, LeafProbabilitiesAreSharesOfWeight) {
  const TrainingRows rows{1, 2, {1, 1}, {0, 1}, {3, 1}, {}};
  const ForestTree tree = grow_tree(bin_rows(rows), rows.seen, rows.weights, 2, {}).tree;
  EXPECT_EQ(tree.shares, (std::vector<LeafShare>{{0, 0.75f}, {1, 0.25f}}));
}

TEST(Tree, NoLeafHoldsFewerRowsThanAsked) {
  const TrainingRows rows = drawn_rows(400, 8);
  const ForestTree tree =
      grow_tree(bin_rows(rows), rows.seen, rows.weights, 2, {.features_per_split = 2, .min_leaf = 7}).tree;
  std::vector<int> held(tree.leaf_starts.size() - 1);
  std::vector<float> features(3);
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    rows.copy_row(row, features);
    ++held[leaf_of(tree.nodes, features)];
  }
  EXPECT_GE(*std::min_element(held.begin(), held.end()), 7);
  EXPECT_GT(held.size(), 2u);
}

double entropy_weight(std::span<const double> classes) {
  const double sum = std::accumulate(classes.begin(), classes.end(), 0.0);
  double entropy = 0;
  for (const double weight : classes) entropy -= weight > 0 ? weight * std::log(weight / sum) : 0;
  return entropy;
}

/// Weighted entropy of the best split of all rows, by trying every one.
double best_entropy(const TrainingRows& rows) {
  double best = INFINITY;
  for (std::size_t f = 0; f < rows.features; ++f) {
    for (const float at : rows.column(f)) {
      std::vector<double> left(rows.classes), right(rows.classes);
      for (std::size_t row = 0; row < rows.rows(); ++row)
        (rows.column(f)[row] <= at ? left : right)[rows.seen[row]] += rows.weights[row];
      if (std::accumulate(right.begin(), right.end(), 0.0) == 0) continue;
      best = std::min(best, entropy_weight(left) + entropy_weight(right));
    }
  }
  return best;
}

RC_GTEST_PROP(Tree, WithEntropyTheFirstSplitIsTheBestOfAll, ()) {
  TrainingRows rows = drawn_rows(*rc::gen::inRange<std::size_t>(4, 90), *rc::gen::arbitrary<std::uint64_t>());
  for (double& weight : rows.weights) weight = 0.5 + *rc::gen::inRange(0, 3);
  const GrownTree grown = grow_tree(bin_rows(rows), rows.seen, rows.weights, 2,
                                    {.features_per_split = 3, .max_depth = 1, .criterion = Criterion::entropy});
  RC_PRE(grown.tree.nodes.size() == 3u);
  std::vector<double> all(2);
  for (std::size_t row = 0; row < rows.rows(); ++row) all[rows.seen[row]] += rows.weights[row];
  const double decrease = std::accumulate(grown.impurity_decrease.begin(), grown.impurity_decrease.end(), 0.0);
  RC_ASSERT(std::abs(entropy_weight(all) - decrease - best_entropy(rows)) < 1e-9);
}

TrainingRows number_rows(std::size_t count, std::uint64_t seed) {
  TrainingRows rows = drawn_rows(count, seed, 101);
  rows.classes = 0;
  for (std::size_t row = 0; row < count; ++row)
    rows.responses.push_back(3 * rows.values[row] - rows.values[count + row] * rows.values[row] + 2000);
  return rows;
}

GrownRegressionTree grow_on_numbers(const TrainingRows& rows, const TreeSettings& settings) {
  return grow_regression_tree(bin_rows(rows), rows.responses, {}, rows.weights, settings);
}

/// Weighted sum of squares about the mean of rows that `chosen` names.
template <class Chosen>
double squares_about_mean(const TrainingRows& rows, const Chosen& chosen) {
  double weight = 0, sum = 0, squares = 0;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    if (!chosen(row)) continue;
    weight += rows.weights[row];
    sum += rows.weights[row] * static_cast<double>(rows.responses[row]);
  }
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    if (!chosen(row)) continue;
    const double off = static_cast<double>(rows.responses[row]) - sum / weight;
    squares += rows.weights[row] * off * off;
  }
  return squares;
}

RC_GTEST_PROP(RegressionTree, TheFirstSplitLeavesTheLeastSquares, ()) {
  TrainingRows rows = number_rows(*rc::gen::inRange<std::size_t>(4, 90), *rc::gen::arbitrary<std::uint64_t>());
  for (double& weight : rows.weights) weight = 0.5 + *rc::gen::inRange(0, 3);
  const GrownRegressionTree grown = grow_on_numbers(rows, {.features_per_split = 3, .max_depth = 1});
  RC_PRE(grown.tree.nodes.size() == 3u);
  double best = INFINITY;
  for (std::size_t f = 0; f < 3; ++f) {
    for (const float at : rows.column(f)) {
      best = std::min(best, squares_about_mean(rows, [&](std::size_t row) { return rows.column(f)[row] <= at; }) +
                                squares_about_mean(rows, [&](std::size_t row) { return rows.column(f)[row] > at; }));
    }
  }
  const double all = squares_about_mean(rows, [](std::size_t) { return true; });
  const double decrease = std::accumulate(grown.impurity_decrease.begin(), grown.impurity_decrease.end(), 0.0);
  RC_ASSERT(std::abs(all - decrease - best) < 1e-7 * (1 + all));
}

TEST(RegressionTree, ALeafAnswersWithItsWeightedMeanAndKeepsItsSamples) {
  const TrainingRows rows{1, 0, {1, 1, 5, 5, 5}, {}, {1, 3, 1, 1, 2}, {10, 20, 7, 9, 7}};
  const std::vector<std::uint32_t> ranks{2, 3, 0, 1, 0};
  const RegressionTree tree =
      grow_regression_tree(bin_rows(rows), rows.responses, ranks, rows.weights, {.features_per_split = 1}).tree;
  EXPECT_EQ(tree.means, (std::vector<double>{17.5, 7.5}));
  EXPECT_EQ(tree.leaf_starts, (std::vector<std::uint32_t>{0, 2, 4}));
  EXPECT_EQ(tree.samples, (std::vector<LeafSample>{{2, 0.25f}, {3, 0.75f}, {0, 0.75f}, {1, 0.25f}}));
}

TEST(RegressionTree, EqualResponsesMakeOneLeaf) {
  TrainingRows rows = number_rows(50, 1);
  std::fill(rows.responses.begin(), rows.responses.end(), 4.5f);
  const RegressionTree tree = grow_on_numbers(rows, {.features_per_split = 3}).tree;
  EXPECT_EQ(tree.nodes.size(), 1u);
  EXPECT_EQ(tree.means, std::vector<double>{4.5});
}

TEST(Tree, RandomThresholdsLieWithinTheNodesValuesAndAreSpreadEvenly) {
  TrainingRows rows{1, 2, {0, 2, 10}, {0, 1, 0}, {1, 1, 1}, {}};
  int low = 0;
  for (std::uint64_t tree = 0; tree < 1000; ++tree) {
    const TreeSettings settings{.max_depth = 1, .random_thresholds = true, .tree = tree};
    const float threshold = grow_tree(bin_rows(rows), rows.seen, rows.weights, 2, settings).tree.nodes[0].threshold;
    ASSERT_GE(threshold, 0);
    ASSERT_LT(threshold, 10);
    low += threshold < 2;
  }
  EXPECT_NEAR(low, 200, 40);
}

TEST(Tree, WithRandomThresholdsAFullTreeStillRepeatsItsTrainingRows) {
  const TrainingRows rows = drawn_rows(2000, 5, 1001);  // more values than bins
  const ForestTree tree = grow_tree(bin_rows(rows), rows.seen, rows.weights, 2,
                                    {.features_per_split = 2, .min_leaf = 1, .random_thresholds = true})
                              .tree;
  std::vector<float> features(3);
  std::vector<std::uint32_t> held(tree.leaf_starts.size() - 1);
  std::size_t wrong = 0;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    rows.copy_row(row, features);
    const std::uint32_t leaf = leaf_of(tree.nodes, features);
    ++held[leaf];
    wrong += tree.shares[tree.leaf_starts[leaf]].probability == 1 &&
             tree.shares[tree.leaf_starts[leaf]].class_index != rows.seen[row];
  }
  EXPECT_EQ(wrong, 0u);
  EXPECT_GT(*std::min_element(held.begin(), held.end()), 0u);
}

TEST(Tree, ANodeOfFewerRowsThanAskedIsNotSplit) {
  const TrainingRows rows = drawn_rows(300, 8);
  const ForestTree tree =
      grow_tree(bin_rows(rows), rows.seen, rows.weights, 2, {.features_per_split = 3, .min_split = 301}).tree;
  EXPECT_EQ(tree.nodes.size(), 1u);
  EXPECT_GT(grow_tree(bin_rows(rows), rows.seen, rows.weights, 2, {.features_per_split = 3, .min_split = 300})
                .tree.nodes.size(),
            1u);
}

TEST(Tree, PruningTakesAwayWhatSavesLessThanItsPrice) {
  TrainingRows rows = drawn_rows(400, 8);
  Random random{2};
  for (std::uint16_t& c : rows.seen) c = random.below(10) ? c : 1 - c;
  const auto leaves = [&](double pruning) {
    const TreeSettings settings{.features_per_split = 3, .pruning = pruning};
    const ForestTree tree = grow_tree(bin_rows(rows), rows.seen, rows.weights, 2, settings).tree;
    EXPECT_EQ(tree.nodes.size(), 2 * (tree.leaf_starts.size() - 1) - 1);
    return tree.leaf_starts.size() - 1;
  };
  EXPECT_GT(leaves(0), leaves(0.005));
  EXPECT_GT(leaves(0.005), leaves(0.05));
  EXPECT_GT(leaves(0.05), 1u);
  EXPECT_EQ(leaves(1), 1u);
}

TEST(Tree, APrunedTreeIsTheCheapestOfAllItsSubtrees) {
  // Four cells of one feature with 8, 0 | 0, 8 | 6, 2 | 5, 3 rows of two classes: the last two are worth no split.
  TrainingRows rows{1, 2, {}, {}, {}, {}};
  const int counts[4][2] = {{8, 0}, {0, 8}, {6, 2}, {5, 3}};
  for (int cell = 0; cell < 4; ++cell) {
    for (int c = 0; c < 2; ++c) {
      for (int i = 0; i < counts[cell][c]; ++i) {
        rows.values.push_back(static_cast<float>(cell));
        rows.seen.push_back(static_cast<std::uint16_t>(c));
        rows.weights.push_back(1);
      }
    }
  }
  const ForestTree tree =
      grow_tree(bin_rows(rows), rows.seen, rows.weights, 2, {.features_per_split = 1, .pruning = 0.02}).tree;
  EXPECT_EQ(tree.leaf_starts.size() - 1, 3u);
  const ForestTree full = grow_tree(bin_rows(rows), rows.seen, rows.weights, 2, {.features_per_split = 1}).tree;
  EXPECT_EQ(full.leaf_starts.size() - 1, 4u);
}

}  // namespace
}  // namespace ecocube
