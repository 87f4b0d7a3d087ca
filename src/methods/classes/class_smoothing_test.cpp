// SPDX-License-Identifier: Apache-2.0
#include "methods/classes/class_smoothing.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <numeric>

namespace ecocube {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes smoothed(const ClassSmoothingOptions& options, const Bytes& percent, std::size_t classes) {
  const ClassSmoother smoother(options, percent.size() / classes, classes);
  Bytes result(percent.size());
  smoother.smooth(percent, result);
  return result;
}

Bytes modes_of(const Bytes& values, int window) {
  Bytes modes(values.size());
  mode_of_years(values, window, modes);
  return modes;
}

TEST(ClassSmoother, ASteadySeriesStaysAsItIsUnderPolynomials) {
  const Bytes steady{70, 30, 70, 30, 70, 30, 70, 30, 70, 30, 70, 30};
  EXPECT_EQ(smoothed({}, steady, 2), steady);
}

TEST(ClassSmoother, AOneYearSlipIsDrawnTowardsItsNeighbours) {
  const Bytes slip{90, 10, 90, 10, 90, 10, 40, 60, 90, 10, 90, 10, 90, 10};
  for (const ClassSmoothing method : {ClassSmoothing::savitzky_golay, ClassSmoothing::markov}) {
    const Bytes result = smoothed({.method = method, .window = 5, .order = 2}, slip, 2);
    EXPECT_GT(result[6], 50) << static_cast<int>(method);
  }
}

TEST(ClassSmoother, ALastingChangeIsKept) {
  const Bytes change{90, 10, 90, 10, 90, 10, 90, 10, 10, 90, 10, 90, 10, 90, 10, 90};
  const Bytes result = smoothed({.method = ClassSmoothing::markov}, change, 2);
  EXPECT_GE(result[6], 90);
  EXPECT_GE(result[9], 90);
}

TEST(ClassSmoother, TheChainAgreesWithCountingAllPaths) {
  // Three years of two classes: the sum over all eight paths of what was observed times the turns.
  const Bytes percent{80, 20, 40, 60, 70, 30};
  const double stay = 0.9;
  double share[3] = {}, total = 0;
  for (int path = 0; path < 8; ++path) {
    double weight = 1;
    for (std::size_t year = 0; year < 3; ++year) {
      const int own = path >> year & 1;
      weight *= percent[year * 2 + static_cast<std::size_t>(own)];
      if (year > 0) weight *= own == (path >> (year - 1) & 1) ? stay : 1 - stay;
    }
    total += weight;
    for (std::size_t year = 0; year < 3; ++year) share[year] += (path >> year & 1) == 0 ? weight : 0;
  }
  const Bytes result = smoothed({.method = ClassSmoothing::markov, .stay = stay}, percent, 2);
  for (std::size_t year = 0; year < 3; ++year) EXPECT_NEAR(result[year * 2], 100 * share[year] / total, 0.51);
}

TEST(ClassSmoother, AMissingYearStaysMissingAndMovesNothing) {
  const Bytes gap{70, 30, 70, 30, 255, 255, 70, 30, 70, 30};
  EXPECT_EQ(smoothed({}, gap, 2), gap);
  const Bytes chain = smoothed({.method = ClassSmoothing::markov}, gap, 2);
  EXPECT_EQ(chain[4], 255);
  EXPECT_GT(chain[2], 70);
}

TEST(ClassSmoother, OneAndTwoYearsStayAsTheyAre) {
  EXPECT_EQ(smoothed({}, {60, 40, 10, 90}, 2), (Bytes{60, 40, 10, 90}));
  EXPECT_EQ(smoothed({.method = ClassSmoothing::markov}, {60, 40}, 2), (Bytes{60, 40}));
}

RC_GTEST_PROP(ClassSmoother, ProbabilitiesSumToAHundred, ()) {
  const auto classes = *rc::gen::inRange<std::size_t>(2, 9);
  const auto years = *rc::gen::inRange<std::size_t>(1, 25);
  const bool markov = *rc::gen::arbitrary<bool>();
  Bytes percent;
  for (std::size_t year = 0; year < years; ++year) {
    const bool missing = *rc::gen::inRange(0, 5) == 0;
    int left = 100;
    for (std::size_t c = 0; c < classes; ++c) {
      const int own = c + 1 == classes ? left : *rc::gen::inRange(0, left + 1);
      percent.push_back(static_cast<std::uint8_t>(missing ? 255 : own));
      left -= own;
    }
  }
  const Bytes result =
      smoothed({.method = markov ? ClassSmoothing::markov : ClassSmoothing::savitzky_golay}, percent, classes);
  for (std::size_t year = 0; year < years; ++year) {
    const auto own = std::span(result).subspan(year * classes, classes);
    if (percent[year * classes] == 255) {
      RC_ASSERT(own[0] == 255);
    } else {
      RC_ASSERT(std::accumulate(own.begin(), own.end(), 0) == 100);
    }
  }
}

TEST(ModeOfYears, ALoneYearGivesWayAndAChangeStays) {
  EXPECT_EQ(modes_of({5, 5, 7, 5, 7, 7, 7}, 3), (Bytes{5, 5, 5, 7, 7, 7, 7}));
  EXPECT_EQ(modes_of({5, 7, 9}, 3), (Bytes{5, 7, 9}));
}

TEST(ModeOfYears, MissingYearsNeitherVoteNorAreFilled) {
  EXPECT_EQ(modes_of({5, 255, 7, 255, 5, 5}, 5), (Bytes{5, 255, 5, 255, 5, 5}));
}

}  // namespace
}  // namespace ecocube
