// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "data/model/model.h"
#include "methods/train/rows.h"

namespace ecocube {

struct ForestSettings {
  int trees = 85;
  int features_per_split = 0;         ///< 0: the square root of the number of features, rounded
  int min_leaf = 1;                   ///< different rows that a leaf holds at least
  int max_depth = 0;                  ///< 0: no bound
  std::vector<double> class_weights;  ///< factor on the rows of a class; empty: 1
  std::uint64_t seed = 0;
};

struct FittedForest {
  Forest forest;
  std::vector<float> out_of_bag;   ///< mean over the trees that did not draw the row, NaN where all did; [row][class]
  double out_of_bag_accuracy = 0;  ///< weighted share of rows that it gets right; NaN without such rows
  std::vector<double> importance;  ///< mean decrease of impurity, sums to 1 (all 0 when nothing splits); [feature]
};

/// Random forest of probability trees (Breiman 2001; Malley et al. 2012). Every tree sees as many rows as there are,
/// drawn with replacement; sample and class weights act on impurities and leaf probabilities, not on the draw.
/// Trees are grown several at a time; the result does not depend on how many.
FittedForest fit_forest(const TrainingRows& rows, const ForestSettings& settings);

}  // namespace ecocube
