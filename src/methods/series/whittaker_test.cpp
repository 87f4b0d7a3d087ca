// SPDX-License-Identifier: Apache-2.0
#include "methods/series/whittaker.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <Eigen/Dense>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <random>

namespace ecocube::series {
namespace {

std::vector<double> steps(std::size_t times) {
  std::vector<double> positions(times);
  std::iota(positions.begin(), positions.end(), 0.0);
  return positions;
}

/// The definition, dense: (W + λDᵀD) z = W y.
std::vector<double> dense(const std::vector<double>& values, const std::vector<double>& weights, int order,
                          double lambda) {
  const auto times = static_cast<Eigen::Index>(values.size());
  Eigen::MatrixXd differences = Eigen::MatrixXd::Identity(times, times);
  for (int k = 0; k < order; ++k) {
    const Eigen::MatrixXd last = differences;
    differences = last.bottomRows(last.rows() - 1) - last.topRows(last.rows() - 1);
  }
  const Eigen::Map<const Eigen::VectorXd> y(values.data(), times), w(weights.data(), times);
  Eigen::MatrixXd system = lambda * differences.transpose() * differences;
  system.diagonal() += w;
  const Eigen::VectorXd z = system.ldlt().solve(w.cwiseProduct(y));
  return {z.data(), z.data() + times};
}

template <class T>
std::vector<T> smoothed(const std::vector<T>& series, T no_data, const WhittakerPlan& plan) {
  std::vector<T> out(series.size());
  smooth_whittaker(Stack<T>{series.data(), series.size(), 1, 1, no_data}, {0, 1}, plan,
                   Planes<T>{out.data(), out.size(), 1, 1, no_data});
  return out;
}

TEST(Whittaker, SolvesTheDefinitionForEveryOrder) {
  std::mt19937 random(7);
  for (const int order : {1, 2, 3}) {
    for (const double lambda : {0.5, 10.0, 3000.0}) {
      std::vector<double> values(40), weights(40), smooth(40);
      for (std::size_t i = 0; i < values.size(); ++i) {
        weights[i] = random() % 3 == 0 ? 0 : 1;
        values[i] = weights[i] * (random() % 200);
      }
      smooth_whittaker_series(values, weights, whittaker_plan(steps(40), order, lambda), smooth);
      const std::vector<double> expected = dense(values, weights, order, lambda);
      for (std::size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(smooth[i], expected[i], 1e-6) << order << " " << i;
    }
  }
}

TEST(Whittaker, BytesAreTheDefinitionRoundedAndGapsAreFilled) {
  const std::vector<std::uint8_t> series{110, 0, 95, 120, 131, 0, 0, 133, 140, 118, 111, 149};
  std::vector<double> values(series.begin(), series.end()), weights;
  for (const std::uint8_t value : series) weights.push_back(value == 0 ? 0 : 1);
  const std::vector<double> expected = dense(values, weights, 2, 10);
  const std::vector<std::uint8_t> out = smoothed<std::uint8_t>(series, 0, whittaker_plan(steps(12), 2, 10));
  for (std::size_t i = 0; i < series.size(); ++i) EXPECT_EQ(out[i], std::floor(expected[i] + 0.5)) << i;
}

TEST(Whittaker, AStraightLineWithGapsStaysAsItIsBeyondItsEnds) {
  EXPECT_EQ(smoothed<std::int16_t>({-1, 20, 30, -1, 50, -1}, -1, whittaker_plan(steps(6), 2, 100)),
            (std::vector<std::int16_t>{10, 20, 30, 40, 50, 60}));
}

TEST(Whittaker, UnevenDatesKeepAStraightLineToo) {
  const std::vector<double> positions{0, 1, 4, 5, 9};
  EXPECT_EQ(smoothed<std::int16_t>({0, 10, -1, 50, 90}, -1, whittaker_plan(positions, 2, 50)),
            (std::vector<std::int16_t>{0, 10, 40, 50, 90}));
}

TEST(Whittaker, GapsStayWhenTheyAreKept) {
  WhittakerPlan plan = whittaker_plan(steps(4), 1, 1);
  plan.keep_gaps = true;
  EXPECT_EQ(smoothed<std::uint8_t>({5, 255, 5, 5}, 255, plan), (std::vector<std::uint8_t>{5, 255, 5, 5}));
}

TEST(Whittaker, ResultsStayWithinTheTypeAndOffTheMissingNumber) {
  const WhittakerPlan plan = whittaker_plan(steps(5), 2, 1000);
  EXPECT_EQ(smoothed<std::uint8_t>({0, 250, 253, 0, 0}, 0, plan), (std::vector<std::uint8_t>{247, 250, 253, 255, 255}));
  EXPECT_EQ(smoothed<std::uint8_t>({0, 9, 3, 0, 0}, 0, plan), (std::vector<std::uint8_t>{15, 9, 3, 1, 1}));
  EXPECT_EQ(smoothed<std::uint8_t>({10, 7, 12, 7, 13}, 10, whittaker_plan(steps(5), 1, 1e4)),
            (std::vector<std::uint8_t>(5, 9)));  // their mean rounds to 10
}

TEST(Whittaker, TooFewValuesStayMissing) {
  const WhittakerPlan plan = whittaker_plan(steps(4), 2, 10);
  EXPECT_EQ(smoothed<std::uint8_t>({0, 0, 9, 0}, 0, plan), (std::vector<std::uint8_t>(4, 0)));
  EXPECT_EQ(smoothed<std::uint8_t>({0, 0, 0, 0}, 0, plan), (std::vector<std::uint8_t>(4, 0)));
}

TEST(Whittaker, ALongGapIsSolvedAsWellAsAShortOne) {
  std::vector<float> series(84, -1.0F);
  std::vector<double> values(84), weights(84);
  for (const std::size_t time : {0U, 1U, 3U, 40U, 42U, 70U}) {
    series[time] = 5000.0F + static_cast<float>(time % 7) * 100;
    values[time] = static_cast<double>(series[time]);
    weights[time] = 1;
  }
  for (const int order : {1, 2, 3}) {
    const std::vector<float> out = smoothed<float>(series, -1.0F, whittaker_plan(steps(84), order, 10));
    const std::vector<double> expected = dense(values, weights, order, 10);
    for (std::size_t i = 0; i < out.size(); ++i)
      EXPECT_NEAR(static_cast<double>(out[i]), expected[i], order == 3 ? 0.05 : 0.01) << order << " " << i;
  }
}

/// Every target that this machine has gives what the plain version gives, to the last bit.
template <class T>
void expect_twins(std::size_t times, std::size_t pixels, int order, double lambda, std::uint32_t seed, T no_data,
                  bool keep_gaps) {
  std::mt19937 random(seed);
  const std::size_t stride = pixels + 3;
  std::vector<T> values(times * stride);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint32_t share = 10 + static_cast<std::uint32_t>(i % stride) % 90;  // of gaps, in percent
    values[i] = random() % 100 < share ? no_data : static_cast<T>(random() % 251);
  }
  std::vector<double> positions = steps(times);
  if (seed % 2 == 0) positions.back() += 0.7;
  WhittakerPlan plan = whittaker_plan(positions, order, lambda);
  plan.keep_gaps = keep_gaps;
  const PixelRange range{pixels > 5 ? std::size_t{2} : 0, pixels};
  const Stack<T> stack{values.data(), times, pixels, stride, no_data};
  std::vector<T> plain(values.size(), T{9});
  smooth_whittaker_plain(stack, range, plan, Planes<T>{plain.data(), times, pixels, stride, no_data});
  for (const std::uint32_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    std::vector<T> fast(values.size(), T{9});
    smooth_whittaker(stack, range, plan, Planes<T>{fast.data(), times, pixels, stride, no_data});
    EXPECT_EQ(std::memcmp(fast.data(), plain.data(), plain.size() * sizeof(T)), 0)
        << hwy::TargetName(target) << ", order " << order << ", " << pixels << " pixels";
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

TEST(Whittaker, TheFastVersionEqualsThePlainOneBitForBit) {
  for (const int order : {1, 2, 3}) {
    for (const std::size_t pixels : {1U, 31U, 32U, 65U, 150U}) {
      expect_twins<std::uint8_t>(84, pixels, order, 10, 1, 0, false);
      expect_twins<std::uint8_t>(5, pixels, order, 0.3, 2, 255, true);
      expect_twins<std::uint16_t>(31, pixels, order, 100, 3, 65535, false);
      expect_twins<std::int16_t>(60, pixels, order, 1e5, 4, -32768, false);
      expect_twins<float>(33, pixels, order, 10, 5, std::nanf(""), false);
      expect_twins<float>(33, pixels, order, 10, 6, -9999.0F, true);
    }
  }
}

}  // namespace
}  // namespace ecocube::series
