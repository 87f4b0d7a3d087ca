// SPDX-License-Identifier: Apache-2.0
#include "io/points/points.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "io/file/file.h"
#include "io/table/csv.h"

namespace ecocube {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::vector<std::string>> fields_of(std::string_view text, const std::vector<std::string>& wanted) {
  const auto rows = parse_csv(text, "t.csv", wanted);
  EXPECT_TRUE(rows) << rows.error().message;
  std::vector<std::vector<std::string>> fields;
  for (const CsvRow& row : rows.value_or(std::vector<CsvRow>{})) fields.push_back(row.fields);
  return fields;
}

TEST(Csv, QuotedFieldsMayHoldSeparatorsQuotesAndLineEnds) {
  EXPECT_THAT(fields_of("a,b\n\"1,5\",\"say \"\"hi\"\"\"\n\"two\nlines\", 4 \n", {"b", "a"}),
              ElementsAre(ElementsAre("say \"hi\"", "1,5"), ElementsAre("4", "two\nlines")));
}

TEST(Csv, SemicolonsTabsAnyLineEndsAndAMarkAreUnderstood) {
  const auto expected = ElementsAre(ElementsAre("1", "2,5"), ElementsAre("3", "4"));
  EXPECT_THAT(fields_of("\xef\xbb\xbfx;y\r\n1;2,5\r\n\r\n3;4", {"x", "y"}), expected);
  EXPECT_THAT(fields_of("x\ty\r1\t2,5\r3\t4\r", {"x", "y"}), expected);
}

TEST(Csv, RowsKnowTheirLineAlsoAfterFieldsOfSeveralLines) {
  for (const char* end : {"\n", "\r\n"}) {
    const std::string e(end);
    const auto rows = parse_csv("a,b" + e + "\"x" + e + "y\",1" + e + e + "z,2" + e, "t.csv", {"a"});
    ASSERT_TRUE(rows);
    EXPECT_EQ((*rows)[0].line, 2U);
    EXPECT_EQ((*rows)[1].line, 5U);
  }
}

TEST(Csv, WhatIsBrokenIsNamed) {
  const auto message = [](std::string_view text) { return parse_csv(text, "t.csv", {"a"}).error().message; };
  EXPECT_EQ(message("a,b\n1,2\n3\n"), "t.csv, line 3: 1 field where the header has 2");
  EXPECT_EQ(message("a,b\n1,\"2\n3,4\n"), "t.csv, line 2: a quote has no end");
  EXPECT_EQ(message("a,b\n"), "t.csv: the file has a header but no rows");
  EXPECT_EQ(message(" \n"), "t.csv: the file is empty");
  EXPECT_EQ(message("a,a\n1,2\n"), "t.csv: two columns are named 'a'");
  EXPECT_EQ(message("\xff\xfe"
                    "a"),
            "t.csv: the file is UTF-16; save it as UTF-8");
}

class Points : public testing::Test {
 protected:
  Points() {
    folder_ = fs::temp_directory_path() / fmt::format("ecocube-points-{}-{}", ::getpid(),
                                                      testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
    columns_.path = folder_ / "points.csv";
    columns_.crs = "EPSG:4326";
    columns_.x = "lon";
    columns_.y = "lat";
  }
  ~Points() override { fs::remove_all(folder_); }

  Result<PointSet> read(const std::string& text, const std::string& crs = "EPSG:3035") {
    EXPECT_TRUE(write_text(columns_.path, text));
    return read_points(columns_, crs);
  }
  std::string message_of(const std::string& text) {
    const auto set = read(text);
    return set ? "" : set.error().message;
  }

  fs::path folder_;
  PointColumns columns_;
};

TEST_F(Points, AreReadInTheFilesOrderAndBroughtIntoTheCubesSystem) {
  columns_.weight = "confidence";
  columns_.group = "tile";
  columns_.id = "point";
  const auto set =
      read("point,lon,lat,date,label,confidence,tile\nb,10,52,2018-06-30,211,0.5,t1\na,11,52,2015,312,1,\n");
  ASSERT_TRUE(set) << set.error().message;
  ASSERT_EQ(set->points.size(), 2U);
  const FieldPoint& first = set->points[0];
  EXPECT_NEAR(first.x, 4321000, 1e-3);  // the projection's own centre
  EXPECT_NEAR(first.y, 3210000, 1e-3);
  EXPECT_EQ(iso_date(first.date), "2018-06-30");
  EXPECT_EQ(first.label, "211");
  EXPECT_EQ(first.weight, 0.5);
  EXPECT_EQ(first.group, "t1");
  EXPECT_EQ(first.id, "b");
  EXPECT_EQ(set->points[1].id, "a");
  EXPECT_GT(set->points[1].x, first.x + 60000);
  EXPECT_EQ(iso_date(set->points[1].date), "2015-07-01");
  EXPECT_EQ(set->points[1].group, "");
  EXPECT_TRUE(set->notes().empty());
}

TEST_F(Points, WithoutAnIdColumnTheRowNumberIsTheId) {
  const auto set = read("lon;lat;date;label\n10;52;2018;a\n\n11;52;2018;b\n");
  ASSERT_TRUE(set);
  EXPECT_EQ(set->points[1].id, "2");
  EXPECT_EQ(set->points[1].weight, 1);
}

TEST_F(Points, RowsWithGapsAreLeftOutCountedAndNoted) {
  const auto set =
      read("lon,lat,date,label\n10,52,2018,a\n,52,2018,a\n10,NA,2018,a\n10,52,,a\n10,52,2018,\n10,52,2018,NaN\n");
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->points.size(), 1U);
  EXPECT_EQ(set->rows, 6U);
  EXPECT_EQ(set->count_of("have no coordinates"), 2U);
  EXPECT_EQ(set->count_of("have no date"), 1U);
  EXPECT_EQ(set->count_of("have no label"), 2U);
  EXPECT_THAT(set->notes(),
              ElementsAre("points " + columns_.path + ": 2 of 6 rows have no coordinates and are left out",
                          "points " + columns_.path + ": 1 of 6 rows have no date and are left out",
                          "points " + columns_.path + ": 2 of 6 rows have no label and are left out"));
}

TEST_F(Points, APlaceThatTheCubesSystemCannotShowIsLeftOutAndNoted) {
  const auto set = read("lon,lat,date,label\n10,52,2018,a\n4321000,3210000,2018,a\n");
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->points.size(), 1U);
  EXPECT_EQ(set->count_of("have no place"), 1U);
  EXPECT_THAT(set->notes(),
              ElementsAre("points " + columns_.path + ": 1 of 2 rows have no place in EPSG:3035 and are left out"));
}

TEST_F(Points, WhatCannotBeReadIsAnErrorThatNamesLineColumnAndValue) {
  columns_.weight = "w";
  const std::string header = "lon,lat,date,label,w\n10,52,2018,a,1\n",
                    start = "points " + columns_.path + ", line 3, column ";
  EXPECT_EQ(message_of(header + "ten,52,2018,a,1\n"), start + "lon: 'ten' is no number");
  EXPECT_EQ(message_of(header + "10,inf,2018,a,1\n"), start + "lat: 'inf' is no number");
  EXPECT_EQ(message_of(header + "10,52,31/12/2018,a,1\n"), start + "date: '31/12/2018' is no date such as 2018-06-30");
  EXPECT_EQ(message_of(header + "10,52,2018-02-30,a,1\n"), start + "date: '2018-02-30' is no date such as 2018-06-30");
  EXPECT_EQ(message_of(header + "10,52,2018,a,-1\n"), start + "w: '-1' is a negative weight");
  EXPECT_EQ(message_of(header + "10,52,2018,a,nan\n"), start + "w: 'nan' is no number");
  EXPECT_EQ(message_of(header + "10,52,2018,a,\n"), start + "w: '' is no number");
}

TEST_F(Points, AMissingColumnAnEmptyFileAndAMissingFileAreNamed) {
  const std::string start = "points " + columns_.path + ": ";
  EXPECT_EQ(message_of("lon,lat,date,lable\n10,52,2018,a\n"), start + "no column 'label' - did you mean 'lable'?");
  EXPECT_EQ(message_of(""), start + "the file is empty");
  EXPECT_EQ(message_of("lon,lat,date,label\n"), start + "the file has a header but no rows");
  EXPECT_EQ(message_of("lon,lat,date,label\n,52,2018,a\n"),
            start + "none of the 1 rows is left (" + start + "1 of 1 rows have no coordinates and are left out)");
  columns_.path = folder_ / "absent.csv";
  EXPECT_EQ(read_points(columns_, "EPSG:3035").error().message, "points " + columns_.path + ": no such file");
}

TEST_F(Points, ACsvFileWithoutACrsIsAnError) {
  columns_.crs.clear();
  EXPECT_EQ(message_of("lon,lat,date,label\n10,52,2018,a\n"),
            "points " + columns_.path + ": the file does not say its coordinate reference system; say it as crs");
  columns_.crs = "EPSG:99999";
  EXPECT_THAT(message_of("lon,lat,date,label\n10,52,2018,a\n"),
              HasSubstr("points " + columns_.path + ": unknown coordinate reference system 'EPSG:99999'"));
}

TEST_F(Points, AVectorFileSaysItsOwnSystem) {
  columns_.path = folder_ / "points.geojson";
  columns_.crs.clear();
  const auto set = read(R"({"type": "FeatureCollection", "features": [
    {"type": "Feature", "geometry": {"type": "Point", "coordinates": [10, 52]}, "properties": {"date": "2018-06-30", "label": 211}},
    {"type": "Feature", "geometry": null, "properties": {"date": "2018-06-30", "label": 211}}]})");
  ASSERT_TRUE(set) << set.error().message;
  ASSERT_EQ(set->points.size(), 1U);
  EXPECT_NEAR(set->points[0].x, 4321000, 1e-3);
  EXPECT_EQ(set->points[0].label, "211");
  EXPECT_EQ(set->count_of("have no coordinates"), 1U);
}

TEST_F(Points, ASystemThatContradictsTheFileIsTakenAndNoted) {
  columns_.path = folder_ / "points.geojson";
  columns_.crs = "EPSG:3035";
  const auto set = read(R"({"type": "FeatureCollection", "features": [
    {"type": "Feature", "geometry": {"type": "Point", "coordinates": [4321000, 3210000]}, "properties": {"date": "2018-06-30", "label": "x"}}]})");
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_NEAR(set->points[0].x, 4321000, 1e-6);
  EXPECT_THAT(set->notes(), ElementsAre(HasSubstr("are taken as EPSG:3035, as asked, though the file says otherwise")));
}

TEST(PointsOfRealData, GelderlandsSamplesAreReadWithTheirDates) {
  PointColumns columns;
  columns.path = ECOCUBE_SOURCE_DIR "/../shared/data/ecodatacube-gelderland/samples/samples.gpkg";
  columns.label = "code";
  if (!fs::exists(columns.path)) GTEST_SKIP() << columns.path << " is absent";
  const auto set = read_points(columns, "EPSG:3035");
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->points.size(), 256U);
  EXPECT_TRUE(set->notes().empty());
  EXPECT_NEAR(set->points[0].x, 4027365.5267672, 1e-3);
  EXPECT_NEAR(set->points[0].y, 3213354.07511776, 1e-3);
  EXPECT_EQ(iso_date(set->points[0].date), "2019-01-01");
  EXPECT_EQ(set->points[0].label, "211");
}

}  // namespace
}  // namespace ecocube
