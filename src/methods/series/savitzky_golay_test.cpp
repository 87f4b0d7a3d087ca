// SPDX-License-Identifier: Apache-2.0
#include "methods/series/savitzky_golay.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cmath>
#include <cstring>
#include <random>

namespace ecocube::series {
namespace {

struct Smoothed {
  std::vector<float> values;
  std::vector<std::uint8_t> told;
};

/// NaN stands for a gap.
Smoothed smoothed(const std::vector<float>& series, int window, int order) {
  std::vector<std::uint8_t> valid;
  std::vector<float> values;
  for (const float value : series) {
    valid.push_back(std::isnan(value) ? 0 : 1);
    values.push_back(std::isnan(value) ? -77.0F : value);
  }
  Smoothed out{std::vector<float>(series.size()), std::vector<std::uint8_t>(series.size())};
  SavitzkyGolay(window, order, series.size()).smooth(values, valid, out.values, out.told);
  return out;
}

const float gap = std::nanf("");
const std::vector<float> kDrawn{12, 15, 11, 18, 22, 19, 25, 30, 24, 21, 17, 14};

void expect_near(const std::vector<float>& values, const std::vector<double>& expected) {
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(static_cast<double>(values[i]), expected[i], 2e-6) << i;
}

TEST(SavitzkyGolay, ASeriesWithoutGapsIsThatOfScipyWithItsEnds) {
  expect_near(smoothed(kDrawn, 5, 2).values, {12.857143, 12.371429, 13.742857, 17.142857, 20.285714, 21.228571, 25.0,
                                              27.942857, 25.542857, 20.485714, 16.942857, 14.114286});
  expect_near(smoothed(kDrawn, 7, 3).values, {12.380952, 12.952381, 14.52381, 16.761905, 18.761905, 23.285714,
                                              25.190476, 26.0, 25.428571, 21.0, 16.571429, 14.142857});
}

TEST(SavitzkyGolay, AGapTakesTheParabolaThroughItsNeighbours) {
  const Smoothed out = smoothed({12, 15, gap, 18, 22}, 5, 2);
  EXPECT_NEAR(static_cast<double>(out.values[2]), 16.333333333, 1e-6);
  EXPECT_EQ(out.told, (std::vector<std::uint8_t>(5, 1)));
}

TEST(SavitzkyGolay, PolynomialsOfItsOrderStayAsTheyAreWhereverValuesLack) {
  std::mt19937 random(3);
  for (const int window : {5, 9, 11, 13}) {
    for (int round = 0; round < 50; ++round) {
      std::vector<float> parabola, series;
      for (int time = 0; time < 20; ++time) {
        parabola.push_back(static_cast<float>(0.5 * time * time - 4 * time + 7));
        series.push_back(random() % 6 == 0 ? gap : parabola.back());
      }
      series.front() = parabola.front();
      series.back() = parabola.back();
      const Smoothed out = smoothed(series, window, 2);
      for (std::size_t i = 0; i < series.size(); ++i) {
        // A window with values on both sides and three of them holds the parabola.
        const std::size_t half = static_cast<std::size_t>(window) / 2;
        const std::size_t start = std::clamp(i, half, series.size() - 1 - half) - half;
        std::size_t before = 0, after = 0;
        for (std::size_t k = start; k < start + static_cast<std::size_t>(window); ++k) {
          if (std::isnan(series[k])) continue;
          before += k <= i ? 1 : 0;
          after += k >= i ? 1 : 0;
        }
        if (before == 0 || after == 0 || before + after < 4) continue;
        EXPECT_NEAR(out.values[i], parabola[i], 2e-4) << window << " " << i;
      }
    }
  }
}

TEST(SavitzkyGolay, FewValuesLowerTheDegree) {
  expect_near(smoothed({gap, 4, gap, gap, 10, gap}, 5, 2).values, {2, 4, 6, 8, 10, 12});
  expect_near(smoothed({gap, gap, 4, gap, gap}, 5, 2).values, {4, 4, 4, 4, 4});
}

TEST(SavitzkyGolay, BeyondTheValidValuesOfAWindowALineIsFollowed) {
  EXPECT_NEAR(smoothed({0, 1, 4, gap, gap}, 5, 2).values[4], 23.0 / 3, 1e-5);  // the line 5/3 + 2·(i - 1) at 4
}

TEST(SavitzkyGolay, AnEmptyWindowHasNoResult) {
  const Smoothed out = smoothed({5, gap, gap, gap, gap, gap, 7}, 3, 1);
  EXPECT_EQ(out.told, (std::vector<std::uint8_t>{1, 1, 0, 0, 0, 1, 1}));
}

/// Every instruction set gives what the plain version gives, to the last bit.
void expect_twins(int window, int order, std::size_t times, std::size_t pixels, float no_data, std::uint32_t seed) {
  std::mt19937 random(seed);
  const std::size_t stride = pixels + 3;
  std::vector<float> values(times * stride);
  for (std::size_t cell = 0; cell < values.size(); ++cell) {
    const std::size_t gaps_in_ten = cell % stride % 11;  // every pixel another share, up to all
    values[cell] = random() % 10 < gaps_in_ten ? no_data : static_cast<float>(random() % 20000) / 97 - 50;
  }
  const Stack<float> stack{values.data(), times, pixels, stride, no_data};
  const SavitzkyGolay smoother(window, order, times);
  const PixelRange range{pixels > 5 ? std::size_t{2} : 0, pixels};
  for (const bool keep_gaps : {false, true}) {
    std::vector<float> plain(values.size(), -3);
    smoother.smooth_plain(stack, range, keep_gaps, {plain.data(), times, pixels, stride, no_data});
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
      hwy::SetSupportedTargetsForTest(target);
      hwy::GetChosenTarget().Update(hwy::SupportedTargets());
      std::vector<float> fast(values.size(), -3);
      smoother.smooth(stack, range, keep_gaps, {fast.data(), times, pixels, stride, no_data});
      EXPECT_EQ(std::memcmp(fast.data(), plain.data(), plain.size() * sizeof(float)), 0)
          << hwy::TargetName(target) << ", window " << window << ", order " << order << ", " << times << " dates, "
          << pixels << " pixels";
      hwy::SetSupportedTargetsForTest(0);
    }
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
}

TEST(SavitzkyGolay, TheFastVersionEqualsThePlainOneBitForBit) {
  std::uint32_t seed = 1;
  for (const std::size_t pixels : {1U, 8U, 65U, 201U}) {
    expect_twins(3, 1, 3, pixels, std::nanf(""), ++seed);
    expect_twins(5, 2, 84, pixels, std::nanf(""), ++seed);
    expect_twins(5, 0, 31, pixels, -9999, ++seed);
    expect_twins(7, 3, 8, pixels, -9999, ++seed);
    expect_twins(11, 4, 40, pixels, std::nanf(""), ++seed);
    expect_twins(13, 2, 40, pixels, std::nanf(""), ++seed);  // too wide for weights of all patterns
    expect_twins(67, 3, 70, pixels, -1, ++seed);             // more places than a word has bits
  }
}

}  // namespace
}  // namespace ecocube::series
