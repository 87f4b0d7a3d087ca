// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "data/model/dense_learners.h"

namespace ecocube {

/// Mean of the base learners' answers.
struct MeanPool {
  bool operator==(const MeanPool&) const = default;
};

/// Mixture of calibrated probabilities: q_l = softmax(exponents_l · ln p_l), p = Σ weights_l q_l, and in the end
/// softmax(final_exponent · ln p). Exponents are inverse temperatures (Guo et al. 2017).
struct LinearPool {
  std::vector<double> exponents;  ///< greater than 0; shape [learner]
  std::vector<double> weights;    ///< not negative, sum 1; shape [learner]
  double final_exponent = 1;
  bool operator==(const LinearPool&) const = default;
};

/// Logarithmic pool: softmax over classes of Σ weights_l ln p_lc + biases_c, plus, in the anchored pool, corrections:
/// a linear map of the learners' centred log probabilities (centred over the classes, times scale).
struct LogPool {
  std::vector<double> weights;      ///< not negative; shape [learner]
  std::vector<double> biases;       ///< shape [class]
  double scale = 1;                 ///< of the centred log probabilities
  std::vector<double> corrections;  ///< shape [class][learner × class]; empty: none
  bool operator==(const LogPool&) const = default;
};

/// Regression: intercept + Σ weights_l value_l.
struct ValuePool {
  double intercept = 0;
  std::vector<double> weights;  ///< shape [learner]
  bool operator==(const ValuePool&) const = default;
};

/// The meta learner: how the answers of the base learners become the ensemble's. Pools of logarithms see
/// probabilities smoothed first, p' = (1 - smoothing) p + smoothing · prior, so that none is 0.
/// `Logistic` is the published stack: softmax of a linear map of the raw probabilities, inputs [learner][class].
struct Meta {
  std::string name = "mean";  ///< rung or kind, for people: `log pool`, `anchored pool (300)`
  double smoothing = 0;       ///< 0..1
  std::vector<double> prior;  ///< greater than 0, sum 1; shape [class]; empty where smoothing is 0
  std::variant<MeanPool, Logistic, LinearPool, LogPool, ValuePool> pool;
  bool operator==(const Meta&) const = default;
};

}  // namespace ecocube
