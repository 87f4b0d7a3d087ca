// SPDX-License-Identifier: Apache-2.0
#include "methods/series/gap_assessment.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "methods/series/gap_assessment_choice.h"
#include "methods/series/gap_assessment_fill.h"
#include "methods/series/gap_assessment_hiding.h"
#include "methods/series/gap_assessment_table.h"

namespace ecocube::series {
namespace {

constexpr std::size_t kYears = 5, kTimes = 4 * kYears, kRows = 64, kCols = 64, kPixels = kRows * kCols;

TimeAxis seasons() {
  TimeAxis axis;
  axis.slots = 4, axis.years = static_cast<int>(kYears);
  for (std::size_t time = 0; time < kTimes; ++time) {
    axis.slot.push_back(static_cast<int>(time % 4));
    axis.year.push_back(static_cast<int>(time / 4));
    axis.days.push_back(static_cast<int>(16460 + time * 91));  // from 25 January 2015 on
  }
  return axis;
}

/// A wave of the year on a level that differs from pixel to pixel; some pixels miss some layers.
struct Drawn {
  std::vector<float> values;
  std::vector<std::uint8_t> valid;
  SampleChip chip() const { return {values, valid, kRows, kCols}; }
};

Drawn drawn() {
  Drawn one{std::vector<float>(kTimes * kPixels), std::vector<std::uint8_t>(kTimes * kPixels, 1)};
  for (std::size_t time = 0; time < kTimes; ++time) {
    for (std::size_t pixel = 0; pixel < kPixels; ++pixel) {
      const float wave = 30.0F * static_cast<float>(time % 4 == 2) - 10.0F * static_cast<float>(time % 4 == 0);
      const auto noise = static_cast<float>((time * 7919 + pixel * 104729) % 97) / 97.0F;
      one.values[time * kPixels + pixel] = 100.0F + static_cast<float>(pixel % 50) + wave + noise;
      if ((time * 31 + pixel * 17) % 23 == 0) one.valid[time * kPixels + pixel] = 0;
    }
  }
  return one;
}

AssessedFiller temporal(const std::string& name) {
  return {
      name, [name](std::span<const SampleChip> chips) {
        std::vector<FilledChip> all;
        for (const SampleChip& chip : chips) {
          FilledChip filled{{chip.values.begin(), chip.values.end()}, {chip.valid.begin(), chip.valid.end()}, {}};
          std::vector<std::uint8_t> source(filled.valid.size());
          const std::size_t pixels = chip.rows * chip.cols;
          fill_series(*temporal_method(name), {filled.values, filled.valid, source, pixels}, {0, pixels}, seasons());
          all.push_back(std::move(filled));
        }
        return all;
      }};
}

/// Fills every gap with one number and says that it expects errors of 2.
AssessedFiller constant(const std::string& name, float value) {
  return {
      name, [value](std::span<const SampleChip> chips) {
        std::vector<FilledChip> all;
        for (const SampleChip& chip : chips) {
          all.push_back({std::vector<float>(chip.valid.size(), value), std::vector<std::uint8_t>(chip.valid.size(), 1),
                         std::vector<float>(chip.valid.size(), 2.0F)});
        }
        return all;
      }};
}

const GapScore* total(const GapAssessment& assessment, std::size_t method, HidingWay way) {
  for (const GapScore& score : assessment.scores) {
    if (score.method == method && score.way == way && score.slot < 0 && score.gap_class < 0 && score.region < 0)
      return &score;
  }
  return nullptr;
}

double hidden_share(HidingWay way, std::uint64_t seed = 1) {
  const Drawn cube = drawn();
  const auto hidden = hidden_values(way, cube.chip(), 0, seasons(), 0.1, seed);
  const auto count = [](const std::vector<std::uint8_t>& flags) {
    return static_cast<double>(std::accumulate(flags.begin(), flags.end(), std::size_t{0}));
  };
  return count(hidden) / count(cube.valid);
}

TEST(GapAssessmentHiding, EveryWayHidesAboutATenth) {
  EXPECT_NEAR(hidden_share(HidingWay::random), 0.10, 0.005);
  EXPECT_NEAR(hidden_share(HidingWay::cloud), 0.10, 0.05);
  const double block = hidden_share(HidingWay::season_block);
  EXPECT_GT(block, 0.05);
  EXPECT_LT(block, 0.25);
}

TEST(GapAssessmentHiding, OnlyObservedValuesAreHidden) {
  const Drawn cube = drawn();
  for (const HidingWay way : {HidingWay::random, HidingWay::season_block, HidingWay::cloud}) {
    const auto hidden = hidden_values(way, cube.chip(), 0, seasons(), 0.1, 1);
    for (std::size_t cell = 0; cell < hidden.size(); ++cell) ASSERT_LE(hidden[cell], cube.valid[cell]);
  }
}

TEST(GapAssessmentHiding, TheSeedNamesWhatIsHidden) {
  const Drawn cube = drawn();
  const auto hide = [&](std::size_t chip, std::uint64_t seed) {
    return hidden_values(HidingWay::random, cube.chip(), chip, seasons(), 0.1, seed);
  };
  EXPECT_EQ(hide(0, 1), hide(0, 1));
  EXPECT_NE(hide(0, 1), hide(0, 2));
  EXPECT_NE(hide(0, 1), hide(1, 1));
}

TEST(GapAssessmentHiding, ASeasonMissesInWholeSquares) {
  const Drawn cube = drawn();
  const auto hidden = hidden_values(HidingWay::season_block, cube.chip(), 0, seasons(), 0.1, 1);
  for (std::size_t time = 0; time < kTimes; ++time) {
    for (const std::size_t corner : {0UL, 32UL, 32UL * kCols, 32UL * kCols + 32UL}) {
      int states = 0;
      for (std::size_t row = 0; row < 32; ++row) {
        for (std::size_t col = 0; col < 32; ++col) {
          const std::size_t cell = time * kPixels + corner + row * kCols + col;
          if (cube.valid[cell]) states |= hidden[cell] ? 1 : 2;
        }
      }
      EXPECT_NE(states, 3) << "time " << time << ", square from pixel " << corner;
    }
  }
}

TEST(GapAssessmentHiding, CloudsAreBlobsOnOneDateInThree) {
  const Drawn cube = drawn();
  const auto hidden = hidden_values(HidingWay::cloud, cube.chip(), 0, seasons(), 0.1, 1);
  std::size_t dates = 0, count = 0, alike = 0;
  for (std::size_t time = 0; time < kTimes; ++time) {
    bool any = false;
    for (std::size_t cell = time * kPixels; cell + 1 < (time + 1) * kPixels; ++cell) {
      if (!hidden[cell]) continue;
      any = true, ++count;
      alike += hidden[cell + 1] || !cube.valid[cell + 1];
    }
    dates += any;
  }
  EXPECT_GE(dates, 2U);
  EXPECT_LE(dates, 13U);
  EXPECT_GT(static_cast<double>(alike), 0.8 * static_cast<double>(count));
}

TEST(GapAssessmentHiding, EveryWellSeenDateIsHiddenOnce) {
  Drawn cube = drawn();
  std::fill(cube.valid.begin() + 3 * kPixels, cube.valid.begin() + 4 * kPixels, std::uint8_t{0});
  const SampleChip chip = cube.chip();
  const auto rounds = date_rounds({&chip, 1}, kTimes, 0.1, 1);
  EXPECT_EQ(rounds.size(), 10U);
  std::vector<int> times(kTimes, 0);
  for (const auto& round : rounds) {
    for (const std::size_t time : round) ++times[time];
  }
  for (std::size_t time = 0; time < kTimes; ++time) EXPECT_EQ(times[time], time == 3 ? 0 : 1) << time;
}

TEST(GapAssessmentHiding, GapsAreAsLongAsTheirRunOfMissingLayers) {
  // Two pixels: 1 0 0 1 0 and 0 1 1 0 0.
  const std::vector<std::uint8_t> valid{1, 0, 0, 1, 0, 1, 1, 0, 0, 0};
  const std::vector<std::uint16_t> wanted{0, 1, 2, 0, 2, 0, 0, 2, 1, 2};
  EXPECT_EQ(gap_lengths(valid, 5, 2), wanted);
  EXPECT_EQ(gap_class_of(1), 0U);
  EXPECT_EQ(gap_class_of(3), 1U);
  EXPECT_EQ(gap_class_of(6), 2U);
  EXPECT_EQ(gap_class_of(7), 3U);
}

TEST(GapAssessmentTable, QuantilesAreThoseOfTheMagnitudes) {
  MagnitudeHistogram histogram;
  for (int i = 1; i <= 1000; ++i) histogram.add(i * 0.01);
  EXPECT_NEAR(histogram.quantile(0.68), 6.8, 0.1);
  EXPECT_TRUE(std::isnan(MagnitudeHistogram().quantile(0.5)));
}

TEST(GapAssessmentTable, MeasuresFollowFromTheErrors) {
  ErrorSums sums;
  sums.add(1, 2), sums.add(3, 2), sums.add(5, 8), sums.add(7, std::nan(""));
  EXPECT_EQ(sums.count, 3U);
  EXPECT_EQ(sums.empty, 1U);
  EXPECT_DOUBLE_EQ(sums.rmse(), std::sqrt(11.0 / 3));
  EXPECT_DOUBLE_EQ(sums.mae(), 5.0 / 3);
  EXPECT_DOUBLE_EQ(sums.bias(), 1.0);
  EXPECT_DOUBLE_EQ(sums.r2(), 1 - 11.0 / 8);
  EXPECT_TRUE(std::isnan(ErrorSums().rmse()));
}

TEST(GapAssessment, HiddenValuesNeverReachAFiller) {
  const Drawn cube = drawn();
  const SampleChip chip = cube.chip();
  std::size_t calls = 0;
  const AssessedFiller spy{
      "spy", [&](std::span<const SampleChip> chips) {
        ++calls;
        std::vector<FilledChip> all;
        for (const SampleChip& one : chips) {
          for (std::size_t cell = 0; cell < one.valid.size(); ++cell)
            EXPECT_TRUE(one.valid[cell] || one.values[cell] == 0);
          all.push_back(
              {std::vector<float>(one.valid.size(), 1.0F), std::vector<std::uint8_t>(one.valid.size(), 1), {}});
        }
        return all;
      }};
  assess_gaps({&chip, 1}, seasons(), {&spy, 1}, {});
  EXPECT_EQ(calls, 3U + 10U);
}

TEST(GapAssessment, ABetterFillerIsChosenAndAWorseOneIsNot) {
  const Drawn cube = drawn();
  const SampleChip chip = cube.chip();
  const std::vector<AssessedFiller> fillers{constant("far", 0), temporal("seasonal-mean"), temporal("nearest")};
  const GapAssessment assessment = assess_gaps({&chip, 1}, seasons(), fillers, {});
  for (const bool empty : {false, true}) {
    for (int slot = 0; slot < 4; ++slot) {
      EXPECT_GT(assessment.choice(empty, slot).weights[1], 0.9);
      EXPECT_LT(assessment.choice(empty, slot).weights[0], 0.1);
    }
  }
  for (const HidingWay way : {HidingWay::random, HidingWay::season_block, HidingWay::cloud, HidingWay::whole_date}) {
    EXPECT_LT(total(assessment, 1, way)->sums.rmse(), 1.0);
    EXPECT_GT(total(assessment, 0, way)->sums.rmse(), 90.0);
    EXPECT_LT(total(assessment, 0, way)->sums.bias(), -90.0);
  }
}

TEST(GapAssessment, TwoThirdsOfTheErrorsAreWithinTheExpectedOne) {
  const Drawn cube = drawn();
  const SampleChip chip = cube.chip();
  const std::vector<AssessedFiller> fillers{temporal("seasonal-mean"), constant("sure", 130)};
  const GapAssessment assessment = assess_gaps({&chip, 1}, seasons(), fillers, {});
  // Hidden anew with another seed, so that the table did not see these values.
  const auto hidden = hidden_values(HidingWay::random, chip, 0, seasons(), 0.1, 99);
  Drawn left = cube;
  for (std::size_t cell = 0; cell < hidden.size(); ++cell) left.valid[cell] = cube.valid[cell] && !hidden[cell];
  std::vector<float> values = left.values, expected(values.size());
  std::vector<std::uint8_t> valid = left.valid, source(valid.size(), kEmpty);
  fill_series(*temporal_method("seasonal-mean"), {values, valid, source, kPixels}, {0, kPixels}, seasons());
  expected_errors(assessment, 0, seasons(), left.valid, source, kPixels, {0, kPixels}, expected);
  double inside = 0, count = 0;
  for (std::size_t cell = 0; cell < hidden.size(); ++cell) {
    if (left.valid[cell]) {
      EXPECT_EQ(expected[cell], 0.0F);
    }
    if (!hidden[cell]) continue;
    count += 1, inside += std::abs(values[cell] - cube.values[cell]) <= expected[cell];
  }
  EXPECT_NEAR(inside / count, 0.68, 0.08);
  // What a filler says of itself is corrected by the factor: "sure" expects 2 and is off by far more.
  EXPECT_GT(assessment.expected_error(1, false, 0, 0).factor, 3);
}

TEST(GapAssessment, IsTheSameTwice) {
  const Drawn cube = drawn();
  const SampleChip chip = cube.chip();
  const std::vector<AssessedFiller> fillers{temporal("linear"), temporal("tmwm")};
  const GapAssessment a = assess_gaps({&chip, 1}, seasons(), fillers, {});
  const GapAssessment b = assess_gaps({&chip, 1}, seasons(), fillers, {});
  for (std::size_t i = 0; i < a.choices.size(); ++i) EXPECT_EQ(a.choices[i].weights, b.choices[i].weights);
  for (std::size_t i = 0; i < a.scores.size(); ++i) EXPECT_EQ(a.scores[i].sums.square, b.scores[i].sums.square);
}

/// One date, of the third season, is never seen.
Drawn without_a_date() {
  Drawn cube = drawn();
  const std::size_t time = 10;
  std::fill(cube.valid.begin() + time * kPixels, cube.valid.begin() + (time + 1) * kPixels, std::uint8_t{0});
  return cube;
}

TEST(GapAssessment, ANearlyEmptyDateGetsAShiftAndOthersNone) {
  const Drawn cube = without_a_date();
  const SampleChip chip = cube.chip();
  const std::vector<AssessedFiller> fillers{temporal("harmonic"), temporal("seasonal-mean"), temporal("linear")};
  const GapAssessment assessment = assess_gaps({&chip, 1}, seasons(), fillers, {});
  ASSERT_EQ(assessment.nearly_empty[10], 1);
  const GapChoice& choice = assessment.choice(true, 2);
  ASSERT_EQ(choice.level_weights.size(), 3U);
  EXPECT_NEAR(std::accumulate(choice.weights.begin(), choice.weights.end(), 0.0), 1, 1e-12);
  EXPECT_NEAR(std::accumulate(choice.level_weights.begin(), choice.level_weights.end(), 0.0), 1, 1e-12);
  for (std::size_t time = 0; time < kTimes; ++time) {
    if (time != 10) {
      EXPECT_EQ(assessment.level_shifts[time], 0.0) << time;
    }
  }
}

TEST(AutoFiller, BlendsANearlyEmptyDateAndShiftsIt) {
  const Drawn cube = without_a_date();
  const SampleChip chip = cube.chip();
  const std::vector<AssessedFiller> fillers{temporal("harmonic"), temporal("linear")};
  GapAssessment assessment = assess_gaps({&chip, 1}, seasons(), fillers, {});
  assessment.choices[4 + 2].weights = {0.25, 0.75};
  assessment.choices[4 + 2].error = 7;
  assessment.level_shifts[10] = 3;
  const BlockAround block{kRows, kCols, cube.values, cube.valid, {}, 0, 0, kRows, kCols};
  std::vector<float> values(kTimes * kPixels), error(values.size());
  std::vector<std::uint8_t> source(values.size());
  AutoFiller(assessment, nullptr, seasons()).fill(block, {0, kPixels}, {values, source, error});
  std::vector<std::vector<float>> members;
  for (const char* name : {"harmonic", "linear"}) {
    std::vector<float> filled = cube.values;
    std::vector<std::uint8_t> valid = cube.valid, codes(valid.size());
    fill_series(*temporal_method(name), {filled, valid, codes, kPixels}, {0, kPixels}, seasons());
    members.push_back(std::move(filled));
  }
  for (std::size_t cell = 10 * kPixels; cell < 11 * kPixels; ++cell) {
    ASSERT_NEAR(values[cell], 0.25F * members[0][cell] + 0.75F * members[1][cell] + 3, 1e-3);
    ASSERT_EQ(source[cell], kTemporalBlend);
    ASSERT_EQ(error[cell], 7.0F);
  }
}

TEST(AutoFiller, FillsByTheChosenMethodAndKeepsWhatWasObserved) {
  const Drawn cube = drawn();
  const SampleChip chip = cube.chip();
  const std::vector<AssessedFiller> fillers{temporal("nearest"), temporal("seasonal-mean")};
  const GapAssessment assessment = assess_gaps({&chip, 1}, seasons(), fillers, {});
  const AutoFiller filler(assessment, nullptr, seasons());
  const std::size_t begin = 70, end = 200, count = end - begin;
  // The rectangle begins in row 2 and column 3.
  const BlockAround block{kRows, kCols, cube.values, cube.valid, {}, 2, 3, 60, 50};
  std::vector<float> values(kTimes * count), error(values.size());
  std::vector<std::uint8_t> source(values.size());
  EXPECT_GT(filler.fill(block, {begin, end}, {values, source, error}), 0U);
  std::vector<float> wanted = cube.values;
  std::vector<std::uint8_t> valid = cube.valid, wanted_source(valid.size(), kEmpty);
  fill_series(*temporal_method("seasonal-mean"), {wanted, valid, wanted_source, kPixels}, {0, kPixels}, seasons());
  for (std::size_t time = 0; time < kTimes; ++time) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t at = (2 + (begin + i) / 50) * kCols + 3 + (begin + i) % 50, cell = time * count + i;
      ASSERT_EQ(values[cell], wanted[time * kPixels + at]);
      ASSERT_EQ(source[cell], cube.valid[time * kPixels + at] ? kObserved : kSeasonalMean);
      ASSERT_EQ(error[cell] > 0, !cube.valid[time * kPixels + at]);
    }
  }
}

}  // namespace
}  // namespace ecocube::series
