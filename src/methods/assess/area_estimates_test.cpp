// SPDX-License-Identifier: Apache-2.0
#include "methods/assess/area_estimates.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace ecocube {
namespace {

using Doubles = std::vector<double>;

/// The worked example of Olofsson et al. 2014: deforestation, forest gain, stable forest, stable non-forest.
struct WorkedExample {
  Doubles counts{66, 0, 5, 4, 0, 55, 8, 12, 1, 0, 153, 11, 2, 1, 9, 313};
  Doubles pixels{200000, 150000, 3200000, 6450000};
};

TEST(AreaEstimates, AreThoseOfThePapersWorkedExample) {
  const WorkedExample example;
  const auto result = estimate_areas(example.counts, example.pixels);
  ASSERT_TRUE(result) << result.error().message;
  constexpr double kHectares = 0.09, kInterval = 1.96;
  EXPECT_NEAR(result->overall_accuracy.value, 0.95, 0.005);
  EXPECT_NEAR(kInterval * result->overall_accuracy.standard_error, 0.02, 0.005);
  const Doubles users{0.88, 0.73, 0.93, 0.96}, users_error{0.07, 0.10, 0.04, 0.02};
  const Doubles producers{0.75, 0.85, 0.93, 0.96};
  for (std::size_t c = 0; c < 4; ++c) {
    EXPECT_NEAR(result->classes[c].user_accuracy.value, users[c], 0.005) << c;
    EXPECT_NEAR(kInterval * result->classes[c].user_accuracy.standard_error, users_error[c], 0.005) << c;
    EXPECT_NEAR(result->classes[c].producer_accuracy.value, producers[c], 0.005) << c;
  }
  EXPECT_NEAR(kInterval * result->classes[0].producer_accuracy.standard_error, 0.21, 0.005);
  EXPECT_NEAR(result->classes[0].area_share.standard_error, 0.0035, 0.0001);
  EXPECT_NEAR(kHectares * result->classes[0].area.value, 21158, 1);
  EXPECT_NEAR(kHectares * kInterval * result->classes[0].area.standard_error, 6158, 2);
}

TEST(AreaEstimates, OfTwoClassesAreThoseWorkedOutByHand) {
  // 10 rows where 3/4 of the map says a: 8 right; 5 rows of the other quarter: 4 right.
  const auto result = estimate_areas(Doubles{8, 2, 1, 4}, Doubles{75, 25});
  EXPECT_DOUBLE_EQ(result->overall_accuracy.value, 0.75 * 0.8 + 0.25 * 0.8);
  EXPECT_DOUBLE_EQ(result->overall_accuracy.standard_error, std::sqrt(0.75 * 0.75 * 0.16 / 9 + 0.25 * 0.25 * 0.16 / 4));
  EXPECT_DOUBLE_EQ(result->classes[0].area_share.value, 0.75 * 0.8 + 0.25 * 0.2);
  EXPECT_DOUBLE_EQ(result->classes[0].area.value, 65);
  EXPECT_DOUBLE_EQ(result->classes[0].producer_accuracy.value, 0.6 / 0.65);
  EXPECT_DOUBLE_EQ(result->classes[0].user_accuracy.standard_error, std::sqrt(0.16 / 9));
  EXPECT_EQ(result->classes[0].mapped_rows, 10);
  EXPECT_EQ(result->classes[0].seen_rows, 9);
  EXPECT_DOUBLE_EQ(result->shares[1], 0.75 * 0.2);
}

TEST(AreaEstimates, AClassOffTheMapMayStillBeThere) {
  const auto result = estimate_areas(Doubles{8, 2, 0, 0}, Doubles{100, 0});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_TRUE(std::isnan(result->classes[1].user_accuracy.value));
  EXPECT_EQ(result->classes[1].producer_accuracy.value, 0);
  EXPECT_DOUBLE_EQ(result->classes[1].area_share.value, 0.2);
}

TEST(AreaEstimates, ASingleRowHasNoStandardError) {
  const auto result = estimate_areas(Doubles{1, 0, 1, 4}, Doubles{50, 50});
  EXPECT_EQ(result->classes[0].user_accuracy.value, 1);
  EXPECT_TRUE(std::isnan(result->classes[0].user_accuracy.standard_error));
  EXPECT_TRUE(std::isnan(result->overall_accuracy.standard_error));
}

TEST(AreaEstimates, WhatTheSampleCannotTellIsAnError) {
  EXPECT_EQ(estimate_areas(Doubles{8, 2, 0, 0}, Doubles{75, 25}).error().message,
            "area estimates: class 2 (counted from 1) covers 25 % of the map, but no row of the sample lies there");
  EXPECT_EQ(estimate_areas(Doubles{8, 2, 1, 0}, Doubles{75, 0}).error().message,
            "area estimates: class 2 (counted from 1) holds 1 rows of the sample, but no area");
  EXPECT_EQ(estimate_areas(Doubles{8, 2, 1}, Doubles{75, 5}).error().message,
            "area estimates: 3 counts do not fit 2 classes");
  EXPECT_EQ(estimate_areas(Doubles{0, 0, 0, 0}, Doubles{0, 0}).error().message, "area estimates: no area is mapped");
}

TEST(AreaEstimates, StrataThatAreTheMappedClassesGiveTheSame) {
  const WorkedExample example;
  std::vector<SampledRow> rows;
  for (std::uint32_t i = 0; i < 4; ++i) {
    for (std::uint32_t j = 0; j < 4; ++j) {
      for (int times = 0; times < static_cast<int>(example.counts[i * 4 + j]); ++times) rows.push_back({i, i, j});
    }
  }
  const auto by_class = estimate_areas(example.counts, example.pixels);
  const auto by_stratum = estimate_areas(rows, example.pixels, example.pixels);
  ASSERT_TRUE(by_stratum) << by_stratum.error().message;
  const auto same = [](const Estimate& a, const Estimate& b) {
    EXPECT_NEAR(a.value, b.value, 1e-12 * std::abs(a.value));
    EXPECT_NEAR(a.standard_error, b.standard_error, 1e-9 * a.value);
  };
  same(by_class->overall_accuracy, by_stratum->overall_accuracy);
  for (std::size_t c = 0; c < 4; ++c) {
    same(by_class->classes[c].user_accuracy, by_stratum->classes[c].user_accuracy);
    same(by_class->classes[c].producer_accuracy, by_stratum->classes[c].producer_accuracy);
    same(by_class->classes[c].area, by_stratum->classes[c].area);
  }
  for (std::size_t i = 0; i < 16; ++i) EXPECT_NEAR(by_class->shares[i], by_stratum->shares[i], 1e-12);
}

TEST(AreaEstimates, OtherStrataWeighTheirRowsByTheirAreas) {
  // Stratum 0 (30): two rows, mapped 0, seen 0 and 1; stratum 1 (70): two rows, mapped 1, and 0 seen 0 and 1.
  const std::vector<SampledRow> rows{{0, 0, 0}, {0, 0, 1}, {1, 1, 1}, {1, 0, 1}};
  const auto result = estimate_areas(rows, Doubles{30, 70}, Doubles{65, 35});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_DOUBLE_EQ(result->overall_accuracy.value, 0.3 * 0.5 + 0.7 * 0.5);
  EXPECT_DOUBLE_EQ(result->overall_accuracy.standard_error, std::sqrt((0.09 + 0.49) * 0.5 / 2));
  EXPECT_DOUBLE_EQ(result->classes[1].area_share.value, 0.3 * 0.5 + 0.7);
  EXPECT_DOUBLE_EQ(result->classes[0].user_accuracy.value, 15.0 / (30 + 35));
  EXPECT_DOUBLE_EQ(result->classes[1].producer_accuracy.value, 35.0 / 85);
  EXPECT_EQ(estimate_areas(rows, Doubles{30, 70, 5}, Doubles{65, 35}).error().message,
            "area estimates: stratum 3 (counted from 1) has an area of 5 and 0 rows");
}

}  // namespace
}  // namespace ecocube
