// SPDX-License-Identifier: Apache-2.0
#include "methods/series/geometric_median.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include <hwy/targets.h>

namespace ecocube::series {
namespace {

/// All results of a series, side by side: [band][pixel], then the three deviations.
struct Figures {
  explicit Figures(const BandSeries& series)
      : numbers((series.bands + 3) * series.pixels, -1), bands(series.bands), pixels(series.pixels) {}
  GeometricMedianResults results() {
    const std::span<float> all(numbers);
    return {all.subspan(0, bands * pixels), all.subspan(bands * pixels, pixels),
            all.subspan((bands + 1) * pixels, pixels), all.subspan((bands + 2) * pixels, pixels)};
  }
  std::vector<float> numbers;
  std::size_t bands, pixels;
};

/// Median of one pixel's dates, shape [date][band], and its deviations.
std::vector<float> figures(const std::vector<float>& values, std::size_t bands, GeometricMedianOptions options = {}) {
  const std::vector<std::uint8_t> valid(values.size() / bands, 1);
  const BandSeries series{values, valid, valid.size(), bands, 1};
  Figures figures(series);
  geometric_median(series, {0, 1}, options, figures.results());
  return figures.numbers;
}

TEST(GeometricMedian, OfATriangleIsItsFermatPoint) {
  // Equilateral around (2, 3): the point that sees all sides under 120 degrees is the centre.
  const auto height = static_cast<float>(std::sqrt(3) / 2);
  const std::vector<float> found = figures({2, 4, 2 + height, 2.5F, 2 - height, 2.5F}, 2, {1e-9, 1000});
  EXPECT_NEAR(found[0], 2, 1e-6);
  EXPECT_NEAR(found[1], 3, 1e-6);
  EXPECT_NEAR(found[2], 1, 1e-6);  // every corner is 1 away
}

TEST(GeometricMedian, OfOneBandIsTheMedianAndACloudDoesNotMoveIt) {
  EXPECT_NEAR(figures({1, 2, 3, 4, 1000}, 1, {1e-9, 100000})[0], 3, 1e-4);
}

TEST(GeometricMedian, ThatLiesOnADateStaysThere) {
  // The centre of a square is one of the dates: the mean starts on it, where Weiszfeld's own step divides by zero.
  const std::vector<float> found = figures({0, 0, 2, 0, 0, 2, 2, 2, 1, 1}, 2);
  EXPECT_EQ(found[0], 1);
  EXPECT_EQ(found[1], 1);
}

TEST(GeometricMedian, OfOneDateIsThatDateWithoutDeviation) {
  EXPECT_EQ(figures({3, 4}, 2), (std::vector<float>{3, 4, 0, 0, 0}));
  EXPECT_EQ(figures({3, 4, 3, 4}, 2), (std::vector<float>{3, 4, 0, 0, 0}));
}

TEST(GeometricMedian, DeviationsAreMediansOfTheThreeDistances) {
  // The second of three dates on a line through the origin is the median; the others are half and twice as bright.
  const std::vector<float> found = figures({1, 1, 2, 2, 4, 4}, 2, {1e-12, 100000});
  EXPECT_NEAR(found[0], 2, 1e-4);
  EXPECT_NEAR(found[2], std::sqrt(2), 1e-3);  // of 1.414, 0, 2.828
  EXPECT_NEAR(found[3], 0, 1e-7);             // same direction
  EXPECT_NEAR(found[4], 1.0 / 3, 1e-3);       // of 1/3, 0, 1/3
}

TEST(GeometricMedian, OfAPixelNeverSeenIsMissing) {
  const std::vector<float> values{1, 2};
  const std::vector<std::uint8_t> valid{0};
  const BandSeries series{values, valid, 1, 2, 1};
  Figures found(series);
  geometric_median(series, {0, 1}, {}, found.results());
  for (const float number : found.numbers) EXPECT_TRUE(std::isnan(number));
}

TEST(GeometricMedian, HasNoSmallerSumOfDistancesNearby) {
  std::mt19937 random(5);
  std::vector<float> values(11 * 3);
  for (float& value : values) value = static_cast<float>(random() % 10000) / 10000;
  const std::vector<float> found = figures(values, 3, {1e-10, 100000});
  const auto sum_from = [&](double x, double y, double z) {
    double sum = 0;
    for (std::size_t at = 0; at < values.size(); at += 3) {
      sum += std::hypot(static_cast<double>(values[at]) - x, static_cast<double>(values[at + 1]) - y,
                        static_cast<double>(values[at + 2]) - z);
    }
    return sum;
  };
  const double x = static_cast<double>(found[0]), y = static_cast<double>(found[1]), z = static_cast<double>(found[2]);
  const double smallest = sum_from(x, y, z);
  for (const double step : {-0.01, 0.01}) {
    EXPECT_LT(smallest, sum_from(x + step, y, z));
    EXPECT_LT(smallest, sum_from(x, y + step, z));
    EXPECT_LT(smallest, sum_from(x, y, z + step));
  }
}

TEST(GeometricMedian, EqualsThePlainVersionOnEveryInstructionSet) {
  std::mt19937 random(4);
  for (const std::size_t times : {0, 1, 2, 3, 9, 23}) {
    const std::size_t bands = 1 + random() % 6, pixels = 45;
    std::vector<float> values(times * bands * pixels);
    std::vector<std::uint8_t> valid(times * pixels);
    for (float& value : values) value = static_cast<float>(random() % 400) / 400;
    for (std::size_t cell = 0; cell < valid.size(); ++cell)
      valid[cell] = cell % pixels % 8 == 0 ? 0 : random() % 3 != 0;
    for (std::size_t cell = 0; cell < values.size(); ++cell) {
      if (valid[cell / (bands * pixels) * pixels + cell % pixels] == 0) values[cell] = NAN;
    }
    const BandSeries series{values, valid, times, bands, pixels};
    Figures plain(series);
    geometric_median_plain(series, {1, pixels}, {1e-5, 200}, plain.results());
    for (auto left = hwy::SupportedTargets(); left != 0; left &= left - 1) {
      hwy::SetSupportedTargetsForTest(left & ~(left - 1));
      hwy::GetChosenTarget().Update(hwy::SupportedTargets());
      Figures fast(series);
      geometric_median(series, {1, pixels}, {1e-5, 200}, fast.results());
      EXPECT_EQ(0, std::memcmp(fast.numbers.data(), plain.numbers.data(), plain.numbers.size() * sizeof(float)))
          << times << " dates, " << hwy::TargetName(left & ~(left - 1));
    }
    hwy::SetSupportedTargetsForTest(0);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
}

}  // namespace
}  // namespace ecocube::series
