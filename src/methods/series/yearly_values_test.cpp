// SPDX-License-Identifier: Apache-2.0
#include "methods/series/yearly_values.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

namespace ecocube::series {
namespace {

const float gap = std::nanf("");

/// The values of one pixel's years.
std::vector<double> years_of(const std::vector<float>& values, const std::vector<int>& year, YearValue how) {
  std::vector<double> made(static_cast<std::size_t>(year.back()) + 1);
  yearly_values({values.data(), values.size(), 1, 1, gap}, {0, 1}, year, how, {made.data(), made.size(), 1, 1, 0});
  return made;
}

TEST(YearlyValues, AreThoseOfTheValidValuesOfTheYear) {
  const std::vector<float> values{4, 1, gap, 7, 2, 6};
  const std::vector<int> year{0, 0, 0, 0, 1, 1};
  EXPECT_EQ(years_of(values, year, YearValue::mean), (std::vector<double>{4, 4}));
  EXPECT_EQ(years_of(values, year, YearValue::median), (std::vector<double>{4, 4}));
  EXPECT_EQ(years_of(values, year, YearValue::highest), (std::vector<double>{7, 6}));
  EXPECT_EQ(years_of(values, year, YearValue::lowest), (std::vector<double>{1, 2}));
}

TEST(YearlyValues, AYearWithoutAValueOrWithoutLayersIsMissing) {
  const std::vector<double> made = years_of({gap, gap, 3}, {0, 0, 2}, YearValue::mean);
  EXPECT_TRUE(std::isnan(made[0]));
  EXPECT_TRUE(std::isnan(made[1]));
  EXPECT_EQ(made[2], 3);
}

TEST(YearlyValues, TheFastVersionEqualsThePlainOneBitForBit) {
  std::mt19937 random(67);
  const std::size_t pixels = 77, years = 6, times = 41;
  std::vector<int> year;
  for (std::size_t time = 0; time < times; ++time) year.push_back(time < 20 ? 0 : time < 21 ? 1 : time < 30 ? 3 : 5);
  for (const float no_data : {gap, -9.0F}) {
    std::vector<float> values(times * pixels);
    for (std::size_t cell = 0; cell < values.size(); ++cell) {
      const auto number = static_cast<float>(static_cast<int>(random() % 900) - 300) / 7;
      values[cell] = random() % 12 < cell % pixels % 13 ? no_data : random() % 9 == 0 ? -0.0F : number;
    }
    const Stack<float> stack{values.data(), times, pixels, pixels, no_data};
    for (const YearValue how : {YearValue::mean, YearValue::median, YearValue::highest, YearValue::lowest}) {
      std::vector<double> plain(years * pixels, 7);
      yearly_values_plain(stack, {2, 76}, year, how, {plain.data(), years, pixels, pixels, 0});
      for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
        hwy::SetSupportedTargetsForTest(target);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
        std::vector<double> fast(plain.size(), 7);
        yearly_values(stack, {2, 76}, year, how, {fast.data(), years, pixels, pixels, 0});
        EXPECT_EQ(std::memcmp(fast.data(), plain.data(), plain.size() * sizeof(double)), 0)
            << hwy::TargetName(target) << ", kind " << static_cast<int>(how);
        hwy::SetSupportedTargetsForTest(0);
      }
      hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    }
  }
}

}  // namespace
}  // namespace ecocube::series
