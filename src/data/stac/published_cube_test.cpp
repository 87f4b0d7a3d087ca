// SPDX-License-Identifier: Apache-2.0
#include "data/stac/published_cube.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/stac/stac_json.h"

namespace ecocube {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

MosaicLayer a_layer(const std::string& variable, const std::string& collection, const std::string& item,
                    LayerKind kind = LayerKind::continuous) {
  MosaicLayer layer;
  layer.variable = variable;
  layer.long_name = variable + " in words";
  layer.kind = kind;
  layer.encoding.no_data = 255;
  layer.collection = collection;
  layer.item = item;
  layer.file = "cube/" + collection + "/" + item + "/" + variable + ".tif";
  layer.sha256 = std::string(64, '0');
  if (kind == LayerKind::classes) layer.classes = {{"211", "Arable, \"dry\"", 12, {255, 255, 168}}};
  return layer;
}

Mosaic a_mosaic(int year, std::vector<MosaicLayer> layers) {
  return {"predict",
          "by hand",
          make_day(year, 1, 1),
          make_day(year, 12, 31),
          {"EPSG:3035", 30, 900000, 5460010, 1000},
          {0, 0, 10, 20},
          {{"ecocube", "0.1.0"}},
          std::move(layers)};
}

stac::Footprint footprint() {
  stac::Footprint where;
  where.outline = {{5, 51}, {6, 51}, {6, 52}, {5, 51}};
  where.box = {5, 51, 6, 52};
  where.epsg = 3035;
  where.grid = a_mosaic(2015, {}).grid;
  where.window = a_mosaic(2015, {}).window;
  return where;
}

CubeDescription description() {
  return {"demo", "A demo", "About it", "CC-BY-4.0", "", "", {"land"}, {}};
}

TEST(MosaicRecord, ReadsBackWhatItWrote) {
  Mosaic mosaic = a_mosaic(2015, {a_layer("class", "landcover", "landcover_2015", LayerKind::classes),
                                  a_layer("ndvi_p50", "ndvi", "ndvi_2015")});
  mosaic.layers[1].encoding = {DataType::int16, 0.004, -0.08, std::nullopt, "K"};
  mosaic.layers[1].bytes = 5'000'000'000;
  const auto read = parse_mosaic(to_json(mosaic).dump(), "a.json");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, mosaic);
}

TEST(MosaicRecord, ADamagedOneIsNamed) {
  for (const std::string text : {"", "{}", R"({"format": "ecocube mosaic 9"})", R"([1, 2])"}) {
    const auto read = parse_mosaic(text, "a.mosaic.json");
    ASSERT_FALSE(read) << text;
    EXPECT_THAT(read.error().message, HasSubstr("a.mosaic.json: "));
  }
}

TEST(PublishedCube, HasACollectionPerProductAndAnItemPerPeriodInOrderOfTime) {
  const std::vector<Mosaic> mosaics{
      a_mosaic(2016, {a_layer("ndvi_p25", "ndvi", "ndvi_2016"), a_layer("ndvi_p50", "ndvi", "ndvi_2016")}),
      a_mosaic(2015, {a_layer("ndvi_p25", "ndvi", "ndvi_2015"), a_layer("ndvi_p50", "ndvi", "ndvi_2015")}),
      a_mosaic(2015, {a_layer("class", "landcover", "landcover_2015", LayerKind::classes)})};
  const auto cube = arrange_cube(description(), mosaics, footprint(), 30);
  ASSERT_TRUE(cube) << cube.error().message;
  ASSERT_EQ(cube->collections.size(), 2u);
  const auto& ndvi = cube->collections[0];
  EXPECT_EQ(ndvi.collection.id, "ndvi");
  EXPECT_EQ(ndvi.items.at(0).item.id, "ndvi_2015");
  EXPECT_EQ(ndvi.items.at(1).item.id, "ndvi_2016");
  EXPECT_EQ(ndvi.collection.start, make_day(2015, 1, 1));
  EXPECT_EQ(ndvi.collection.end, make_day(2016, 12, 31));
  EXPECT_EQ(ndvi.items[0].pictured.variable, "ndvi_p50");
  EXPECT_EQ(ndvi.collection.item_assets.size(), 3u);
  EXPECT_EQ(cube->collections[1].collection.classes.size(), 1u);
}

TEST(PublishedCube, LayersOfSeveralTasksMeetInOneItem) {
  const std::vector<Mosaic> mosaics{a_mosaic(2015, {a_layer("ndvi_p25", "ndvi", "ndvi_2015")}),
                                    a_mosaic(2015, {a_layer("ndvi_sd", "ndvi", "ndvi_2015")})};
  const auto cube = arrange_cube(description(), mosaics, footprint(), 30);
  ASSERT_TRUE(cube);
  ASSERT_EQ(cube->collections.at(0).items.size(), 1u);
  EXPECT_EQ(cube->collections[0].items[0].item.assets.size(), 3u);
  const auto twice = arrange_cube(description(), {mosaics[0], mosaics[0]}, footprint(), 30);
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().message, "item ndvi_2015 holds ndvi_p25 twice");
}

TEST(PublishedCube, LinksLeadFromOneDocumentToTheNextByRelativeAddresses) {
  const auto cube =
      arrange_cube(description(), {a_mosaic(2015, {a_layer("ndvi_p25", "ndvi", "ndvi_2015")})}, footprint(), 30);
  ASSERT_TRUE(cube);
  const auto addresses = [](const std::vector<stac::Link>& links) {
    std::vector<std::string> texts;
    for (const stac::Link& link : links) texts.push_back(link.rel + " " + link.href);
    return texts;
  };
  EXPECT_THAT(addresses(cube->catalog.links), ElementsAre("root ./catalog.json", "child ./ndvi/collection.json"));
  EXPECT_THAT(addresses(cube->collections[0].collection.links),
              ElementsAre("root ../catalog.json", "parent ../catalog.json", "item ./ndvi_2015/ndvi_2015.json",
                          "license https://creativecommons.org/licenses/by/4.0/"));
  EXPECT_THAT(addresses(cube->collections[0].items[0].item.links),
              ElementsAre("root ../../catalog.json", "parent ../collection.json", "collection ../collection.json"));
  EXPECT_EQ(cube->collections[0].items[0].item.assets[0].href, "./ndvi_p25.tif");
}

TEST(PublishedCube, LicencesLeadToTheirText) {
  const auto address = [](const std::string& license, const std::string& url) {
    CubeDescription cube = description();
    cube.license = license;
    cube.license_url = url;
    const auto arranged = arrange_cube(cube, {a_mosaic(2015, {a_layer("a", "a", "a_2015")})}, footprint(), 30);
    return arranged->collections[0].collection.links.back().href;
  };
  EXPECT_EQ(address("CC-BY-NC-SA-4.0", ""), "https://creativecommons.org/licenses/by-nc-sa/4.0/");
  EXPECT_EQ(address("CC0-1.0", ""), "https://creativecommons.org/publicdomain/zero/1.0/");
  EXPECT_EQ(address("ODbL-1.0", ""), "https://spdx.org/licenses/ODbL-1.0.html");
  EXPECT_EQ(address("other", "https://example.org/terms"), "https://example.org/terms");
}

TEST(PublishedCube, MosaicsOfOtherPixelsAreRefused) {
  Mosaic mosaic = a_mosaic(2015, {a_layer("a", "a", "a_2015")});
  mosaic.window.cols = 21;
  EXPECT_FALSE(arrange_cube(description(), {mosaic}, footprint(), 30));
}

}  // namespace
}  // namespace ecocube
