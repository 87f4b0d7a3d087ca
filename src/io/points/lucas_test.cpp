// SPDX-License-Identifier: Apache-2.0
#include "io/points/lucas.h"

#include <gmock/gmock.h>

#include <map>
#include <set>

#include "data/cube/legend.h"
#include "io/points/point_files_fixture.h"
#include "io/points/survey_date.h"

namespace ecocube {
namespace {

using testing::HasSubstr;

TEST(SurveyDate, TheDayComesBeforeTheMonthInAllFormatsOfTheSurveys) {
  const auto iso = [](std::string_view text) {
    const auto date = parse_survey_date(text);
    return date ? iso_date(*date) : "none";
  };
  EXPECT_EQ(iso("22/07/2009"), "2009-07-22");
  EXPECT_EQ(iso("2/1/09"), "2009-01-02");
  EXPECT_EQ(iso("11/6/09"), "2009-06-11");
  EXPECT_EQ(iso("21-09-18"), "2018-09-21");
  EXPECT_EQ(iso("4.7.2012"), "2012-07-04");
  EXPECT_EQ(iso("15-JUN-15"), "2015-06-15");
  EXPECT_EQ(iso("2009/01/02"), "2009-01-02");
  EXPECT_EQ(iso("2018-06-30 00:00:00"), "2018-06-30");
  EXPECT_EQ(iso("31/02/2012"), "none");
  EXPECT_EQ(iso("06/13/2012"), "none");
  EXPECT_EQ(iso("0/1/12"), "none");
  EXPECT_EQ(iso("1/2"), "none");
}

TEST(PointDate, MonthsAndSpansOfCollectionsAreReadAndDayFirstDatesAreNot) {
  const auto iso = [](std::string_view text) {
    const auto date = parse_point_date(text);
    return date ? iso_date(*date) : "none";
  };
  EXPECT_EQ(iso("2018-06"), "2018-06-15");
  EXPECT_EQ(iso("2018-06-01/2018-06-30"), "2018-06-01");
  EXPECT_EQ(iso("2018-06/2018-08"), "2018-06-15");
  EXPECT_EQ(iso("2018-06-01T12:00:00/2018-06-02T12:00:00"), "2018-06-01");
  EXPECT_EQ(iso("2018/06/30"), "2018-06-30");
  EXPECT_EQ(iso("2018-13"), "none");
  EXPECT_EQ(iso("30/06/2018"), "none");
}

class Lucas : public PointFilesFixture {
 protected:
  Result<PointSet> read(const std::string& rows, const std::string& header = kHeader) {
    return read_lucas({file("survey_2009.csv", header + rows)}, "", rules, groups, "EPSG:3035");
  }
  std::string message_of(const std::string& rows, const std::string& header = kHeader) {
    const auto set = read(rows, header);
    return set ? "" : set.error().message;
  }
  void use_table(const std::string& rows = "A11,U111,111,1\nC10,U120,311,1\nE20,U364,231,0\nH12,U364,,1\n") {
    rules.table = file("table.csv", "LC1,LU1,CLC3,Representativeness\n" + rows);
  }

  static constexpr const char* kHeader =
      "POINT_ID,TH_LAT,TH_LONG,DATE,OBS_TYPE,GPS_PREC,GPS_LAT,GPS_LONG,LC1,LC1_PCT,OBS_RADIUS,LU1\n";
  LucasRules rules;
  GroupRule groups;
};

TEST_F(Lucas, CodesOfCoverAndUseBecomeClassesAndWhatHasNoneIsCounted) {
  use_table();
  const auto set = read(
      "1,52,10,22/07/2009,1,3,52,10,A11,5,1,U111\n2,52,10.1,2/6/09,1,3,52,10,C10,5,1,U120\n"
      "3,52,10.2,2/6/09,1,3,52,10,E20,5,1,U364\n4,52,10.3,2/6/09,1,3,52,10,H12,5,1,U364\n"
      "5,52,10.4,2/6/09,1,3,52,10,B11,5,1,U111\n6,52,10.5,2/6/09,1,3,52,10,8,5,1,U111\n");
  ASSERT_TRUE(set) << set.error().message;
  ASSERT_EQ(set->points.size(), 2u);
  EXPECT_EQ(set->points[0].id, "1");
  EXPECT_EQ(set->points[0].label, "111");
  EXPECT_NEAR(set->points[0].x, 4321000, 1e-3);
  EXPECT_NEAR(set->points[0].y, 3210000, 1e-3);
  EXPECT_EQ(set->points[1].label, "311");
  EXPECT_EQ(iso_date(set->points[1].date), "2009-06-02");
  EXPECT_EQ(set->rows, 6u);
  EXPECT_EQ(set->count_of("have no land cover code"), 1u);
  EXPECT_EQ(set->count_of("have codes LC1 + LU1 to which the table gives no class"), 1u);
  EXPECT_EQ(set->count_of("have codes LC1 + LU1 that the table marks as not representative"), 1u);
  EXPECT_EQ(set->count_of("have codes LC1 + LU1 that the table does not list"), 1u);
  EXPECT_EQ(set->notes().size(), 4u);
}

TEST_F(Lucas, UnlistedCodesAreAnErrorWhenAskedForAndNotRepresentativeOnesCountWhenAskedFor) {
  use_table();
  rules.unlisted_is_error = true;
  EXPECT_EQ(message_of("5,52,10,2/6/09,1,3,52,10,C10,5,1,U121\n"),
            fmt::format("points {}, line 2: the table {} does not list C10 + U121 - did you mean 'U120'?",
                        (folder / "survey_2009.csv").string(), rules.table));
  rules.representative = false;
  const auto set = read("3,52,10.2,2/6/09,1,3,52,10,E20,5,1,U364\n");
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->points[0].label, "231");
}

TEST_F(Lucas, WithoutATableTheCodeOfTheCoverIsTheClassAtTheAskedLevel) {
  const std::string rows = "1,52,10,22/07/2009,1,3,52,10,A11,5,1,U111\n";
  EXPECT_EQ(read(rows)->points[0].label, "A11");
  rules.level = 1;
  EXPECT_EQ(read(rows)->points[0].label, "A");
}

TEST_F(Lucas, APlaceholderDateCountsAsTheSurveyYearsFirstOfJuly) {
  const auto set = read(
      "1,52,10,2/1/09,1,3,52,10,A11,5,1,U111\n2,52,10,02/01/2009,1,3,52,10,A11,5,1,U111\n"
      "3,52,10,6/1/09,1,3,52,10,A11,5,1,U111\n4,52,10,,1,3,52,10,A11,5,1,U111\n");
  ASSERT_TRUE(set) << set.error().message;
  ASSERT_EQ(set->points.size(), 3u);
  EXPECT_EQ(iso_date(set->points[0].date), "2009-07-01");
  EXPECT_EQ(iso_date(set->points[1].date), "2009-07-01");
  EXPECT_EQ(iso_date(set->points[2].date), "2009-01-06");
  EXPECT_EQ(set->count_of("have a placeholder"), 2u);
  EXPECT_EQ(set->count_of("are dated from November to February"), 1u);
  EXPECT_EQ(set->count_of("have no date"), 1u);
  rules.placeholders = {"01-06"};
  EXPECT_EQ(iso_date(read("3,52,10,6/1/09,1,3,52,10,A11,5,1,U111\n")->points[0].date), "2009-07-01");
}

TEST_F(Lucas, GpsCountsOnlyInTheFieldAndPreciselyAndAPointKeepsItsGroup) {
  rules.use_gps = true;
  const auto set = read(
      "1,52,10,2/6/09,1,3,52.001,10.001,A11,5,1,U111\n2,52,10,2/6/09,1,11,52.001,10.001,A11,5,1,U111\n"
      "3,52,10,2/6/09,2,3,52.001,10.001,A11,5,1,U111\n4,52,10,2/6/09,1,8888,88.888888,88.888888,A11,5,1,U111\n");
  ASSERT_TRUE(set) << set.error().message;
  ASSERT_EQ(set->points.size(), 4u);
  EXPECT_GT(set->points[0].x, 4321050);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_NEAR(set->points[i].x, 4321000, 1e-3) << i;
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(set->points[i].group, set->points[0].group);
  EXPECT_EQ(set->count_of("stand at the place of the observer's GPS"), 1u);
  EXPECT_EQ(set->count_of("have no GPS place"), 3u);
}

TEST_F(Lucas, LongitudesWestOfGreenwichHaveTheirSignInAColumnOfTheirOwn) {
  rules.use_gps = true;
  const auto set = read("1,40,-8,21/09/18,1,3,40.001,W,8.001,A11\n",
                        "POINT_ID,TH_LAT,TH_LONG,SURVEY_DATE,OBS_TYPE,GPS_PREC,GPS_LAT,GPS_EW,GPS_LONG,LC1\n");
  const auto theoretical = read("1,40,-8,21/09/18,3,3,40.001,W,8.001,A11\n",
                                "POINT_ID,TH_LAT,TH_LONG,SURVEY_DATE,OBS_TYPE,GPS_PREC,GPS_LAT,GPS_EW,GPS_LONG,LC1\n");
  ASSERT_TRUE(set && theoretical);
  EXPECT_LT(std::abs(set->points[0].x - theoretical->points[0].x), 200);
  EXPECT_GT(std::abs(set->points[0].x - theoretical->points[0].x), 10);
}

TEST_F(Lucas, ResurveyedPointsShareTheirGroupAndRepeatedRowsAreLeftOut) {
  const std::string row = "50103718,52,10,22/07/2009,1,3,52,10,A11,5,1,U111\n";
  const auto a = file("a.csv", kHeader + row),
             b = file("b.csv", kHeader + row + "50103718,52,10,1/7/12,1,3,52,10,A11,5,1,U111\n");
  for (const char* by : {"cell", "point"}) {
    groups.by = by;
    const auto set = read_lucas({a, b}, "", rules, groups, "EPSG:3035");
    ASSERT_TRUE(set) << set.error().message;
    ASSERT_EQ(set->points.size(), 2u);
    EXPECT_EQ(set->points[0].group, groups.by == "point" ? "50103718" : "r107_c144");
    EXPECT_EQ(set->points[1].group, set->points[0].group);
    EXPECT_EQ(set->count_of("repeat the point and date"), 1u);
  }
}

TEST_F(Lucas, FiltersOnTypeRadiusAndShareLeaveOutAndCount) {
  rules.observations = {"1", "2"};
  rules.radii = {"1"};
  rules.covers = {{2009, {"5"}}, {0, {"6"}}};
  const auto set = read(
      "1,52,10,2/6/09,1,3,52,10,A11,5,1,U111\n2,52,10,2/6/09,3,3,52,10,A11,5,1,U111\n"
      "3,52,10,2/6/09,1,3,52,10,A11,5,2,U111\n4,52,10,2/6/09,1,3,52,10,A11,6,1,U111\n"
      "5,52,10,2/6/12,1,3,52,10,A11,6,1,U111\n");
  ASSERT_TRUE(set) << set.error().message;
  ASSERT_EQ(set->points.size(), 2u);
  EXPECT_EQ(set->points[1].id, "5");
  EXPECT_EQ(set->count_of("have another type of observation"), 1u);
  EXPECT_EQ(set->count_of("have another radius"), 1u);
  EXPECT_EQ(set->count_of("have another share"), 1u);
}

TEST_F(Lucas, ColumnsThatAreMissingAndValuesThatCannotBeReadAreNamed) {
  const std::string path = (folder / "survey_2009.csv").string();
  EXPECT_THAT(
      message_of("1,52,10,2/6/09\n", "POINT_ID,TH_LAT,TH_LONG,DATE\n"),
      HasSubstr("points " + path + ": no column for lc1: looked for lc1, survey_lc1; name it in points.columns.lc1"));
  EXPECT_EQ(message_of("1,52,10,6/13/09,1,3,52,10,A11,5,1,U111\n"),
            "points " + path + ", line 2, column DATE: '6/13/09' is no date such as 22/07/2009, 2/1/09 or 2018-06-30");
  EXPECT_EQ(message_of("1,north,10,6/1/09,1,3,52,10,A11,5,1,U111\n"),
            "points " + path + ", line 2, column TH_LAT: 'north' is no number");
  rules.columns["date"] = "DAET";
  EXPECT_THAT(message_of("1,52,10,6/1/09,1,3,52,10,A11,5,1,U111\n"),
              HasSubstr("no column 'DAET' for date - did you mean 'DATE'?"));
}

TEST_F(Lucas, MistakesInTheTableAreNamedByTheirLine) {
  const std::string row = "1,52,10,2/6/09,1,3,52,10,A11,5,1,U111\n";
  use_table("A11,U111,111,perhaps\n");
  EXPECT_EQ(message_of(row),
            "table " + rules.table + ", line 2, column Representativeness: 'perhaps' is neither 1 nor 0");
  use_table("A11,U111,111,1\nA11,U111,112,1\n");
  EXPECT_EQ(message_of(row),
            "table " + rules.table + ", line 3: A11 + U111 stands in line 2 already, with another class");
  rules.table_columns.to = "CLC";
  EXPECT_THAT(message_of(row), HasSubstr("no column 'CLC' - did you mean 'CLC3'?"));
  rules.table = (folder / "none.csv").string();
  EXPECT_EQ(message_of(row), "table " + rules.table + ": no such file");
}

/// The Latvian points of 2009 and 2012.
class LucasOfLatvia : public testing::Test {
 protected:
  const std::string folder_ = ECOCUBE_SOURCE_DIR "/../shared/data/lucas-corine-latvia/";
  void SetUp() override {
    if (!std::filesystem::exists(folder_)) GTEST_SKIP() << folder_ << " is absent";
    rules_.table = folder_ + "lucas_lc1_lu1_to_clc3_eumap.csv";
  }
  LucasRules rules_;
};

TEST_F(LucasOfLatvia, EveryRowBecomesAPointOrIsCounted) {
  const std::vector<std::string> files{folder_ + "lucas_2009_latvia.csv", folder_ + "lucas_2012_latvia.csv"};
  const auto set = read_lucas(files, "", rules_, {}, "EPSG:3035");
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->rows, 8245u);
  EXPECT_EQ(set->points.size(), 7226u);
  EXPECT_EQ(set->count_of("have codes LC1 + LU1 that the table marks as not representative"), 1019u);
  std::map<std::string, std::size_t> labels;
  for (const FieldPoint& point : set->points) ++labels[point.label];
  EXPECT_EQ(labels["313"], 1456u);
  EXPECT_EQ(labels["231"], 1189u);
  EXPECT_EQ(labels["211"], 970u);
  EXPECT_FALSE(labels.contains("990"));
  for (const auto& [label, count] : labels) EXPECT_TRUE(clc_legend().with_code(label)) << label;
}

TEST_F(LucasOfLatvia, PlaceholderDatesAreCountedAndPointsSeenTwiceShareTheirGroup) {
  rules_.representative = false;
  const std::vector<std::string> files{folder_ + "lucas_2009_latvia.csv", folder_ + "lucas_2012_latvia.csv"};
  const auto set = read_lucas(files, "", rules_, {}, "EPSG:3035");
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->points.size(), 8245u);
  // 383 rows are dated 2 January and 5 more 6 January, with a GPS place: those are taken as they stand.
  EXPECT_EQ(set->count_of("have a placeholder"), 383u);
  std::size_t first_of_july = 0, january = 0, twice = 0;
  std::map<std::string, std::string> group_of_point;
  for (const FieldPoint& point : set->points) {
    first_of_july += iso_date(point.date) == "2009-07-01" ? 1 : 0;
    january += iso_date(point.date) == "2009-01-06" ? 1 : 0;
    const auto [known, is_new] = group_of_point.emplace(point.id, point.group);
    twice += is_new ? 0 : 1;
    EXPECT_EQ(known->second, point.group) << point.id;
  }
  EXPECT_EQ(first_of_july, 383u + 54u);  // 54 rows really are of that day
  EXPECT_EQ(january, 5u);
  EXPECT_EQ(twice, 3056u);
}

TEST_F(LucasOfLatvia, TheGeopackageGivesTheSamePointsAsTheFiles) {
  const std::vector<std::string> files{folder_ + "lucas_2009_latvia.csv", folder_ + "lucas_2012_latvia.csv"};
  const auto csv = read_lucas(files, "", rules_, {}, "EPSG:3035"),
             gpkg = read_lucas({folder_ + "lucas_latvia_2009_2012.gpkg"}, "", rules_, {}, "EPSG:3035");
  ASSERT_TRUE(csv) << csv.error().message;
  ASSERT_TRUE(gpkg) << gpkg.error().message;
  const auto facts_of = [](const PointSet& set) {
    std::multiset<std::string> facts;
    for (const FieldPoint& point : set.points)
      facts.insert(
          fmt::format("{} {} {} {:.3f} {:.3f}", point.id, iso_date(point.date), point.label, point.x, point.y));
    return facts;
  };
  EXPECT_EQ(facts_of(*csv), facts_of(*gpkg));
}

}  // namespace
}  // namespace ecocube
