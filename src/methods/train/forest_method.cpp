// SPDX-License-Identifier: Apache-2.0
#include "methods/train/forest_parameters.h"
#include "methods/train/learners.h"

namespace ecocube {
namespace {

class ForestMethod : public LearnerMethod {
 public:
  const LearnerInfo& info() const override {
    static const LearnerInfo info{
        .name = "forest",
        .summary = "random forest: of probability trees for classes, with quantiles for a number",
        .classifies = true,
        .regresses = true,
        .parameters = {tree_count_parameter(),
                       features_parameter("the square root of their number for classes, a third of them for a number"),
                       min_leaf_parameter(1), depth_parameter(), min_split_parameter(), criterion_parameter(),
                       keep_samples_parameter()}};
    return info;
  }

  Result<FittedLearner> fit(const TrainingRows& rows, const HyperParameters& parameters,
                            std::uint64_t seed) const override {
    return fit_trees(rows, forest_settings(parameters, seed));
  }
};

}  // namespace

const LearnerMethod& forest_method() {
  static const ForestMethod method;
  return method;
}

}  // namespace ecocube
