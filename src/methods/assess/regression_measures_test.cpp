// SPDX-License-Identifier: Apache-2.0
#include "methods/assess/regression_measures.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace ecocube {
namespace {

using Doubles = std::vector<double>;

TEST(RegressionMeasures, AreThoseWorkedOutByHand) {
  // Residuals 1, -1, 2, 0; seen 1 2 3 6 (mean 3, squares 14), told 2 1 5 6 (mean 3.5, squares 17), products 13.
  const auto result = evaluate_numbers("drawn", Doubles{1, 2, 3, 6}, Doubles{2, 1, 5, 6}, Doubles{1, 1, 1, 1});
  EXPECT_EQ(result.name, "drawn");
  EXPECT_EQ(result.rows, 4u);
  EXPECT_DOUBLE_EQ(result.r2, 1 - 6.0 / 14);
  EXPECT_DOUBLE_EQ(result.rmse, std::sqrt(1.5));
  EXPECT_DOUBLE_EQ(result.mae, 1);
  EXPECT_DOUBLE_EQ(result.bias, 0.5);
  EXPECT_DOUBLE_EQ(result.concordance, 2 * 13.0 / (14 + 17 + 4 * 0.25));
  EXPECT_DOUBLE_EQ(result.mean, 3);
  EXPECT_DOUBLE_EQ(result.deviation, std::sqrt(14.0 / 4));
}

TEST(RegressionMeasures, AWeightOfTwoIsTheRowTwice) {
  const auto heavy = evaluate_numbers("", Doubles{1, 2, 6}, Doubles{2, 1, 5}, Doubles{2, 1, 1});
  const auto twice = evaluate_numbers("", Doubles{1, 1, 2, 6}, Doubles{2, 2, 1, 5}, Doubles{1, 1, 1, 1});
  EXPECT_DOUBLE_EQ(heavy.r2, twice.r2);
  EXPECT_DOUBLE_EQ(heavy.rmse, twice.rmse);
  EXPECT_DOUBLE_EQ(heavy.concordance, twice.concordance);
  EXPECT_EQ(heavy.residuals[2].value, twice.residuals[2].value);
}

TEST(RegressionMeasures, ResidualQuantilesAreTheSmallestThatTheShareReaches) {
  Doubles seen(20, 0), told, weights(20, 1);
  for (int i = 20; i >= 1; --i) told.push_back(i);
  const auto result = evaluate_numbers("", seen, told, weights);
  ASSERT_EQ(result.residuals.size(), 5u);
  EXPECT_EQ(result.residuals[0].value, 1);
  EXPECT_EQ(result.residuals[1].value, 5);
  EXPECT_EQ(result.residuals[2].value, 10);
  EXPECT_EQ(result.residuals[3].value, 15);
  EXPECT_EQ(result.residuals[4].value, 19);
}

TEST(RegressionMeasures, PerfectNumbersAreOneAndAConstantTruthHasNoR2) {
  const auto perfect = evaluate_numbers("", Doubles{1, 2, 3}, Doubles{1, 2, 3}, Doubles{1, 1, 1});
  EXPECT_EQ(perfect.r2, 1);
  EXPECT_EQ(perfect.concordance, 1);
  EXPECT_TRUE(std::isnan(evaluate_numbers("", Doubles{2, 2}, Doubles{1, 2}, Doubles{1, 1}).r2));
}

TEST(RegressionMeasures, AnIntervalHoldsItsEnds) {
  const auto interval =
      evaluate_interval(0.9, Doubles{1, 2, 3, 4}, Doubles{1, 0, 4, 0}, Doubles{2, 2, 5, 3}, Doubles{1, 1, 1, 5});
  EXPECT_EQ(interval.coverage, 0.9);
  EXPECT_DOUBLE_EQ(interval.reached, 2.0 / 8);
  EXPECT_DOUBLE_EQ(interval.mean_width, (1 + 2 + 1 + 5 * 3) / 8.0);
}

}  // namespace
}  // namespace ecocube
