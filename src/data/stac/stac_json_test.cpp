// SPDX-License-Identifier: Apache-2.0
#include "data/stac/stac_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace ecocube::stac {
namespace {

using testing::ElementsAre;

Item an_item() {
  Item item;
  item.id = "ndvi_20150321_20150624";
  item.collection = "ndvi";
  item.start = make_day(2015, 3, 21);
  item.end = make_day(2015, 6, 24);
  item.resolution = 30;
  item.footprint.outline = {{5, 51}, {6.123456789, 51}, {6, 52}, {5, 51}};
  item.footprint.box = {5, 51, 6.123456789, 52};
  item.footprint.epsg = 3035;
  item.footprint.grid = {"EPSG:3035", 30, 900000, 5460010, 1000};
  item.footprint.window = {100, 200, 40, 60};
  Asset asset;
  asset.key = "ndvi_p50";
  asset.href = "./a.tif";
  asset.type = kCogType;
  asset.bands = {{"ndvi_p50", "", {DataType::uint8, 0.01, -1, 255, ""}, 30}};
  asset.bytes = 12;
  asset.sha256 = std::string(64, 'a');
  item.assets = {asset};
  return item;
}

std::vector<std::string> extensions_of(const Value& json) {
  std::vector<std::string> names;
  for (const auto& address : json.at("stac_extensions")) {
    const std::string text = address;
    const std::size_t from = std::string("https://stac-extensions.github.io/").size();
    names.push_back(text.substr(from, text.rfind("/schema.json") - from));
  }
  return names;
}

TEST(StacItem, SaysWhereItsPixelsLieInBothWays) {
  const Value properties = to_json(an_item()).at("properties");
  EXPECT_EQ(properties.at("proj:epsg"), 3035);
  EXPECT_EQ(properties.at("proj:code"), "EPSG:3035");
  EXPECT_EQ(properties.at("proj:shape").dump(), "[40,60]");
  EXPECT_EQ(properties.at("proj:transform").dump(), "[30,0,906000,0,-30,5457010,0,0,1]");
  EXPECT_EQ(properties.at("proj:bbox").dump(), "[906000,5455810,907800,5457010]");
}

TEST(StacItem, HasNoMomentButAStartAndAnEndThatAreBothInside) {
  const Value properties = to_json(an_item()).at("properties");
  EXPECT_TRUE(properties.at("datetime").is_null());
  EXPECT_EQ(properties.at("start_datetime"), "2015-03-21T00:00:00Z");
  EXPECT_EQ(properties.at("end_datetime"), "2015-06-24T23:59:59Z");
}

TEST(StacItem, RoundsDegreesToSevenDecimals) {
  const Value json = to_json(an_item());
  EXPECT_EQ(json.at("bbox").dump(), "[5,51,6.1234568,52]");
  EXPECT_EQ(json.at("geometry").at("coordinates").at(0).at(1).dump(), "[6.1234568,51]");
}

TEST(StacItem, GivesAFilesSizeAndItsSumAsAMultihash) {
  const Value asset = to_json(an_item()).at("assets").at("ndvi_p50");
  EXPECT_EQ(asset.at("file:size"), 12);
  EXPECT_EQ(asset.at("file:checksum"), "1220" + std::string(64, 'a'));
}

TEST(StacItem, DeclaresOnlyTheExtensionsItUses) {
  Item item = an_item();
  EXPECT_THAT(extensions_of(to_json(item)), ElementsAre("projection/v1.2.0", "raster/v2.0.0", "file/v2.1.0"));
  item.assets[0].classes = {{"211", "Arable land", 12, {255, 255, 168}}};
  item.processing.lineage = "by hand";
  item.version = "1";
  EXPECT_THAT(extensions_of(to_json(item)), ElementsAre("projection/v1.2.0", "raster/v2.0.0", "classification/v2.0.0",
                                                        "file/v2.1.0", "processing/v1.2.0", "version/v1.2.0"));
  item.assets.clear();
  item.processing = {};
  EXPECT_THAT(extensions_of(to_json(item)), ElementsAre("projection/v1.2.0", "version/v1.2.0"));
}

TEST(StacItem, WithoutACodeCarriesTheSystemItself) {
  Item item = an_item();
  item.footprint.epsg = 0;
  item.footprint.wkt2 = "PROJCRS[…]";
  const Value properties = to_json(item).at("properties");
  EXPECT_TRUE(properties.at("proj:code").is_null());
  EXPECT_EQ(properties.at("proj:wkt2"), "PROJCRS[…]");
}

TEST(StacBand, CarriesScaleOffsetUnitAndNoData) {
  Asset asset;
  asset.bands = {{"b", "", {DataType::int16, 0.004, -0.08, -32768, "K"}, 30}};
  const Value band = to_json(asset).at("bands").at(0);
  EXPECT_EQ(
      band.dump(),
      R"({"name":"b","data_type":"int16","nodata":-32768,"unit":"K","raster:sampling":"area","raster:scale":0.004,)"
      R"("raster:offset":-0.08,"raster:spatial_resolution":30})");
}

TEST(StacBand, NoDataThatIsNotANumberIsText) {
  Asset asset;
  asset.bands = {{"b", "", {DataType::float32, 1, 0, std::numeric_limits<double>::quiet_NaN(), ""}, std::nullopt}};
  EXPECT_EQ(to_json(asset).at("bands").at(0).at("nodata"), "nan");
}

TEST(StacAsset, ClassesHaveNamesOfPlainLettersAndColoursWithoutAHash) {
  Asset asset;
  asset.classes = {{"pinus nigra", "Black pine", 3, {1, 171, 255}}};
  EXPECT_EQ(to_json(asset).at("classification:classes").dump(),
            R"([{"value":3,"name":"pinus-nigra","title":"Black pine","color_hint":"01abff"}])");
}

TEST(StacCollection, SumsUpWhatItsItemsShare) {
  Collection collection;
  collection.id = "landcover";
  collection.license = "CC-BY-4.0";
  collection.description = "d";
  collection.box = {5, 51, 6, 52};
  collection.start = make_day(2015, 1, 1);
  collection.end = make_day(2016, 12, 31);
  collection.epsg = 3035;
  collection.resolution = 30;
  collection.classes = {{"211", "Arable land", 12, {255, 255, 168}}};
  const Value json = to_json(collection);
  EXPECT_EQ(
      json.at("extent").dump(),
      R"({"spatial":{"bbox":[[5,51,6,52]]},"temporal":{"interval":[["2015-01-01T00:00:00Z","2016-12-31T23:59:59Z"]]}})");
  EXPECT_EQ(json.at("summaries").at("proj:code").dump(), R"(["EPSG:3035"])");
  EXPECT_EQ(json.at("summaries").at("classification:classes").at(0).at("color_hint"), "ffffa8");
  EXPECT_THAT(extensions_of(json), ElementsAre("projection/v1.2.0", "classification/v2.0.0"));
}

}  // namespace
}  // namespace ecocube::stac
