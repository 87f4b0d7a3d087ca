// SPDX-License-Identifier: Apache-2.0
#include "methods/series/theil_sen.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <algorithm>
#include <bit>
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

/// Values with many ties, with none, with zeros of both signs, and rising ones.
std::vector<float> drawn_values(std::mt19937& random, std::size_t count, int kind) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto number = static_cast<float>(random() % 1000);
    values[i] = kind == 0   ? static_cast<float>(random() % 5)
                : kind == 1 ? number / 7 - 60
                : kind == 2 ? (random() % 2 == 0 ? 0.0F : -0.0F)
                            : static_cast<float>(i * i);
  }
  return values;
}

TEST(TheilSen, TheFastVersionEqualsThePlainOneBitForBit) {
  std::mt19937 random(29);
  std::vector<float> room, plain_room;
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    for (std::size_t count = 0; count < 90; count += 1 + count / 20) {
      for (int kind = 0; kind < 4; ++kind) {
        const std::vector<float> values = drawn_values(random, count, kind);
        std::vector<float> times(count);
        for (std::size_t i = 0; i < count; ++i) times[i] = static_cast<float>(i * 3 + random() % 3) / 12;
        const double fast = theil_sen_slope(values, times, room);
        const double plain = theil_sen_slope_plain(values, times, plain_room);
        EXPECT_EQ(std::bit_cast<std::uint64_t>(fast), std::bit_cast<std::uint64_t>(plain))
            << hwy::TargetName(target) << ", " << count << " values of kind " << kind << ": " << fast << " " << plain;
      }
    }
    hwy::SetSupportedTargetsForTest(0);
  }
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace
}  // namespace ecocube::series
