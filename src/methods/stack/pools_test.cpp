// SPDX-License-Identifier: Apache-2.0
// The pools, one by one: gradients against differences, minima against brute force, and against hand-made rows.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "base/parallel.h"
#include "methods/stack/linear_pool.h"
#include "methods/stack/log_pool.h"
#include "methods/stack/meta_rows_fixture.h"
#include "methods/stack/value_pool.h"

namespace ecocube {
namespace {

template <class Loss>
void expect_gradient_of_differences(const Loss& loss, std::size_t size, std::uint64_t seed) {
  Random random{seed};
  std::vector<double> x(size), gradient(size), unused(size);
  for (double& value : x) value = uniform(random) - 0.3;
  loss(x, gradient);
  for (std::size_t i = 0; i < size; ++i) {
    const double before = x[i], step = 1e-5;
    x[i] = before + step;
    const double above = loss(x, unused);
    x[i] = before - step;
    const double below = loss(x, unused);
    x[i] = before;
    EXPECT_NEAR(gradient[i], (above - below) / (2 * step), 1e-7) << i;
  }
}

/// Along a line between two points a convex function lies below its chord.
template <class Loss>
void expect_convex(const Loss& loss, std::size_t size, std::uint64_t seed) {
  Random random{seed};
  std::vector<double> unused(size);
  for (int tries = 0; tries < 30; ++tries) {
    std::vector<double> a(size), b(size), middle(size);
    for (std::size_t i = 0; i < size; ++i) {
      a[i] = 4 * uniform(random) - 1;
      b[i] = 4 * uniform(random) - 1;
      middle[i] = (a[i] + b[i]) / 2;
    }
    EXPECT_LE(loss(middle, unused), (loss(a, unused) + loss(b, unused)) / 2 + 1e-12);
  }
}

TEST(LogPool, ItsGradientIsThatOfDifferencesAndItIsConvex) {
  const MetaRows rows = drawn_meta_rows(60, 3, 4, 1);
  for (const bool with_biases : {false, true}) {
    const LogPoolLoss own(rows, log_probabilities(smoothing_for(rows), rows), with_biases);
    const auto loss = [&](std::span<const double> x, std::span<double> g) { return own.value_and_gradient(x, g); };
    expect_gradient_of_differences(loss, own.size(), 2);
    expect_convex(loss, own.size(), 3);
  }
}

TEST(AnchoredPool, ItsGradientIsThatOfDifferencesAndItIsConvex) {
  const MetaRows rows = drawn_meta_rows(50, 2, 4, 4);  // four classes fill the stride, so that no number is idle
  const AnchoredPoolLoss own(rows, log_probabilities(smoothing_for(rows), rows), std::vector<double>(50 * 4, 0.1), 3);
  ASSERT_EQ(own.stride(), 4u);
  const auto loss = [&](std::span<const double> x, std::span<double> g) { return own.value_and_gradient(x, g); };
  expect_gradient_of_differences(loss, own.size(), 5);
  expect_convex(loss, own.size(), 6);
}

TEST(LogPool, NoNeighbourOnAFineGridIsBetter) {
  const MetaRows rows = drawn_meta_rows(80, 2, 3, 7);
  const Meta meta = fit_log_pool(rows, false).value();
  const LogPoolLoss loss(rows, log_probabilities(meta, rows), false);
  const auto& pool = std::get<LogPool>(meta.pool);
  std::vector<double> unused(2);
  const double least = loss.value_and_gradient(pool.weights, unused);
  for (double first = 0; first <= 3; first += 0.05) {
    for (double second = 0; second <= 3; second += 0.05)
      EXPECT_GE(loss.value_and_gradient(std::vector{first, second}, unused), least - 1e-12);
  }
}

TEST(LogPool, ALearnerThatOnlyMisleadsWeighsNothing) {
  MetaRows rows = drawn_meta_rows(400, 2, 3, 8);
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    // The second learner is sure of a class that is not there.
    for (std::size_t c = 0; c < 3; ++c) rows.learned[i * 6 + 3 + c] = c == (rows.seen[i] + 1u) % 3 ? 0.9f : 0.05f;
  }
  const Meta meta = fit_log_pool(rows, true).value();
  const auto& pool = std::get<LogPool>(meta.pool);
  EXPECT_EQ(pool.weights[1], 0);
  EXPECT_GT(pool.weights[0], 0.1);
}

TEST(AnchoredPool, BecomesThePoolAsLambdaGrows) {
  const MetaRows rows = drawn_meta_rows(200, 2, 3, 9);
  const Meta pool = fit_log_pool(rows, true).value();
  const double of_pool = loss_of(pool, rows);
  EXPECT_NEAR(loss_of(fit_anchored_pool(rows, pool, 1e9).value(), rows), of_pool, 1e-4);
  EXPECT_LT(loss_of(fit_anchored_pool(rows, pool, 1).value(), rows), of_pool - 0.01);
}

TEST(AnchoredPool, FromAnotherStartItComesToTheSame) {
  const MetaRows rows = drawn_meta_rows(200, 3, 3, 10);
  const Meta pool = fit_log_pool(rows, true).value();
  const Meta rich = fit_anchored_pool(rows, pool, 3).value();
  const Meta cold = fit_anchored_pool(rows, pool, 30).value(), warm = fit_anchored_pool(rows, pool, 30, &rich).value();
  const auto &a = std::get<LogPool>(cold.pool).corrections, &b = std::get<LogPool>(warm.pool).corrections;
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-3);
}

TEST(LinearPool, TheExponentIsThatOfBruteForce) {
  const MetaRows rows = drawn_meta_rows(150, 1, 3, 11);
  const std::vector<double> logs = log_probabilities(smoothing_for(rows), rows);
  const double found = best_exponent(logs, rows.seen, rows.weights, 3);
  const auto loss = [&](double exponent) {
    double sum = 0;
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      std::vector<double> scores{exponent * logs[i * 3], exponent * logs[i * 3 + 1], exponent * logs[i * 3 + 2]};
      softmax(scores);
      sum -= rows.weights[i] * std::log(scores[rows.seen[i]]);
    }
    return sum;
  };
  for (double exponent = 0.05; exponent < 5; exponent += 0.01) EXPECT_GE(loss(exponent), loss(found) - 1e-9);
}

TEST(LinearPool, TheMixtureIsThatOfBruteForce) {
  Random random{12};
  std::vector<double> of_seen, weights;
  for (int i = 0; i < 120; ++i) {
    of_seen.insert(of_seen.end(), {uniform(random), uniform(random) * 0.8, uniform(random) * uniform(random)});
    weights.push_back(0.5 + uniform(random));
  }
  const auto loss = [&](double a, double b) {
    double sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i)
      sum -= weights[i] * std::log(a * of_seen[3 * i] + b * of_seen[3 * i + 1] + (1 - a - b) * of_seen[3 * i + 2]);
    return sum / std::accumulate(weights.begin(), weights.end(), 0.0);
  };
  const std::vector<double> found = mixture_weights(of_seen, weights, 3);
  EXPECT_NEAR(std::accumulate(found.begin(), found.end(), 0.0), 1, 1e-12);
  double least = 1e9;
  for (double a = 0; a <= 1; a += 0.01) {
    for (double b = 0; a + b <= 1 + 1e-9; b += 0.01) least = std::min(least, loss(a, std::min(b, 1 - a)));
  }
  EXPECT_LE(loss(found[0], found[1]), least + 2e-5);
}

TEST(LinearPool, LowersTheLossOfEveryLearnerItIsFittedOn) {
  const MetaRows rows = drawn_meta_rows(400, 3, 3, 13);
  const double pooled = loss_of(fit_linear_pool(rows), rows);
  for (std::size_t l = 0; l < 3; ++l) {
    MetaRows single = rows;
    single.learners = 1;
    single.learned.clear();
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      const auto own = rows.row(i).subspan(l * 3, 3);
      single.learned.insert(single.learned.end(), own.begin(), own.end());
    }
    EXPECT_LT(pooled, loss_of(Meta{}, single));
  }
}

TEST(Smoothing, FollowsTheSharesOfTheClasses) {
  MetaRows rows{1, 3, std::vector<float>(9, 1.0f / 3), {0, 0, 1}, {}, {1, 1, 1}};
  const Meta meta = smoothing_for(rows);
  EXPECT_DOUBLE_EQ(meta.smoothing, 0.25);
  EXPECT_DOUBLE_EQ(meta.prior[0], 3.0 / 6);
  EXPECT_DOUBLE_EQ(meta.prior[1], 2.0 / 6);
  EXPECT_DOUBLE_EQ(meta.prior[2], 1.0 / 6);
}

double square_error(const MetaRows& rows, const std::vector<double>& weights) {
  return loss_of(Meta{"", 0, {}, ValuePool{0, weights}}, rows);
}

TEST(ConvexPool, IsThatOfBruteForce) {
  for (std::uint64_t seed = 1; seed < 20; ++seed) {
    Random random{seed};
    const MetaRows rows =
        drawn_numbers(25, {1 + 3 * uniform(random), 1 + 3 * uniform(random), 1 + 8 * uniform(random)}, seed);
    const auto found = std::get<ValuePool>(fit_convex_pool(rows).pool).weights;
    EXPECT_NEAR(std::accumulate(found.begin(), found.end(), 0.0), 1, 1e-12);
    const double own = square_error(rows, found);
    for (double a = 0; a <= 1; a += 0.02) {
      for (double b = 0; a + b <= 1; b += 0.02)
        EXPECT_GE(square_error(rows, {a, b, 1 - a - b}), own * (1 - 1e-7)) << seed;
    }
    for (const double weight : found) EXPECT_GE(weight, 0);
  }
}

TEST(ConvexPool, LearnersThatSayTheSameShare) {
  MetaRows rows = drawn_numbers(50, {2, 2}, 3);
  for (std::size_t i = 0; i < rows.rows(); ++i) rows.learned[2 * i + 1] = rows.learned[2 * i];
  const auto weights = std::get<ValuePool>(fit_convex_pool(rows).pool).weights;
  EXPECT_NEAR(square_error(rows, weights), square_error(rows, {1, 0}), 1e-6);
  EXPECT_NEAR(weights[0] + weights[1], 1, 1e-12);
}

TEST(RidgeStack, UndoesAScaleThatConvexPoolsCannot) {
  MetaRows rows = drawn_numbers(200, {0.5, 0.5}, 4);
  for (float& value : rows.learned) value = value / 2 + 1;
  EXPECT_LT(loss_of(fit_ridge_stack(rows), rows), 0.1 * loss_of(fit_convex_pool(rows), rows));
}

TEST(RidgeStack, NoSmallChangeLowersItsPenalisedError) {
  const MetaRows rows = drawn_numbers(60, {1, 3}, 5);
  const auto fitted = std::get<ValuePool>(fit_ridge_stack(rows).pool);
  const double total = std::accumulate(rows.weights.begin(), rows.weights.end(), 0.0);
  double variance = 0;
  for (std::size_t l = 0; l < 2; ++l) {
    double mean = 0, square = 0;
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      mean += rows.weights[i] * static_cast<double>(rows.row(i)[l]) / total;
      square += rows.weights[i] * static_cast<double>(rows.row(i)[l]) * static_cast<double>(rows.row(i)[l]) / total;
    }
    variance += (square - mean * mean) / 2;
  }
  const auto penalised = [&](double intercept, double first, double second) {
    const double error = loss_of(Meta{"", 0, {}, ValuePool{intercept, {first, second}}}, rows) / total;
    return error + variance / 60 * ((first - 0.5) * (first - 0.5) + (second - 0.5) * (second - 0.5));
  };
  const double least = penalised(fitted.intercept, fitted.weights[0], fitted.weights[1]);
  for (const double step : {-1e-3, 1e-3}) {
    EXPECT_GT(penalised(fitted.intercept + step, fitted.weights[0], fitted.weights[1]), least);
    EXPECT_GT(penalised(fitted.intercept, fitted.weights[0] + step, fitted.weights[1]), least);
    EXPECT_GT(penalised(fitted.intercept, fitted.weights[0], fitted.weights[1] + step), least);
  }
}

TEST(BestSingle, IsTheLearnerOfTheLeastError) {
  const auto weights = std::get<ValuePool>(fit_best_single(drawn_numbers(100, {4, 1, 6}, 6)).pool).weights;
  EXPECT_EQ(weights, (std::vector<double>{0, 1, 0}));
}

TEST(Pools, AreTheSameForOneAndTwoThreads) {
  const MetaRows rows = drawn_meta_rows(3000, 3, 5, 14);
  const auto fit = [&](int threads) {
    const ThreadLimit limit(threads);
    return fit_anchored_pool(rows, fit_log_pool(rows, true).value(), 30).value();
  };
  EXPECT_EQ(fit(1), fit(2));
}

}  // namespace
}  // namespace ecocube
