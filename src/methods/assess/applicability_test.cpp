// SPDX-License-Identifier: Apache-2.0
#include "methods/assess/applicability.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "data/model/plain_uncertainty.h"

namespace ecocube {
namespace {

using Folds = std::vector<std::uint32_t>;

TEST(Applicability, ThresholdAndMeanDistanceAreThoseWorkedOutByHand) {
  // One feature at 0 1 3 6, folds 1 1 2 2: distances 1 3 6 2 5 3 (mean 20/6); nearest of the other fold 3 2 2 5.
  const std::vector<float> values{0, 1, 3, 6};
  const auto area = find_applicability(values, std::vector{1.0}, Folds{1, 1, 2, 2}, {});
  ASSERT_TRUE(area) << area.error().message;
  const double deviation = std::sqrt((6.25 + 2.25 + 0.25 + 12.25) / 3);
  EXPECT_NEAR(area->mean_distance, 20.0 / 6 / deviation, 1e-6);
  EXPECT_NEAR(area->threshold, 5 / (20.0 / 6), 1e-6);  // quartiles 2 and 3.5: the fence is at 5.75
  EXPECT_NEAR(plain_dissimilarity(*area, std::vector{8.0f}), 2 / (20.0 / 6), 1e-6);
}

TEST(Applicability, AnOutlyingRowDoesNotSetTheThreshold) {
  std::vector<float> values;
  Folds folds;
  for (int i = 0; i < 40; ++i) {
    values.push_back(static_cast<float>(i));
    folds.push_back(static_cast<std::uint32_t>(i % 2));
  }
  values.push_back(500);
  folds.push_back(0);
  const auto area = find_applicability(values, std::vector{1.0}, folds, {});
  const double one = plain_dissimilarity(*area, std::vector{-1.0f});
  EXPECT_NEAR(area->threshold, one, 1e-6);  // neighbours of the other fold are 1 apart
}

TEST(Applicability, AFeatureCountsByItsImportanceAndAConstantOneNotAtAll) {
  const std::vector<float> values{0, 5, 7, 1, 4, 7, 2, 9, 7, 4, 1, 7};
  const auto area = find_applicability(values, std::vector{0.5, 0.25, 1.0}, Folds{1, 2, 1, 2}, {});
  ASSERT_TRUE(area) << area.error().message;
  EXPECT_EQ(area->scales[2], 0);
  const auto without = find_applicability(values, std::vector{0.5, -1.0, 1.0}, Folds{1, 2, 1, 2}, {});
  EXPECT_EQ(without->scales[1], 0);
  EXPECT_GT(without->scales[0], 0);
  EXPECT_EQ(plain_dissimilarity(*without, std::vector{2.0f, -100.0f, 100.0f}), 0);
  const auto alike = find_applicability(values, std::vector{0.0, 0.0, 0.0}, Folds{1, 2, 1, 2}, {});
  EXPECT_GT(alike->scales[0], 0);
  EXPECT_GT(alike->scales[1], 0);
}

TEST(Applicability, ItsUnitsDoNotMatter) {
  const std::vector<float> metres{0, 1000, 3000, 6000, 500, 2500}, kilometres{0, 1, 3, 6, 0.5, 2.5};
  const Folds folds{1, 1, 2, 2, 3, 3};
  const auto a = find_applicability(metres, std::vector{2.0}, folds, {});
  const auto b = find_applicability(kilometres, std::vector{8.0}, folds, {});
  EXPECT_NEAR(a->threshold, b->threshold, 1e-6);
  EXPECT_NEAR(plain_dissimilarity(*a, std::vector{9000.0f}), plain_dissimilarity(*b, std::vector{9.0f}), 1e-6);
}

TEST(Applicability, OfManyRowsASeededPartIsKept) {
  std::mt19937_64 random(1);
  std::normal_distribution<float> normal;
  std::vector<float> values;
  Folds folds;
  for (std::uint32_t row = 0; row < 3000; ++row) {
    values.push_back(normal(random));
    values.push_back(normal(random));
    folds.push_back(row % 5);
  }
  const std::vector<double> importance{1.0, 1.0};
  const auto all = find_applicability(values, importance, folds, {});
  const auto part = find_applicability(values, importance, folds, {.most_rows = 1000, .seed = 1});
  const auto again = find_applicability(values, importance, folds, {.most_rows = 1000, .seed = 1});
  const auto other = find_applicability(values, importance, folds, {.most_rows = 1000, .seed = 2});
  EXPECT_EQ(part->rows.size(), 2000u);
  EXPECT_TRUE(*part == *again);
  EXPECT_FALSE(*part == *other);
  EXPECT_NEAR(part->mean_distance, all->mean_distance, 0.05 * all->mean_distance);
  EXPECT_GT(part->threshold, all->threshold);  // fewer rows lie further apart, and so does the threshold
  EXPECT_LT(part->threshold, 4 * all->threshold);
}

TEST(Applicability, WhatItCannotBeFoundFromIsRefused) {
  const std::vector<float> values{0, 1, 2};
  const std::vector<double> one{1.0};
  EXPECT_EQ(find_applicability(values, one, Folds{4, 4, 4}, {}).error().message,
            "area of applicability: all 3 rows are of one fold");
  EXPECT_EQ(find_applicability(std::vector<float>{3, 3, 3}, one, Folds{1, 2, 3}, {}).error().message,
            "area of applicability: all 3 rows are alike");
  EXPECT_EQ(find_applicability(values, one, Folds{1, 2}, {}).error().message,
            "area of applicability: 3 values do not fit 2 rows of 1 features");
  EXPECT_EQ(find_applicability(std::vector<float>{0, NAN, 2}, one, Folds{1, 2, 3}, {}).error().message,
            "area of applicability: a value or an importance is not finite");
}

}  // namespace
}  // namespace ecocube
