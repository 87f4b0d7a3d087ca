// SPDX-License-Identifier: Apache-2.0
#include "io/points/point_source.h"

#include <gmock/gmock.h>

#include "io/points/point_files_fixture.h"
#include "io/points/points_file.h"

namespace ecocube {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class PointSources : public PointFilesFixture {
 protected:
  PointSource plain(const std::string& name, const std::string& rows) {
    PointSource source;
    source.paths = {file(name, "x,y,date,label\n" + rows)};
    source.columns.crs = "EPSG:3035";
    return source;
  }
  /// The pixel at a column of the drawn rasters' first row.
  static std::string at(int col) { return fmt::format("{},3209950", 4321050 + 100 * col); }
};

TEST_F(PointSources, SourcesAreJoinedInOrderAndEachKnowsItsPart) {
  PointSource first = plain("a.csv", "1,2,2010,211\n3,4,2011,\n"), second = plain("b.csv", "5,6,2012,312\n");
  second.confidence = 85;
  const auto all = prepare_points(std::vector<PointSource>{first, second}, "EPSG:3035");
  ASSERT_TRUE(all) << all.error().message;
  ASSERT_EQ(all->set.points.size(), 2u);
  EXPECT_EQ(all->set.rows, 3u);
  EXPECT_EQ(all->set.points[0].weight, 1);
  EXPECT_EQ(all->set.points[1].weight, 85);
  EXPECT_EQ(all->parts[1].begin, 1u);
  EXPECT_EQ(all->parts[1].end, 2u);
  EXPECT_EQ(all->parts[0].rows, 2u);
  EXPECT_THAT(all->set.notes(),
              ElementsAre(HasSubstr("1 of 2 rows have no label"),
                          HasSubstr("a.csv: each weighs 1 where others weigh up to 85; set confidence")));
}

TEST_F(PointSources, APatternTakesItsFilesInOrderAndOneWithoutFilesIsNamed) {
  PointSource source = plain("s2.csv", "2,2,2010,b\n");
  plain("s1.csv", "1,2,2010,a\n");
  source.paths = {(folder / "s*.csv").string()};
  const auto all = prepare_points(std::vector<PointSource>{source}, "EPSG:3035");
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_EQ(all->set.points[0].label, "a");
  EXPECT_EQ(all->set.points[1].label, "b");
  source.paths = {(folder / "t*.csv").string()};
  EXPECT_EQ(prepare_points(std::vector<PointSource>{source}, "EPSG:3035").error().message,
            "points " + (folder / "t*.csv").string() + ": no file matches");
}

TEST_F(PointSources, PointsThatAnotherMapContradictsAreLeftOutAndEachRuleIsCounted) {
  PointSource source = plain("p.csv", at(0) + ",2010,311\n" + at(1) + ",2010,312\n" + at(2) + ",2010,111\n" + at(3) +
                                          ",2010,311\n" + at(9) + ",2010,311\n");
  ScreenRule rule;
  rule.raster = raster("forest.tif", {"1025."});
  rule.keep = {{"312", {{0, 0}}}, {"31*", {{1, 2}}}};
  source.screen = {rule};
  const auto kept = prepare_points(std::vector<PointSource>{source}, "EPSG:3035");
  ASSERT_TRUE(kept) << kept.error().message;
  EXPECT_EQ(kept->set.points.size(), 4u);
  EXPECT_EQ(kept->set.count_of("are contradicted by forest.tif"), 1u);
  EXPECT_EQ(kept->set.count_of("lie where forest.tif has no value and are kept"), 1u);
  source.screen[0].keep_missing = false;
  const auto dropped = prepare_points(std::vector<PointSource>{source}, "EPSG:3035");
  EXPECT_EQ(dropped->set.points.size(), 3u);
  EXPECT_THAT(dropped->set.notes()[1], HasSubstr("1 of 5 points lie where forest.tif has no value and are left out"));
  source.screen[0].band = 2;
  EXPECT_THAT(prepare_points(std::vector<PointSource>{source}, "EPSG:3035").error().message,
              HasSubstr("no band 2; it has 1"));
}

TEST_F(PointSources, AYearlyMapTestsThePointsOfItsYears) {
  PointSource source = plain("p.csv", at(0) + ",2010,311\n" + at(0) + ",2011,311\n" + at(0) + ",2012,311\n");
  raster("forest_2010.tif", {"0"});
  raster("forest_2011.tif", {"1"});
  ScreenRule rule;
  rule.raster = (folder / "forest_{year}.tif").string();
  rule.keep = {{"311", {{1, 1}}}};
  source.screen = {rule};
  const auto kept = prepare_points(std::vector<PointSource>{source}, "EPSG:3035");
  ASSERT_TRUE(kept) << kept.error().message;
  ASSERT_EQ(kept->set.points.size(), 2u);
  EXPECT_EQ(iso_date(kept->set.points[0].date), "2011-07-01");
  EXPECT_EQ(kept->set.count_of("are of years for which there is no"), 1u);
  const auto files = files_of(source);
  ASSERT_TRUE(files);
  EXPECT_THAT(*files, ElementsAre(source.paths[0], (folder / "forest_2010.tif").string(),
                                  (folder / "forest_2011.tif").string()));
}

TEST_F(PointSources, PresencesAndTheAbsencesOfAnotherSourceKeepTheirWeights) {
  PointSource species = plain("trees.csv", "0,0,2010,x\n");
  species.kind = "species";
  species.confidence = 60;
  species.species.distance = 10;
  PointSource absence = plain("survey.csv", "5,0,2010,211\n500,0,2010,211\n");
  absence.confidence = 100;
  species.absences = {absence};
  const auto all = prepare_points(std::vector<PointSource>{species}, "EPSG:3035");
  ASSERT_TRUE(all) << all.error().message;
  ASSERT_EQ(all->set.points.size(), 2u);
  EXPECT_EQ(all->set.points[0].label, "presence");
  EXPECT_EQ(all->set.points[0].weight, 60);
  EXPECT_EQ(all->set.points[1].label, "absence");
  EXPECT_EQ(all->set.points[1].weight, 100);
  EXPECT_EQ(files_of(species)->size(), 2u);
  species.confidence.reset();
  const auto unweighed = prepare_points(std::vector<PointSource>{species}, "EPSG:3035");
  EXPECT_EQ(unweighed->set.points[0].weight, 100);
  EXPECT_THAT(unweighed->set.remarks,
              ElementsAre(HasSubstr("the occurrences weigh 100, as the heaviest of the absences")));
  species.absences[0].columns.label = "lable";
  EXPECT_THAT(prepare_points(std::vector<PointSource>{species}, "EPSG:3035").error().message,
              HasSubstr("no column 'lable' - did you mean 'label'?"));
}

TEST_F(PointSources, AbsencesWithoutAGroupTakeTheSquaresOfThePresences) {
  PointSource species = plain("trees.csv", "10,10,2010,x\n");
  species.kind = "species";
  species.groups.by = "cell";
  species.groups.cell = 1000;
  species.absences = {plain("survey.csv", "500,500,2010,211\n1500,10,2010,211\n")};
  const auto all = prepare_points(std::vector<PointSource>{species}, "EPSG:3035");
  ASSERT_TRUE(all) << all.error().message;
  ASSERT_EQ(all->set.points.size(), 3u);
  EXPECT_FALSE(all->set.points[0].group.empty());
  EXPECT_EQ(all->set.points[1].group, all->set.points[0].group);
  EXPECT_NE(all->set.points[2].group, all->set.points[0].group);
  EXPECT_FALSE(all->set.points[2].group.empty());
}

TEST_F(PointSources, SquaresOfKilometresInADegreeGridAreRefused) {
  PointSource source = plain("p.csv", "10,50,2010,311\n");
  source.kind = "species";
  source.columns.crs = "EPSG:4326";
  EXPECT_THAT(prepare_points(std::vector<PointSource>{source}, "EPSG:4326").error().message,
              HasSubstr("points.cell: 30000 is a side in degrees"));
  source.groups.cell = 0.5;
  EXPECT_EQ(prepare_points(std::vector<PointSource>{source}, "EPSG:4326")->set.points[0].group, "r100_c20");
}

TEST_F(PointSources, WrittenPointsReadBackFromBothFormatsWithTheSameBytesEachTime) {
  FieldPoint seen{"a,1", 4321000.5, 3210000, make_day(2012, 6, 30), "211", 85, "r107_c144"}, measured = seen;
  measured.label.clear();
  measured.value = 12.5;
  measured.depth = 5;
  const std::vector<FieldPoint> points{seen, measured};
  for (const char* name : {"out.csv", "out.gpkg"}) {
    const auto path = folder / name;
    const auto written = write_points(path, points, "EPSG:3035");
    ASSERT_TRUE(written) << written.error().message;
    const std::string bytes = *read_text(path);
    ASSERT_TRUE(write_points(path, points, "EPSG:3035"));
    EXPECT_EQ(*read_text(path), bytes) << name;
    PointColumns columns;
    columns.path = path;
    columns.crs = "EPSG:3035";
    columns.weight = "weight";
    columns.group = "group";
    columns.id = "id";
    const auto labelled = read_points(columns, "EPSG:3035");
    ASSERT_TRUE(labelled) << labelled.error().message;
    ASSERT_EQ(labelled->points.size(), 1u) << name;
    EXPECT_EQ(labelled->points[0].id, "a,1");
    EXPECT_EQ(labelled->points[0].x, 4321000.5);
    EXPECT_EQ(labelled->points[0].weight, 85);
    EXPECT_EQ(labelled->points[0].group, "r107_c144");
    EXPECT_EQ(iso_date(labelled->points[0].date), "2012-06-30");
    columns.value = "value";
    const auto valued = read_points(columns, "EPSG:3035");
    ASSERT_TRUE(valued) << valued.error().message;
    ASSERT_EQ(valued->points.size(), 1u);
    EXPECT_EQ(valued->points[0].value, 12.5);
  }
  EXPECT_THAT(write_points(folder / "out.shp", points, "EPSG:3035").error().message,
              HasSubstr("points are written as .csv or .gpkg, not as '.shp'"));
}

TEST_F(PointSources, ANumberInsteadOfAClassNeedsNoLabelColumn) {
  PointSource source;
  source.paths = {file("n.csv", "x,y,date,clay\n1,2,2010,12.5\n3,4,2010,NA\n")};
  source.columns.crs = "EPSG:3035";
  source.columns.value = "clay";
  const auto all = prepare_points(std::vector<PointSource>{source}, "EPSG:3035");
  ASSERT_TRUE(all) << all.error().message;
  ASSERT_EQ(all->set.points.size(), 1u);
  EXPECT_EQ(all->set.points[0].value, 12.5);
  EXPECT_EQ(all->set.points[0].label, "");
  EXPECT_FALSE(all->set.points[0].has_depth());
  EXPECT_EQ(all->set.count_of("have no value"), 1u);
}

}  // namespace
}  // namespace ecocube
