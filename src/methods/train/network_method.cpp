// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "methods/train/learners.h"
#include "methods/train/network.h"

namespace ecocube {
namespace {

class NetworkMethod : public LearnerMethod {
 public:
  const LearnerInfo& info() const override {
    static const LearnerInfo info{
        .name = "network",
        .summary = "multilayer network on standardised features",
        .classifies = true,
        .regresses = true,
        .parameters = {
            {.name = "layers",
             .meaning = "hidden layers; 0: a linear model",
             .initial = 2,
             .lowest = 0,
             .highest = 20,
             .whole = true},
            {.name = "width",
             .meaning = "units of each hidden layer",
             .initial = 128,
             .lowest = 1,
             .highest = 4096,
             .whole = true},
            {.name = "normalise",
             .meaning = "1: batch normalisation of the hidden layers; 0: none",
             .initial = 1,
             .lowest = 0,
             .highest = 1,
             .whole = true},
            {.name = "dropout",
             .meaning = "share of a hidden layer that each step of training leaves out",
             .initial = 0.2,
             .lowest = 0,
             .highest = 0.95,
             .whole = false},
            {.name = "epochs",
             .meaning = "most passes over the rows",
             .initial = 60,
             .lowest = 1,
             .highest = 100000,
             .whole = true},
            {.name = "batch",
             .meaning = "most rows of one step; small tables take a 32nd of their rows, but 8 at least",
             .initial = 64,
             .lowest = 1,
             .highest = 1000000,
             .whole = true},
            {.name = "rate",
             .meaning = "length of the first steps; it falls evenly to nothing",
             .initial = 0.002,
             .lowest = 1e-07,
             .highest = 1,
             .whole = false},
            {.name = "decay",
             .meaning = "weight decay over the whole descent, whatever its number of steps",
             .initial = 0.1,
             .lowest = 0,
             .highest = 10,
             .whole = false},
            {.name = "held_out",
             .meaning = "share of the rows, drawn at random, that only say when to stop",
             .initial = 0,
             .lowest = 0,
             .highest = 0.5,
             .whole = false},
            {.name = "patience",
             .meaning = "epochs without a lower loss on those rows before it stops",
             .initial = 20,
             .lowest = 1,
             .highest = 100000,
             .whole = true},
        }};
    return info;
  }

  Result<FittedLearner> fit(const TrainingRows& rows, const HyperParameters& parameters,
                            std::uint64_t seed) const override {
    ECOCUBE_TRY_ASSIGN(Network fitted, fit_network(rows, {.layers = parameters.whole("layers"),
                                                          .width = parameters.whole("width"),
                                                          .normalised = parameters.flag("normalise"),
                                                          .dropout = parameters.number("dropout"),
                                                          .epochs = parameters.whole("epochs"),
                                                          .batch_rows = parameters.whole("batch"),
                                                          .rate = parameters.number("rate"),
                                                          .decay = parameters.number("decay"),
                                                          .held_out = parameters.number("held_out"),
                                                          .patience = parameters.whole("patience"),
                                                          .seed = seed}));
    return FittedLearner{std::move(fitted), std::numeric_limits<double>::quiet_NaN(), {}, {}};
  }
};

}  // namespace

const LearnerMethod& network_method() {
  static const NetworkMethod method;
  return method;
}

}  // namespace ecocube
