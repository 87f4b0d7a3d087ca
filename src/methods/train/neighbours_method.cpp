// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "methods/train/learners.h"
#include "methods/train/neighbours.h"

namespace ecocube {
namespace {

class NeighboursMethod : public LearnerMethod {
 public:
  const LearnerInfo& info() const override {
    static const LearnerInfo info{.name = "neighbours",
                                  .summary = "k nearest neighbours by standardised features",
                                  .classifies = true,
                                  .regresses = true,
                                  .parameters = {
                                      {.name = "neighbours",
                                       .meaning = "nearest rows that vote",
                                       .initial = 15,
                                       .lowest = 1,
                                       .highest = 1000000,
                                       .whole = true,
                                       .tuning = {5, 15, 30}},
                                      {.name = "by_distance",
                                       .meaning = "1: votes weigh 1 / distance; 0: all alike",
                                       .initial = 1,
                                       .lowest = 0,
                                       .highest = 1,
                                       .whole = true},
                                  }};
    return info;
  }

  Result<FittedLearner> fit(const TrainingRows& rows, const HyperParameters& parameters,
                            std::uint64_t seed) const override {
    (void)seed;
    NearestNeighbours fitted = fit_neighbours(
        rows, {.neighbours = parameters.whole("neighbours"), .by_distance = parameters.flag("by_distance")});
    return FittedLearner{std::move(fitted), std::numeric_limits<double>::quiet_NaN(), {}, {}};
  }
};

}  // namespace

const LearnerMethod& neighbours_method() {
  static const NeighboursMethod method;
  return method;
}

}  // namespace ecocube
