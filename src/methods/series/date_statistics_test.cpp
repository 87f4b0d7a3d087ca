// SPDX-License-Identifier: Apache-2.0
#include "methods/series/date_statistics.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cmath>
#include <random>

#include "methods/series/date_kriging.h"
#include "methods/series/date_regression_systems.h"
#include "methods/series/date_statistics_blend.h"
#include "methods/series/date_statistics_correlation.h"
#include "methods/series/date_statistics_errors.h"

namespace ecocube::series {
namespace {

TimeAxis axis_of(int slots, int times) {
  TimeAxis axis;
  axis.slots = slots;
  for (int time = 0; time < times; ++time) {
    axis.slot.push_back(time % slots);
    axis.year.push_back(time / slots);
    axis.days.push_back(16000 + 365 * time / slots);
  }
  axis.years = (times + slots - 1) / slots;
  return axis;
}

/// Correlation matrices of random vectors, a ridge on the diagonal.
SymmetricSystems draw_systems(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> between(-1, 1);
  SymmetricSystems systems(size);
  for (std::size_t lane = 0; lane < SymmetricSystems::kLanes; ++lane) {
    std::vector<std::array<float, 3>> vectors(size);
    for (auto& vector : vectors) vector = {between(random), between(random), between(random)};
    for (std::size_t row = 0; row < size; ++row) {
      systems.right[row * SymmetricSystems::kLanes + lane] = between(random);
      for (std::size_t col = 0; col <= row; ++col) {
        float product = row == col ? 0.2F : 0.0F;
        for (std::size_t at = 0; at < 3; ++at) product += vectors[row][at] * vectors[col][at];
        systems.matrix_at(row, col, lane) = product;
      }
    }
  }
  return systems;
}

TEST(SymmetricSystems, EveryTargetSolvesBitForBitAsThePlainVersion) {
  for (const std::size_t size : {1, 2, 7, 12, 32}) {
    SymmetricSystems plain = draw_systems(size, static_cast<unsigned>(size));
    solve_plain(plain);
    std::int64_t left = hwy::SupportedTargets();
    ASSERT_NE(left, 0);
    while (left != 0) {
      const std::int64_t target = left & -left;
      left &= ~target;
      hwy::SetSupportedTargetsForTest(target);
      hwy::GetChosenTarget().Update(hwy::SupportedTargets());
      SymmetricSystems fast = draw_systems(size, static_cast<unsigned>(size));
      solve(fast);
      EXPECT_EQ(fast.solution, plain.solution) << hwy::TargetName(target) << " size " << size;
      EXPECT_EQ(fast.explained, plain.explained) << hwy::TargetName(target) << " size " << size;
      hwy::SetSupportedTargetsForTest(0);
    }
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
}

TEST(SymmetricSystems, TheSolutionSatisfiesTheSystem) {
  SymmetricSystems drawn = draw_systems(9, 4), solved = draw_systems(9, 4);
  solve_plain(solved);
  for (std::size_t lane = 0; lane < SymmetricSystems::kLanes; ++lane) {
    float explained = 0;
    for (std::size_t row = 0; row < 9; ++row) {
      float sum = 0;
      for (std::size_t col = 0; col < 9; ++col) {
        sum += drawn.matrix_at(std::max(row, col), std::min(row, col), lane) *
               solved.solution[col * SymmetricSystems::kLanes + lane];
      }
      const float right = drawn.right[row * SymmetricSystems::kLanes + lane];
      EXPECT_NEAR(sum, right, 1e-4);
      explained += right * solved.solution[row * SymmetricSystems::kLanes + lane];
    }
    EXPECT_NEAR(solved.explained[lane], explained, 1e-3);
  }
}

TEST(DateKriging, NearestPixelsComeFirstAndThePixelItselfNever) {
  const std::vector<std::uint8_t> valid{
      0, 0, 1, 0,  //
      0, 1, 0, 0,  //
      0, 0, 0, 1,
  };
  const std::vector<DistanceTerm> terms{{0.9, 5.0}};
  const DateKriging kriging(terms, 10);
  Neighbours found;
  kriging.find(valid.data(), 3, 4, 1, 1, 0, found);
  ASSERT_EQ(found.count, 2U);
  EXPECT_EQ(found.pixel[0], 2U);
  EXPECT_EQ(found.pixel[1], 11U);
  EXPECT_NEAR(found.nearest, std::sqrt(2.0), 1e-6);
  kriging.find(valid.data(), 3, 4, 1, 1, 2, found);
  ASSERT_EQ(found.count, 1U);
  EXPECT_EQ(found.pixel[0], 11U);
}

TEST(DateKriging, OneNeighbourWeighsItsCorrelation) {
  const std::vector<DistanceTerm> terms{{0.9, 5.0}};
  const DateKriging kriging(terms, 10);
  Neighbours one;
  one.count = 1;
  one.row[0] = 3;
  one.col[0] = -4;
  SymmetricSystems systems(Neighbours::kMost);
  kriging.set_lane(one, systems, 2);
  solve_plain(systems);
  const double correlation = 0.9 * std::exp(-1.0);
  EXPECT_NEAR(systems.solution[2], correlation / 1.02, 1e-6);
  EXPECT_NEAR(systems.explained[2], correlation * correlation / 1.02, 1e-6);
}

TEST(NonNegativeLeastSquares, UnknownsThatWouldBeNegativeAreZero) {
  // Without the bound: 2 and -1.
  const std::vector<double> matrix{1, 0, 0, 1, 1, 1}, right{2, -1, 1};
  const std::vector<double> solution = non_negative_least_squares(matrix, right, 2);
  EXPECT_NEAR(solution[0], 1.5, 1e-9);
  EXPECT_EQ(solution[1], 0);
}

TEST(NonNegativeLeastSquares, PositiveUnknownsAreFoundAgain) {
  const std::vector<double> matrix{1, 0, 2, 1, 1, 3}, right{2, 5, 5};
  const std::vector<double> solution = non_negative_least_squares(matrix, right, 2);
  EXPECT_NEAR(solution[0], 2, 1e-9);
  EXPECT_NEAR(solution[1], 1, 1e-9);
}

TEST(MakePositiveDefinite, ImpossibleCorrelationsAreDrawnTogether) {
  std::vector<double> matrix{1, 0.9, -0.9, 0.9, 1, 0.9, -0.9, 0.9, 1};
  make_positive_definite(matrix, 3, 0.1);
  EXPECT_NEAR(matrix[0], 1, 1e-12);
  EXPECT_NEAR(matrix[4], 1, 1e-12);
  const double a = matrix[1], b = matrix[2], c = matrix[5];
  EXPECT_GT(1 + 2 * a * b * c - a * a - b * b - c * c, 0.01);
  EXPECT_EQ(matrix[1], matrix[3]);
  std::vector<double> sound{1, 0.5, 0.5, 1};
  make_positive_definite(sound, 2, 0.1);
  EXPECT_EQ(sound, (std::vector<double>{1, 0.5, 0.5, 1}));
}

TEST(StructuredCorrelation, AnUnknownPairTakesWhatItsLagAndSeasonSay) {
  const int times = 16;
  const TimeAxis axis = axis_of(4, times);
  std::vector<double> correlation(times * times), weight(times * times, 0.9);
  for (int row = 0; row < times; ++row) {
    for (int col = 0; col < times; ++col) {
      const int lag = std::abs(row - col);
      correlation[static_cast<std::size_t>(row * times + col)] = lag == 0 ? 1 : lag % 4 == 0 ? 0.8 : 0.3;
    }
  }
  for (const std::size_t cell : {std::size_t{2 * 16 + 6}, std::size_t{6 * 16 + 2}})
    weight[cell] = correlation[cell] = 0;
  const std::vector<double> structured = structured_correlation(correlation, weight, axis);
  EXPECT_NEAR(structured[2 * 16 + 6], 0.8, 0.05);
  EXPECT_NEAR(structured[2 * 16 + 7], 0.3, 0.05);
  EXPECT_EQ(structured[2 * 16 + 7], structured[7 * 16 + 2]);
}

TEST(DateSeries, ASeasonIsGuessedFromItsOtherYears) {
  std::vector<double> values;
  for (int time = 0; time < 24; ++time) values.push_back(time % 4 == 2 ? 100 : 10 * (time % 4));
  values[10] = std::nan("");
  const DateSeries filled = fill_date_series(values, axis_of(4, 24));
  EXPECT_NEAR(filled.values[10], 100, 8);
  EXPECT_EQ(filled.values[11], 30);
  EXPECT_NEAR(filled.when_left_out[6], 100, 8);
}

TEST(ErrorFactor, IsLinearBetweenClassesByTheLogarithmOfTheVariance) {
  const std::vector<ErrorFactor> factors{{0.01, 2.0}, {1.0, 1.0}};
  EXPECT_NEAR(error_factor(factors, 0.1), 1.5, 1e-12);
  EXPECT_EQ(error_factor(factors, 0.001), 2.0);
  EXPECT_EQ(error_factor(factors, 3.0), 1.0);
}

/// Two classes of land with seasons of their own, and noise.
struct Drawn {
  std::vector<float> values;
  std::vector<std::uint8_t> valid;
  TimeAxis axis;
};

Drawn draw_land(std::size_t side, int times, unsigned seed) {
  Drawn drawn{{}, {}, axis_of(4, times)};
  std::mt19937 random(seed);
  std::normal_distribution<float> noise(0, 1);
  for (int time = 0; time < times; ++time) {
    for (std::size_t pixel = 0; pixel < side * side; ++pixel) {
      const float level = pixel % side < side / 2 ? 20.0F : -20.0F;
      drawn.values.push_back(100 + 5 * static_cast<float>(time % 4) + level + 3 * noise(random));
      drawn.valid.push_back(random() % 10 != 0 ? 1 : 0);
    }
  }
  return drawn;
}

TEST(DateStatistics, MeansSpreadsAndCorrelationsAreThoseOfTheLand) {
  const Drawn drawn = draw_land(30, 12, 1);
  const SampleChip chip{drawn.values, drawn.valid, 30, 30};
  const DateStatistics statistics = estimate_date_statistics({&chip, 1}, drawn.axis);
  ASSERT_FALSE(statistics.series_only);
  for (std::size_t time = 0; time < 12; ++time) {
    EXPECT_EQ(statistics.nearly_empty[time], 0);
    EXPECT_NEAR(statistics.mean[time], 100 + 5 * static_cast<double>(time % 4), 0.5);
    EXPECT_NEAR(statistics.spread[time], std::sqrt(409.0), 0.6);
  }
  // 400 / 409, drawn together by the eleven small eigenvalues that are lifted to 0.1.
  EXPECT_NEAR(statistics.correlation[5], 0.907, 0.01);
}

TEST(DateStatistics, ADateWithNineteenValuesIsNearlyEmpty) {
  Drawn drawn = draw_land(12, 8, 2);
  for (std::size_t pixel = 0; pixel < 144; ++pixel) {
    drawn.valid[3 * 144 + pixel] = pixel < 19 ? 1 : 0;
    drawn.valid[4 * 144 + pixel] = pixel < 20 ? 1 : 0;
  }
  const SampleChip chip{drawn.values, drawn.valid, 12, 12};
  const DateStatistics statistics = estimate_date_statistics({&chip, 1}, drawn.axis);
  EXPECT_EQ(statistics.nearly_empty, (std::vector<std::uint8_t>{0, 0, 0, 1, 0, 0, 0, 0}));
  double sum = 0;
  for (std::size_t member = 0; member < kBlendMembers; ++member) sum += statistics.blend[3 * kBlendMembers + member];
  EXPECT_NEAR(sum, 1, 1e-9);
  EXPECT_GT(statistics.blend_error[3], 0);
  EXPECT_GT(statistics.spread[3], 0);
}

TEST(DateStatistics, TheSameChipsGiveTheSameNumbers) {
  const Drawn drawn = draw_land(16, 10, 3);
  const SampleChip chip{drawn.values, drawn.valid, 16, 16};
  const std::vector<SampleChip> chips{chip, chip};
  const DateStatistics one = estimate_date_statistics(chips, drawn.axis);
  const DateStatistics other = estimate_date_statistics(chips, drawn.axis);
  EXPECT_EQ(one.mean, other.mean);
  EXPECT_EQ(one.correlation, other.correlation);
  ASSERT_EQ(one.kriging_error.size(), other.kriging_error.size());
  EXPECT_EQ(one.kriging_error[0].factor, other.kriging_error[0].factor);
}

TEST(DateStatistics, FortyNinePixelsAreTooFew) {
  const Drawn drawn = draw_land(7, 8, 4);
  const SampleChip chip{drawn.values, drawn.valid, 7, 7};
  const DateStatistics statistics = estimate_date_statistics({&chip, 1}, drawn.axis);
  EXPECT_TRUE(statistics.series_only);
  EXPECT_GT(statistics.series_error, 0);
}

}  // namespace
}  // namespace ecocube::series
