// SPDX-License-Identifier: Apache-2.0
#include "methods/assess/conformal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "methods/assess/conformal_scores.h"

namespace ecocube {
namespace {

using Doubles = std::vector<double>;

/// Rows of two classes whose probability of the class seen is given.
struct TwoClasses {
  Doubles probabilities;
  std::vector<std::uint16_t> seen;
  std::vector<std::uint32_t> groups;
  Doubles weights;
  void add(std::uint16_t c, double p, std::uint32_t group, double weight = 1) {
    probabilities.push_back(c == 0 ? p : 1 - p);
    probabilities.push_back(c == 0 ? 1 - p : p);
    seen.push_back(c);
    groups.push_back(group);
    weights.push_back(weight);
  }
  ClassAnswers answers() const { return {probabilities, seen, groups, weights, 2}; }
};

ClassSets calibrated(const TwoClasses& rows, const ClassSetOptions& options) {
  auto sets = calibrate_class_sets(rows.answers(), options);
  EXPECT_TRUE(sets) << sets.error().message;
  return *sets;
}

TEST(Conformal, TheThresholdIsTheScoreAtTheRoundedUpPlaceOfOneRowMore) {
  // Scores .0625 .125 … .5625 of nine rows: at .8 the 8th (ceil(10 × .8)), at .9 the 9th, at .95 none reaches.
  TwoClasses rows;
  for (std::uint32_t i = 1; i <= 9; ++i) rows.add(0, 1 - i / 16.0, i);
  const ClassSets sets = calibrated(rows, {});
  ASSERT_EQ(sets.levels.size(), 3u);
  EXPECT_EQ(sets.levels[0].thresholds, Doubles{8 / 16.0});
  EXPECT_EQ(sets.levels[1].thresholds, Doubles{9 / 16.0});
  EXPECT_GE(sets.levels[2].thresholds[0], 1);  // everything is in
}

TEST(Conformal, CoverageReachedLeavesOneGroupOutAtATime) {
  // Group 1 scores 0, group 2 scores .5, nine rows each. Without group 1, the threshold is .5: its rows are in;
  // without group 2 it is 0: its rows are out, and saved only where their class is the dominant one (ties: the first).
  TwoClasses rows;
  for (int i = 0; i < 9; ++i) {
    rows.add(0, 1, 1);
    rows.add(1, 0.5, 2);
  }
  ClassSetOptions options;
  options.coverages = {0.8};
  EXPECT_EQ(calibrated(rows, options).levels[0].reached_by_threshold, 0.5);
  EXPECT_EQ(calibrated(rows, options).levels[0].reached, 0.5);
  rows.seen.assign(rows.seen.size(), 0);
  EXPECT_EQ(calibrated(rows, options).levels[0].reached_by_threshold, 0.5);
  EXPECT_EQ(calibrated(rows, options).levels[0].reached, 1);
}

TEST(Conformal, GroupsThatWeighTheSameHideNoSmallGroupBehindALargeOne) {
  // Nine groups of one row with score .75, one group of 91 rows with score .25.
  TwoClasses rows;
  for (std::uint32_t i = 0; i < 9; ++i) rows.add(0, 0.25, i);
  for (int i = 0; i < 91; ++i) rows.add(0, 0.75, 99);
  ClassSetOptions options;
  options.coverages = {0.8};
  EXPECT_EQ(calibrated(rows, options).levels[0].thresholds, Doubles{0.25});
  options.share = RowShare::group;
  EXPECT_EQ(calibrated(rows, options).levels[0].thresholds, Doubles{0.75});
}

TEST(Conformal, AHeavyRowCountsAsOftenAsItWeighs) {
  TwoClasses heavy, many;
  for (std::uint32_t i = 1; i <= 9; ++i) {
    heavy.add(0, 1 - i / 16.0, i, i == 1 ? 8 : 1);
    for (int times = 0; times < (i == 1 ? 8 : 1); ++times) many.add(0, 1 - i / 16.0, i);
  }
  ClassSetOptions options;
  options.coverages = {0.5};
  EXPECT_EQ(calibrated(heavy, options).levels[0].thresholds, calibrated(many, options).levels[0].thresholds);
}

TEST(Conformal, PerClassEveryClassHasItsOwnThreshold) {
  TwoClasses rows;
  for (std::uint32_t i = 1; i <= 19; ++i) rows.add(0, 1 - i / 32.0, i);
  for (std::uint32_t i = 1; i <= 9; ++i) rows.add(1, i / 16.0, 100 + i);
  ClassSetOptions options;
  options.coverages = {0.8};
  options.per_class = true;
  EXPECT_EQ(calibrated(rows, options).levels[0].thresholds, (Doubles{16 / 32.0, 1 - 2 / 16.0}));
}

TEST(Conformal, AClassOfTooFewRowsTakesTheThresholdOfAllRows) {
  TwoClasses rows;
  for (std::uint32_t i = 1; i <= 19; ++i) rows.add(0, 1 - i / 32.0, i);
  rows.add(1, 0.25, 50);
  ClassSetOptions options;
  options.coverages = {0.8};
  const double all = calibrated(rows, options).levels[0].thresholds[0];
  options.per_class = true;
  EXPECT_EQ(calibrated(rows, options).levels[0].thresholds, (Doubles{16 / 32.0, all}));
}

/// Rows of `classes` classes, as hard as the draw has it, the class seen drawn from the probabilities told.
struct Drawn {
  Doubles probabilities;
  std::vector<std::uint16_t> seen;
  std::size_t classes = 5;
  Drawn(std::size_t rows, unsigned seed) {
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> unit(0, 1);
    for (std::size_t row = 0; row < rows; ++row) {
      Doubles p(classes);
      for (double& value : p) value = std::pow(unit(random), 4);
      double sum = 0;
      for (const double value : p) sum += value;
      double draw = unit(random) * sum;
      std::uint16_t c = 0;
      while (c + 1u < classes && draw >= p[c]) draw -= p[c++];
      for (const double value : p) probabilities.push_back(value / sum);
      seen.push_back(c);
    }
  }
  ClassAnswers answers() const { return {probabilities, seen, {}, {}, classes}; }
};

TEST(Conformal, SetsHoldNewRowsAsOftenAsAskedByEitherMethod) {
  const Drawn calibration(20000, 1), fresh(20000, 2);
  for (const SetMethod method : {SetMethod::lac, SetMethod::raps}) {
    ClassSetOptions options;
    options.method = method;
    const ClassSets sets = *calibrate_class_sets(calibration.answers(), options);
    for (const SetScore& score : score_class_sets(sets, fresh.answers())) {
      EXPECT_NEAR(score.reached_by_threshold, score.coverage, 0.012);
      EXPECT_GE(score.reached, score.reached_by_threshold);
    }
    for (const ClassSets::Level& level : sets.levels) EXPECT_NEAR(level.reached_by_threshold, level.coverage, 0.001);
  }
}

TEST(Conformal, PerClassSetsHoldEveryClassAsOftenAsAsked) {
  const Drawn calibration(20000, 3), fresh(20000, 4);
  ClassSetOptions options;
  options.per_class = true;
  options.keep_dominant = false;
  const ClassSets sets = *calibrate_class_sets(calibration.answers(), options);
  for (const SetScore& score : score_class_sets(sets, fresh.answers())) {
    for (const double reached : score.by_class) EXPECT_NEAR(reached, score.coverage, 0.025);
  }
}

TEST(Conformal, WhatIsReachedIsWhatThresholdsFoundWithoutTheGroupReach) {
  const Drawn drawn(300, 5);
  std::vector<std::uint32_t> groups;
  std::mt19937_64 random(6);
  for (std::size_t row = 0; row < 300; ++row) groups.push_back(static_cast<std::uint32_t>(random() % 17));
  for (const bool per_class : {false, true}) {
    ClassSetOptions options;
    options.per_class = per_class;
    options.coverages = {0.8};
    ClassAnswers answers = drawn.answers();
    answers.groups = groups;
    const ClassSets sets = *calibrate_class_sets(answers, options);
    double inside = 0;
    for (std::uint32_t left_out = 0; left_out < 17; ++left_out) {
      Doubles kept[2];
      std::vector<std::uint16_t> seen[2];
      std::vector<std::uint32_t> of_row[2];
      for (std::size_t row = 0; row < 300; ++row) {
        const std::size_t side = groups[row] == left_out ? 1 : 0;
        for (std::size_t c = 0; c < 5; ++c) kept[side].push_back(drawn.probabilities[row * 5 + c]);
        seen[side].push_back(drawn.seen[row]);
        of_row[side].push_back(groups[row]);
      }
      const ClassSets without = *calibrate_class_sets({kept[0], seen[0], of_row[0], {}, 5}, options);
      const SetScore score = score_class_sets(without, {kept[1], seen[1], of_row[1], {}, 5})[0];
      inside += score.reached * static_cast<double>(seen[1].size());
    }
    EXPECT_NEAR(sets.levels[0].reached, inside / 300, 1e-12);
  }
}

TEST(Conformal, WhatDoesNotFitIsRefusedWithItsNumbers) {
  TwoClasses rows;
  EXPECT_EQ(calibrate_class_sets(rows.answers(), {}).error().message, "class sets: no rows to calibrate on");
  rows.add(0, 0.5, 1);
  ClassSetOptions options;
  options.coverages = {1.5};
  EXPECT_EQ(calibrate_class_sets(rows.answers(), options).error().message,
            "class sets: a coverage of 1.5 is not between 0 and 1");
  rows.probabilities[0] = std::nan("");
  EXPECT_EQ(calibrate_class_sets(rows.answers(), {}).error().message, "class sets: row 0 has nan for a probability");
}

/// Rows whose quantile forest is a normal distribution of the row's own spread.
struct Numbers {
  Doubles seen, told, quantiles;
  std::vector<SampleShares> shares;
  Numbers(std::size_t rows, unsigned seed, bool rounded) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    std::uniform_real_distribution<double> unit(0.5, 4);
    const auto share = [](double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); };
    for (std::size_t row = 0; row < rows; ++row) {
      const double spread = unit(random), middle = 3 * normal(random);
      double y = middle + 1.3 * spread * normal(random);  // the forest is too sure by a factor of 1.3
      double low = y, high = y;
      if (rounded) {
        y = 4 * std::round(y / 4);
        low = y - 2;
        high = y + 2;
      }
      seen.push_back(y);
      told.push_back(middle);
      shares.push_back({share((low - middle) / spread), share((high - middle) / spread), -1e3, 1e3});
      for (const double z : {1.2815515655446004, 1.6448536269514722, 1.959963984540054}) {
        quantiles.push_back(middle - z * spread);
        quantiles.push_back(middle + z * spread);
      }
    }
  }
  NumberAnswers answers() const { return {seen, told, shares, quantiles, {}, {}}; }
  /// Share of the rows that `level` holds by its levels, margins or residuals.
  double inside(const Intervals& intervals, std::size_t level) const {
    const Intervals::Level& own = intervals.levels[level];
    double count = 0;
    for (std::size_t row = 0; row < seen.size(); ++row) {
      const bool by_margins = own.lower_margin != 0 || own.upper_margin != 0;
      double low = quantiles[row * 6 + 2 * level], high = quantiles[row * 6 + 2 * level + 1];
      if (by_margins) {
        const PlainInterval interval = plain_interval(intervals, level, told[row], low, high);
        count += seen[row] >= interval.low && seen[row] <= interval.high;
      } else {
        count += own.lower_quantile <= shares[row].up_to && own.upper_quantile > shares[row].below;
      }
    }
    return count / static_cast<double>(seen.size());
  }
};

TEST(Conformal, IntervalsHoldNewRowsAsOftenAsAskedWhateverIsMoved) {
  const Numbers calibration(10000, 1, false), fresh(10000, 2, false);
  for (const Conformal conformal : {Conformal::levels, Conformal::margins, Conformal::residual}) {
    for (const Ends ends : {Ends::alike, Ends::each}) {
      IntervalOptions options;
      options.conformal = conformal;
      options.ends = ends;
      const Intervals intervals = *calibrate_intervals(calibration.answers(), options);
      ASSERT_EQ(intervals.levels.size(), 3u);
      for (std::size_t level = 0; level < 3; ++level) {
        EXPECT_NEAR(fresh.inside(intervals, level), intervals.levels[level].coverage, 0.015);
        EXPECT_NEAR(intervals.levels[level].reached, intervals.levels[level].coverage, 0.002);
      }
    }
  }
}

TEST(Conformal, MovedLevelsAreExactForNumbersWithManyTies) {
  const Numbers calibration(10000, 3, true), fresh(10000, 4, true);
  const Intervals intervals = *calibrate_intervals(calibration.answers(), {});
  for (std::size_t level = 0; level < 3; ++level) {
    EXPECT_NEAR(fresh.inside(intervals, level), intervals.levels[level].coverage, 0.015);
    EXPECT_EQ(intervals.levels[level].lower_margin, 0);
  }
}

TEST(Conformal, NumbersBeyondAllLeafSamplesWidenTheIntervalByAMargin) {
  // 19 rows; two lie beyond their samples 0..10 by 1 and 3: 80 % need no margin, 90 % need 1, 95 % need 3.
  Doubles seen(19, 5);
  std::vector<SampleShares> shares(19, {0.5, 0.75, 0, 10});
  seen[3] = 11;
  shares[3] = {1, 1, 0, 10};
  seen[4] = -3;
  shares[4] = {0, 0, 0, 10};
  const Intervals intervals = *calibrate_intervals({seen, {}, shares, {}, {}, {}}, {});
  EXPECT_NEAR(intervals.levels[0].lower_quantile, 0.5, 1e-8);
  EXPECT_EQ(intervals.levels[0].lower_margin, 0);
  EXPECT_EQ(intervals.levels[1].lower_quantile, 0);
  EXPECT_EQ(intervals.levels[1].upper_quantile, 1);
  EXPECT_EQ(intervals.levels[1].upper_margin, 1);
  EXPECT_EQ(intervals.levels[2].lower_margin, 3);
}

TEST(Conformal, TooFewRowsOrGroupsForAFiniteIntervalAreTold) {
  const Numbers few(18, 1, false);
  EXPECT_EQ(calibrate_intervals(few.answers(), {}).error().message,
            "intervals: a coverage of 0.95 needs at least 19 rows, but there are 18");
  const Numbers many(100, 1, false);
  NumberAnswers answers = many.answers();
  std::vector<std::uint32_t> groups(100);
  for (std::size_t row = 0; row < 100; ++row) groups[row] = static_cast<std::uint32_t>(row % 8);
  answers.groups = groups;
  IntervalOptions options;
  options.share = RowShare::group;
  EXPECT_EQ(calibrate_intervals(answers, options).error().message,
            "intervals: a coverage of 0.9 needs at least 9 groups, but there are 8");
}

}  // namespace
}  // namespace ecocube
