// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace ecocube {

/// A smooth function to minimise: returns the value at `x` and writes the gradient there, of the shape of x.
using SmoothFunction = std::function<double(std::span<const double> x, std::span<double> gradient)>;

struct Minimum {
  std::vector<double> x;
  double value = 0;
  double slope = 0;  ///< greatest part of the projected gradient, without sign
  int steps = 0;
};

/// Minimises a convex smooth function by limited-memory BFGS (Nocedal 1980) under lower bounds: the directions are
/// taken in the variables that are free, and steps are projected onto the bounds (Bertsekas 1982). Stops when no part
/// of the projected gradient exceeds `tolerance`, when steps gain nothing more, or after `most_steps`. All sums run in
/// the order of the variables, so equal inputs give equal bits.
///
/// start   within the bounds
/// bounded the first so many variables are at least 0, the others are free
Minimum minimise(const SmoothFunction& function, std::vector<double> start, std::size_t bounded, double tolerance,
                 int most_steps);

}  // namespace ecocube
