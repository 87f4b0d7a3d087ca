// SPDX-License-Identifier: Apache-2.0
#include "methods/assess/importance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace ecocube {
namespace {

using Rows = std::vector<std::uint32_t>;

TEST(Importance, RowsAreShuffledWithinTheirFold) {
  Rows folds(200);
  for (std::size_t row = 0; row < folds.size(); ++row) folds[row] = static_cast<std::uint32_t>(row % 3);
  int calls = 0, moved = 0;
  permutation_importance(2, folds, 4, 1, 0, [&](std::size_t, std::span<const std::uint32_t> taken) {
    ++calls;
    Rows sorted(taken.begin(), taken.end());
    std::sort(sorted.begin(), sorted.end());
    for (std::uint32_t row = 0; row < 200; ++row) {
      EXPECT_EQ(folds[taken[row]], folds[row]);
      EXPECT_EQ(sorted[row], row);
      moved += taken[row] != row;
    }
    return 0.0;
  });
  EXPECT_EQ(calls, 8);
  EXPECT_GT(moved, 8 * 180);
}

TEST(Importance, OnlyAFeatureThatThePredictionsUseMatters) {
  // The prediction is feature 0, the truth as well: shuffled, its loss is the mean squared difference of two draws.
  std::vector<double> values(1000);
  for (std::size_t row = 0; row < values.size(); ++row) values[row] = static_cast<double>(row % 10);
  const Rows folds(1000, 7);
  const auto loss = [&](std::size_t feature, std::span<const std::uint32_t> taken) {
    double sum = 0;
    for (std::size_t row = 0; row < values.size(); ++row) {
      const double told = feature == 0 ? values[taken[row]] : values[row];
      sum += (told - values[row]) * (told - values[row]);
    }
    return 1 + sum / 1000;
  };
  const auto importance = permutation_importance(2, folds, 5, 1, 1, loss);
  EXPECT_NEAR(importance[0].loss_increase, 2 * 8.25, 1);
  EXPECT_GT(importance[0].deviation, 0);
  EXPECT_EQ(importance[1].loss_increase, 0);
  EXPECT_EQ(importance[1].deviation, 0);
}

TEST(Importance, TheSeedDecidesTheShuffles) {
  const Rows folds(50, 0);
  const auto first = [&](std::uint64_t seed) {
    Rows seen;
    permutation_importance(1, folds, 1, seed, 0, [&](std::size_t, std::span<const std::uint32_t> taken) {
      seen.assign(taken.begin(), taken.end());
      return 0.0;
    });
    return seen;
  };
  EXPECT_EQ(first(1), first(1));
  EXPECT_NE(first(1), first(2));
}

}  // namespace
}  // namespace ecocube
