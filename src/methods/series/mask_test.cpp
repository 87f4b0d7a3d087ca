// SPDX-License-Identifier: Apache-2.0
#include "methods/series/mask.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cmath>
#include <random>

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

TEST(TakeOut, OnlyClearNumbersWithinTheRangeStay) {
  const std::vector<std::uint16_t> stored{0, 1, 40000, 40001, 65000, 65001, 20000};
  const std::vector<std::uint8_t> marks{0, 0, 0, 0, 0, 0, 1};
  std::vector<std::uint16_t> reflectance = stored, temperature = stored;
  take_out<std::uint16_t>(reflectance, marks, {1, kGladHighestReflectance, 0});
  EXPECT_THAT(reflectance, ElementsAre(0, 1, 40000, 0, 0, 0, 0));
  take_out<std::uint16_t>(temperature, marks, {1, kGladHighestTemperature, 0});
  EXPECT_THAT(temperature, ElementsAre(0, 1, 40000, 40001, 65000, 0, 0));
}

TEST(TakeOut, NotANumberIsNeverWithinTheRange) {
  std::vector<float> values{NAN, -1, 0, 5};
  take_out<float>(values, std::vector<std::uint8_t>{0, 0, 0, 2}, {-10, 10, -9999});
  EXPECT_THAT(values, ElementsAre(-9999, -1, 0, -9999));
}

template <class T>
void compare_with_plain(std::mt19937& random) {
  for (const std::size_t size : {0, 1, 7, 16, 31, 64, 100, 129, 1000}) {
    std::vector<T> numbers(size);
    std::vector<std::uint8_t> marks(size);
    for (std::size_t i = 0; i < size; ++i) {
      numbers[i] = static_cast<T>(random());
      marks[i] = random() % 3 == 0 ? static_cast<std::uint8_t>(random() % 8) : 0;
    }
    auto low = static_cast<T>(random()), high = static_cast<T>(random());
    if (low > high) std::swap(low, high);
    const ValidRange<T> range{low, high, static_cast<T>(random())};
    std::vector<T> expected = numbers;
    take_out_plain<T>(expected, marks, range);
    take_out<T>(numbers, marks, range);
    EXPECT_EQ(numbers, expected) << size;
  }
}

TEST(TakeOut, IsWhatThePlainVersionGivesOnEveryTarget) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    std::mt19937 random(4);
    for (int round = 0; round < 20; ++round) {
      compare_with_plain<std::uint8_t>(random);
      compare_with_plain<std::uint16_t>(random);
      compare_with_plain<std::int16_t>(random);
    }
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace
}  // namespace ecocube::series
