// SPDX-License-Identifier: Apache-2.0
#include "methods/series/convex_weights.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

namespace ecocube::series {
namespace {

double objective(const std::vector<double>& products, double ridge, const std::vector<double>& prior,
                 const std::vector<double>& weights) {
  double sum = 0;
  for (std::size_t i = 0; i < prior.size(); ++i) {
    for (std::size_t j = 0; j < prior.size(); ++j) sum += weights[i] * products[i * prior.size() + j] * weights[j];
    sum += ridge * (weights[i] - prior[i]) * (weights[i] - prior[i]);
  }
  return sum;
}

TEST(ConvexWeights, ErrorsThatAreNotAlikeAreWeightedByTheInverseOfTheirSquares) {
  const auto weights = convex_weights(std::vector<double>{1, 0, 0, 3}, 1e-9, std::vector<double>{0.5, 0.5}, 0);
  EXPECT_NEAR(weights[0], 0.75, 1e-6);
  EXPECT_NEAR(weights[1], 0.25, 1e-6);
}

TEST(ConvexWeights, APredictionThatOnlyAddsErrorIsLeftOut) {
  // The second errs as the first does, and more.
  const auto weights = convex_weights(std::vector<double>{1, 1.5, 1.5, 3}, 1e-9, std::vector<double>{0.5, 0.5}, 0.02);
  EXPECT_EQ(weights, (std::vector<double>{1, 0}));
}

TEST(ConvexWeights, AStrongRidgeKeepsThePrior) {
  const std::vector<double> prior{0.7, 0.2, 0.1};
  const auto weights = convex_weights(std::vector<double>{4, 0, 0, 0, 1, 0, 0, 0, 9}, 1e9, prior, 0.02);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(weights[i], prior[i], 1e-6);
}

TEST(ConvexWeights, NoNeighbouringWeightsAreBetter) {
  std::mt19937 draws(4);
  std::normal_distribution<double> normal;
  for (int round = 0; round < 200; ++round) {
    constexpr std::size_t count = 4;
    std::vector<double> products(count * count, 0.0);
    for (int sample = 0; sample < 30; ++sample) {
      const double common = normal(draws);
      std::vector<double> error;
      for (std::size_t i = 0; i < count; ++i)
        error.push_back(common + (0.5 + static_cast<double>(i)) * 0.3 * normal(draws));
      for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t j = 0; j < count; ++j) products[i * count + j] += error[i] * error[j] / 30;
      }
    }
    const std::vector<double> prior(count, 0.25);
    const auto weights = convex_weights(products, 0.05, prior, 0);
    EXPECT_NEAR(std::accumulate(weights.begin(), weights.end(), 0.0), 1, 1e-12);
    for (std::size_t from = 0; from < count; ++from) {
      EXPECT_GE(weights[from], 0);
      for (std::size_t to = 0; to < count; ++to) {
        // Weight moved between two predictions that are both in use.
        if (weights[from] < 1e-4 || weights[to] <= 0) continue;
        std::vector<double> other = weights;
        other[from] -= 1e-4, other[to] += 1e-4;
        EXPECT_GE(objective(products, 0.05, prior, other), objective(products, 0.05, prior, weights) - 1e-12);
      }
    }
  }
}

}  // namespace
}  // namespace ecocube::series
