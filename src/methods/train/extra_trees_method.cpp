// SPDX-License-Identifier: Apache-2.0
#include "methods/train/forest_parameters.h"
#include "methods/train/learners.h"

namespace ecocube {
namespace {

/// Geurts, Ernst and Wehenkel 2006, "Extremely randomized trees".
class ExtraTreesMethod : public LearnerMethod {
 public:
  const LearnerInfo& info() const override {
    static const LearnerInfo info{
        .name = "extra-trees",
        .summary = "extremely randomised trees: thresholds are drawn, and every tree sees all rows",
        .classifies = true,
        .regresses = true,
        .parameters = {
            tree_count_parameter(),
            features_parameter("the square root of their number for classes, a third of them for a number"),
            min_leaf_parameter(1),
            depth_parameter(),
            min_split_parameter(),
            criterion_parameter(),
            keep_samples_parameter(),
            {.name = "bootstrap",
             .meaning = "1: every tree sees rows drawn with replacement, so there are out-of-bag figures; 0: all rows",
             .initial = 0,
             .lowest = 0,
             .highest = 1,
             .whole = true}}};
    return info;
  }

  Result<FittedLearner> fit(const TrainingRows& rows, const HyperParameters& parameters,
                            std::uint64_t seed) const override {
    ForestSettings settings = forest_settings(parameters, seed);
    settings.random_thresholds = true;
    settings.bootstrap = parameters.flag("bootstrap");
    return fit_trees(rows, settings);
  }
};

}  // namespace

const LearnerMethod& extra_trees_method() {
  static const ExtraTreesMethod method;
  return method;
}

}  // namespace ecocube
