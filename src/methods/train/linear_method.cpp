// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "methods/train/learners.h"
#include "methods/train/linear.h"

namespace ecocube {
namespace {

class LinearMethod : public LearnerMethod {
 public:
  const LearnerInfo& info() const override {
    static const LearnerInfo info{.name = "linear",
                                  .summary = "linear regression with ridge, lasso or elastic net",
                                  .classifies = false,
                                  .regresses = true,
                                  .parameters = {
                                      {.name = "c",
                                       .meaning = "inverse strength of the penalty",
                                       .initial = 1,
                                       .lowest = 1e-09,
                                       .highest = 1e9,
                                       .whole = false},
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
    ECOCUBE_TRY_ASSIGN(Linear fitted,
                       fit_linear(rows, {.c = parameters.number("c"), .l1_share = parameters.number("l1_share")}));
    return FittedLearner{std::move(fitted), std::numeric_limits<double>::quiet_NaN(), {}, {}};
  }
};

}  // namespace

const LearnerMethod& linear_method() {
  static const LinearMethod method;
  return method;
}

}  // namespace ecocube
