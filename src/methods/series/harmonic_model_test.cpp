// SPDX-License-Identifier: Apache-2.0
#include "methods/series/harmonic_model.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cmath>
#include <cstring>
#include <random>

namespace ecocube::series {
namespace {

/// Observations with gaps of a wave with noise, outliers, and every so often none of it.
struct Observed {
  Observed(std::mt19937& random, std::span<const int> days, unsigned gaps_in_ten, int kind) {
    for (std::size_t time = 0; time < days.size(); ++time) {
      if (random() % 10 < gaps_in_ten) continue;
      times.push_back(time);
      const double wave = 100 + 30 * std::sin(days[time] / 58.0), noise = static_cast<double>(random() % 1000) / 100;
      values.push_back(kind == 0 ? 7 : kind == 1 ? wave + noise : random() % 6 == 0 ? 3000 : wave);
    }
  }
  std::vector<std::size_t> times;
  std::vector<double> values;
};

TEST(HarmonicModel, AWaveWithoutNoiseIsFoundAgainWhateverOutliersThereAre) {
  std::vector<int> days;
  std::vector<std::size_t> times;
  std::vector<double> values;
  for (int time = 0; time < 60; ++time) {
    days.push_back(9000 + 25 * time);
    times.push_back(static_cast<std::size_t>(time));
    values.push_back(time % 9 == 4 ? 900 : 50 + 20 * std::cos(2 * 3.14159265358979 * days.back() / 365.25));
  }
  const HarmonicModel model(days);
  const HarmonicModel::Fit fit = model.fit(times, values, 1);
  ASSERT_EQ(fit.terms, 4U);
  EXPECT_NEAR(fit.coefficients[0], 50, 3);
  EXPECT_NEAR(fit.coefficients[2], 20, 3);
  EXPECT_NEAR(model.predicted(fit, 4), 50 + 20 * std::cos(2 * 3.14159265358979 * days[4] / 365.25), 4);
}

TEST(HarmonicModel, NothingIsFittedToAsManyObservationsAsTerms) {
  const std::vector<int> days{0, 90, 180, 270, 360};
  const HarmonicModel model(days);
  const std::vector<std::size_t> times{0, 1, 2, 3};
  const std::vector<double> values{1, 2, 3, 5};
  EXPECT_EQ(model.fit(times, values, 1).terms, 0U);
  EXPECT_EQ(model.fit(times, values, 0).terms, 2U);
}

TEST(HarmonicModel, TheFastVersionEqualsThePlainOneBitForBit) {
  std::mt19937 random(59);
  for (const int dates : {5, 13, 84, 301}) {
    std::vector<int> days;
    for (int time = 0; time < dates; ++time) days.push_back(10957 + time * (dates > 100 ? 16 : 91));
    const HarmonicModel model(days);
    for (int round = 0; round < 30; ++round) {
      const Observed one(random, days, random() % 9, round % 3);
      for (int modes = 0; modes <= HarmonicModel::kMostModes; ++modes) {
        const HarmonicModel::Fit plain = model.fit_plain(one.times, one.values, modes);
        for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
          hwy::SetSupportedTargetsForTest(target);
          hwy::GetChosenTarget().Update(hwy::SupportedTargets());
          const HarmonicModel::Fit fast = model.fit(one.times, one.values, modes);
          hwy::SetSupportedTargetsForTest(0);
          EXPECT_EQ(fast.terms, plain.terms);
          EXPECT_EQ(std::memcmp(&fast.rmse, &plain.rmse, sizeof(double)), 0) << fast.rmse << " " << plain.rmse;
          for (std::size_t term = 0; term < plain.terms; ++term) {
            EXPECT_EQ(fast.coefficients[term], plain.coefficients[term])
                << hwy::TargetName(target) << ", " << one.times.size() << " observations, " << modes << " modes";
          }
        }
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
      }
    }
  }
}

}  // namespace
}  // namespace ecocube::series
