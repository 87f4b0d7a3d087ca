// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "methods/train/forest_parameters.h"
#include "methods/train/learners.h"

namespace ecocube {
namespace {

/// Breiman, Friedman, Olshen and Stone 1984, "Classification and regression trees".
class CartMethod : public LearnerMethod {
 public:
  const LearnerInfo& info() const override {
    static const LearnerInfo info{
        .name = "cart",
        .summary = "one classification or regression tree on all rows, pruned by its cost",
        .classifies = true,
        .regresses = true,
        .parameters = {
            min_leaf_parameter(5),
            depth_parameter(),
            min_split_parameter(),
            criterion_parameter(),
            {.name = "pruning",
             .meaning = "share of the root's impurity that each further leaf has to save; 0: nothing is pruned",
             .initial = 0.001,
             .lowest = 0,
             .highest = 1},
            keep_samples_parameter()}};
    return info;
  }

  Result<FittedLearner> fit(const TrainingRows& rows, const HyperParameters& parameters,
                            std::uint64_t seed) const override {
    ForestSettings settings = forest_settings(parameters, seed);
    settings.trees = 1;
    settings.features_per_split = static_cast<double>(std::max<std::size_t>(1, rows.features));
    settings.bootstrap = false;
    settings.pruning = parameters.number("pruning");
    return fit_trees(rows, settings);
  }
};

}  // namespace

const LearnerMethod& cart_method() {
  static const CartMethod method;
  return method;
}

}  // namespace ecocube
