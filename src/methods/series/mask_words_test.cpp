// SPDX-License-Identifier: Apache-2.0
#include "methods/series/mask_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ecocube::series {
namespace {

using testing::ElementsAre;

Product with_codes() {
  Product product;
  product.name = "coded";
  product.mask_band = "class";
  product.words = {{"fill", 0, 0, 1}, {"land", 1, 0, 1}, {"cloud", 3, 0, 1}};
  product.known_codes = {0, 1, 3};
  product.presets = {{"default", {"fill", "cloud"}}};
  return product;
}

Product with_bits() {
  Product product;
  product.name = "bitty";
  product.mask_band = "qa";
  product.words = {{"fill", 0, 1, 1}, {"cloud", 3, 1, 1}, {"cloud_high", 8, 2, 3}};
  product.more_masks = {{"saturation", {{"saturated", 0, 1, 1}, {"saturated", 1, 1, 1}}}};
  return product;
}

std::vector<int> marks_of(const SceneMask& mask, const std::vector<std::uint16_t>& numbers, std::size_t band = 0) {
  std::vector<std::uint8_t> marks(numbers.size(), 0);
  mask.bands()[band].mark(numbers, marks);
  return {marks.begin(), marks.end()};
}

std::string message_of(const Product& product, const std::vector<std::string>& words) {
  const auto mask = SceneMask::parse(product, words);
  return mask ? "" : mask.error().message;
}

TEST(SceneMask, CodesAreMaskedFillOrUnknown) {
  const auto mask = SceneMask::parse(with_codes(), {});
  ASSERT_TRUE(mask);
  EXPECT_THAT(marks_of(*mask, {0, 1, 3, 7}), ElementsAre(kMasked | kFill, 0, kMasked, kUnknownCode));
  EXPECT_THAT(mask->words(), ElementsAre("fill", "cloud"));
  EXPECT_EQ(first_unknown(std::vector<std::uint8_t>{0, kMasked, kUnknownCode}), 2U);
  EXPECT_FALSE(first_unknown(std::vector<std::uint8_t>{0, kMasked}));
}

TEST(SceneMask, BitsAreReadAsFieldsAndFillIsAlwaysOut) {
  const auto mask = SceneMask::parse(with_bits(), {"cloud_high"});
  ASSERT_TRUE(mask);
  EXPECT_THAT(marks_of(*mask, {1, 1 << 3, 3 << 8, 1 << 8, 1 << 9}), ElementsAre(kMasked | kFill, 0, kMasked, 0, 0));
  EXPECT_EQ(mask->bands().size(), 1U) << "nobody asked for saturation";
}

TEST(SceneMask, FurtherMasksAreReadWhenOneOfTheirWordsIsAskedFor) {
  const auto mask = SceneMask::parse(with_bits(), {"saturated"});
  ASSERT_TRUE(mask);
  ASSERT_EQ(mask->bands().size(), 2U);
  EXPECT_THAT(marks_of(*mask, {0, 1, 2, 4}, 1), ElementsAre(0, kMasked, kMasked, 0));
  EXPECT_THAT(mask->words(), ElementsAre("saturated"));
}

TEST(SceneMask, WhatCannotBeMaskedIsNamed) {
  EXPECT_EQ(message_of(with_codes(), {"clod"}), "unknown mask 'clod' - did you mean 'cloud'?");
  EXPECT_EQ(message_of(with_codes(), {"9"}), "mask '9': coded has no such code");
  EXPECT_EQ(message_of(with_bits(), {"3"}),
            "mask '3': the band 'qa' of bitty holds bits, which are chosen by their words: fill, cloud, cloud_high, "
            "saturated");
  EXPECT_EQ(message_of(Product{}, {"cloud"}), "mask 'cloud':  has no mask band");
  EXPECT_EQ(message_of(Product{}, {}), "");
}

TEST(SceneMask, WhatIsClearIsNotTakenOut) {
  Product product;
  product.name = "clouds";
  product.mask_band = "mask";
  product.words = {{"clear", 0, 0, 1}, {"cloud", 1, 0, 1}};
  EXPECT_EQ(message_of(product, {"cloud", "clear"}),
            "mask 'clear': the mask names what is taken out, and this would leave nothing that is clear");
}

TEST(SceneMask, GladsFlagIsClearWhereItsMaskSaysSo) {
  const auto quality = QualityMask::parse({"strict"});
  ASSERT_TRUE(quality);
  const SceneMask mask = SceneMask::of_glad(*quality, "quality");
  EXPECT_THAT(marks_of(mask, {0, 1, 100, 3, 1500, 65535}), ElementsAre(kMasked, 0, 0, kMasked, 0, kMasked));
}

}  // namespace
}  // namespace ecocube::series
