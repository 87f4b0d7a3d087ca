// SPDX-License-Identifier: Apache-2.0
#include "methods/train/forest_parameters.h"

#include <algorithm>
#include <limits>

namespace ecocube {
namespace {

constexpr double kMost = 1e9;

bool declares(const HyperParameters& parameters, std::string_view name) {
  const auto& declared = parameters.declared();
  return std::any_of(declared.begin(), declared.end(), [&](const HyperParameter& one) { return one.name == name; });
}

}  // namespace

HyperParameter tree_count_parameter() {
  return {
      .name = "trees", .meaning = "trees of the forest", .initial = 85, .lowest = 1, .highest = 100000, .whole = true};
}

HyperParameter features_parameter(const std::string& of_default) {
  return {
      .name = "features",
      .meaning = "features tried at each split: 1 and more is their number, below 1 a share of all; 0: " + of_default,
      .initial = 0,
      .lowest = 0,
      .highest = kMost,
      .tuning = {0, 0.2, 0.5}};
}

HyperParameter min_leaf_parameter(int initial) {
  return {.name = "min_leaf",
          .meaning = "fewest rows in a leaf",
          .initial = static_cast<double>(initial),
          .lowest = 1,
          .highest = kMost,
          .whole = true,
          .tuning = {1, 3, 7}};
}

HyperParameter min_split_parameter() {
  return {.name = "min_split",
          .meaning = "fewest rows that are split further",
          .initial = 2,
          .lowest = 2,
          .highest = kMost,
          .whole = true};
}

HyperParameter depth_parameter() {
  return {.name = "depth",
          .meaning = "greatest depth of the trees; 0: no bound",
          .initial = 0,
          .lowest = 0,
          .highest = kMost,
          .whole = true};
}

HyperParameter criterion_parameter() {
  return {.name = "criterion",
          .meaning = "what a split of classes lowers; a split of a number lowers its variance",
          .choices = {"gini", "entropy"}};
}

HyperParameter keep_samples_parameter() {
  return {.name = "keep_samples",
          .meaning = "of a number: 1 keeps the responses in the leaves, which quantiles need; 0 makes a smaller model",
          .initial = 1,
          .lowest = 0,
          .highest = 1,
          .whole = true};
}

ForestSettings forest_settings(const HyperParameters& parameters, std::uint64_t seed) {
  ForestSettings settings;
  settings.seed = seed;
  if (declares(parameters, "trees")) settings.trees = parameters.whole("trees");
  if (declares(parameters, "features")) settings.features_per_split = parameters.number("features");
  if (declares(parameters, "min_leaf")) settings.min_leaf = parameters.whole("min_leaf");
  if (declares(parameters, "min_split")) settings.min_split = parameters.whole("min_split");
  if (declares(parameters, "depth")) settings.max_depth = parameters.whole("depth");
  if (declares(parameters, "keep_samples")) settings.keep_samples = parameters.flag("keep_samples");
  if (declares(parameters, "criterion") && parameters.word("criterion") == "entropy")
    settings.criterion = Criterion::entropy;
  return settings;
}

FittedLearner fit_trees(const TrainingRows& rows, const ForestSettings& settings) {
  if (rows.regression()) {
    FittedRegressionForest fitted = fit_regression_forest(rows, settings);
    return {std::move(fitted.forest), fitted.out_of_bag_r2, std::move(fitted.importance), std::move(fitted.out_of_bag)};
  }
  FittedForest fitted = fit_forest(rows, settings);
  return {std::move(fitted.forest), fitted.out_of_bag_accuracy, std::move(fitted.importance),
          std::move(fitted.out_of_bag)};
}

}  // namespace ecocube
