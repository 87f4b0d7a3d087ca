// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "base/result.h"
#include "methods/stack/meta_rows.h"

namespace ecocube {

/// The exponent b > 0 of softmax(b · logs) with the least log loss (an inverse temperature, Guo et al. 2017): the loss
/// is convex in b; Newton's steps are kept within a shrinking bracket of 0.001..50.
///
/// logs     shape [row][class]
/// seen     class index; shape [row]
/// weights  shape [row]
double best_exponent(std::span<const double> logs, std::span<const std::uint16_t> seen, std::span<const double> weights,
                     std::size_t classes);

/// Weights of a mixture with the least log loss, by expectation and maximisation, w_l ← w_l · mean(p_l / Σ w_m p_m)
/// until no factor of a learner that counts is further than 1e-5 from 1.
///
/// of_seen  probability of the seen class; shape [row][learner]
std::vector<double> mixture_weights(std::span<const double> of_seen, std::span<const double> weights,
                                    std::size_t learners);

/// Mixture of calibrated probabilities: an exponent for each learner, the mixture's weights, a final exponent.
Meta fit_linear_pool(const MetaRows& rows);

}  // namespace ecocube
