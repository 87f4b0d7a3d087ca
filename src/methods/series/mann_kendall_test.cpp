// SPDX-License-Identifier: Apache-2.0
#include "methods/series/mann_kendall.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cmath>
#include <map>
#include <random>
#include <vector>

namespace ecocube::series {
namespace {

MannKendall tested(const std::vector<float>& values) {
  std::vector<float> room(values.size());
  return mann_kendall(values, room);
}

TEST(MannKendall, ARisingSeriesHasEveryPairRising) {
  const MannKendall test = tested({1, 2, 3, 4, 5});
  EXPECT_EQ(test.s, 10);
  EXPECT_NEAR(test.variance, 5.0 * 4 * 15 / 18, 1e-12);
  EXPECT_NEAR(test.z, 9 / std::sqrt(16.6666666667), 1e-9);
  EXPECT_NEAR(test.p, 0.027486336110310003, 1e-9);
}

TEST(MannKendall, AFallingSeriesIsItsMirror) {
  const MannKendall up = tested({1, 5, 2, 8, 9, 9}), down = tested({9, 9, 8, 2, 5, 1});
  EXPECT_EQ(up.s, -down.s);
  EXPECT_EQ(up.z, -down.z);
  EXPECT_EQ(up.p, down.p);
}

TEST(MannKendall, EqualValuesShowNoTrend) {
  const MannKendall test = tested({4, 4, 4, 4});
  EXPECT_EQ(test.s, 0);
  EXPECT_EQ(test.z, 0);
  EXPECT_EQ(test.p, 1);
}

TEST(MannKendall, OneValueOrNoneShowsNoTrend) {
  EXPECT_EQ(tested({}).p, 1);
  EXPECT_EQ(tested({3}).z, 0);
}

TEST(MannKendall, TiesTakeTheirShareOfTheVariance) {
  std::mt19937 random(5);
  for (int round = 0; round < 100; ++round) {
    std::vector<float> values(3 + random() % 40);
    for (float& value : values) value = static_cast<float>(random() % 9);
    std::map<float, double> groups;
    std::int64_t s = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      groups[values[i]] += 1;
      for (std::size_t j = i + 1; j < values.size(); ++j) s += (values[j] > values[i]) - (values[j] < values[i]);
    }
    const auto n = static_cast<double>(values.size());
    double variance = n * (n - 1) * (2 * n + 5);
    for (const auto& [value, ties] : groups) variance -= ties * (ties - 1) * (2 * ties + 5);
    const MannKendall test = tested(values);
    EXPECT_EQ(test.s, s);
    EXPECT_NEAR(test.variance, variance / 18, 1e-9);
    if (s == 0 || variance == 0) continue;
    const double z = static_cast<double>(s > 0 ? s - 1 : s + 1) / std::sqrt(variance / 18);
    EXPECT_NEAR(test.z, z, 1e-12);
    EXPECT_NEAR(test.p, 2 * (1 - 0.5 * std::erfc(-std::fabs(z) / std::sqrt(2.0))), 1e-12);
  }
}

TEST(MannKendall, TheFastVersionEqualsThePlainOneBitForBit) {
  std::mt19937 random(31);
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    for (std::size_t count = 0; count < 140; ++count) {
      std::vector<float> values(count), room, sorted;
      for (float& value : values) value = static_cast<float>(random() % (count % 2 == 0 ? 12 : 100000));
      const MannKendall fast = mann_kendall(values, room), plain = mann_kendall_plain(values, sorted);
      EXPECT_EQ(fast.s, plain.s) << hwy::TargetName(target) << ", " << count << " values";
      EXPECT_EQ(fast.variance, plain.variance) << hwy::TargetName(target) << ", " << count << " values";
      EXPECT_EQ(fast.z, plain.z);
      EXPECT_EQ(fast.p, plain.p);
    }
    hwy::SetSupportedTargetsForTest(0);
  }
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace
}  // namespace ecocube::series
