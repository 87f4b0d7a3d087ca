// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace ecocube::series {

/// Weights, not negative and with sum 1, of a mean of several predictions: those that minimise its mean square error
/// plus `ridge` times the squared distance from `prior`. Predictions whose weight stays below `least` are left out, the
/// least first, since each costs more time than it is worth; one always stays.
///
/// products  mean of error × error over what the weights are learned from, shape [prediction][prediction]
/// ridge     > 0
/// prior     shape [prediction]
std::vector<double> convex_weights(std::span<const double> products, double ridge, std::span<const double> prior,
                                   double least);

}  // namespace ecocube::series
