// SPDX-License-Identifier: Apache-2.0
#include "methods/train/linear.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "data/model/plain_prediction.h"
#include "base/random.h"
#include "methods/train/standardisation.h"

namespace ecocube {
namespace {

/// y = 3 + 2·x0 - 5·x1 + noise; x2 says nothing.
TrainingRows drawn_rows(std::size_t count, double noise) {
  Random random{11};
  TrainingRows rows{3, 0, std::vector<float>(3 * count), {}, {}, {}};
  for (float& value : rows.values) value = static_cast<float>(random.below(1001)) / 100;
  for (std::size_t row = 0; row < count; ++row) {
    const double chance = noise * (static_cast<double>(random.below(2001)) / 1000 - 1);
    rows.responses.push_back(3 + 2 * rows.values[row] - 5 * rows.values[count + row] + static_cast<float>(chance));
    rows.weights.push_back(1 + random.below(2));
  }
  return rows;
}

/// What fit_linear says it minimises, of the weights per unit.
double objective(const TrainingRows& rows, const Linear& linear, const LinearSettings& settings) {
  const Standardisation standard = standardisation_of(rows);
  const double total = std::accumulate(rows.weights.begin(), rows.weights.end(), 0.0);
  double mean = 0, variance = 0, value = 0;
  for (std::size_t row = 0; row < rows.rows(); ++row)
    mean += rows.weights[row] * static_cast<double>(rows.responses[row]) / total;
  for (std::size_t row = 0; row < rows.rows(); ++row)
    variance += rows.weights[row] * std::pow(static_cast<double>(rows.responses[row]) - mean, 2) / total;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    double left = static_cast<double>(rows.responses[row]) - linear.intercept;
    for (std::size_t f = 0; f < rows.features; ++f)
      left -= linear.weights[f] * static_cast<double>(rows.column(f)[row]);
    value += settings.c * rows.weights[row] * left * left / variance / 2;
  }
  for (std::size_t f = 0; f < rows.features; ++f) {
    const double weight = linear.weights[f] / standard.scales[f] / std::sqrt(variance);
    value += (1 - settings.l1_share) * weight * weight / 2 + settings.l1_share * std::abs(weight);
  }
  return value;
}

TEST(Linear, FindsALineWithoutNoise) {
  const auto fitted = fit_linear(drawn_rows(100, 0), {.c = 1e9});
  ASSERT_TRUE(fitted);
  EXPECT_NEAR(fitted->intercept, 3, 1e-4);
  EXPECT_NEAR(fitted->weights[0], 2, 1e-5);
  EXPECT_NEAR(fitted->weights[1], -5, 1e-5);
  EXPECT_NEAR(fitted->weights[2], 0, 1e-5);
}

TEST(Linear, IsTheMinimumOfItsObjectiveUnderEveryPenalty) {
  const TrainingRows rows = drawn_rows(80, 3);
  for (const double l1_share : {0.0, 0.4, 1.0}) {
    const LinearSettings settings{.c = 0.1, .l1_share = l1_share};
    const auto fitted = fit_linear(rows, settings);
    ASSERT_TRUE(fitted);
    const double least = objective(rows, *fitted, settings);
    for (const double step : {-1e-3, 1e-3}) {
      for (std::size_t f = 0; f < 3; ++f) {
        Linear moved = *fitted;
        moved.weights[f] += step;
        EXPECT_GT(objective(rows, moved, settings), least) << l1_share;
      }
      Linear moved = *fitted;
      moved.intercept += step;
      EXPECT_GT(objective(rows, moved, settings), least) << l1_share;
    }
  }
}

TEST(Linear, LassoLeavesOutWhatSaysNothing) {
  const TrainingRows rows = drawn_rows(200, 1);
  const auto lasso = fit_linear(rows, {.c = 0.05, .l1_share = 1}), ridge = fit_linear(rows, {.c = 0.05});
  ASSERT_TRUE(lasso);
  EXPECT_EQ(lasso->weights[2], 0);
  EXPECT_NE(lasso->weights[1], 0);
  EXPECT_NE(ridge->weights[2], 0);
}

TEST(Linear, ARowOfWeightTwoCountsAsTwoRows) {
  TrainingRows rows = drawn_rows(50, 3);
  std::vector<std::uint32_t> chosen;
  for (std::uint32_t row = 0; row < 50; ++row) {
    rows.weights[row] = row % 3 ? 1 : 2;
    chosen.insert(chosen.end(), row % 3 ? 1 : 2, row);
  }
  TrainingRows repeated = rows.only(chosen);
  std::fill(repeated.weights.begin(), repeated.weights.end(), 1.0);
  for (const double l1_share : {0.0, 0.5}) {
    const auto weighted = fit_linear(rows, {.l1_share = l1_share}),
               twice = fit_linear(repeated, {.l1_share = l1_share});
    for (std::size_t f = 0; f < 3; ++f) EXPECT_NEAR(weighted->weights[f], twice->weights[f], 1e-7);
  }
}

TEST(Linear, AFeatureThatRepeatsAnotherIsNoTrouble) {
  TrainingRows rows = drawn_rows(60, 1);
  std::copy_n(rows.values.begin(), 60, rows.values.begin() + 120);
  const auto whole = fit_linear(rows, {.c = 1e9}), shared = fit_linear(rows, {.c = 1});
  ASSERT_TRUE(whole);
  EXPECT_NEAR(whole->weights[0] + whole->weights[2], 2, 0.1);
  EXPECT_NEAR(shared->weights[0], shared->weights[2], 1e-9);
}

TEST(Linear, ADescentThatDoesNotSettleIsAnError) {
  const auto fitted = fit_linear(drawn_rows(60, 1), {.c = 10, .l1_share = 0.5, .passes = 1});
  ASSERT_FALSE(fitted);
  EXPECT_NE(fitted.error().message.find("after 1 passes (3 features)"), std::string::npos) << fitted.error().message;
}

}  // namespace
}  // namespace ecocube
