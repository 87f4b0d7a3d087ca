// SPDX-License-Identifier: Apache-2.0
#include "io/catalog/stac_catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/text.h"
#include "io/catalog/product_bands.h"
#include "io/catalog/stac_catalog_item.h"
#include "io/file/file.h"
#include "io/http/fault_server.h"

namespace ecocube {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

const SceneQuery kEverything{{-180, -90, 180, 90}, make_day(1970, 1, 1), make_day(2100, 1, 1), 100};

Value item_of(const std::string& id, const std::string& time, const Value& assets, Value properties = {}) {
  if (properties.is_null()) properties = Value::object();
  properties["datetime"] = time;
  return {{"type", "Feature"},        {"id", id},        {"bbox", {5, 51, 6, 52}}, {"collection", "sentinel-2-l2a"},
          {"properties", properties}, {"assets", assets}};
}

Value collection_of(const std::vector<Value>& items) {
  return {{"type", "FeatureCollection"}, {"features", items}};
}

const Value kRedAndMask = {{"red", {{"href", "https://cogs.example/a/B04.tif"}}},
                           {"scl", {{"href", "./SCL.tif"}}},
                           {"thumbnail", {{"href", "t.jpg"}}}};

Result<Scene> scene_of(const Value& item, const std::string& location = "https://stac.example/items.json",
                       const std::string& product = "sentinel-2-l2a") {
  ECOCUBE_TRY_ASSIGN(const auto description, load_product(product));
  ECOCUBE_TRY_ASSIGN(const auto names, compile_names(description));
  return scene_of_item(item, location, description, names);
}

std::vector<std::string> ids_of(const SceneList& list) {
  std::vector<std::string> ids;
  for (const Scene& scene : list.scenes) ids.push_back(scene.id);
  return ids;
}

HttpOptions impatient() {
  HttpOptions options;
  options.attempts = 3;
  options.sleep = [](std::chrono::milliseconds) {};
  return options;
}

Result<SceneList> found(const std::string& place, const SceneQuery& query = kEverything,
                        const std::string& product = "sentinel-2-l2a") {
  ECOCUBE_TRY_ASSIGN(const auto catalog, open_catalog(product, place, impatient()));
  return catalog->find(query);
}

TEST(StacItems, AssetsBecomeBandsByTheirKeys) {
  const auto scene =
      scene_of(item_of("S2A_x", "2021-07-04T10:40:29.024Z", kRedAndMask,
                       {{"eo:cloud_cover", 12.5}, {"grid:code", "MGRS-32ULC"}, {"sat:relative_orbit", 8}}));
  ASSERT_TRUE(scene) << scene.error().message;
  ASSERT_EQ(scene->bands.size(), 2U);
  EXPECT_EQ(scene->band_named("red")->path, "/vsicurl/https://cogs.example/a/B04.tif");
  EXPECT_EQ(scene->band_named("scene_class")->path, "/vsicurl/https://stac.example/SCL.tif");
  EXPECT_EQ(scene->cloud_cover, 12.5);
  EXPECT_EQ(scene->frame, "32ULC");
  EXPECT_EQ(scene->orbit, "008");
  EXPECT_EQ(scene->time, "2021-07-04T10:40:29.024Z");
  EXPECT_EQ(scene->extent, (Bounds{5, 51, 6, 52}));
}

TEST(StacItems, TheOffsetOfABaselineIsNeverSubtractedTwice) {
  const auto offset = [](const Value& properties, const Value& raster_bands = {}) {
    Value assets = kRedAndMask;
    if (!raster_bands.is_null()) assets["red"]["raster:bands"] = raster_bands;
    const auto scene = scene_of(item_of("x", "2022-07-04T10:40:29Z", assets, properties));
    EXPECT_TRUE(scene) << scene.error().message;
    EXPECT_FALSE(scene->band_named("scene_class")->offset);
    return scene->band_named("red")->offset;
  };
  const Value shifted = Value::array({{{"scale", 0.0001}, {"offset", -0.1}}});
  EXPECT_EQ(offset({{"s2:processing_baseline", "03.01"}}), std::nullopt);
  EXPECT_EQ(offset({{"s2:processing_baseline", "04.00"}}), -0.1);
  EXPECT_EQ(offset({{"processing:version", "05.11"}}), -0.1);
  EXPECT_EQ(offset({{"s2:processing_baseline", "05.09"}, {"earthsearch:boa_offset_applied", true}}, shifted),
            std::nullopt);
  EXPECT_EQ(offset({{"s2:processing_baseline", "05.09"}, {"earthsearch:boa_offset_applied", false}}, shifted), -0.1);
  EXPECT_EQ(offset(Value::object(), shifted), -0.1);
  EXPECT_EQ(offset(Value::object(), Value::array({{{"offset", 0}}})), std::nullopt);
}

TEST(StacItems, ScaleAndOffsetOfAnAssetAreKeptWhereTheyDifferFromTheProducts) {
  const Value assets = {{"red", {{"href", "r.tif"}, {"raster:bands", {{{"scale", 2.75e-05}, {"offset", -0.2}}}}}},
                        {"blue", {{"href", "b.tif"}, {"bands", {{{"raster:scale", 0.001}, {"raster:offset", 0}}}}}},
                        {"green", {{"href", "g.tif"}, {"raster:scale", 0.5}}},
                        {"qa_pixel", {{"href", "q.tif"}, {"raster:bands", {{{"scale", 7}}}}}}};
  const auto scene = scene_of(item_of("x", "2022-07-04", assets), "items.json", "landsat-c2-l2");
  ASSERT_TRUE(scene) << scene.error().message;
  EXPECT_FALSE(scene->band_named("red")->scale);
  EXPECT_FALSE(scene->band_named("red")->offset);
  EXPECT_EQ(scene->band_named("blue")->scale, 0.001);
  EXPECT_EQ(scene->band_named("blue")->offset, 0);
  EXPECT_EQ(scene->band_named("green")->scale, 0.5);
  EXPECT_FALSE(scene->band_named("quality")->scale);
  EXPECT_EQ(scene->time, "");
}

TEST(StacItems, BandsAreFoundByTheirFilesNamesAndByCommonNamesButNotInPictures) {
  const Value by_name = {
      {"one", {{"href", "https://x.example/LE07_L2SP_021030_20100109_20200911_02_T1_SR_B3.TIF?sig=1"}}},
      {"two", {{"href", "s3://usgs/LE07_L2SP_021030_20100109_20200911_02_T1_QA_PIXEL.TIF"}}}};
  auto scene = scene_of(item_of("x_SR", "2010-01-09", by_name), "items.json", "landsat-c2-l2");
  ASSERT_TRUE(scene) << scene.error().message;
  EXPECT_EQ(scene->id, "x");
  EXPECT_EQ(scene->band_named("red")->path,
            "/vsicurl/https://x.example/LE07_L2SP_021030_20100109_20200911_02_T1_SR_B3.TIF?sig=1");
  EXPECT_EQ(scene->band_named("quality")->path, "/vsis3/usgs/LE07_L2SP_021030_20100109_20200911_02_T1_QA_PIXEL.TIF");
  const Value by_common_name = {
      {"visual", {{"href", "tci.tif"}, {"roles", {"visual"}}, {"eo:bands", {{{"common_name", "red"}}}}}},
      {"all",
       {{"href", "all.tif"},
        {"roles", {"data"}},
        {"bands", {{{"eo:common_name", "blue"}}, {{"common_name", "red"}}}}}}};
  scene = scene_of(item_of("x", "2010-01-09", by_common_name), "/data/items.json");
  ASSERT_TRUE(scene) << scene.error().message;
  EXPECT_EQ(scene->band_named("red")->path, "/data/all.tif");
  EXPECT_EQ(scene->band_named("red")->band, 2);
  EXPECT_EQ(scene->band_named("blue")->band, 1);
}

TEST(StacItems, AnAlternateAddressIsTakenWhenTheFirstCannotBeRead) {
  const Value assets = {
      {"red", {{"href", "azure://x/r.tif"}, {"alternate", {{"s3", {{"href", "s3://bucket/r.tif"}}}}}}},
      {"blue", {{"href", "ftp://x/r.tif"}}}};
  const auto scene = scene_of(item_of("x", "2010-01-09", assets));
  ASSERT_TRUE(scene) << scene.error().message;
  EXPECT_EQ(scene->band_named("red")->path, "/vsis3/bucket/r.tif");
  EXPECT_FALSE(scene->band_named("blue"));
}

TEST(StacItems, WithoutAMomentTheMiddleOfTheirSpanCounts) {
  Value item = item_of("x", "", kRedAndMask,
                       {{"start_datetime", "2020-01-01T00:00:00Z"}, {"end_datetime", "2020-01-31T00:00:00Z"}});
  item["properties"]["datetime"] = nullptr;
  EXPECT_EQ(iso_date(scene_of(item)->day), "2020-01-16");
  item["properties"].erase("end_datetime");
  EXPECT_EQ(scene_of(item).error().message, "item x: its properties say no datetime");
}

TEST(StacItems, SignedAddressesDoNotChangeTheIdentity) {
  Value assets = kRedAndMask;
  assets["red"]["href"] = "https://cogs.example/a/B04.tif?sig=1";
  const auto before = scene_of(item_of("x", "2020-01-01", assets))->identity;
  assets["red"]["href"] = "https://cogs.example/a/B04.tif?sig=2";
  EXPECT_EQ(scene_of(item_of("x", "2020-01-01", assets))->identity, before);
  EXPECT_NE(scene_of(item_of("x", "2020-01-01", assets, {{"updated", "2021"}}))->identity, before);
}

TEST(StacItems, AddressesResolveAgainstTheDocument) {
  EXPECT_EQ(resolved_href("https://x.example/a/b.json?q=1", "../c/d.tif?s"), "https://x.example/c/d.tif?s");
  EXPECT_EQ(resolved_href("https://x.example/a/b.json", "/c/d.tif"), "https://x.example/c/d.tif");
  EXPECT_EQ(resolved_href("https://x.example/a/search", "?page=2"), "https://x.example/a/search?page=2");
  EXPECT_EQ(resolved_href("https://x.example", "a.json"), "https://x.example/a.json");
  EXPECT_EQ(resolved_href("https://x.example/a/", "b/"), "https://x.example/a/b/");
  EXPECT_EQ(resolved_href("/data/a/b.json", "../c/d.tif"), "/data/c/d.tif");
  EXPECT_EQ(resolved_href("/data/b.json", "/else/d.tif"), "/else/d.tif");
  EXPECT_EQ(resolved_href("/data/b.json", "s3://k/d.tif"), "s3://k/d.tif");
}

class StacFiles : public testing::Test {
 protected:
  StacFiles() {
    folder_ = fs::temp_directory_path() / fmt::format("ecocube-stac-{}-{}", ::getpid(),
                                                      testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~StacFiles() override { fs::remove_all(folder_); }
  std::string write(const std::string& name, const Value& document) const {
    EXPECT_TRUE(make_folders((folder_ / name).parent_path()));
    EXPECT_TRUE(write_text_atomic(folder_ / name, document.dump()));
    return folder_ / name;
  }
  fs::path folder_;
};

TEST_F(StacFiles, AnItemCollectionGivesScenesInOrderOfTime) {
  const auto place = write("items.json", collection_of({item_of("later", "2021-07-04T10:00:00Z", kRedAndMask),
                                                        item_of("early", "2021-07-04T09:00:00Z", kRedAndMask),
                                                        item_of("none", "2021-07-04", {{"x", {{"href", "x.tif"}}}}),
                                                        {{"type", "Feature"}, {"id", "undated"}}}));
  const auto list = found(place);
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_THAT(ids_of(*list), ElementsAre("early", "later"));
  EXPECT_EQ(list->scenes[0].band_named("scene_class")->path, folder_ / "SCL.tif");
  EXPECT_THAT(list->notes, Contains("item none: has no asset of sentinel-2-l2a"));
  EXPECT_THAT(list->notes, Contains(HasSubstr("item undated: its properties say no datetime")));
  EXPECT_THAT(list->notes, Contains(HasSubstr("2 of 2 scenes lack coastal, blue")));
}

TEST_F(StacFiles, PartsOfOneSceneBecomeOne) {
  Value red = item_of("s_SR", "2021-07-04", {{"red", {{"href", "r.tif"}}}});
  Value temperature = item_of("s_ST", "2021-07-04", {{"lwir11", {{"href", "t.tif"}}}});
  red["collection"] = "landsat-c2l2-sr";
  temperature["collection"] = "landsat-c2l2-st";
  const auto list = found(write("items.json", collection_of({red, temperature})), kEverything, "landsat-c2-l2");
  ASSERT_TRUE(list) << list.error().message;
  ASSERT_THAT(ids_of(*list), ElementsAre("s"));
  EXPECT_EQ(list->scenes[0].bands.size(), 2U);
  const auto alone = found(write("red.json", collection_of({red})), kEverything, "landsat-c2-l2");
  EXPECT_NE(alone->scenes[0].identity, list->scenes[0].identity);
}

TEST_F(StacFiles, ItemsOfOtherCollectionsArePassedOver) {
  Value other = item_of("other", "2021-07-04", kRedAndMask);
  other["collection"] = "sentinel-2-l1c";
  const auto list = found(write("items.json", collection_of({item_of("ours", "2021-07-04", kRedAndMask), other})));
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_THAT(ids_of(*list), ElementsAre("ours"));
  EXPECT_THAT(list->notes, Contains("1 items of the collection sentinel-2-l1c are passed over"));
}

TEST_F(StacFiles, ACatalogueIsWalkedWhereItsExtentsReach) {
  const auto link = [](const char* rel, const char* href) { return Value{{"rel", rel}, {"href", href}}; };
  const auto place = write("catalog.json", {{"type", "Catalog"},
                                            {"links",
                                             {link("self", "catalog.json"), link("child", "near/collection.json"),
                                              link("child", "far/collection.json"), link("root", "catalog.json")}}});
  const auto collection = [&](double west) {
    return Value{{"type", "Collection"},
                 {"extent",
                  {{"spatial", {{"bbox", {{west, 51, west + 1, 52}}}}},
                   {"temporal", {{"interval", Value::array({Value::array({"2020-01-01T00:00:00Z", nullptr})})}}}}},
                 {"links", {link("parent", "../catalog.json"), link("item", "./a/a.json")}}};
  };
  write("near/collection.json", collection(5));
  write("far/collection.json", collection(50));  // its item is not even there
  write("near/a/a.json", item_of("a", "2021-07-04", kRedAndMask));
  SceneQuery query = kEverything;
  query.area = {5.2, 51.2, 5.4, 51.4};
  auto list = found(place, query);
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_THAT(ids_of(*list), ElementsAre("a"));
  EXPECT_EQ(list->scenes[0].band_named("scene_class")->path, folder_ / "near/a/SCL.tif");
  query.last = make_day(2019, 12, 31);
  EXPECT_THAT(found(place, query).error().message, HasSubstr("no collection reaches into 1970-01-01..2019-12-31"));
  query = kEverything;
  EXPECT_THAT(found(place, query).error().message, HasSubstr((folder_ / "far/collection.json").string()));
}

TEST_F(StacFiles, DocumentsThatAreNoStacAreErrorsThatSaySo) {
  EXPECT_EQ(found(folder_ / "none.json").error().message, (folder_ / "none.json").string() + ": no such file");
  EXPECT_THAT(found(write("a.json", {{"links", 3}})).error().message,
              HasSubstr("a.json: is no STAC item, item collection or catalogue"));
  EXPECT_THAT(found(write("b.json", Value::array())).error().message, HasSubstr("b.json: is no STAC document"));
  ASSERT_TRUE(write_text_atomic(folder_ / "c.json", "{"));
  EXPECT_THAT(found(folder_ / "c.json").error().message, HasSubstr("c.json: no JSON: "));
  EXPECT_THAT(found(write("d.json", {{"type", "FeatureCollection"}})).error().message,
              HasSubstr("no list of features"));
  EXPECT_THAT(found(write("e.json", collection_of({}))).error().message,
              HasSubstr("e.json: holds no scene of sentinel-2-l2a"));
}

FaultServer::Answer json(const Value& document) {
  return {200, {{"Content-Type", "application/geo+json"}}, document.dump()};
}

TEST(StacApi, APostedSearchFollowsPagesWhoseBodiesAreMerged) {
  FaultServer* me = nullptr;
  FaultServer server([&](const FaultServer::Request& request) {
    const Value body = Value::parse(request.body);
    const bool first = !body.contains("token");
    Value page = collection_of({item_of(first ? "a" : "b", first ? "2021-07-04" : "2021-07-05", kRedAndMask)});
    if (first)
      page["links"] = {{{"rel", "next"},
                        {"method", "POST"},
                        {"href", me->url("/v1/search")},
                        {"merge", true},
                        {"headers", {{"X-Page", "2"}}},
                        {"body", {{"token", "next"}}}}};
    return json(page);
  });
  me = &server;
  SceneQuery query{{5.25, 51, 6, 52.5}, make_day(2021, 7, 1), make_day(2021, 7, 31), 100};
  const auto list = found(server.url("/v1/search"), query);
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_THAT(ids_of(*list), ElementsAre("a", "b"));
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].headers.at("content-type"), "application/json");
  EXPECT_EQ(Value::parse(requests[0].body),
            Value::parse(R"({"bbox": [5.25, 51.0, 6.0, 52.5], "datetime": "2021-07-01T00:00:00Z/2021-07-31T23:59:59Z",
                             "limit": 100, "collections": ["sentinel-2-l2a"]})"));
  EXPECT_EQ(Value::parse(requests[1].body)["token"], "next");
  EXPECT_EQ(Value::parse(requests[1].body)["collections"][0], "sentinel-2-l2a");
  EXPECT_EQ(requests[1].headers.at("x-page"), "2");
}

TEST(StacApi, ASearchWithAQueryOfItsOwnIsGotten) {
  FaultServer server([](const FaultServer::Request& request) {
    const bool first = request.target.find("token") == std::string::npos;
    Value page = collection_of({item_of(first ? "a" : "b", "2021-07-04", kRedAndMask)});
    if (first) page["links"] = {{{"rel", "next"}, {"href", "?token=2"}}};
    return json(page);
  });
  SceneQuery query{{5, 51, 6, 52.5}, make_day(2021, 7, 1), make_day(2021, 7, 31), 100};
  const auto list = found(server.url("/search?collections=sentinel-2-c1-l2a&limit=7"), query);
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_THAT(ids_of(*list), ElementsAre("a", "b"));
  EXPECT_EQ(server.requests()[0].target,
            "/search?collections=sentinel-2-c1-l2a&limit=7&bbox=5,51,6,52.5&datetime=2021-07-01T00:00:00Z/"
            "2021-07-31T23:59:59Z");
  EXPECT_EQ(server.requests()[1].target, "/search?token=2");
}

TEST(StacApi, AServerThatTakesNoPostIsAskedByGet) {
  FaultServer server([](const FaultServer::Request& request) {
    if (request.method == "POST") return FaultServer::Answer{405, {}, ""};
    return json(collection_of({item_of("a", "2021-07-04", kRedAndMask)}));
  });
  const auto list = found(server.url("/search"));
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_THAT(server.requests()[1].target, HasSubstr("/search?collections=sentinel-2-l2a&bbox="));
}

TEST(StacApi, ALandingPageLeadsToItsSearchAndACollectionToItsItems) {
  FaultServer server([](const FaultServer::Request& request) {
    const auto page = [](const char* type, const char* rel, const char* href) {
      return json({{"type", type}, {"links", {{{"rel", "self"}, {"href", "x"}}, {{"rel", rel}, {"href", href}}}}});
    };
    if (request.target == "/v1/") return page("Catalog", "search", "./search");
    if (request.target == "/v1/collections/c") return page("Collection", "items", "/v1/collections/c/items");
    return json(collection_of({item_of(request.method, "2021-07-04", kRedAndMask)}));
  });
  EXPECT_THAT(ids_of(*found(server.url("/v1/"))), ElementsAre("POST"));
  EXPECT_EQ(server.requests().back().target, "/v1/search");
  EXPECT_THAT(ids_of(*found(server.url("/v1/collections/c"))), ElementsAre("GET"));
  EXPECT_THAT(server.requests().back().target, HasSubstr("/v1/collections/c/items?bbox="));
}

TEST(StacApi, ATroubledServerIsAskedAgainAndARefusalIsAnError) {
  int asked = 0;
  FaultServer server([&](const FaultServer::Request& request) {
    if (request.target.starts_with("/gone/search")) return FaultServer::Answer{404, {}, ""};
    if (request.target.starts_with("/closed/search")) return FaultServer::Answer{403, {}, ""};
    if (++asked < 3) return FaultServer::Answer{503, {}, "busy"};
    return json(collection_of({item_of("a", "2021-07-04", kRedAndMask)}));
  });
  EXPECT_THAT(ids_of(*found(server.url("/search"))), ElementsAre("a"));
  EXPECT_EQ(asked, 3);
  EXPECT_THAT(found(server.url("/gone/search")).error().message, HasSubstr("answered with status 404"));
  const auto refused = found(server.url("/closed/search"));
  EXPECT_THAT(refused.error().message, HasSubstr("POST " + server.url("/closed/search")));
  EXPECT_EQ(refused.error().blame, Blame::machine);
}

TEST(StacApi, PagesInACircleAndAnEmptyAnswerAreErrors) {
  FaultServer server([&](const FaultServer::Request& request) {
    Value page = collection_of({});
    if (request.target.find("circle") != std::string::npos) page["links"] = {{{"rel", "next"}, {"href", "?circle=1"}}};
    return json(page);
  });
  EXPECT_THAT(found(server.url("/circle/search?a=b")).error().message, HasSubstr("its pages lead in a circle"));
  SceneQuery query{{5, 51, 6, 52}, make_day(2021, 7, 1), make_day(2021, 7, 31), 100};
  EXPECT_EQ(
      found(server.url("/search"), query).error().message,
      server.url("/search") +
          ": the API has no scene of sentinel-2-l2a within 2021-07-01..2021-07-31 in the area 5 51 6 52 (longitude "
          "and latitude)");
}

TEST(StacApi, CredentialsGoToTheServerOfTheCatalogueAlone) {
  FaultServer other(
      [](const FaultServer::Request&) { return json(collection_of({item_of("b", "2021-07-04", kRedAndMask)})); });
  FaultServer server([&](const FaultServer::Request&) {
    Value page = collection_of({item_of("a", "2021-07-04", kRedAndMask)});
    page["links"] = {{{"rel", "next"}, {"href", other.url("/search?page=2")}}};
    return json(page);
  });
  HttpOptions options = impatient();
  options.credentials = {"ann", "secret"};
  const auto catalog = open_catalog("sentinel-2-l2a", server.url("/search?a=b"), options);
  ASSERT_TRUE(catalog) << catalog.error().message;
  const auto list = (*catalog)->find(kEverything);
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_THAT(ids_of(*list), ElementsAre("a", "b"));
  EXPECT_TRUE(server.requests()[0].headers.contains("authorization"));
  EXPECT_FALSE(other.requests()[0].headers.contains("authorization"));
}

TEST(StacOfRealData, UsgsItemsOfAllSensorsAreScenes) {
  const std::string root = fs::path(ECOCUBE_SOURCE_DIR "/../shared/data/landsat-c2-l2").lexically_normal();
  if (!fs::exists(root)) GTEST_SKIP() << root << " is absent";
  const auto list = found(root + "/stac_items/examples/landsat-c2-l2/collection.json", kEverything, "landsat-c2-l2");
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_THAT(ids_of(*list), ElementsAre("LT04_L2SP_002026_19830110_02_T1", "LT05_L2SP_010067_19860424_02_T2",
                                         "LE07_L2SP_021030_20100109_02_T1", "LC08_L2SP_047027_20201204_02_T1",
                                         "LC09_L2SP_010065_20220129_02_T1"));
  for (const Scene& scene : list->scenes) {
    EXPECT_EQ(scene.bands.size(), scene.id.starts_with("LC") ? 10U : 9U) << scene.id;
    for (const SceneBand& band : scene.bands) EXPECT_FALSE(band.scale || band.offset) << scene.id << band.name;
  }
  const Scene& seven = list->scenes[2];
  EXPECT_EQ(seven.frame, "021030");
  EXPECT_EQ(seven.cloud_cover, 8);
  EXPECT_TRUE(seven.band_named("surface_temperature")->path.ends_with("ST_B6.TIF"));
  ASSERT_TRUE(seven.extent);
  EXPECT_NEAR(seven.extent->min_x, -86.28, 0.1);
}

TEST(StacOfRealData, AnItemOfTheFirstDraftIsReadByItsFilesNames) {
  const std::string root = fs::path(ECOCUBE_SOURCE_DIR "/../shared/data/landsat-c2-l2").lexically_normal();
  if (!fs::exists(root)) GTEST_SKIP() << root << " is absent";
  const std::string id = "LC08_L2SP_008059_20191201_20200825_02_T1";
  const auto list = found(root + "/" + id + "/" + id + "_SR_stac.json", kEverything, "landsat-c2-l2");
  ASSERT_TRUE(list) << list.error().message;
  ASSERT_THAT(ids_of(*list), ElementsAre(id));
  const Scene& scene = list->scenes[0];
  EXPECT_EQ(scene.frame, "008059");
  EXPECT_EQ(scene.cloud_cover, 81.02);
  EXPECT_TRUE(scene.band_named("red")->path.ends_with(id + "_SR_B4.TIF"));
  EXPECT_TRUE(scene.band_named("quality")->path.starts_with("/vsicurl/https://"));
}

}  // namespace
}  // namespace ecocube
