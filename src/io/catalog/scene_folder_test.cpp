// SPDX-License-Identifier: Apache-2.0
#include "io/catalog/scene_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "io/file/file.h"
#include "io/raster/raster.h"

namespace ecocube {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

const SceneQuery kEverything{{-180, -90, 180, 90}, make_day(1970, 1, 1), make_day(2100, 1, 1), 100};

constexpr const char* kOwnFormat = R"({
  "name": "own", "names": ["{frame}_{date}_{band}.tif"], "tokens": {"frame": "[a-z]+"}, "frame": "{frame}",
  "bands": [{"name": "red", "file": "r"}, {"name": "nir", "file": ["n_fine", "n_coarse"]}],
  "mask": {"name": "quality", "file": "q", "words": {"cloud": {"bit": 1}}, "presets": {"default": ["cloud"]}}
})";

class Folders : public testing::Test {
 protected:
  Folders() {
    folder_ = fs::temp_directory_path() / fmt::format("ecocube-folders-{}-{}", ::getpid(),
                                                      testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~Folders() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ / name; }
  void touch(const std::string& name, const std::string& text = "x") const {
    ASSERT_TRUE(make_folders(fs::path(path(name)).parent_path()));
    ASSERT_TRUE(write_text_atomic(path(name), text));
  }
  /// Two bands of 2 × 2 pixels of 1000 m north of the origin of EPSG:3035 (52° N 10° E), with descriptions.
  void stack(const std::string& name, const std::vector<std::string>& dates) const {
    ASSERT_TRUE(make_folders(fs::path(path(name)).parent_path()));
    std::vector<BandSpec> bands;
    for (const std::string& date : dates) bands.emplace_back().name = date;
    auto writer =
        RasterWriter::create(path(name), Grid{"EPSG:3035", 1000, 4321000, 3212000, 100}, {0, 0, 2, 2}, {}, bands);
    ASSERT_TRUE(writer) << writer.error().message;
    ASSERT_TRUE((*writer)->close());
  }
  Result<SceneList> found(const std::string& format, const std::string& place,
                          const SceneQuery& query = kEverything) const {
    ECOCUBE_TRY_ASSIGN(const auto catalog, open_catalog(format, place));
    return catalog->find(query);
  }
  Result<SceneList> found_own(const SceneQuery& query = kEverything) const {
    touch("own.json", kOwnFormat);
    return found(path("own.json"), path("data"), query);
  }

  fs::path folder_;
};

std::vector<std::string> ids_of(const SceneList& list) {
  std::vector<std::string> ids;
  for (const Scene& scene : list.scenes) ids.push_back(scene.id);
  return ids;
}

std::vector<std::string> bands_of(const Scene& scene) {
  std::vector<std::string> names;
  for (const SceneBand& band : scene.bands) names.push_back(band.name);
  return names;
}

TEST_F(Folders, FilesBecomeScenesInOrderOfTimeWithTheirBandsInTheProductsOrder) {
  for (const char* name : {"b_20200110_q.tif", "b_20200110_n_fine.tif", "b_20200110_r.tif", "deep/a_20190704_r.tif"})
    touch(std::string("data/") + name);
  const auto list = found_own();
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_THAT(ids_of(*list), ElementsAre("a_20190704", "b_20200110"));
  EXPECT_THAT(bands_of(list->scenes[1]), ElementsAre("red", "nir", "quality"));
  EXPECT_EQ(list->scenes[1].frame, "b");
  EXPECT_EQ(iso_date(list->scenes[1].day), "2020-01-10");
  EXPECT_EQ(list->scenes[0].band_named("red")->path, path("data/deep/a_20190704_r.tif"));
  EXPECT_THAT(list->notes, ElementsAre("1 of 2 scenes lack nir, quality: a_20190704"));
}

TEST_F(Folders, OfSeveralFilesForABandTheBestIsTaken) {
  touch("data/a_20190704_n_coarse.tif");
  touch("data/b_20190704_n_coarse.tif");
  touch("data/b_20190704_n_fine.tif");
  const auto list = found_own();
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_THAT(list->scenes[0].band_named("nir")->path, HasSubstr("a_20190704_n_coarse"));
  EXPECT_THAT(list->scenes[1].band_named("nir")->path, HasSubstr("b_20190704_n_fine"));
}

TEST_F(Folders, ACopyOfASceneAndAnImpossibleDayAreNoted) {
  touch("data/a_20190704_r.tif");
  touch("data/copy/a_20190704_r.tif");
  touch("data/a_20191399_r.tif");
  const auto list = found_own();
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_THAT(ids_of(*list), ElementsAre("a_20190704"));
  EXPECT_EQ(list->scenes[0].bands[0].path, path("data/a_20190704_r.tif"));
  EXPECT_THAT(list->notes, Contains(path("data/copy/a_20190704_r.tif") + ": passed over, band red of a_20190704 is " +
                                    path("data/a_20190704_r.tif")));
  EXPECT_THAT(list->notes, Contains(path("data/a_20191399_r.tif") + ": its name says no day of the calendar"));
}

TEST_F(Folders, DaysOutsideTheQueryAreLeftOutAndNothingLeftSaysWhatThereIs) {
  touch("data/a_20190704_r.tif");
  touch("data/a_20210704_r.tif");
  SceneQuery query = kEverything;
  query.first = make_day(2021, 1, 1);
  auto list = found_own(query);
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_THAT(ids_of(*list), ElementsAre("a_20210704"));
  query.last = make_day(2021, 7, 3);
  EXPECT_EQ(found_own(query).error().message,
            path("data") + " has 2 scenes of 2019-07-04..2021-07-04, none within 2021-01-01..2021-07-03");
}

TEST_F(Folders, ScenesBesideTheAreaAreLeftOutOnceTheirFilesSayWhereTheyAre) {
  stack("data/a_20190704_r.tif", {"red"});
  touch("data/b_20190704_r.tif", "no raster at all");
  SceneQuery query = kEverything;
  query.area = {9.9, 51.9, 10.1, 52.1};
  auto list = found_own(query);
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_THAT(ids_of(*list), ElementsAre("a_20190704", "b_20190704"));
  EXPECT_NEAR(list->scenes[0].extent->min_x, 10, 0.01);
  EXPECT_NEAR(list->scenes[0].extent->max_y, 52.018, 0.01);
  EXPECT_FALSE(list->scenes[1].extent);
  query.area = {20, 40, 21, 41};
  list = found_own(query);
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_THAT(ids_of(*list), ElementsAre("b_20190704"));
  fs::remove(path("data/b_20190704_r.tif"));
  EXPECT_THAT(found_own(query).error().message,
              HasSubstr("1 scene of 2019-07-04..2019-07-04, none in the area 20 40 21 41"));
}

TEST_F(Folders, IdentityChangesWithAFileAndOnlyThen) {
  touch("data/a_20190704_r.tif");
  const std::string before = found_own()->scenes[0].identity;
  EXPECT_EQ(found_own()->scenes[0].identity, before);
  touch("data/a_20190704_r.tif", "longer");
  EXPECT_NE(found_own()->scenes[0].identity, before);
}

TEST_F(Folders, ALinkThatLeadsBackIsFollowedOnce) {
  touch("data/a_20190704_r.tif");
  touch("elsewhere/b_20190704_r.tif");
  fs::create_directory_symlink(folder_ / "data", folder_ / "data/back");
  fs::create_directory_symlink(folder_ / "elsewhere", folder_ / "data/more");
  const auto list = found_own();
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_THAT(ids_of(*list), ElementsAre("a_20190704", "b_20190704"));
  EXPECT_THAT(list->notes, ElementsAre("2 of 2 scenes lack nir, quality: a_20190704, b_20190704"));
}

TEST_F(Folders, AFolderWithoutSuchFilesSaysWhatIsThereAndWhatItLooksLike) {
  touch("data/LC08_L2SP_008059_20191201_20200825_02_T1_SR_B4.TIF");
  touch("data/readme.txt");
  EXPECT_EQ(found_own().error().message,
            path("data") +
                ": no file is named as own names them ({frame}_{date}_{band}.tif); the folder holds "
                "LC08_L2SP_008059_20191201_20200825_02_T1_SR_B4.TIF, readme.txt (these look like landsat-c2-l2)");
  EXPECT_EQ(found("landsat-c2-l2", path("nowhere")).error().message, path("nowhere") + ": no such folder");
  EXPECT_THAT(found("landsat-c2-l1", path("data")).error().message,
              HasSubstr("unknown format 'landsat-c2-l1' - did you mean 'landsat-c1-l1'?"));
}

TEST_F(Folders, APatternNamesFilesOfAnotherLayout) {
  touch("data/2019/a_x_2019-07-04_SR_B4.TIF");
  touch("data/2019/a_x_2019-07-04_SR_B5.TIF");
  touch("own.json", R"({"name": "plain", "names": ["nothing_{date}"],
    "bands": [{"name": "red", "file": "SR_B4"}, {"name": "nir", "file": "SR_B5"}]})");
  const auto list = found(path("own.json"), path("data/{year}/*_{date}_{band}.TIF"));
  ASSERT_TRUE(list) << list.error().message;
  ASSERT_EQ(list->scenes.size(), 1U);
  EXPECT_THAT(bands_of(list->scenes[0]), ElementsAre("red", "nir"));
  EXPECT_EQ(list->scenes[0].id, "a_x_2019-07-04");
}

TEST_F(Folders, ABandOfAFileIsADateWhereTheDescriptionSaysSo) {
  touch("own.json", R"({"name": "stack", "names": ["s_{band}.tif"], "dates": "bands",
    "bands": [{"name": "red", "file": "r"}],
    "mask": {"name": "cloud", "file": "c", "words": {"cloud": {"code": 1}}, "presets": {"default": ["cloud"]}}})");
  stack("data/s_r.tif", {"2019-07-04T10:00:00Z", "2019-07-04T10:20:00Z", "2019-08-01"});
  stack("data/s_c.tif", {"2019-08-01", "2019-07-04T10:00:00Z"});
  auto list = found(path("own.json"), path("data"));
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_THAT(ids_of(*list), ElementsAre("2019-07-04T10:00:00Z", "2019-07-04T10:20:00Z", "2019-08-01"));
  EXPECT_EQ(list->scenes[0].band_named("red")->band, 1);
  EXPECT_EQ(list->scenes[0].band_named("cloud")->band, 2);
  EXPECT_EQ(list->scenes[2].band_named("red")->band, 3);
  EXPECT_FALSE(list->scenes[1].band_named("cloud"));
  stack("data/s_c.tif", {"2019-08-01", "summer"});
  EXPECT_EQ(found(path("own.json"), path("data")).error().message,
            path("data/s_c.tif") + ": band 2 has the description 'summer', which is no date such as 2018-01-31");
  stack("data/s_c.tif", {"2019-08-01", "2019-08-01"});
  EXPECT_THAT(found(path("own.json"), path("data")).error().message, HasSubstr("bands 1 and 2 are both of 2019-08-01"));
}

TEST_F(Folders, SafeFoldersGiveTheFinestFilesAndTheOffsetOfTheirBaseline) {
  const auto safe = [&](const std::string& name, const std::string& band) {
    touch(fmt::format("data/{}.SAFE/GRANULE/L2A_T32ULC_A1/IMG_DATA/{}", name, band));
  };
  const std::string old = "S2A_MSIL2A_20190630T104029_N0212_R008_T32ULC_20190630T141234";
  const std::string later = "S2B_MSIL2A_20220630T104029_N0400_R008_T32ULC_20220630T141234";
  const std::string own = "S2B_MSIL2A_20220710T104029_N9999_R008_T32ULC_20220710T141234";
  for (const std::string& name : {old, later, own}) {
    safe(name, "R10m/T32ULC_x_B04_10m.jp2");
    safe(name, "R20m/T32ULC_x_B04_20m.jp2");
    safe(name, "R20m/T32ULC_x_B8A_20m.jp2");
    safe(name, "R20m/T32ULC_x_SCL_20m.jp2");
  }
  touch("data/" + own + ".SAFE/MTD_MSIL2A.xml",
        "<a><Cloud_Coverage_Assessment>12.5</Cloud_Coverage_Assessment><BOA_ADD_OFFSET_VALUES_LIST>"
        "<BOA_ADD_OFFSET band_id=\"0\">-500</BOA_ADD_OFFSET></BOA_ADD_OFFSET_VALUES_LIST></a>");
  const auto list = found("sentinel-2-l2a", path("data"));
  ASSERT_TRUE(list) << list.error().message;
  ASSERT_THAT(ids_of(*list), ElementsAre(old, later, own));
  const Scene& scene = list->scenes[0];
  EXPECT_THAT(bands_of(scene), ElementsAre("red", "nir_narrow", "scene_class"));
  EXPECT_THAT(scene.band_named("red")->path, HasSubstr("/R10m/"));
  EXPECT_EQ(scene.time, "2019-06-30T10:40:29Z");
  EXPECT_EQ(scene.frame, "32ULC");
  EXPECT_EQ(scene.orbit, "008");
  EXPECT_FALSE(scene.band_named("red")->offset);
  EXPECT_EQ(list->scenes[1].band_named("red")->offset, -0.1);
  EXPECT_FALSE(list->scenes[1].band_named("scene_class")->offset);
  EXPECT_DOUBLE_EQ(*list->scenes[2].band_named("nir_narrow")->offset, -0.05);
  EXPECT_EQ(list->scenes[2].cloud_cover, 12.5);
}

TEST_F(Folders, HlsNamesGiveTheDayOfTheYearAndLandsatNamesItsSensorsNumbering) {
  touch("hls/HLS.L30.T18TYN.2020123T154159.v2.0.B05.tif");
  touch("hls/HLS.L30.T18TYN.2020123T154159.v2.0.Fmask.tif");
  touch("hls/HLS.S30.T18TYN.2020123T154159.v2.0.B05.tif");
  auto list = found("hls-l30", path("hls"));
  ASSERT_TRUE(list) << list.error().message;
  ASSERT_THAT(ids_of(*list), ElementsAre("HLS.L30.T18TYN.2020123T154159.v2.0"));
  EXPECT_EQ(list->scenes[0].time, "2020-05-02T15:41:59Z");
  EXPECT_EQ(list->scenes[0].frame, "18TYN");
  EXPECT_THAT(bands_of(list->scenes[0]), ElementsAre("nir", "quality"));
  EXPECT_THAT(bands_of(found("hls-s30", path("hls"))->scenes[0]), ElementsAre("red_edge1"));
  touch("landsat/LT05_L2SP_010067_19860424_20200918_02_T2_SR_B4.TIF");
  touch("landsat/LC08_L2SP_010067_20190424_20200918_02_T2_SR_B4.TIF");
  list = found("landsat-c2-l2", path("landsat"));
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_THAT(bands_of(list->scenes[0]), ElementsAre("nir"));
  EXPECT_THAT(bands_of(list->scenes[1]), ElementsAre("red"));
}

TEST(Metadata, NumbersAreFoundAfterWholeKeysOnly) {
  EXPECT_EQ(number_after("  CLOUD_COVER_LAND = 3\n  CLOUD_COVER = 81.02\n", "CLOUD_COVER"), 81.02);
  EXPECT_EQ(number_after("{\"CLOUD_COVER\": \"7\"}", "CLOUD_COVER"), 7);
  EXPECT_EQ(number_after("<A b=\"9\">-1000</A>", "A"), -1000);
  EXPECT_FALSE(number_after("CLOUD = thick", "CLOUD"));
  EXPECT_FALSE(number_after("nothing", "CLOUD"));
}

class RealScenes : public testing::Test {
 protected:
  std::string data(const std::string& name) const {
    return fs::path(ECOCUBE_SOURCE_DIR "/../shared/data/" + name).lexically_normal();
  }
  std::string example(const std::string& name) const {
    return std::string(ECOCUBE_SOURCE_DIR) + "/examples/formats/" + name + ".json";
  }
  Result<SceneList> found(const std::string& format, const std::string& place, const SceneQuery& query = kEverything) {
    ECOCUBE_TRY_ASSIGN(const auto catalog, open_catalog(format, place));
    return catalog->find(query);
  }
};

TEST_F(RealScenes, NewYorksNineteenScenesLieOnThreePathsAndRows) {
  if (!fs::exists(data("landsat8-new-york"))) GTEST_SKIP() << data("landsat8-new-york") << " is absent";
  const auto list = found("landsat-c1-l1", data("landsat8-new-york"));
  ASSERT_TRUE(list) << list.error().message;
  ASSERT_EQ(list->scenes.size(), 19U);
  std::set<std::string> frames;
  for (const Scene& scene : list->scenes) {
    frames.insert(scene.frame);
    EXPECT_EQ(scene.bands.size(), 12U) << scene.id;
    ASSERT_TRUE(scene.extent) << scene.id;
  }
  EXPECT_THAT(frames, ElementsAre("013032", "014031", "014032"));
  EXPECT_EQ(list->scenes.front().id, "LC08_L1TP_014031_20180106");
  EXPECT_EQ(list->scenes.back().id, "LC08_L1TP_013032_20181217");
  EXPECT_TRUE(list->notes.empty()) << list->notes.front();
}

TEST_F(RealScenes, CollectionTwoScenesAreFoundByAreaWithTheirCover) {
  if (!fs::exists(data("landsat-c2-l2"))) GTEST_SKIP() << data("landsat-c2-l2") << " is absent";
  SceneQuery query = kEverything;
  query.area = {-76, 0.5, -75, 2};
  auto list = found("landsat-c2-l2", data("landsat-c2-l2"), query);
  ASSERT_TRUE(list) << list.error().message;
  ASSERT_EQ(list->scenes.size(), 1U);
  const Scene& scene = list->scenes[0];
  EXPECT_EQ(scene.id, "LC08_L2SP_008059_20191201_20200825_02_T1");
  EXPECT_EQ(scene.frame, "008059");
  EXPECT_EQ(scene.orbit, "008");
  EXPECT_EQ(iso_date(scene.day), "2019-12-01");
  EXPECT_EQ(scene.cloud_cover, 81.02);
  EXPECT_THAT(bands_of(scene), ElementsAre("coastal", "blue", "green", "red", "nir", "swir1", "swir2",
                                           "surface_temperature", "quality", "saturation"));
  query.most_cloud_cover = 80;
  EXPECT_THAT(found("landsat-c2-l2", data("landsat-c2-l2"), query).error().message,
              HasSubstr("with at most 80 % of clouds"));
  list = found("landsat-c2-l2", data("landsat-c2-l2"));
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_EQ(list->scenes.size(), 3U);
  EXPECT_THAT(list->notes, Contains(HasSubstr("LC08_L2SP_017036_20130419_20200913_02_T2")));
}

TEST_F(RealScenes, HarvardForestsBandsAreDates) {
  if (!fs::exists(data("landsat-harvard-forest"))) GTEST_SKIP() << data("landsat-harvard-forest") << " is absent";
  const auto list = found(example("harvard-forest"), data("landsat-harvard-forest"));
  ASSERT_TRUE(list) << list.error().message;
  ASSERT_EQ(list->scenes.size(), 423U);
  EXPECT_EQ(iso_date(list->scenes.front().day), "1984-06-10");
  EXPECT_EQ(list->scenes.front().frame, "013030");
  EXPECT_EQ(year_of(list->scenes.back().day), 2014);
  for (const Scene& scene : list->scenes) EXPECT_EQ(scene.bands.size(), 8U) << scene.id;
  EXPECT_TRUE(list->notes.empty());
}

TEST_F(RealScenes, SloveniasDatesMeetTheirMasks) {
  if (!fs::exists(data("sentinel2-slovenia"))) GTEST_SKIP() << data("sentinel2-slovenia") << " is absent";
  const auto clouds = found(example("slovenia-clouds"), data("sentinel2-slovenia"));
  ASSERT_TRUE(clouds) << clouds.error().message;
  ASSERT_EQ(clouds->scenes.size(), 68U);
  for (const Scene& scene : clouds->scenes)
    EXPECT_THAT(bands_of(scene), ElementsAre("ndvi", "cloud_mask", "valid_mask"));
  EXPECT_EQ(clouds->scenes.front().time, "2015-07-11T10:00:08Z");
  const auto classes = found(example("slovenia-classes"), data("sentinel2-slovenia"));
  ASSERT_TRUE(classes) << classes.error().message;
  ASSERT_EQ(classes->scenes.size(), 36U);
  for (const Scene& scene : classes->scenes) EXPECT_THAT(bands_of(scene), ElementsAre("ndvi", "scene_class"));
}

}  // namespace
}  // namespace ecocube
