// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "methods/train/learners.h"
#include "methods/train/logistic.h"

namespace ecocube {
namespace {

class LogisticMethod : public LearnerMethod {
 public:
  const LearnerInfo& info() const override {
    static const LearnerInfo info{.name = "logistic",
                                  .summary = "multinomial logistic regression with ridge, lasso or elastic net",
                                  .classifies = true,
                                  .regresses = false,
                                  .parameters = {
                                      {.name = "c",
                                       .meaning = "inverse strength of the penalty, in scikit-learn's sense",
                                       .initial = 1,
                                       .lowest = 1e-09,
                                       .highest = 1e9,
                                       .whole = false,
                                       .tuning = {0.1, 1, 10}},
                                      {.name = "l1_share",
                                       .meaning = "0: ridge, 1: lasso, between them elastic net",
                                       .initial = 0,
                                       .lowest = 0,
                                       .highest = 1,
                                       .whole = false},
                                  }};
    return info;
  }

  Result<FittedLearner> fit(const TrainingRows& rows, const HyperParameters& parameters,
                            std::uint64_t seed) const override {
    (void)seed;
    ECOCUBE_TRY_ASSIGN(Logistic fitted, fit_logistic(rows, {.c = parameters.number("c"),
                                                            .l1_share = parameters.number("l1_share"),
                                                            .standardise = true,
                                                            .iterations = 10000}));
    return FittedLearner{std::move(fitted), std::numeric_limits<double>::quiet_NaN(), {}, {}};
  }
};

}  // namespace

const LearnerMethod& logistic_method() {
  static const LogisticMethod method;
  return method;
}

}  // namespace ecocube
