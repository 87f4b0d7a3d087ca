// SPDX-License-Identifier: Apache-2.0
#include "methods/train/boosting.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "base/parallel.h"
#include "data/model/plain_prediction.h"
#include "base/random.h"

namespace ecocube {
namespace {

TrainingRows drawn_rows(std::size_t count, std::uint64_t seed, bool coarse) {
  Random random{seed};
  TrainingRows rows{4, 3, std::vector<float>(4 * count), {}, {}, {}};
  for (float& value : rows.values)
    value = coarse ? static_cast<float>(random.below(12)) - 5 : static_cast<float>(random.below(1000001)) * 1e-6f;
  for (std::size_t row = 0; row < count; ++row) {
    rows.seen.push_back(
        static_cast<std::uint16_t>(random.below(4) ? (rows.values[row] > rows.values[count + row]) : 2));
    rows.weights.push_back(0.5 + random.below(3));
  }
  return rows;
}

std::vector<float> our_scores(const Boosting& boosting, std::span<const float> asked, std::size_t features,
                              std::size_t classes) {
  std::vector<float> scores(asked.size() / features * classes);
  for (std::size_t row = 0; row * features < asked.size(); ++row) {
    boosting_scores(boosting, asked.subspan(row * features, features),
                    std::span(scores).subspan(row * classes, classes));
  }
  return scores;
}

RC_GTEST_PROP(Boosting, OurScoresAreXGBoostsOwn, ()) {
  const auto coarse = *rc::gen::arbitrary<bool>();
  const TrainingRows rows = drawn_rows(300, *rc::gen::arbitrary<std::uint64_t>(), coarse);
  const BoostingSettings settings{.rounds = 5, .eta = 0.4, .max_depth = 1 + *rc::gen::inRange(0, 7), .seed = 3};
  // Rows it was fitted on, whose values lie on the thresholds, and others.
  std::vector<float> asked = rows.row_by_row();
  const std::vector<float> others = drawn_rows(300, 77, !coarse).row_by_row();
  asked.insert(asked.end(), others.begin(), others.end());
  const auto boosting = fit_boosting(rows, settings);
  const auto theirs = xgboost_scores(rows, settings, asked);
  RC_ASSERT(boosting.has_value());
  RC_ASSERT(theirs.has_value());
  RC_ASSERT(boosting->boosting.trees.size() == 15u);
  RC_ASSERT(our_scores(boosting->boosting, asked, 4, 3) == *theirs);
}

RC_GTEST_PROP(Boosting, OurScoresOfANumberOrTwoClassesAreXGBoostsOwn, ()) {
  const bool number = *rc::gen::arbitrary<bool>();
  TrainingRows rows = drawn_rows(300, *rc::gen::arbitrary<std::uint64_t>(), *rc::gen::arbitrary<bool>());
  rows.classes = number ? 0 : 2;
  for (std::size_t row = 0; row < 300 && number; ++row)
    rows.responses.push_back(70.3f + 9 * static_cast<float>(rows.seen[row]) + rows.values[row]);
  if (number) rows.seen.clear();
  for (std::uint16_t& seen : rows.seen) seen = seen == 1;
  const BoostingSettings settings{.rounds = 7, .eta = 0.3, .max_depth = 4, .seed = 3};
  const std::vector<float> asked = rows.row_by_row();
  const auto boosting = fit_boosting(rows, settings);
  const auto theirs = xgboost_scores(rows, settings, asked);
  RC_ASSERT(boosting.has_value());
  RC_ASSERT(theirs.has_value());
  RC_ASSERT(boosting->boosting.trees.size() == 7u);
  RC_ASSERT(boosting->boosting.link == (number ? Link::identity : Link::logistic));
  RC_ASSERT(our_scores(boosting->boosting, asked, 4, 1) == *theirs);
}

TEST(Boosting, ANumberStartsFromItsWeightedMean) {
  const TrainingRows rows{1, 0, {1, 1}, {}, {3, 1}, {10, 30}};
  const auto boosting = fit_boosting(rows, {.rounds = 1});
  ASSERT_TRUE(boosting);
  EXPECT_EQ(boosting->boosting.base_score, 15);
}

TEST(Boosting, TheFeatureThatDecidesIsTheImportantOne) {
  TrainingRows rows = drawn_rows(400, 2, false);
  rows.classes = 2;
  for (std::size_t row = 0; row < 400; ++row) rows.seen[row] = rows.column(2)[row] > 0.5f;
  const auto boosting = fit_boosting(rows, {.rounds = 5, .feature_share = 1});
  ASSERT_TRUE(boosting);
  EXPECT_GT(boosting->importance[2], 0.9);
}

TEST(Boosting, IsTheSameForOneAndTwoThreadsAndWhenFittedAgain) {
  const TrainingRows rows = drawn_rows(800, 5, false);
  const BoostingSettings settings{.rounds = 6, .row_share = 0.7, .feature_share = 0.5, .seed = 3};
  std::vector<Boosting> fitted(6);
  for (const int threads : {1, 2}) {
    const ThreadLimit limit(threads);
    parallel_for(3, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i)
        fitted[static_cast<std::size_t>(threads - 1) * 3 + i] = fit_boosting(rows, settings).value().boosting;
    });
  }
  for (const Boosting& one : fitted) EXPECT_EQ(one, fitted[0]);
}

TEST(Boosting, SampleWeightsAct) {
  TrainingRows rows{1, 2, std::vector<float>(40, 1.0f), std::vector<std::uint16_t>(40, 0), std::vector<double>(40, 1.0),
                    {}};
  for (std::size_t row = 20; row < 40; ++row) rows.seen[row] = 1;
  for (std::size_t row = 20; row < 40; ++row) rows.weights[row] = 9;
  const auto boosting = fit_boosting(rows, {.rounds = 100});
  ASSERT_TRUE(boosting);
  std::vector<float> probabilities(2);
  plain_answer(boosting->boosting, std::vector<float>{1}, probabilities);
  EXPECT_NEAR(probabilities[1], 0.9, 0.01);
}

TEST(Boosting, WhatXGBoostRefusesIsAnErrorWithItsReason) {
  const auto boosting = fit_boosting(drawn_rows(30, 1, true), {.rounds = 1, .eta = -1});
  ASSERT_FALSE(boosting);
  EXPECT_NE(boosting.error().message.find("boosting: XGBoost: "), std::string::npos);
  EXPECT_NE(boosting.error().message.find("value -1 for Parameter learning_rate"), std::string::npos)
      << boosting.error().message;
  EXPECT_EQ(boosting.error().message.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace ecocube
