// SPDX-License-Identifier: Apache-2.0
#include "methods/series/medoid.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include <hwy/targets.h>

namespace ecocube::series {
namespace {

std::vector<std::uint16_t> medoids(const BandSeries& series) {
  std::vector<std::uint16_t> dates(series.pixels);
  medoid(series, {0, series.pixels}, dates);
  return dates;
}

TEST(Medoid, IsTheDateInTheMiddleOfTheOthersAndNoMixOfDates) {
  // One pixel, two bands: three dates close together and a cloud far off, which pulls only when a date is missing.
  const std::vector<float> values{1, 10, 2, 11, 3, 12, 3, 95};
  const std::vector<std::uint8_t> valid{1, 1, 1, 1};
  EXPECT_EQ(medoids({values, valid, 4, 2, 1}), std::vector<std::uint16_t>{1});
  const std::vector<std::uint8_t> without_first{0, 1, 1, 1};
  EXPECT_EQ(medoids({values, without_first, 4, 2, 1}), std::vector<std::uint16_t>{2});
}

TEST(Medoid, OfEqualSumsTakesTheEarliestAndOfNoneSaysSo) {
  // Pixels: two dates, which are always equally good; one date; none.
  const std::vector<float> values{5, 5, 5, 7, 7, 7};
  const std::vector<std::uint8_t> valid{1, 0, 0, 1, 1, 0};
  EXPECT_EQ(medoids({values, valid, 2, 1, 3}), (std::vector<std::uint16_t>{0, 1, kNoDate}));
}

TEST(Medoid, EqualsThePlainVersionOnEveryInstructionSet) {
  std::mt19937 random(3);
  for (const std::size_t times : {0, 1, 2, 5, 23}) {
    const std::size_t bands = 1 + random() % 7, pixels = 61;
    std::vector<float> values(times * bands * pixels);
    std::vector<std::uint8_t> valid(times * pixels);
    for (float& value : values) value = random() % 9 == 0 ? NAN : static_cast<float>(random() % 5000) / 7;
    for (std::size_t cell = 0; cell < valid.size(); ++cell)
      valid[cell] = cell % pixels % 6 == 0 ? 0 : random() % 3 != 0;
    for (std::size_t cell = 0; cell < values.size(); ++cell) {  // what is valid is a number
      const std::size_t time = cell / (bands * pixels), pixel = cell % pixels;
      if (valid[time * pixels + pixel] != 0 && std::isnan(values[cell])) values[cell] = 1;
    }
    const BandSeries series{values, valid, times, bands, pixels};
    std::vector<std::uint16_t> plain(pixels, 7);
    medoid_plain(series, {2, 59}, plain);
    for (auto left = hwy::SupportedTargets(); left != 0; left &= left - 1) {
      hwy::SetSupportedTargetsForTest(left & ~(left - 1));
      hwy::GetChosenTarget().Update(hwy::SupportedTargets());
      std::vector<std::uint16_t> fast(pixels, 7);
      medoid(series, {2, 59}, fast);
      EXPECT_EQ(fast, plain) << times << " dates, " << hwy::TargetName(left & ~(left - 1));
    }
    hwy::SetSupportedTargetsForTest(0);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
}

}  // namespace
}  // namespace ecocube::series
