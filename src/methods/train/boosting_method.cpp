// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "methods/train/boosting.h"
#include "methods/train/learners.h"

namespace ecocube {
namespace {

constexpr double kUnbounded = std::numeric_limits<double>::infinity();

class BoostingMethod : public LearnerMethod {
 public:
  const LearnerInfo& info() const override {
    static const LearnerInfo info{
        .name = "boosting",
        .summary = "boosted trees on histograms, fitted by XGBoost",
        .classifies = true,
        .regresses = true,
        .parameters = {
            {.name = "rounds",
             .meaning = "rounds, each with one tree a class; one in all for two classes or a number",
             .initial = 200,
             .lowest = 1,
             .highest = 100000,
             .whole = true},
            {.name = "eta",
             .meaning = "share of each tree's values that counts",
             .initial = 0.1,
             .lowest = 1e-06,
             .highest = 1,
             .whole = false,
             .tuning = {0.05, 0.1, 0.2}},
            {.name = "depth",
             .meaning = "greatest depth of the trees",
             .initial = 6,
             .lowest = 1,
             .highest = 30,
             .whole = true,
             .tuning = {4, 6, 8}},
            {.name = "child_weight",
             .meaning = "least sum of second derivatives in a leaf",
             .initial = 1,
             .lowest = 0,
             .highest = kUnbounded,
             .whole = false},
            {.name = "rows",
             .meaning = "share of the rows drawn for each round",
             .initial = 0.8,
             .lowest = 0.01,
             .highest = 1,
             .whole = false},
            {.name = "features",
             .meaning = "share of the features drawn for each tree",
             .initial = 0.5,
             .lowest = 0.01,
             .highest = 1,
             .whole = false},
            {.name = "alpha",
             .meaning = "L1 penalty on leaf values",
             .initial = 0,
             .lowest = 0,
             .highest = kUnbounded,
             .whole = false},
            {.name = "lambda",
             .meaning = "L2 penalty on leaf values",
             .initial = 1,
             .lowest = 0,
             .highest = kUnbounded,
             .whole = false},
        }};
    return info;
  }

  Result<FittedLearner> fit(const TrainingRows& rows, const HyperParameters& parameters,
                            std::uint64_t seed) const override {
    ECOCUBE_TRY_ASSIGN(FittedBoosting fitted, fit_boosting(rows, {.rounds = parameters.whole("rounds"),
                                                                  .eta = parameters.number("eta"),
                                                                  .max_depth = parameters.whole("depth"),
                                                                  .min_child_weight = parameters.number("child_weight"),
                                                                  .row_share = parameters.number("rows"),
                                                                  .feature_share = parameters.number("features"),
                                                                  .alpha = parameters.number("alpha"),
                                                                  .lambda = parameters.number("lambda"),
                                                                  .seed = seed}));
    return FittedLearner{
        std::move(fitted.boosting), std::numeric_limits<double>::quiet_NaN(), std::move(fitted.importance), {}};
  }
};

}  // namespace

const LearnerMethod& boosting_method() {
  static const BoostingMethod method;
  return method;
}

}  // namespace ecocube
