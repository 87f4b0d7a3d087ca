// SPDX-License-Identifier: Apache-2.0
#include "methods/train/forest.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <numeric>

#include "base/parallel.h"
#include "data/model/plain_prediction.h"
#include "methods/train/bins.h"
#include "base/random.h"
#include "methods/train/tree.h"

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
    plain_answer(fitted.forest, features, probabilities);
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

TrainingRows number_rows(std::size_t count, std::uint64_t seed) {
  TrainingRows rows = drawn_rows(count, seed, 101);
  rows.classes = 0;
  rows.seen.clear();
  for (std::size_t row = 0; row < count; ++row)
    rows.responses.push_back(3 * rows.values[row] - rows.values[count + row] * rows.values[row]);
  return rows;
}

float answer_to(const Learner& learner, const TrainingRows& rows, std::size_t row, std::size_t which = 0) {
  std::vector<float> features(rows.features), answer(rows.answers());
  rows.copy_row(row, features);
  plain_answer(learner, features, answer);
  return answer[which];
}

TEST(RegressionForest, IsTheSameForOneAndTwoThreads) {
  const TrainingRows rows = number_rows(900, 1);
  const auto fit = [&](int threads) {
    const ThreadLimit limit(threads);
    return fit_regression_forest(rows, {.trees = 20, .class_weights = {}, .seed = 9});
  };
  const FittedRegressionForest one = fit(1), two = fit(2);
  EXPECT_EQ(one.forest, two.forest);
  EXPECT_EQ(one.out_of_bag, two.out_of_bag);
  EXPECT_EQ(one.importance, two.importance);
}

TEST(RegressionForest, OutOfBagR2IsThatOfNewRows) {
  const TrainingRows rows = number_rows(1500, 1), fresh = number_rows(2000, 2);
  const FittedRegressionForest fitted = fit_regression_forest(rows, {.trees = 60, .class_weights = {}, .seed = 9});
  const double mean = std::accumulate(fresh.responses.begin(), fresh.responses.end(), 0.0) / 2000;
  double off = 0, spread = 0;
  for (std::size_t row = 0; row < 2000; ++row) {
    const auto number = static_cast<double>(fresh.responses[row]);
    off += std::pow(number - static_cast<double>(answer_to(fitted.forest, fresh, row)), 2);
    spread += std::pow(number - mean, 2);
  }
  EXPECT_NEAR(fitted.out_of_bag_r2, 1 - off / spread, 0.02);
  EXPECT_GT(fitted.out_of_bag_r2, 0.9);
}

TEST(RegressionForest, KeepsEverySampleOfATreesRowsUnlessToldNotTo) {
  const TrainingRows rows = number_rows(200, 3);
  ForestSettings settings{.trees = 5, .min_leaf = 10, .class_weights = {}, .seed = 1};
  const RegressionForest kept = fit_regression_forest(rows, settings).forest;
  EXPECT_TRUE(std::is_sorted(kept.responses.begin(), kept.responses.end()));
  for (const RegressionTree& tree : kept.trees) {
    for (std::size_t leaf = 0; leaf + 1 < tree.leaf_starts.size(); ++leaf) {
      double sum = 0, mean = 0;
      for (std::uint32_t i = tree.leaf_starts[leaf]; i < tree.leaf_starts[leaf + 1]; ++i) {
        const auto share = static_cast<double>(tree.samples[i].share);
        sum += share;
        mean += share * static_cast<double>(kept.responses[tree.samples[i].response]);
      }
      EXPECT_NEAR(sum, 1, 1e-5);
      EXPECT_NEAR(mean, tree.means[leaf], 1e-4);
    }
  }
  settings.keep_samples = false;
  const RegressionForest small = fit_regression_forest(rows, settings).forest;
  EXPECT_TRUE(small.responses.empty());
  EXPECT_TRUE(small.trees[0].samples.empty());
  EXPECT_EQ(small.trees[0].means, kept.trees[0].means);
}

TEST(Forest, EqualWeightsOfAnySizeGiveTheSameForest) {
  TrainingRows rows = drawn_rows(300, 1);
  const ForestSettings settings{.trees = 5, .class_weights = {}, .seed = 1};
  const Forest ones = fit_forest(rows, settings).forest;
  for (const double weight : {0.1, 1e-300, 7e200}) {
    std::fill(rows.weights.begin(), rows.weights.end(), weight);
    EXPECT_EQ(fit_forest(rows, settings).forest, ones) << weight;
  }
}

TEST(Forest, WeightsOfAnotherScaleGiveTheSameForest) {
  TrainingRows rows = drawn_rows(300, 1);
  for (std::size_t row = 0; row < 300; ++row) rows.weights[row] = 1 + 0.1 * static_cast<double>(row % 7);
  const ForestSettings settings{.trees = 5, .class_weights = {}, .seed = 1};
  const Forest before = fit_forest(rows, settings).forest;
  for (double& weight : rows.weights) weight = std::ldexp(weight, -700);
  EXPECT_EQ(fit_forest(rows, settings).forest, before);
}

TEST(Forest, AShareOfTheFeaturesIsTheirNumber) {
  const TrainingRows rows = drawn_rows(300, 1);
  const auto fit = [&](double features) {
    return fit_forest(rows, {.trees = 5, .features_per_split = features, .class_weights = {}, .seed = 1}).forest;
  };
  EXPECT_EQ(fit(0.67), fit(2));
  EXPECT_EQ(fit(0.01), fit(1));
  EXPECT_EQ(fit(0), fit(2));  // the square root of 3
  EXPECT_EQ(fit(50), fit(3));
  EXPECT_NE(fit(1), fit(3));
}

TEST(ExtraTrees, SeeAllRowsAndHaveNoOutOfBagFigures) {
  const TrainingRows rows = drawn_rows(400, 1);
  const FittedForest fitted =
      fit_forest(rows, {.trees = 10, .class_weights = {}, .seed = 1, .bootstrap = false, .random_thresholds = true});
  EXPECT_TRUE(fitted.out_of_bag.empty());
  EXPECT_TRUE(std::isnan(fitted.out_of_bag_accuracy));
  EXPECT_NE(fitted.forest.trees[0], fitted.forest.trees[1]);
  for (std::size_t row = 0; row < 400; ++row) EXPECT_EQ(answer_to(fitted.forest, rows, row, rows.seen[row]), 1);
}

/// Each setting in which a forest may be asked for.
std::vector<ForestSettings> all_kinds() {
  std::vector<ForestSettings> kinds;
  for (const bool bootstrap : {true, false}) {
    for (const bool random : {true, false}) {
      for (const Criterion criterion : {Criterion::gini, Criterion::entropy}) {
        for (const double pruning : {0.0, 0.01}) {
          kinds.push_back({.trees = 3,
                           .class_weights = {},
                           .seed = 4,
                           .criterion = criterion,
                           .bootstrap = bootstrap,
                           .random_thresholds = random,
                           .pruning = pruning});
        }
      }
    }
  }
  return kinds;
}

TEST(OddRows, OneRowMakesTreesOfOneLeaf) {
  for (const ForestSettings& settings : all_kinds()) {
    const TrainingRows row{2, 3, {1, 2}, {1}, {0.5}, {}};
    const FittedForest fitted = fit_forest(row, settings);
    for (const ForestTree& tree : fitted.forest.trees) EXPECT_EQ(tree.shares, (std::vector<LeafShare>{{1, 1}}));
    EXPECT_EQ(fitted.importance, (std::vector<double>{0, 0}));
    const TrainingRows number{2, 0, {1, 2}, {}, {0.5}, {-3}};
    EXPECT_EQ(answer_to(fit_regression_forest(number, settings).forest, number, 0), -3);
  }
}

TEST(OddRows, OneClassAndConstantFeaturesMakeTreesOfOneLeaf) {
  TrainingRows one_class = drawn_rows(50, 1), constant = one_class;
  std::fill(one_class.seen.begin(), one_class.seen.end(), std::uint16_t{1});
  std::fill(constant.values.begin(), constant.values.end(), 4.0f);
  for (const ForestSettings& settings : all_kinds()) {
    EXPECT_EQ(fit_forest(one_class, settings).forest.trees[0].nodes.size(), 1u);
    EXPECT_EQ(answer_to(fit_forest(one_class, settings).forest, one_class, 0, 0), 0);
    EXPECT_EQ(fit_forest(constant, settings).forest.trees[0].nodes.size(), 1u);
  }
}

TEST(OddRows, DuplicatesOfTwoClassesShareALeaf) {
  TrainingRows rows = drawn_rows(60, 1);
  for (std::size_t f = 0; f < 3; ++f) std::fill_n(rows.values.begin() + static_cast<std::ptrdiff_t>(60 * f), 30, -1.0f);
  for (std::size_t row = 0; row < 30; ++row) rows.seen[row] = row % 3 == 0;
  for (const ForestSettings& settings : all_kinds()) {
    if (settings.bootstrap || settings.pruning > 0) continue;
    EXPECT_NEAR(answer_to(fit_forest(rows, settings).forest, rows, 0, 1), 1.0 / 3, 1e-6);
  }
}

TEST(OddRows, RowsOfWeightZeroAreNotSeenAndIfThereAreNoOthersAllAre) {
  TrainingRows rows = drawn_rows(40, 1), part;
  std::vector<std::uint32_t> chosen;
  for (std::uint32_t row = 0; row < 40; ++row) {
    if (row % 2) chosen.push_back(row);
    rows.weights[row] = row % 2;
  }
  part = rows.only(chosen);
  for (const ForestSettings& settings : all_kinds()) {
    if (!settings.bootstrap) {
      EXPECT_EQ(fit_forest(rows, settings).forest.trees[0].shares, fit_forest(part, settings).forest.trees[0].shares);
    }
    TrainingRows none = rows;
    std::fill(none.weights.begin(), none.weights.end(), 0.0);
    EXPECT_EQ(fit_forest(none, settings).forest.trees.size(), 3u);
    std::fill(none.weights.begin(), none.weights.end(), 0.0);
    none.weights[5] = 1;  // most trees do not draw it
    for (const ForestTree& tree : fit_forest(none, settings).forest.trees)
      EXPECT_EQ(tree.shares, (std::vector<LeafShare>{{none.seen[5], 1}}));
  }
}

TEST(OddRows, NumbersOfAnySizeKeepTheirMeans) {
  TrainingRows rows = number_rows(60, 2);
  for (std::size_t row = 0; row < 60; ++row) rows.responses[row] = row % 2 ? 3e38f : -3e38f;
  for (const ForestSettings& settings : all_kinds()) {
    for (const RegressionTree& tree : fit_regression_forest(rows, settings).forest.trees) {
      for (const double mean : tree.means) EXPECT_TRUE(std::isfinite(mean) && std::abs(mean) <= 3.1e38);
    }
  }
}

}  // namespace
}  // namespace ecocube
