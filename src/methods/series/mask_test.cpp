// SPDX-License-Identifier: Apache-2.0
#include "methods/series/mask.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ecocube::series {
namespace {

using testing::ElementsAre;

std::vector<int> codes_of(const std::vector<std::string>& words) {
  const auto mask = QualityMask::parse(words);
  return mask ? mask->codes() : std::vector<int>{-1};
}

std::string message_of(const std::vector<std::string>& words) {
  const auto mask = QualityMask::parse(words);
  return mask ? "" : mask.error().message;
}

TEST(QualityMask, PresetsHoldTheCodesOfTheReference) {
  EXPECT_THAT(codes_of({"strict"}), ElementsAre(1, 2, 15));
  EXPECT_THAT(codes_of({"default"}), ElementsAre(1, 2, 5, 6, 15));
  EXPECT_THAT(codes_of({"relaxed"}), ElementsAre(1, 2, 5, 6, 11, 12, 14, 15, 16, 17));
  EXPECT_THAT(codes_of({"eumap"}), ElementsAre(1, 2, 5, 6));
  EXPECT_THAT(codes_of({"no-snow"}), ElementsAre(1, 2, 5, 15));
}

TEST(QualityMask, WithoutWordsItIsTheDefault) {
  EXPECT_EQ(codes_of({}), codes_of({"default"}));
}

TEST(QualityMask, CodesAreListedAndUnitedWithPresets) {
  EXPECT_THAT(codes_of({"2", "1", "2"}), ElementsAre(1, 2));
  EXPECT_THAT(codes_of({"strict", "6"}), ElementsAre(1, 2, 6, 15));
}

TEST(QualityMask, AnUnknownPresetIsAnErrorThatSuggestsTheNearest) {
  EXPECT_EQ(message_of({"relxed"}), "unknown mask 'relxed' - did you mean 'relaxed'?");
  EXPECT_EQ(message_of({"everything"}), "unknown mask 'everything' (known: strict, default, relaxed, eumap, no-snow)");
}

TEST(QualityMask, CodesThatDoNotExistOrMeanNoDataAreRefused) {
  EXPECT_EQ(message_of({"18"}), "quality code 18 is not within 1..17");
  EXPECT_EQ(message_of({"-1"}), "quality code -1 is not within 1..17");
  EXPECT_EQ(message_of({"0"}), "quality code 0 means no data and cannot count as clear");
}

TEST(QualityCode, StoredTimesAHundredIsRepairedAndOthersAreNoData) {
  for (int code = 0; code <= 17; ++code) {
    EXPECT_EQ(quality_code(static_cast<std::uint16_t>(code)), code);
    EXPECT_EQ(quality_code(static_cast<std::uint16_t>(code * 100)), code);
  }
  for (int stored : {18, 99, 101, 150, 255, 1800, 65535})
    EXPECT_EQ(quality_code(static_cast<std::uint16_t>(stored)), 0) << stored;
}

TEST(QualityMask, MarksClearPixelsOfASpanWhetherTimesAHundredOrNot) {
  const std::vector<std::uint16_t> stored{0, 1, 3, 15, 100, 300, 1500, 600, 255, 16};
  std::vector<std::uint8_t> clear(stored.size(), 9);
  const auto mask = QualityMask::parse({"default"});
  ASSERT_TRUE(mask);
  EXPECT_EQ(mask->mark_clear(stored, clear), 5U);
  EXPECT_THAT(clear, ElementsAre(0, 1, 0, 1, 1, 0, 1, 1, 0, 0));
}

TEST(ValidRange, OnlyClearNumbersWithinTheRangeAreValid) {
  const std::vector<std::uint16_t> stored{0, 1, 40000, 40001, 65000, 65001, 20000};
  const std::vector<std::uint8_t> clear{1, 1, 1, 1, 1, 1, 0};
  std::vector<std::uint8_t> valid(stored.size(), 9);
  EXPECT_EQ(mark_valid(stored, clear, kReflectanceRange, valid), 2U);
  EXPECT_THAT(valid, ElementsAre(0, 1, 1, 0, 0, 0, 0));
  EXPECT_EQ(mark_valid(stored, clear, kTemperatureRange, valid), 4U);
  EXPECT_THAT(valid, ElementsAre(0, 1, 1, 1, 1, 0, 0));
}

}  // namespace
}  // namespace ecocube::series
