// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/compare_scores.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ecocube {
namespace {

using Bytes = std::vector<std::uint8_t>;

TEST(AgreementTest, CountsOnlyPixelsThatBothSidesKnowAndThatAreNotSkipped) {
  Agreement agreement;
  agreement.count(Bytes{12, 12, 18, 255, 23, 23}, Bytes{12, 18, 18, 12, 255, 23}, Bytes{0, 0, 0, 0, 0, 1});
  EXPECT_EQ(agreement.pixels(), 3U);
  EXPECT_EQ(agreement.right(), 2U);
  EXPECT_DOUBLE_EQ(agreement.share(), 2.0 / 3);
}

TEST(AgreementTest, RecallCountsWhatIsTrueAndPrecisionWhatIsMapped) {
  Agreement agreement;
  agreement.count(Bytes{12, 12, 12, 18}, Bytes{12, 18, 18, 18}, {});
  EXPECT_DOUBLE_EQ(agreement.recall(12), 1.0 / 3);
  EXPECT_DOUBLE_EQ(agreement.precision(12), 1);
  EXPECT_DOUBLE_EQ(agreement.recall(18), 1);
  EXPECT_DOUBLE_EQ(agreement.precision(18), 1.0 / 3);
  EXPECT_TRUE(std::isnan(agreement.recall(40)));
}

TEST(SquaredErrorTest, LooksOnlyAtChosenCellsWhoseTruthIsKnown) {
  const std::vector<float> values{1, 2, 3, 4, 5}, truth{1.5F, 0, 0, 0, 5.5F};
  const SquaredError error = error_on(values, Bytes{1, 1, 1, 0, 1}, truth, Bytes{1, 1, 0, 1, 1}, Bytes{1, 0, 1, 1, 1});
  EXPECT_EQ(error.cells, 2U);
  EXPECT_EQ(error.empty, 1U);
  EXPECT_DOUBLE_EQ(error.root_mean(), 0.5);
}

TEST(SquaredErrorTest, PiecesAddUpToTheWhole) {
  SquaredError sum{0.5, 2, 0};
  sum.add({1.5, 2, 3});
  EXPECT_DOUBLE_EQ(sum.root_mean(), std::sqrt(0.5));
  EXPECT_EQ(sum.empty, 3U);
}

}  // namespace
}  // namespace ecocube
