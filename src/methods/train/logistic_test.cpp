// SPDX-License-Identifier: Apache-2.0
#include "methods/train/logistic.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/parallel.h"
#include "data/model/plain_prediction.h"
#include "base/random.h"

namespace ecocube {
namespace {

TrainingRows drawn_rows(std::size_t count) {
  Random random{4};
  TrainingRows rows{2, 3, std::vector<float>(2 * count), {}, std::vector<double>(count, 1.0), {}};
  for (float& value : rows.values) value = static_cast<float>(random.below(1000)) / 100;
  for (std::size_t row = 0; row < count; ++row) {
    const double at = static_cast<double>(rows.values[row]) + random.below(300) / 100.0;
    rows.seen.push_back(at < 4 ? 0 : at < 8 ? 1 : 2);
  }
  return rows;
}

TEST(Logistic, InterceptsAreNotPenalised) {
  // The only input is always 0, so the probabilities must be the class shares whatever c is.
  const std::vector<float> inputs(10, 0.0f);
  const std::vector<std::uint16_t> seen{0, 0, 0, 0, 0, 0, 1, 1, 1, 2};
  const auto fitted = fit_logistic(inputs, seen, std::vector<double>(10, 1.0), 3, {.c = 1e-3});
  ASSERT_TRUE(fitted);
  std::vector<float> probabilities(3);
  plain_answer(*fitted, std::vector<float>{0}, probabilities);
  EXPECT_NEAR(probabilities[0], 0.6, 1e-5);
  EXPECT_NEAR(probabilities[1], 0.3, 1e-5);
  EXPECT_NEAR(probabilities[2], 0.1, 1e-5);
}

TEST(Logistic, IsTheMinimumOfScikitLearnsObjective) {
  const TrainingRows rows = drawn_rows(200);
  const double c = 0.05;
  const auto fitted = fit_logistic(rows, {.c = c});
  ASSERT_TRUE(fitted);
  const std::vector<float> turned = rows.row_by_row();
  const auto objective = [&](const Logistic& logistic) {
    double value = 0;
    std::vector<double> scores(3);
    for (std::size_t row = 0; row < 200; ++row) {
      logistic_scores(logistic, std::span(turned).subspan(2 * row, 2), scores);
      softmax(scores);
      value -= c * std::log(scores[rows.seen[row]]);
    }
    for (const double weight : logistic.weights) value += weight * weight / 2;
    return value;
  };
  const double least = objective(*fitted);
  for (std::size_t i = 0; i < 6; ++i) {
    for (const double step : {-1e-2, 1e-2}) {
      Logistic moved = *fitted;
      moved.weights[i] += step;
      EXPECT_GT(objective(moved), least);
      moved = *fitted;
      moved.intercepts[i % 3] += step;
      EXPECT_GT(objective(moved), least);
    }
  }
}

TEST(Logistic, TwoClassesAreBinomialInScikitLearnsSense) {
  // One input, -1 or 1, 8 of 10 times right; the least of c · loss + w² / 2 solves 10 c (0.8 - p(1)) = w.
  std::vector<float> inputs;
  std::vector<std::uint16_t> seen;
  for (std::uint16_t row = 0; row < 10; ++row) {
    inputs.push_back(row % 2 ? 1.0f : -1.0f);
    seen.push_back(row < 8 ? row % 2 : 1 - row % 2);
  }
  const auto fitted = fit_logistic(inputs, seen, std::vector<double>(10, 1.0), 2, {.c = 0.3});
  ASSERT_TRUE(fitted);
  EXPECT_EQ(fitted->weights[0], 0);
  EXPECT_EQ(fitted->intercepts[0], 0);
  const double weight = fitted->weights[1];
  EXPECT_NEAR(fitted->intercepts[1], 0, 1e-5);
  EXPECT_NEAR(10 * 0.3 * (0.8 - 1 / (1 + std::exp(-weight))), weight, 1e-5);
}

TEST(Logistic, IsTheMinimumOfTheElasticNetsObjective) {
  const TrainingRows rows = drawn_rows(200);
  for (const double l1_share : {0.5, 1.0}) {
    const auto fitted = fit_logistic(rows, {.c = 0.05, .l1_share = l1_share});
    ASSERT_TRUE(fitted) << fitted.error().message;
    const std::vector<float> turned = rows.row_by_row();
    const auto objective = [&](const Logistic& logistic) {
      double value = 0;
      std::vector<double> scores(3);
      for (std::size_t row = 0; row < 200; ++row) {
        logistic_scores(logistic, std::span(turned).subspan(2 * row, 2), scores);
        softmax(scores);
        value -= 0.05 * std::log(scores[rows.seen[row]]);
      }
      for (const double weight : logistic.weights)
        value += (1 - l1_share) * weight * weight / 2 + l1_share * std::abs(weight);
      return value;
    };
    const double least = objective(*fitted);
    for (std::size_t i = 0; i < 6; ++i) {
      for (const double step : {-1e-2, 1e-2}) {
        Logistic moved = *fitted;
        moved.weights[i] += step;
        EXPECT_GT(objective(moved), least) << l1_share << " " << i;
      }
    }
  }
}

TEST(Logistic, LassoLeavesOutWhatSaysNothing) {
  TrainingRows rows = drawn_rows(300);
  const auto lasso = fit_logistic(rows, {.c = 0.02, .l1_share = 1, .standardise = true});
  const auto ridge = fit_logistic(rows, {.c = 0.02, .standardise = true});
  ASSERT_TRUE(lasso) << lasso.error().message;
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_EQ(lasso->weights[k * 2 + 1], 0);
    EXPECT_NE(ridge->weights[k * 2 + 1], 0);
  }
  EXPECT_NE(lasso->weights[0], 0);
}

TEST(Logistic, ARowOfWeightTwoCountsAsTwoRows) {
  TrainingRows rows = drawn_rows(60);
  std::vector<std::uint32_t> chosen;
  for (std::uint32_t row = 0; row < 60; ++row) {
    chosen.push_back(row);
    if (row % 4 == 0) chosen.push_back(row);
    rows.weights[row] = row % 4 == 0 ? 2 : 1;
  }
  TrainingRows repeated = rows.only(chosen);
  repeated.weights.assign(repeated.rows(), 1.0);
  const auto weighted = fit_logistic(rows, {}), twice = fit_logistic(repeated, {});
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(weighted->weights[i], twice->weights[i], 1e-4);
}

TEST(Logistic, StandardisingMakesTheUnitOfAnInputIrrelevant) {
  TrainingRows rows = drawn_rows(300);
  const auto metres = fit_logistic(rows, {.standardise = true});
  for (std::size_t row = 0; row < 300; ++row) rows.values[row] = rows.values[row] * 1000 + 5000;
  const auto millimetres = fit_logistic(rows, {.standardise = true});
  std::vector<float> a(3), b(3);
  plain_answer(*metres, std::vector<float>{4, 2}, a);
  plain_answer(*millimetres, std::vector<float>{9000, 2}, b);
  for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(a[c], b[c], 1e-4);
}

TEST(Logistic, AClassWithoutRowsGetsNoProbability) {
  TrainingRows rows = drawn_rows(100);
  rows.classes = 4;
  for (std::uint16_t& c : rows.seen) c = c == 2 ? 3 : c;
  const auto fitted = fit_logistic(rows, {});
  ASSERT_TRUE(fitted);
  std::vector<float> probabilities(4);
  plain_answer(*fitted, std::vector<float>{9, 1}, probabilities);
  EXPECT_EQ(probabilities[2], 0);
  EXPECT_GT(probabilities[3], 0.5);
}

TEST(Logistic, IsTheSameForOneAndTwoThreads) {
  const TrainingRows rows = drawn_rows(5000);
  const auto fit = [&](int threads) {
    const ThreadLimit limit(threads);
    return fit_logistic(rows, {.l1_share = 0.1, .standardise = true}).value();
  };
  EXPECT_EQ(fit(1), fit(2));
}

TEST(Logistic, StoppingTooEarlyIsAnError) {
  const auto fitted = fit_logistic(drawn_rows(300), {.standardise = true, .iterations = 2});
  ASSERT_FALSE(fitted);
  EXPECT_NE(fitted.error().message.find("no minimum after 2 steps"), std::string::npos);
}

}  // namespace
}  // namespace ecocube
