// SPDX-License-Identifier: Apache-2.0
#include "methods/train/bins.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace ecocube {
namespace {

TEST(Bins, AColumnOfFewDistinctValuesHasOneBinAValue) {
  const std::vector<float> values{3, 1, 2, 1, 3, 3};
  const BinnedColumn column = bin_column(values);
  EXPECT_EQ(column.lowest, (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(column.highest, (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(column.bin_of, (std::vector<std::uint8_t>{2, 0, 1, 0, 2, 2}));
}

TEST(Bins, TwoHundredAndFiftyFiveValuesAreExactAndOneMoreIsNot) {
  std::vector<float> values;
  for (int i = 0; i < 255; ++i) values.push_back(static_cast<float>(i * i));
  EXPECT_EQ(bin_column(values).lowest.size(), 255u);
  values.push_back(1e6f);
  EXPECT_LE(bin_column(values).lowest.size(), 255u);
}

RC_GTEST_PROP(Bins, EveryValueLiesInItsBinAndBinsDoNotOverlap, ()) {
  const auto whole = *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(-2000, 2000)));
  const std::vector<float> values(whole.begin(), whole.end());
  const BinnedColumn column = bin_column(values);
  RC_ASSERT(column.lowest.size() == column.highest.size());
  RC_ASSERT(column.lowest.size() <= kMaximumBins);
  for (std::size_t bin = 1; bin < column.lowest.size(); ++bin) RC_ASSERT(column.highest[bin - 1] < column.lowest[bin]);
  for (std::size_t row = 0; row < values.size(); ++row) {
    RC_ASSERT(column.lowest[column.bin_of[row]] <= values[row]);
    RC_ASSERT(values[row] <= column.highest[column.bin_of[row]]);
  }
}

TEST(Bins, ManyValuesFallIntoBinsOfAboutEqualSize) {
  std::vector<float> values;
  for (int i = 0; i < 25500; ++i) values.push_back(static_cast<float>((i * 7919) % 25500));
  std::map<int, int> rows;
  for (const std::uint8_t bin : bin_column(values).bin_of) ++rows[bin];
  EXPECT_EQ(rows.size(), 255u);
  for (const auto& [bin, count] : rows) EXPECT_EQ(count, 100) << bin;
}

TEST(Bins, AFrequentValueLeavesTheOtherBinsToTheRest) {
  std::vector<float> values(10000, 0.0f);
  for (int i = 1; i <= 2540; ++i) values.push_back(static_cast<float>(i));
  std::map<int, int> rows;
  for (const std::uint8_t bin : bin_column(values).bin_of) ++rows[bin];
  EXPECT_EQ(rows[0], 10000);
  EXPECT_EQ(rows.size(), 255u);
  for (int bin = 1; bin < 255; ++bin) EXPECT_EQ(rows[bin], 10) << bin;
}

RC_GTEST_PROP(Bins, AThresholdSeparatesItsNeighbours, (float a, float b)) {
  RC_PRE(std::isfinite(a) && std::isfinite(b) && a != b);
  const float low = std::min(a, b), high = std::max(a, b), threshold = threshold_between(low, high);
  RC_ASSERT(low <= threshold);
  RC_ASSERT(threshold < high);
}

TEST(Bins, AThresholdSeparatesTheClosestAndTheFarthestNumbers) {
  const float next = std::nextafter(1.0f, 2.0f), most = std::numeric_limits<float>::max();
  EXPECT_EQ(threshold_between(1, next), 1);
  EXPECT_EQ(threshold_between(-most, most), 0);
  EXPECT_EQ(threshold_between(2, 3), 2.5f);
}

}  // namespace
}  // namespace ecocube
