// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/result.h"
#include "data/model/model.h"
#include "methods/train/rows.h"

namespace ecocube {

struct NetworkSettings {
  int layers = 2;          ///< hidden ones; 0: multinomial logistic or linear regression
  int width = 128;         ///< of each hidden layer
  bool normalised = true;  ///< batch normalisation of the hidden layers
  double dropout = 0.2;    ///< share of a hidden layer's outputs that training leaves out, 0..<1
  int epochs = 60;         ///< most passes over the rows
  int batch_rows = 64;     ///< of one step at most; small tables take a 32nd of their rows, but 8 at least
  double rate = 2e-3;      ///< of the first steps; it falls evenly to nothing over the epochs
  double decay = 0.1;      ///< weight decay over the whole descent, whatever its number of steps
  double held_out = 0;     ///< share of the rows that only say when to stop, 0..0.5
  int patience = 20;       ///< epochs without a lower loss on the held-out rows before it stops
  std::uint64_t seed = 0;
};

/// Multilayer network (see Network) by Nadam on the weighted log loss, or on the squared error of the standardised
/// response. Inputs are standardised; classes start from their shares. With rows held out (drawn by the seed; of at
/// least 40) it keeps the state of the epoch with the lowest loss on them. One thread; all sums run in one order, so
/// the bits do not depend on the machine. A loss that is no longer a number is an error.
Result<Network> fit_network(const TrainingRows& rows, const NetworkSettings& settings);

}  // namespace ecocube
