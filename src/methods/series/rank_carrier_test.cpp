// SPDX-License-Identifier: Apache-2.0
#include "methods/series/rank_carrier.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <algorithm>
#include <random>
#include <vector>

namespace ecocube::series {
namespace {

/// Value of one pixel's series, all of it valid.
float value(const std::vector<float>& band, const std::vector<float>& carrier, const char* part) {
  const std::vector<std::uint8_t> valid(band.size(), 1);
  std::vector<float> results(1);
  std::vector<std::uint8_t> results_valid(1);
  rank_carrier(band, carrier, valid, 1, {0, 1}, *parse_rank_part(part), results, results_valid);
  EXPECT_EQ(results_valid[0], 1);
  return results[0];
}

TEST(RankCarrier, PicksTheBandsValueByTheCarriersRank) {
  const std::vector<float> blue{10, 20, 30, 40, 50}, ndvi{.5F, .9F, .1F, .7F, .3F};
  EXPECT_EQ(value(blue, ndvi, "highest"), 20);
  EXPECT_EQ(value(blue, ndvi, "lowest"), 30);
  EXPECT_EQ(value(blue, ndvi, "median"), 10);
  EXPECT_EQ(value(blue, ndvi, "upper_quarter"), (40 + 20) / 2.F);
  EXPECT_EQ(value(blue, ndvi, "lower_quarter"), (30 + 50) / 2.F);
  EXPECT_EQ(value(blue, ndvi, "between_quarters"), (50 + 10 + 40) / 3.F);
}

TEST(RankCarrier, OfEqualCarriersTakesTheEarliest) {
  EXPECT_EQ(value({1, 2, 3}, {5, 5, 5}, "highest"), 1);
  EXPECT_EQ(value({1, 2, 3}, {5, 5, 5}, "lowest"), 1);
  EXPECT_EQ(value({1, 2, 3}, {5, 5, 5}, "median"), 2);
}

TEST(RankCarrier, FewDatesGiveEveryPartAValue) {
  for (const char* part : {"highest", "lowest", "median", "upper_quarter", "lower_quarter", "between_quarters"}) {
    EXPECT_EQ(value({7}, {1}, part), 7) << part;
  }
  EXPECT_EQ(value({7, 9}, {1, 2}, "between_quarters"), 8);
  EXPECT_EQ(value({7, 9}, {1, 2}, "median"), 7);
  EXPECT_EQ(value({7, 9}, {1, 2}, "upper_quarter"), 9);
}

TEST(RankCarrier, LooksAtValidDatesOfItsPixelsOnly) {
  // 2 pixels, 3 dates: the highest carrier of the first pixel is not valid; the second is never seen.
  const std::vector<float> band{1, 1, 2, 2, 3, 3}, carrier{9, 9, 5, 5, 4, 4};
  const std::vector<std::uint8_t> valid{0, 0, 1, 0, 1, 0};
  std::vector<float> results(2, -1);
  std::vector<std::uint8_t> results_valid(2, 9);
  rank_carrier(band, carrier, valid, 2, {0, 2}, RankPart::highest, results, results_valid);
  EXPECT_EQ(results, (std::vector<float>{2, 0}));
  EXPECT_EQ(results_valid, (std::vector<std::uint8_t>{1, 0}));
}

TEST(RankCarrier, QuartersOfABandThatIsItsOwnCarrierLieInOrder) {
  std::mt19937 random(11);
  for (std::size_t times = 3; times < 30; ++times) {
    std::vector<float> band(times);
    for (float& number : band) number = static_cast<float>(random() % 1000);
    const float lowest = value(band, band, "lowest"), lower = value(band, band, "lower_quarter"),
                between = value(band, band, "between_quarters"), upper = value(band, band, "upper_quarter"),
                highest = value(band, band, "highest");
    EXPECT_TRUE(lowest <= lower && lower <= between && between <= upper && upper <= highest) << times;
    EXPECT_EQ(highest, *std::max_element(band.begin(), band.end()));
  }
}

TEST(RankCarrier, AnUnknownPartNamesTheNearest) {
  EXPECT_EQ(parse_rank_part("higest").error().message, "unknown part of a rank 'higest' - did you mean 'highest'?");
  for (const RankPart part : {RankPart::highest, RankPart::between_quarters}) {
    EXPECT_EQ(*parse_rank_part(name_of(part)), part);
  }
}

TEST(RankCarrier, TheFastVersionEqualsThePlainOneBitForBit) {
  std::mt19937 random(43);
  const std::size_t pixels = 77;
  for (const std::size_t times : {0U, 1U, 2U, 5U, 23U, 90U}) {
    std::vector<float> band(times * pixels), carrier(band.size());
    std::vector<std::uint8_t> valid(band.size());
    for (std::size_t cell = 0; cell < band.size(); ++cell) {
      band[cell] = static_cast<float>(random() % 10000) / 9;
      // Ties, zeros of both signs, and numbers below and above 0.
      const auto number = static_cast<float>(static_cast<int>(random() % 21) - 10);
      carrier[cell] = number == 0 && random() % 2 == 0 ? -0.0F : number / 7;
      valid[cell] = random() % 12 < cell % pixels % 13 ? 0 : 1;
    }
    const PixelRange range{3, 76};
    for (const RankPart part : {RankPart::highest, RankPart::lowest, RankPart::median, RankPart::upper_quarter,
                                RankPart::lower_quarter, RankPart::between_quarters}) {
      std::vector<float> plain(pixels, 7);
      std::vector<std::uint8_t> plain_valid(pixels, 7);
      rank_carrier_plain(band, carrier, valid, pixels, range, part, plain, plain_valid);
      for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
        hwy::SetSupportedTargetsForTest(target);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
        std::vector<float> fast(pixels, 7);
        std::vector<std::uint8_t> fast_valid(pixels, 7);
        rank_carrier(band, carrier, valid, pixels, range, part, fast, fast_valid);
        EXPECT_EQ(fast, plain) << name_of(part) << ", " << hwy::TargetName(target) << ", " << times << " dates";
        EXPECT_EQ(fast_valid, plain_valid) << name_of(part) << ", " << hwy::TargetName(target);
        hwy::SetSupportedTargetsForTest(0);
      }
      hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    }
  }
}

}  // namespace
}  // namespace ecocube::series
