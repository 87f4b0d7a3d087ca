// SPDX-License-Identifier: Apache-2.0
#include "methods/series/theil_sen.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace ecocube::series {
namespace {

double slope_of(const std::vector<float>& values, const std::vector<float>& times) {
  std::vector<float> room;
  return theil_sen_slope(values, times, room);
}

TEST(TheilSen, TheSlopeIsThatOfScipyTheilslopes) {
  EXPECT_NEAR(slope_of({3, 1, 4, 1, 5, 9, 2, 6, 5, 3}, {0, 1, 2, 4, 5, 6, 9, 10, 11, 15}), 0.18181818181818182, 1e-8);
  EXPECT_NEAR(slope_of({3, 1, 4, 1, 5, 9, 2, 6, 5, 3}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}), 1.0 / 3, 1e-8);
}

TEST(TheilSen, AnOutlierDoesNotMoveIt) {
  EXPECT_EQ(slope_of({1, 3, 5, 900, 9, 11, 13}, {0, 1, 2, 3, 4, 5, 6}), 2);
}

TEST(TheilSen, OneValueHasNoSlope) {
  EXPECT_TRUE(std::isnan(slope_of({4}, {0})));
  EXPECT_EQ(slope_of({4, 6}, {1, 5}), 0.5);
}

TEST(TheilSen, AnEvenNumberOfSlopesTakesTheMeanOfTheMiddleTwo) {
  std::mt19937 random(11);
  for (int round = 0; round < 50; ++round) {
    std::vector<float> values(4 + 4 * (random() % 5)), times(values.size()), slopes;
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<float>(random() % 1000);
      times[i] = static_cast<float>(i * 2 + random() % 2);
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) slopes.push_back((values[i] - values[j]) / (times[i] - times[j]));
    }
    std::sort(slopes.begin(), slopes.end());
    ASSERT_EQ(slopes.size() % 2, 0U);
    const double lower = static_cast<double>(slopes[slopes.size() / 2 - 1]),
                 upper = static_cast<double>(slopes[slopes.size() / 2]);
    EXPECT_EQ(slope_of(values, times), 0.5 * (lower + upper));
  }
}

TEST(TheilSen, SlotMediansComeOffAndTheMedianOfAllIsAdded) {
  std::vector<float> values{10, 100, 12, 104, 20, 105}, room;
  const std::vector<int> slots{0, 2, 0, 2, 0, 2};
  subtract_slot_medians(values, slots, 4, room);  // medians 12 and 104, of all 60
  EXPECT_EQ(values, (std::vector<float>{58, 56, 60, 60, 68, 61}));
}

}  // namespace
}  // namespace ecocube::series
