// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "data/model/model.h"
#include "methods/train/rows.h"
#include "methods/train/tree.h"

namespace ecocube {

struct ForestSettings {
  int trees = 85;
  /// Features tried at a node: 1 and more is their number, below 1 a share of all, 0 the default, which is the square
  /// root of their number for classes and a third of it for a number. Rounded, at least 1, at most all.
  double features_per_split = 0;
  int min_leaf = 1;                   ///< different rows that a leaf holds at least
  int min_split = 2;                  ///< different rows that a node needs to be split
  int max_depth = 0;                  ///< 0: no bound
  std::vector<double> class_weights;  ///< factor on the rows of a class; empty: 1
  std::uint64_t seed = 0;
  Criterion criterion = Criterion::gini;  ///< of classes
  bool bootstrap = true;                  ///< false: every tree sees every row once
  bool random_thresholds = false;         ///< extremely randomised trees
  double pruning = 0;                     ///< as in TreeSettings
  bool keep_samples = true;  ///< of a number: keep the responses in the leaves, for quantiles; 8 bytes a row and tree
};

struct FittedForest {
  Forest forest;
  std::vector<float> out_of_bag;   ///< mean over the trees that did not draw the row, NaN where all did; [row][class];
                                   ///< empty without bootstrap
  double out_of_bag_accuracy = 0;  ///< weighted share of rows that it gets right; NaN without such rows
  std::vector<double> importance;  ///< mean decrease of impurity, sums to 1 (all 0 when nothing splits); [feature]
};

struct FittedRegressionForest {
  RegressionForest forest;
  std::vector<float> out_of_bag;   ///< as above; shape [row]
  double out_of_bag_r2 = 0;        ///< weighted, of rows that some tree did not draw; NaN without or if all are equal
  std::vector<double> importance;  ///< as above
};

/// Random forest of probability trees (Breiman 2001; Malley et al. 2012). Every tree sees as many rows as there are,
/// drawn with replacement; sample and class weights act on impurities and leaf probabilities, not on the draw.
/// Trees are grown several at a time; the result does not depend on how many. Beside the forest it holds 2 bytes for
/// each value of the rows, and for every tree being grown some 120 bytes a row (180 for a number).
///
/// A single row, a single class and constant features make trees of one leaf; a class without rows has no share in any
/// leaf. Rows of weight 0 are never seen; a tree that draws no other takes all rows once, and if all have weight 0 they
/// count as equals.
FittedForest fit_forest(const TrainingRows& rows, const ForestSettings& settings);

/// The same for numbers (`rows` have responses): a tree answers with the weighted mean of a leaf's responses. With
/// samples kept it is a quantile regression forest (Meinshausen 2006).
FittedRegressionForest fit_regression_forest(const TrainingRows& rows, const ForestSettings& settings);

}  // namespace ecocube
