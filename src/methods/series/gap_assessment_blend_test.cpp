// SPDX-License-Identifier: Apache-2.0
#include "methods/series/gap_assessment_blend.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "methods/series/date_statistics_correlation.h"

namespace ecocube::series {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

/// A date of 50 values between 0 and 49. Method 0 misses its mean, method 1 the differences between pixels.
HiddenDate drawn_date(std::size_t round, int slot, float level_off, float pattern_off) {
  HiddenDate date;
  date.round = round, date.slot = slot;
  date.filled.resize(2);
  for (int value = 0; value < 50; ++value) {
    const auto hidden = static_cast<float>(value);
    date.hidden.push_back(hidden);
    date.gap_class.push_back(0);
    date.filled[0].push_back(hidden + level_off);
    date.filled[1].push_back(hidden + (value % 2 == 0 ? pattern_off : -pattern_off));
  }
  return date;
}

std::vector<DateErrors> drawn_errors(std::size_t dates) {
  std::vector<DateErrors> errors;
  for (std::size_t d = 0; d < dates; ++d) {
    const float sign = d % 3 == 0 ? -1.0F : 1.0F;
    errors.push_back(errors_of(drawn_date(d, static_cast<int>(d % 4), 5 * sign, 8)));
  }
  return errors;
}

TEST(GapAssessmentBlend, ErrorsAreTheirMeanAndTheRest) {
  const DateErrors errors = errors_of(drawn_date(0, 0, 5, 8));
  EXPECT_DOUBLE_EQ(errors.level[0], 5);
  EXPECT_DOUBLE_EQ(errors.level[1], 0);
  EXPECT_DOUBLE_EQ(errors.filled_mean[0], 24.5 + 5);
  EXPECT_NEAR(errors.pattern[0], 0, 1e-9);
  EXPECT_NEAR(errors.pattern[3], 64, 1e-9);
  EXPECT_EQ(errors.pattern[1], errors.pattern[2]);
}

TEST(GapAssessmentBlend, TheMeanIsTakenFromOneMethodAndThePatternFromAnother) {
  const DateBlend blend = fit_date_blend(drawn_errors(40), std::vector<std::uint8_t>{1, 1}, 0, 4);
  EXPECT_GT(blend.level[1], 0.8);
  EXPECT_GT(blend.pattern[0], 0.8);
  EXPECT_NEAR(blend.level[0] + blend.level[1], 1, 1e-12);
  EXPECT_NEAR(blend.pattern[0] + blend.pattern[1], 1, 1e-12);
  // Of a date that method 0 sees 5 too high, the pattern's mean comes down again.
  const double shift = level_shift(blend, std::vector<double>{29.5, 24.5});
  EXPECT_NEAR(shift, (blend.level[0] - blend.pattern[0]) * 29.5 + (blend.level[1] - blend.pattern[1]) * 24.5, 1e-12);
  EXPECT_LT(shift, -2.5);
}

TEST(GapAssessmentBlend, OneOddDateDoesNotDecide) {
  // Method 1 is better on nineteen dates and far worse on one.
  std::vector<DateErrors> errors;
  for (std::size_t d = 0; d < 20; ++d) {
    const double worse = d == 19 ? 30 : 1;
    errors.push_back({d, 0, {0, 0}, {0, 0}, {2, 0, 0, worse}});
  }
  const DateBlend blend = fit_date_blend(errors, std::vector<std::uint8_t>{1, 1}, 0, 4);
  EXPECT_GT(blend.pattern[1], blend.pattern[0]);
}

TEST(GapAssessmentBlend, ARoundThatIsLeftOutDoesNotCount) {
  std::vector<DateErrors> errors{{0, 0, {0, 0}, {1, 30}, {1, 0, 0, 30}}, {1, 0, {0, 0}, {30, 1}, {30, 0, 0, 1}}};
  const std::vector<std::uint8_t> both{1, 1};
  EXPECT_GT(fit_date_blend(errors, both, 0, 1, 1).pattern[0], 0.9);
  EXPECT_GT(fit_date_blend(errors, both, 0, 1, 0).pattern[1], 0.9);
  EXPECT_GT(fit_date_blend(errors, both, 0, 1, 1).level[0], 0.9);
}

TEST(GapAssessmentBlend, DatesOfLikeSeasonCountMost) {
  std::vector<DateErrors> errors;
  for (std::size_t d = 0; d < 40; ++d) {
    const bool winter = d % 2 == 0;
    errors.push_back({d, winter ? 0 : 2, {0, 0}, {0, 0}, {winter ? 1.0 : 4.0, 0, 0, winter ? 4.0 : 1.0}});
  }
  const std::vector<std::uint8_t> both{1, 1};
  EXPECT_GT(fit_date_blend(errors, both, 0, 4).pattern[0], 0.6);
  EXPECT_GT(fit_date_blend(errors, both, 2, 4).pattern[1], 0.6);
}

TEST(GapAssessmentBlend, MethodsThatKnowOneSideAreNoCandidatesUnlessTheyAreAll) {
  const std::vector<std::string> names{"drk", "swag", "nearest", "linear"}, one_sided{"swag", "nearest"};
  EXPECT_EQ(blend_candidates(names), (std::vector<std::uint8_t>{1, 0, 0, 1}));
  EXPECT_EQ(blend_candidates(one_sided), (std::vector<std::uint8_t>{1, 1}));
  const DateBlend blend = fit_date_blend(drawn_errors(10), std::vector<std::uint8_t>{0, 1}, 0, 4);
  EXPECT_EQ(blend.pattern, (std::vector<double>{0, 1}));
  EXPECT_EQ(blend.level, (std::vector<double>{0, 1}));
}

TEST(GapAssessmentBlend, WhatAMethodLeftEmptyIsTakenFromTheFirstThatFilledIt) {
  std::vector<std::vector<float>> filled{{1, kNone, kNone}, {kNone, 5, kNone}, {7, 8, kNone}};
  complete_from_first(filled);
  EXPECT_EQ(filled[0][1], 5);
  EXPECT_EQ(filled[1][0], 1);
  EXPECT_TRUE(std::isnan(filled[0][2]));
  HiddenDate date{0, 0, {1, 5, 9}, {0, 0, 0}, filled};
  const DateErrors errors = errors_of(date);
  EXPECT_DOUBLE_EQ(errors.level[0], 0);
  EXPECT_DOUBLE_EQ(errors.level[2], 4.5);
}

TEST(GapAssessmentBlend, AMeanThatIsNotKnownGivesNoShift) {
  const DateBlend blend{{1, 0}, {0, 1}};
  EXPECT_EQ(level_shift(blend, std::vector<double>{3, 5}), -2);
  EXPECT_EQ(level_shift(blend, std::vector<double>{std::nan(""), 5}), 0);
}

TEST(GapAssessmentBlend, SeasonsAreAsFarApartAsTheYearIsRound) {
  EXPECT_EQ(season_likeness(1, 1, 12, 0.1), 1);
  EXPECT_EQ(season_likeness(0, 11, 12, 0.1), season_likeness(5, 6, 12, 0.1));
  EXPECT_LT(season_likeness(0, 6, 12, 0.1), 1e-5);
}

}  // namespace
}  // namespace ecocube::series
