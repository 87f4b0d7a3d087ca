// SPDX-License-Identifier: Apache-2.0
#include "io/points/soil.h"

#include <gmock/gmock.h>

#include <set>

#include "io/points/point_files_fixture.h"

namespace ecocube {
namespace {

using testing::HasSubstr;

class Soil : public PointFilesFixture {
 protected:
  Soil() {
    columns.crs = "EPSG:3035";
    columns.year = 2000;
    columns.id = "id";
    columns.value = "clay_*";
    rules.upper = "top_*";
    rules.lower = "bottom_*";
    groups.by = "point";
  }
  Result<PointSet> read(const std::string& csv) {
    columns.path = file("profiles.csv", csv);
    return read_soil(columns, rules, groups, "EPSG:3035");
  }
  static constexpr const char* kWide = "id,x,y,top_A,bottom_A,clay_A,top_B,bottom_B,clay_B\n";
  PointColumns columns;
  SoilRules rules;
  GroupRule groups;
};

TEST_F(Soil, AWideProfileGivesAPointForEveryLayerWithAValue) {
  const auto set = read(std::string(kWide) + "p1,10,20,0,10,12.5,10,30,20\np2,11,20,0,10,,10,,7\n");
  ASSERT_TRUE(set) << set.error().message;
  ASSERT_EQ(set->points.size(), 2u);
  EXPECT_EQ(set->points[0].id, "p1/0-10");
  EXPECT_EQ(set->points[0].value, 12.5);
  EXPECT_EQ(set->points[0].depth, 5);
  EXPECT_EQ(set->points[0].label, "");
  EXPECT_EQ(set->points[1].depth, 20);
  EXPECT_EQ(set->points[1].group, "p1");
  EXPECT_EQ(iso_date(set->points[1].date), "2000-07-01");
  EXPECT_EQ(set->count_of("have no value"), 1u);
  EXPECT_EQ(set->count_of("have no depths"), 1u);
  EXPECT_THAT(set->notes()[0], HasSubstr("profiles.csv: 1 of 4 soil layers have no value and are left out"));
}

TEST_F(Soil, ALongFileGivesAPointForEveryRowAndRowsOfOnePlaceAreOneProfile) {
  columns.value = "clay";
  columns.id = "";
  rules.upper = "top";
  rules.lower = "bottom";
  rules.depth = "upper";
  const auto set = read("x,y,top,bottom,clay\n10,20,0,10,1\n10,20,10,30,2\n11,20,0,10,3\n");
  ASSERT_TRUE(set) << set.error().message;
  ASSERT_EQ(set->points.size(), 3u);
  EXPECT_EQ(set->points[1].depth, 10);
  EXPECT_EQ(set->points[0].group, set->points[1].group);
  EXPECT_NE(set->points[0].group, set->points[2].group);
  rules.depth = "lower";
  EXPECT_EQ(read("x,y,top,bottom,clay\n10,20,0,10,1\n")->points[0].depth, 10);
  groups.by = "cell";
  EXPECT_EQ(read("x,y,top,bottom,clay\n10,20,0,10,1\n")->points[0].group, "r0_c0");
}

TEST_F(Soil, LayersOutOfRangeTooDeepOrUpsideDownAreLeftOutAndCounted) {
  columns.value = "clay";
  rules.upper = "top";
  rules.lower = "bottom";
  rules.least = 0;
  rules.most = 100;
  rules.deepest = 100;
  const auto set = read(
      "id,x,y,top,bottom,clay\na,1,1,0,10,50\na,1,1,10,0,50\na,1,1,0,10,-1\na,1,1,0,10,101\na,1,1,100,120,50\na,1,1,90,"
      "110,0\n");
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->points.size(), 2u);
  EXPECT_EQ(set->points[1].depth, 100);
  for (const char* what : {"have their lower depth above", "have a value below", "have a value above", "lie deeper"})
    EXPECT_EQ(set->count_of(what), 1u) << what;
}

TEST_F(Soil, WhatIsMissingOrUnreadableIsNamed) {
  const std::string row = "p1,10,20,0,10,12.5,10,30,20\n", start = "points " + (folder / "profiles.csv").string();
  columns.value = "silt_*";
  EXPECT_THAT(read(kWide + row).error().message, HasSubstr(start + ": no column is like 'silt_*'"));
  columns.value = "clay_*";
  EXPECT_EQ(read(std::string(kWide) + "p1,10,20,0,ten,12.5,10,30,20\n").error().message,
            start + ", line 2, column bottom_A: 'ten' is no number");
  rules.lower = "base_*";
  EXPECT_THAT(read(kWide + row).error().message, HasSubstr(start + ": no column 'base_A'"));
  rules.lower = "bottom";
  EXPECT_EQ(read(kWide + row).error().message,
            "points.lower: 'bottom' has no * though points.value, 'clay_*', has one");
  rules.lower = "bottom_*";
  columns.crs = "";
  EXPECT_THAT(read(kWide + row).error().message, HasSubstr("say it as crs"));
  columns.crs = "EPSG:3035";
  columns.year.reset();
  EXPECT_THAT(read(kWide + row).error().message, HasSubstr(start + ": no column 'date'"));
}

TEST(SoilOfEbergoetzen, EveryHorizonWithAValueBecomesAPoint) {
  PointColumns columns;
  columns.path = ECOCUBE_SOURCE_DIR "/../shared/data/soil-ebergoetzen/eberg_points.csv";
  if (!std::filesystem::exists(columns.path)) GTEST_SKIP() << columns.path << " is absent";
  columns.crs = "EPSG:31467";
  columns.x = "X";
  columns.y = "Y";
  columns.id = "ID";
  columns.year = 2000;
  columns.value = "SNDMHT_*";
  SoilRules rules;
  rules.upper = "UHDICM_*";
  rules.lower = "LHDICM_*";
  const auto set = read_soil(columns, rules, {"point", 0}, "EPSG:31467");
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->rows, 3670u);
  EXPECT_EQ(set->points.size(), 15596u);
  EXPECT_EQ(set->points.size() + set->count_of("have no value"), 5u * 3670u);
  std::set<double> depths;
  for (const FieldPoint& point : set->points) depths.insert(point.depth);
  EXPECT_EQ(depths, (std::set<double>{5, 20, 40, 60, 80}));
}

}  // namespace
}  // namespace ecocube
