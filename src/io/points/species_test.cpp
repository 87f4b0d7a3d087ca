// SPDX-License-Identifier: Apache-2.0
#include "io/points/species.h"

#include <gmock/gmock.h>

#include <cmath>
#include <random>

#include "io/points/point_files_fixture.h"

namespace ecocube {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> facts_of(const PointSet& set) {
  std::vector<std::string> facts;
  for (const FieldPoint& point : set.points)
    facts.push_back(fmt::format("{} {} {}", point.id, point.label, iso_date(point.date)));
  return facts;
}

FieldPoint point_at(double x, double y, const std::string& label, int year = 2010) {
  FieldPoint point;
  point.id = fmt::format("{}-{}", x, y);
  point.x = x;
  point.y = y;
  point.date = make_day(year, 5, 1);
  point.label = label;
  return point;
}

PointSet set_of(std::vector<FieldPoint> points) {
  PointSet set;
  set.points = std::move(points);
  return set;
}

class Species : public PointFilesFixture {
 protected:
  Species() {
    columns.crs = "EPSG:3035";
    columns.id = "id";
  }
  Result<Occurrences> read(const std::string& csv) {
    columns.path = file("trees.csv", csv);
    return read_occurrences(columns, rules, groups, "EPSG:3035");
  }
  PointColumns columns;
  SpeciesRules rules;
  GroupRule groups;
};

TEST_F(Species, RowsOfTheSpeciesArePresencesAndOthersAreLeftOutOrKeptAsOtherPoints) {
  const std::string csv =
      "id,x,y,date,species\na,1,1,2010-05-01,Fagus sylvatica\nb,2,1,2010-05-01,Abies alba\nc,3,1,2010-05-01,fagus "
      "sylvatica\nd,4,1,2010-05-01,\ne,5,1,,Fagus sylvatica\n";
  rules.species = "Fagus sylvatica";
  const auto alone = read(csv);
  ASSERT_TRUE(alone) << alone.error().message;
  EXPECT_THAT(facts_of(alone->presences), ElementsAre("a presence 2010-05-01", "c presence 2010-05-01"));
  EXPECT_TRUE(alone->others.points.empty());
  EXPECT_EQ(alone->presences.count_of("are of another species"), 1u);
  EXPECT_EQ(alone->presences.count_of("name no species"), 1u);
  EXPECT_EQ(alone->presences.count_of("have no date"), 1u);
  rules.other_species = true;
  const auto both = read(csv);
  ASSERT_TRUE(both) << both.error().message;
  EXPECT_THAT(facts_of(both->others), ElementsAre("b Abies alba 2010-05-01"));
  EXPECT_EQ(both->presences.count_of("are of another species"), 0u);
  rules.species = "Fagus silvatica";
  EXPECT_THAT(read(csv).error().message,
              HasSubstr("trees.csv: column species never says 'Fagus silvatica' - did you mean 'Fagus sylvatica'?"));
}

TEST_F(Species, OccurrencesWithUncertainPlacesAreLeftOutAndCounted) {
  rules.uncertainty_column = "metres";
  rules.most_uncertainty = 50;
  const std::string csv = "id,x,y,date,metres\na,1,1,2010,50\nb,2,1,2010,51\nc,3,1,2010,\n";
  const auto kept = read(csv);
  ASSERT_TRUE(kept) << kept.error().message;
  EXPECT_EQ(kept->presences.points.size(), 2u);
  EXPECT_EQ(kept->presences.count_of("have a place that is less certain"), 1u);
  rules.keep_unknown_uncertainty = false;
  EXPECT_EQ(read(csv)->presences.count_of("do not say how certain"), 1u);
  EXPECT_THAT(read("id,x,y,date,metres\na,1,1,2010,far\n").error().message,
              HasSubstr("line 2, column metres: 'far' is no number"));
}

TEST_F(Species, APresenceCountsOnlyInYearsInWhichTheMaskHolds) {
  raster("forest_2010.tif", {"11", ".0"});
  raster("forest_2012.tif", {"01", "11"});
  rules.mask = (folder / "forest_{year}.tif").string();
  const std::string csv =
      "id,x,y,date\na,4321050,3209950,2010\nb,4321050,3209950,2012\nc,4321050,3209850,2010\nd,4321150,3209950,2011\n"
      "e,4320000,3209950,2010\n";
  const auto own = read(csv);
  ASSERT_TRUE(own) << own.error().message;
  EXPECT_THAT(facts_of(own->presences), ElementsAre("a presence 2010-07-01"));
  EXPECT_EQ(own->presences.count_of("lie outside the mask of their year"), 3u);
  EXPECT_EQ(own->presences.count_of("are of years without a mask"), 1u);
}

TEST_F(Species, DatesFromTheMaskPutAPresenceIntoEveryYearInWhichItHolds) {
  raster("forest_2010.tif", {"23"});
  raster("forest_2012.tif", {"13"});
  rules.mask = (folder / "forest_{year}.tif").string();
  rules.mask_values = {{2, 2}, {3, 9}};
  rules.dates_from_mask = true;
  groups.by = "point";
  const auto found = read("id,x,y\na,4321050,3209950\nb,4321150,3209950\nc,4321250,3209950\n");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_THAT(facts_of(found->presences),
              ElementsAre("a@2010 presence 2010-07-01", "b@2010 presence 2010-07-01", "b@2012 presence 2012-07-01"));
  EXPECT_EQ(found->presences.points[2].group, "b");
  EXPECT_EQ(found->presences.count_of("lie outside the mask in every year"), 1u);
  rules.mask = (folder / "woods_{year}.tif").string();
  EXPECT_THAT(read("id,x,y\na,4321050,3209950\n").error().message, HasSubstr("no mask"));
}

TEST_F(Species, OtherPointsBecomeAbsencesUnlessTheyLieNearOrMeanSomethingElse) {
  rules.distance = 100;
  rules.absence_labels = {"3*", "211"};
  const PointSet set = join_absences(set_of({point_at(0, 0, "presence")}),
                                     set_of({point_at(99, 0, "311"), point_at(100, 0, "312"), point_at(-500, 0, "111"),
                                             point_at(0, 200, "211", 2015)}),
                                     rules, "trees.csv");
  EXPECT_THAT(facts_of(set),
              ElementsAre("0-0 presence 2010-05-01", "100-0 absence 2010-05-01", "0-200 absence 2015-05-01"));
  EXPECT_EQ(set.count_of("lie near a presence"), 1u);
  EXPECT_EQ(set.count_of("have a label that does not mean absence"), 1u);
  EXPECT_THAT(set.notes()[0], HasSubstr("points trees.csv: 1 of 4 other points have a label"));
}

TEST_F(Species, ThinningKeepsOnePointASquareAndYearAndPresencesComeFirst) {
  rules.thin = 30;
  const auto presences = set_of({point_at(1, 1, "presence"), point_at(29, 29, "presence"),
                                 point_at(1, 1, "presence", 2011), point_at(31, 1, "presence")});
  const auto others =
      set_of({point_at(2, 2, "x"), point_at(2, 2, "x", 2012), point_at(61, 1, "x"), point_at(62, 1, "x")});
  const PointSet yearly = join_absences(presences, others, rules, "t");
  EXPECT_THAT(facts_of(yearly),
              ElementsAre("1-1 presence 2010-05-01", "1-1 presence 2011-05-01", "31-1 presence 2010-05-01",
                          "2-2 absence 2012-05-01", "61-1 absence 2010-05-01"));
  EXPECT_EQ(yearly.count_of("share a square and year with an earlier one"), 2u);
  EXPECT_EQ(yearly.count_of("share a square and year with a presence"), 1u);
  rules.thin_over_years = true;
  EXPECT_EQ(join_absences(presences, others, rules, "t").points.size(), 3u);
}

TEST_F(Species, NoAbsenceLiesNearerThanTheDistanceWhateverTheSquares) {
  std::mt19937 random(11);
  std::uniform_real_distribution<double> place(-1000, 1000);
  rules.distance = 75;
  std::vector<FieldPoint> presences, others;
  for (int i = 0; i < 60; ++i) presences.push_back(point_at(place(random), place(random), "presence"));
  for (int i = 0; i < 2000; ++i) others.push_back(point_at(place(random), place(random), "x"));
  const auto nearest = [&](const FieldPoint& point) {
    double least = 1e9;
    for (const FieldPoint& other : presences) least = std::min(least, std::hypot(point.x - other.x, point.y - other.y));
    return least;
  };
  std::size_t far = 0;
  for (const FieldPoint& point : others) far += nearest(point) >= rules.distance ? 1 : 0;
  const PointSet set = join_absences(set_of(presences), set_of(others), rules, "t");
  EXPECT_EQ(set.points.size(), presences.size() + far);
  EXPECT_LT(far, others.size());
  for (std::size_t i = presences.size(); i < set.points.size(); ++i) EXPECT_GE(nearest(set.points[i]), rules.distance);
}

}  // namespace
}  // namespace ecocube
