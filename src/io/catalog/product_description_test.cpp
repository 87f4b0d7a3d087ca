// SPDX-License-Identifier: Apache-2.0
#include "io/catalog/product_description.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/text.h"
#include "io/catalog/product_bands.h"
#include "io/catalog/product_names.h"
#include "io/file/file.h"

namespace ecocube {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kSmall = R"({"name": "small", "names": ["{date}_{band}.tif"],
  "encoding": {"type": "int16", "scale": 0.5, "offset": 1, "no_data": -9, "valid": [0, 100], "unit": "m"},
  "bands": [{"name": "red", "file": "r"}, {"name": "kind", "file": "k", "kind": "classes", "encoding": {"type": "uint8"}}],
  "mask": {"name": "quality", "file": "q", "codes": [0, 1, 3],
           "words": {"cloud": {"bit": 3}, "haze": {"bits": [4, 5], "value": 2}, "snow": [{"code": 1}, {"code": 3}]},
           "presets": {"default": ["cloud", "snow"]}}})";

/// The small description with one text in it replaced.
std::string message_with(const std::string& from, const std::string& to) {
  EXPECT_NE(std::string(kSmall).find(from), std::string::npos) << from;
  const auto description = parse_product(replace_all(kSmall, from, to), "small.json");
  return description ? "" : description.error().message;
}

std::optional<NameTokens> matched(const std::string& pattern, const std::string& path) {
  const auto names = FileNames::compile(pattern, {}, {"B4", "B10", "SR_B4"});
  EXPECT_TRUE(names) << names.error().message;
  return names->match(path);
}

TEST(ProductDescriptions, SayBandsEncodingsAndMasks) {
  const auto description = parse_product(kSmall, "small.json");
  ASSERT_TRUE(description) << description.error().message;
  const Product& product = description->product;
  EXPECT_EQ(product.band_named("red")->encoding, (Encoding{DataType::int16, 0.5, 1, -9.0, "m"}));
  EXPECT_EQ(product.band_named("red")->highest, 100);
  EXPECT_EQ(product.band_named("kind")->encoding, (Encoding{DataType::uint8, 1, 0, {}, ""}));
  EXPECT_EQ(product.band_named("kind")->kind, LayerKind::classes);
  EXPECT_GT(product.band_named("kind")->highest, 1e200);
  EXPECT_EQ(product.mask_band, "quality");
  ASSERT_EQ(product.words.size(), 4U);
  EXPECT_EQ(product.words[0].first, 3U);
  EXPECT_EQ(product.words[0].bits, 1);
  EXPECT_EQ(product.words[1].first, 4U);
  EXPECT_EQ(product.words[1].bits, 2);
  EXPECT_EQ(product.words[1].value, 2U);
  EXPECT_EQ(product.words[3].name, "snow");
  EXPECT_EQ(product.words[3].first, 3U);
  EXPECT_EQ(product.words[3].bits, 0);
  EXPECT_THAT(product.known_codes, ElementsAre(0U, 1U, 3U));
  EXPECT_THAT(product.presets[0].second, ElementsAre("cloud", "snow"));
  EXPECT_EQ(description->place_of("quality")->texts[0].second[0], "q");
}

TEST(ProductDescriptions, MistakesNameTheFileTheKeyAndTheNearestWord) {
  EXPECT_THAT(message_with("{\"name\": \"small\",",
                           "{\"name\": \"small\","
                           " \"bnads\": 1,"),
              HasSubstr("format small.json: bnads: unknown key - did you mean 'bands'?"));
  EXPECT_EQ(message_with("int16", "in16"),
            "format small.json: encoding.type: unknown type 'in16' - did you mean 'int16'?");
  EXPECT_EQ(message_with("[0, 100]", "[100, 0]"),
            "format small.json: encoding.valid: expected the lowest and the highest number");
  EXPECT_EQ(message_with("\"cloud\", \"snow\"]", "\"clod\"]"),
            "format small.json: mask.presets.default: unknown word 'clod' - did you mean 'cloud'?");
  EXPECT_EQ(message_with("\"default\":", "\"snow\":"),
            "format small.json: mask.presets.snow: a word has this name already");
  EXPECT_THAT(
      message_with("\"default\":", "\"strict\":"),
      HasSubstr("mask.presets: there is no 'default', the words that are taken out where a source says no mask"));
  EXPECT_EQ(message_with("[\"cloud\", \"snow\"]", "[]"), "");
  EXPECT_EQ(message_with("\"scale\": 0.5", "\"scale\": 0"),
            "format small.json: encoding.scale: 0 would make every value the same");
  EXPECT_EQ(message_with("\"no_data\": -9,", "\"no_data\": -99999,"),
            "format small.json: encoding.no_data: -99999 is no int16");
  EXPECT_EQ(message_with("\"names\":", "\"frame\": \"{dat}\", \"names\":"),
            "format small.json: frame: no pattern of names has {dat} - did you mean 'date'?");
  EXPECT_THAT(message_with("{\"bit\": 3}", "{\"bit\": 3, \"code\": 1}"),
              HasSubstr("mask.words.cloud: expected one of bit, bits and code"));
  EXPECT_EQ(message_with("\"value\": 2", "\"value\": 4"),
            "format small.json: mask.words.haze.value: 4 does not fit a field of 2 bits");
  EXPECT_EQ(message_with("\"name\": \"kind\"", "\"name\": \"red\""),
            "format small.json: band 'red' is described twice");
  EXPECT_EQ(message_with("\"file\": \"r\"", "\"file\": {\"oli\": \"r\"}"),
            "format small.json: bands[0].file: unknown kind of sensor 'oli'");
  EXPECT_THAT(message_with("\"name\": \"small\",", "\"name\": \"small"), HasSubstr("format small.json: no JSON: "));
}

TEST(ProductDescriptions, PatternsAreCheckedWhenTheyAreUsed) {
  const auto message_of = [](const std::string& pattern, const std::string& tokens) {
    auto description = parse_product(replace_all(kSmall, R"("names": ["{date}_{band}.tif"])",
                                                 fmt::format(R"("names": ["{}"], "tokens": {})", pattern, tokens)),
                                     "small.json");
    EXPECT_TRUE(description) << description.error().message;
    const auto names = compile_names(*description);
    return names ? "" : names.error().message;
  };
  EXPECT_EQ(message_of("{date}_{band}.tif", "{}"), "");
  EXPECT_THAT(message_of("{dat}_{band}.tif", "{}"), HasSubstr("unknown {dat} - did you mean 'date'?"));
  EXPECT_THAT(message_of("{date_{band}", "{}"), HasSubstr("unknown {date_{band}"));
  EXPECT_THAT(message_of("{date", "{}"), HasSubstr("a brace has no end"));
  EXPECT_THAT(message_of("{band}.tif", "{}"), HasSubstr("says no date"));
  EXPECT_THAT(message_of("{date}_{x}.tif", R"re({"x": "(a|b)"})re"), HasSubstr("captures; write (?: instead of ("));
  EXPECT_THAT(message_of("{date}_{x}.tif", R"({"x": "[a"})"), HasSubstr("regular expression cannot be read"));
}

TEST(FileNames, TokensTakeWhatTheyAreFor) {
  const auto tokens = matched("{sensor}_L1TP_{path}{row}_{date}_{band}.TIF", "/d/LC08_L1TP_013032_20180131_B10.TIF");
  ASSERT_TRUE(tokens);
  EXPECT_EQ(tokens->at("path"), "013");
  EXPECT_EQ(tokens->at("row"), "032");
  EXPECT_EQ(tokens->at("band"), "B10");
  EXPECT_EQ(iso_date(*day_of(*tokens)), "2018-01-31");
  EXPECT_EQ(filled("{sensor}-{path}{row}{nothing}!", *tokens), "LC08-013032!");
  EXPECT_FALSE(matched("{sensor}_L1TP_{path}{row}_{date}_{band}.TIF", "/d/LC08_L1TP_013032_20180131_B11.TIF"));
  EXPECT_FALSE(matched("{date}_{band}.TIF", "/d/20180131_SR_B4xTIF"));
  EXPECT_FALSE(matched("{date}_{band}.TIF", "/d/a20180131_SR_B4.TIF"));
}

TEST(FileNames, APatternCoversAsManyPartsAsItHas) {
  EXPECT_TRUE(matched("{tile}/*/x_{date}.tif", "/far/away/32ULC/some/x_2018-01-31.tif"));
  EXPECT_FALSE(matched("{tile}/*/x_{date}.tif", "/far/away/32-ULC/some/x_2018-01-31.tif"));
  EXPECT_FALSE(matched("{tile}/*/x_{date}.tif", "some/x_2018-01-31.tif"));
  EXPECT_TRUE(matched("{tile}/{tile}_?_{date}.tif", "/a/a_1_20180131.tif"));
  EXPECT_FALSE(matched("{tile}/{tile}_?_{date}.tif", "/a/b_1_20180131.tif"));
}

TEST(FileNames, DatesMayBeDaysOfTheYearOrWholeYears) {
  EXPECT_EQ(iso_date(*day_of({{"date", "2020366"}})), "2020-12-31");
  EXPECT_FALSE(day_of({{"date", "2021366"}}));
  EXPECT_FALSE(day_of({{"date", "2021000"}}));
  EXPECT_FALSE(day_of({{"date", "20211301"}}));
  EXPECT_EQ(iso_date(*day_of({{"year", "2020"}})), "2020-07-01");
  EXPECT_FALSE(day_of({{"band", "B4"}}));
  EXPECT_EQ(time_of({{"date", "2020-02-03"}, {"time", "104029"}}), "2020-02-03T10:40:29Z");
  EXPECT_EQ(time_of({{"date", "2020-02-03"}}), "");
}

TEST(BuiltInProducts, AreTheFilesOfFormats) {
  EXPECT_THAT(built_in_products(),
              ElementsAre("hls-l30", "hls-s30", "landsat-c1-l1", "landsat-c2-l2", "sentinel-2-l2a"));
  for (const std::string& name : built_in_products()) {
    const auto file = read_text(std::string(ECOCUBE_SOURCE_DIR) + "/formats/" + name + ".json");
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(*built_in_description(name), *file) << name;
    const auto description = load_product(name);
    ASSERT_TRUE(description) << description.error().message;
    EXPECT_EQ(description->product.name, name);
    EXPECT_TRUE(compile_names(*description)) << name;
    const auto& presets = description->product.presets;
    EXPECT_TRUE(std::any_of(presets.begin(), presets.end(), [](const auto& one) { return one.first == "default"; }));
  }
}

TEST(BuiltInProducts, ExamplesCanBeReadToo) {
  for (const fs::path file : glob_files(std::string(ECOCUBE_SOURCE_DIR) + "/examples/formats/*.json")) {
    const auto description = load_product(file);
    ASSERT_TRUE(description) << description.error().message;
    EXPECT_EQ(description->product.name, file.stem());
    EXPECT_TRUE(compile_names(*description)) << file;
  }
}

TEST(BuiltInProducts, TheExampleOfTheDocsCanBeRead) {
  const auto page = read_text(std::string(ECOCUBE_SOURCE_DIR) + "/docs/formats/products.md");
  ASSERT_TRUE(page) << page.error().message;
  const auto from = page->find("```json\n"), to = page->find("```\n", from + 8);
  ASSERT_NE(from, std::string::npos);
  const auto description = parse_product(page->substr(from + 8, to - from - 8), "products.md");
  ASSERT_TRUE(description) << description.error().message;
  const auto names = compile_names(*description);
  ASSERT_TRUE(names) << names.error().message;
  const auto tokens = names->front().match("/data/uppsala/cam3_2018-01-31_b4_fine.tif");
  ASSERT_TRUE(tokens);
  EXPECT_EQ(bands_named(*description, *tokens)[0].place->band, "nir");
  EXPECT_EQ(filled(description->frame, *tokens), "uppsala");
}

TEST(BuiltInProducts, LandsatsNumbersAreThoseOfItsHandbook) {
  const auto description = load_product("landsat-c2-l2");
  ASSERT_TRUE(description) << description.error().message;
  const Product& product = description->product;
  EXPECT_NEAR(product.band_named("red")->encoding.decoded(7273), 0, 1e-5);
  EXPECT_NEAR(product.band_named("red")->encoding.decoded(43636), 1, 1e-5);
  EXPECT_NEAR(product.band_named("surface_temperature")->encoding.decoded(42000), 292.55684, 1e-5);
  EXPECT_EQ(product.more_masks[0].name, "saturation");
  EXPECT_EQ(product.more_masks[0].words.size(), 9U);
  EXPECT_EQ(description->sensor_kind("LE07"), "tm");
  EXPECT_FALSE(description->sensor_kind("S2A"));
}

TEST(BuiltInProducts, SentinelsOffsetBeginsWithBaselineFour) {
  const auto description = load_product("sentinel-2-l2a");
  ASSERT_TRUE(description) << description.error().message;
  EXPECT_FALSE(description->offset_of_baseline("03.01"));
  EXPECT_FALSE(description->offset_of_baseline("0301"));
  EXPECT_EQ(description->offset_of_baseline("04.00"), -0.1);
  EXPECT_EQ(description->offset_of_baseline("0511"), -0.1);
  EXPECT_FALSE(description->offset_of_baseline(""));
}

TEST(BuiltInProducts, AnUnknownNameGetsTheNearestKnownOne) {
  EXPECT_THAT(load_product("sentinel2-l2a").error().message,
              HasSubstr("unknown format 'sentinel2-l2a' - did you mean 'sentinel-2-l2a'?"));
  EXPECT_THAT(load_product("./nowhere.json").error().message, HasSubstr("nowhere.json"));
}

}  // namespace
}  // namespace ecocube
