// SPDX-License-Identifier: Apache-2.0
#include "io/catalog/raster_pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "io/file/file.h"
#include "io/raster/raster.h"

namespace ecocube {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class Rasters : public testing::Test {
 protected:
  Rasters() {
    folder_ = fs::temp_directory_path() / fmt::format("ecocube-rasters-{}-{}", ::getpid(),
                                                      testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~Rasters() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ / name; }
  void touch(const std::string& name) const { ASSERT_TRUE(write_text_atomic(path(name), "x")); }
  void raster(const std::string& name, const Encoding& encoding = {}, std::size_t bands = 1) const {
    ASSERT_TRUE(make_folders(fs::path(path(name)).parent_path()));
    auto writer = RasterWriter::create(path(name), Grid{"EPSG:3035", 30, 4000000, 3000000, 100}, {0, 0, 2, 2}, encoding,
                                       std::vector<BandSpec>(bands));
    ASSERT_TRUE(writer) << writer.error().message;
    ASSERT_TRUE((*writer)->close());
  }
  void stack(const std::string& name, const std::vector<std::string>& dates) const {
    std::vector<BandSpec> bands;
    for (const std::string& date : dates) bands.emplace_back().name = date;
    auto writer =
        RasterWriter::create(path(name), Grid{"EPSG:3035", 30, 4000000, 3000000, 100}, {0, 0, 2, 2}, {}, bands);
    ASSERT_TRUE(writer) << writer.error().message;
    ASSERT_TRUE((*writer)->close());
  }
  std::vector<std::string> variables_of(const std::string& pattern) const {
    std::vector<std::string> names;
    const auto found = find_rasters(path(pattern));
    EXPECT_TRUE(found) << found.error().message;
    for (const PatternMatch& match : *found) names.push_back(match.variable);
    return names;
  }
  std::string message_of(const std::string& pattern) const {
    const auto found = find_rasters(path(pattern));
    return found ? "" : found.error().message;
  }

  fs::path folder_;
};

TEST_F(Rasters, NamesSayVariableAndDates) {
  touch("ndvi_landsat.ard1_p50_30m_s_20141202_20150320_nl_epsg.3035_v20230720.tif");
  touch("ndvi_landsat.ard1_p50_30m_s_20150321_20150624_nl_epsg.3035_v20230720.tif");
  touch("readme.txt");
  const auto found = find_rasters(path("{variable}_*_{start}_{end}_*.tif"));
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ((*found)[0].variable, "ndvi");
  EXPECT_EQ(iso_date(*(*found)[0].start), "2014-12-02");
  EXPECT_EQ(iso_date(*(*found)[0].end), "2015-03-20");
  EXPECT_EQ(iso_date(*(*found)[1].end), "2015-06-24");
}

TEST_F(Rasters, AVariableTakesAsLittleAsTheRestLeavesIt) {
  touch("a/elev.lowestmode_gedi.eml_mf_30m.tif");
  EXPECT_THAT(variables_of("a/{variable}_*.tif"), ElementsAre("elev.lowestmode"));
  EXPECT_THAT(variables_of("a/{variable}.tif"), ElementsAre("elev.lowestmode_gedi.eml_mf_30m"));
  touch("b/ndvi_p50_20150321_20150624.tif");
  EXPECT_THAT(variables_of("b/{variable}_{start}_{end}.tif"), ElementsAre("ndvi_p50"));
  touch("c/2015/red-edge/x.tif");
  EXPECT_THAT(variables_of("c/{year}/{variable}/?.tif"), ElementsAre("red-edge"));
}

TEST_F(Rasters, IsoDatesAndYearsAreRead) {
  touch("a/s2_2019-02-28_2019-03-31.tif");
  touch("b/cover_2018.tif");
  const auto dates = find_rasters(path("a/*_{start}_{end}.tif"));
  ASSERT_TRUE(dates) << dates.error().message;
  EXPECT_EQ(iso_date(*dates->front().start), "2019-02-28");
  const auto years = find_rasters(path("b/cover_{year}.tif"));
  ASSERT_TRUE(years) << years.error().message;
  EXPECT_EQ(iso_date(*years->front().start), "2018-01-01");
  EXPECT_EQ(iso_date(*years->front().end), "2018-12-31");
}

TEST_F(Rasters, DigitsThatAreNoDateDoNotMatchADate) {
  touch("v_99999999_20159999_20150321_20150624.tif");
  touch("v_20151399_20150230.tif");
  const auto found = find_rasters(path("v_*{start}_{end}.tif"));
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(iso_date(*found->front().start), "2015-03-21");
}

TEST_F(Rasters, TheSameTokenTwiceTakesTheSameText) {
  touch("ndvi/ndvi_1.tif");
  touch("ndvi/swir1_1.tif");
  const auto found = find_rasters(path("{variable}/{variable}_*.tif"));
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front().path, path("ndvi/ndvi_1.tif"));
}

TEST_F(Rasters, NoMatchSaysHowFarThePathLeadsAndWhatIsThere) {
  touch("ndvi/gappy/a_1.tif");
  touch("ndvi/filled/b_1.tif");
  EXPECT_EQ(message_of("ndvi/gapy/{variable}_*.tif"), "rasters " + path("ndvi/gapy/{variable}_*.tif") +
                                                          ": no file matches; the folder " + path("ndvi") +
                                                          " holds filled, gappy");
  EXPECT_THAT(message_of("ndvi/gappy/{variable}_*.tiff"),
              HasSubstr("the folder " + path("ndvi/gappy") + " holds a_1.tif"));
  EXPECT_THAT(message_of("nvdi/x/*.tif"), HasSubstr("the folder " + folder_.string() + " holds ndvi"));
  fs::create_directories(folder_ / "empty");
  EXPECT_THAT(message_of("empty/*.tif"), HasSubstr("the folder " + path("empty") + " is empty"));
  for (int i = 0; i < 8; ++i) touch(fmt::format("many/f{}.png", i));
  EXPECT_THAT(message_of("many/*.tif"), HasSubstr("holds f0.png, f1.png, f2.png, f3.png, f4.png and 3 more"));
}

TEST_F(Rasters, PatternsThatMakeNoSenseAreRefused) {
  EXPECT_THAT(message_of("{varable}.tif"), HasSubstr("unknown {varable} - did you mean 'variable'?"));
  EXPECT_THAT(message_of("{variable.tif"), HasSubstr("a brace has no end"));
  EXPECT_THAT(message_of("{start}.tif"), HasSubstr("{start} and {end} go together"));
  EXPECT_THAT(message_of("{year}_{start}_{end}.tif"), HasSubstr("says the dates twice"));
  touch("v_20150624_20150321.tif");
  EXPECT_THAT(message_of("v_{start}_{end}.tif"), HasSubstr("starts on 2015-06-24 after it ends on 2015-03-21"));
}

TEST_F(Rasters, LayersTakeTheirPeriodFromTheSchemeOrFromTheirDays) {
  for (const char* dates : {"20141202_20150320", "20150321_20150624", "20150401_20150615", "20151201_20160229"})
    raster(fmt::format("ndvi_{}.tif", dates));
  const auto layers = raster_layers({.name = "greenness", .pattern = path("{variable}_{start}_{end}.tif")});
  ASSERT_TRUE(layers) << layers.error().message;
  std::vector<std::string> names;
  for (const Layer& layer : *layers) names.push_back(fmt::format("{} {}", layer.feature_name(), layer.period->year));
  EXPECT_THAT(names, ElementsAre("ndvi.winter 2015", "ndvi.spring 2015", "ndvi.0401-0615 2015", "ndvi.1201-0228 2016"));
  EXPECT_EQ(layers->front().made_by, "greenness");
  EXPECT_EQ(layers->front().files.front().path, path("ndvi_20141202_20150320.tif"));
}

TEST_F(Rasters, TheEndOfFebruaryIsOneSlotInLeapYearsToo) {
  for (const char* dates : {"20150101_20150228", "20160101_20160229"}) raster(fmt::format("ndvi_{}.tif", dates));
  const auto layers = raster_layers({.name = "ndvi", .pattern = path("{variable}_{start}_{end}.tif")});
  ASSERT_TRUE(layers) << layers.error().message;
  ASSERT_EQ(layers->size(), 2U);
  EXPECT_EQ((*layers)[0].feature_name(), "ndvi.0101-0228");
  EXPECT_EQ((*layers)[1].feature_name(), "ndvi.0101-0228");
  EXPECT_EQ(iso_date((*layers)[1].period->end), "2016-02-29");
}

TEST_F(Rasters, TheEncodingIsTheFilesUnlessTheSourceSaysOtherwise) {
  Encoding encoding{DataType::int16, 0.5, 3, -999.0, "m"};
  raster("elevation.tif", encoding);
  RasterSource source{.name = "terrain", .pattern = path("{variable}.tif"), .is_static = true};
  auto layers = raster_layers(source);
  ASSERT_TRUE(layers) << layers.error().message;
  EXPECT_EQ(layers->front().encoding, encoding);
  EXPECT_FALSE(layers->front().period);
  EXPECT_EQ(layers->front().variable, "elevation");
  source.scale = 2;
  source.offset = 0;
  source.no_data = 7;
  source.unit = "km";
  EXPECT_EQ(raster_layers(source)->front().encoding, (Encoding{DataType::int16, 2, 0, 7.0, "km"}));
}

TEST_F(Rasters, FilesOfOneVariableAndPeriodAreJoinedWhenTheyAreEncodedAlike) {
  const Encoding nan{DataType::float32, 1, 0, std::numeric_limits<double>::quiet_NaN(), ""};
  raster("t1/height.tif", nan);
  raster("t2/height.tif", nan);
  const RasterSource source{
      .name = "lidar", .pattern = path("{tile}/height.tif"), .variable = "height", .is_static = true};
  const auto layers = raster_layers(source);
  ASSERT_TRUE(layers) << layers.error().message;
  ASSERT_EQ(layers->size(), 1U);
  EXPECT_EQ(layers->front().variable, "height");
  EXPECT_THAT(layers->front().files,
              ElementsAre(LayerFile{path("t1/height.tif"), 1}, LayerFile{path("t2/height.tif"), 1}));
  raster("t3/height.tif");
  EXPECT_THAT(raster_layers(source).error().message,
              HasSubstr("are to be joined but encode their numbers differently"));
}

TEST_F(Rasters, ASourceThatLeavesAChoiceOrSaysNoDatesIsAnError) {
  raster("stack.tif", {}, 3);
  RasterSource source{.name = "stack", .pattern = path("stack.tif")};
  EXPECT_THAT(raster_layers(source).error().message,
              HasSubstr("source stack: the path " + path("stack.tif") + " says no dates"));
  source.is_static = true;
  EXPECT_EQ(raster_layers(source).error().message,
            "source stack: " + path("stack.tif") + " has 3 bands where one is expected");
  source.band = 2;
  EXPECT_EQ(raster_layers(source)->front().files.front().band, 2);
  source.band = 4;
  EXPECT_EQ(raster_layers(source).error().message, "source stack: " + path("stack.tif") + " has 3 bands, not 4");
  touch("note.tif");
  source = {.name = "note", .pattern = path("note.tif"), .is_static = true};
  EXPECT_THAT(raster_layers(source).error().message, HasSubstr(path("note.tif")));
}

TEST_F(Rasters, BandsAreDatesWhereTheSourceSaysSo) {
  stack("ndvi_t1.tif", {"2019-12-25", "2020-03-21T10:00:00Z", "2020-04-05"});
  stack("ndvi_t2.tif", {"2020-03-25"});
  const RasterSource source{.name = "stack", .pattern = path("{variable}_{tile}.tif"), .dates_in_bands = true};
  auto layers = raster_layers(source);
  EXPECT_EQ(layers.error().message, "source stack: " + path("ndvi_t1.tif") +
                                        ": 2020-03-21T10:00:00Z and 2020-04-05 both lie in the period "
                                        "2020-03-21..2020-06-24; give shorter periods, or describe the stack as a "
                                        "product, whose dates are composed (\"dates\": \"bands\")");
  stack("ndvi_t1.tif", {"2019-12-25", "2020-03-21T10:00:00Z", "2020-07-05"});
  layers = raster_layers(source);
  ASSERT_TRUE(layers) << layers.error().message;
  ASSERT_EQ(layers->size(), 3U);
  EXPECT_EQ((*layers)[0].feature_name(), "ndvi.winter");
  EXPECT_EQ((*layers)[0].period->year, 2020);
  EXPECT_EQ((*layers)[0].long_name, "ndvi");
  EXPECT_THAT((*layers)[1].files, ElementsAre(LayerFile{path("ndvi_t1.tif"), 2}, LayerFile{path("ndvi_t2.tif"), 1}));
  EXPECT_EQ((*layers)[2].files[0].band, 3);
}

TEST_F(Rasters, BandsThatAreNoDatesOrDatesSaidTwiceAreErrors) {
  stack("s.tif", {"2020-03-21", "summer"});
  RasterSource source{.name = "stack", .pattern = path("s.tif"), .dates_in_bands = true};
  EXPECT_EQ(
      raster_layers(source).error().message,
      "source stack: " + path("s.tif") + ": band 2 has the description 'summer', which is no date such as 2018-01-31");
  stack("s.tif", {"2020-01-05"});
  source.periods = *PeriodScheme::parse("04-01..06-15");
  EXPECT_THAT(raster_layers(source).error().message, HasSubstr("2020-01-05, band 1, lies in no period of the source"));
  source.is_static = true;
  EXPECT_EQ(raster_layers(source).error().message,
            "source stack: dates: bands, but static: true says that there are none");
  source = {.name = "stack", .pattern = path("{year}.tif"), .dates_in_bands = true};
  EXPECT_EQ(raster_layers(source).error().message, "source stack: dates: bands, but the path says dates too");
  source = {.name = "stack", .pattern = path("s.tif"), .dates_in_bands = true, .band = 2};
  EXPECT_EQ(raster_layers(source).error().message, "source stack: dates: bands reads all bands; leave out band: 2");
}

TEST(RasterAddresses, AreReadThroughTheNetwork) {
  EXPECT_EQ(readable_path("https://x.example/a.tif?b=1"), "/vsicurl/https://x.example/a.tif?b=1");
  EXPECT_EQ(readable_path("s3://bucket/a.tif"), "/vsis3/bucket/a.tif");
  EXPECT_EQ(readable_path("gs://bucket/a.tif"), "/vsigs/bucket/a.tif");
  EXPECT_EQ(readable_path("file:///a/b.tif"), "/a/b.tif");
  EXPECT_EQ(readable_path("/a/b.tif"), "/a/b.tif");
  EXPECT_EQ(readable_path("ftp://a/b.tif"), "");
  EXPECT_EQ(find_rasters("https://x.example/a.tif?b=1")->front().path, "/vsicurl/https://x.example/a.tif?b=1");
  EXPECT_THAT(find_rasters("https://x.example/{variable}.tif").error().message, HasSubstr("name one file instead"));
  EXPECT_THAT(find_rasters("ftp://x.example/a.tif").error().message, HasSubstr("are not read"));
}

TEST(RastersOfRealData, HarvardForestsDatesFillThePeriodsOfTheirOwn) {
  const std::string root = fs::path(ECOCUBE_SOURCE_DIR "/../shared/data/landsat-harvard-forest").lexically_normal();
  if (!fs::exists(root)) GTEST_SKIP() << root << " is absent";
  RasterSource source{
      .name = "red", .pattern = root + "/landsat_p013r030_row50_b3_{variable}.tif", .dates_in_bands = true};
  EXPECT_THAT(raster_layers(source).error().message,
              HasSubstr("1984-09-30 and 1984-10-16 both lie in the period 1984-09-13..1984-12-01"));
  source.periods = *PeriodScheme::parse("1 days");
  const auto layers = raster_layers(source);
  ASSERT_TRUE(layers) << layers.error().message;
  EXPECT_EQ(layers->size(), 423U);
  EXPECT_EQ(layers->front().variable, "red");
  EXPECT_EQ(iso_date(layers->front().period->start), "1984-06-10");
}

TEST(RastersOfRealData, GelderlandsSeasonsAndTerrainAreFound) {
  const std::string root = fs::path(ECOCUBE_SOURCE_DIR "/../shared/data/ecodatacube-gelderland").lexically_normal();
  if (!fs::exists(root)) GTEST_SKIP() << root << " is absent";
  const auto ndvi = raster_layers({.name = "ndvi", .pattern = root + "/ndvi/gappy/{variable}_*_{start}_{end}_*.tif"});
  ASSERT_TRUE(ndvi) << ndvi.error().message;
  ASSERT_EQ(ndvi->size(), 24U);
  EXPECT_EQ(ndvi->front().feature_name(), "ndvi.winter");
  EXPECT_EQ(ndvi->front().period->year, 2015);
  EXPECT_EQ(ndvi->back().feature_name(), "ndvi.autumn");
  EXPECT_EQ(ndvi->back().period->year, 2020);
  EXPECT_EQ(ndvi->front().encoding.no_data, 255);
  const auto terrain =
      raster_layers({.name = "terrain", .pattern = root + "/static/{variable}_*.tif", .is_static = true});
  ASSERT_TRUE(terrain) << terrain.error().message;
  ASSERT_EQ(terrain->size(), 2U);
  EXPECT_EQ((*terrain)[0].variable, "elev.lowestmode");
  EXPECT_EQ((*terrain)[0].encoding.type, DataType::int32);
  EXPECT_EQ((*terrain)[1].variable, "slope.percent");
}

}  // namespace
}  // namespace ecocube
