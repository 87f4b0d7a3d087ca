// SPDX-License-Identifier: Apache-2.0
#include "methods/stack/minimise.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ecocube {
namespace {

/// Sum of weights (x - goal)² / 2 with neighbours tied together.
double bowl(std::span<const double> x, std::span<double> gradient) {
  double value = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double weight = 1 + static_cast<double>(i), goal = i % 2 ? -1.0 : 2.0;
    value += weight * (x[i] - goal) * (x[i] - goal) / 2;
    gradient[i] = weight * (x[i] - goal);
  }
  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
    const double apart = x[i] - x[i + 1];
    value += apart * apart / 4;
    gradient[i] += apart / 2;
    gradient[i + 1] -= apart / 2;
  }
  return value;
}

TEST(Minimise, FindsTheBottomOfABowl) {
  const Minimum found = minimise(bowl, std::vector<double>(20), 0, 1e-10, 500);
  std::vector<double> gradient(20);
  bowl(found.x, gradient);
  // Where the value no longer falls for rounding, the slope is about the root of that.
  for (const double part : gradient) EXPECT_NEAR(part, 0, 1e-6);
}

TEST(Minimise, UnderBoundsNoMoveIsLeftThatLowersTheValue) {
  const Minimum found = minimise(bowl, std::vector<double>(20, 1.0), 20, 1e-10, 500);
  std::vector<double> gradient(20);
  bowl(found.x, gradient);
  bool bound = false;
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_GE(found.x[i], 0);
    if (found.x[i] > 0) {
      EXPECT_NEAR(gradient[i], 0, 1e-6) << i;
    } else {
      EXPECT_GE(gradient[i], 0) << i;
    }
    bound = bound || found.x[i] == 0;
  }
  EXPECT_TRUE(bound);
}

TEST(Minimise, StartsAtTheBottomAndStaysThere) {
  const auto flat = [](std::span<const double> x, std::span<double> gradient) {
    gradient[0] = 2 * (x[0] - 3);
    return (x[0] - 3) * (x[0] - 3);
  };
  EXPECT_EQ(minimise(flat, {3}, 0, 1e-12, 10).steps, 0);
}

}  // namespace
}  // namespace ecocube
