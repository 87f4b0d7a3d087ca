// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/assess_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "apps/cli/assess_report.h"
#include "apps/cli/assess_sample.h"
#include "io/raster/raster.h"

namespace ecocube {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

/// A map of 4 × 5 pixels of 100 m (1 ha): the two left columns class 1, then class 2; the last column has no data.
class AssessCommand : public testing::Test {
 protected:
  void SetUp() override {
    folder = fs::path(testing::TempDir()) /
             (std::string("ecocube_assess_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder);
    options.map = (folder / "map.tif").string();
    options.crs = "EPSG:3035";
    write_map({1, 1, 2, 2, 255});
  }
  void TearDown() override { fs::remove_all(folder); }

  void write_map(const std::vector<float>& row, const Grid& grid = {"EPSG:3035", 100, 4000000, 3000000, 100}) {
    const Window window{0, 0, 4, static_cast<std::int64_t>(row.size())};
    Encoding encoding;
    encoding.no_data = 255;
    auto writer = RasterWriter::create(options.map, grid, window, encoding, {{"class", LayerKind::classes, {}}});
    ASSERT_TRUE(writer) << writer.error().message;
    std::vector<float> values;
    for (int i = 0; i < 4; ++i) values.insert(values.end(), row.begin(), row.end());
    ASSERT_TRUE((*writer)->write(0, window, values, {}));
    ASSERT_TRUE((*writer)->close());
  }
  std::string written(const std::string& name, const std::string& text) const {
    std::ofstream(folder / name) << text;
    return (folder / name).string();
  }
  /// Points in pixels of the map: column, row, label.
  void points(const std::vector<std::tuple<double, double, std::string>>& places, const std::string& more = "") {
    std::string text = "x,y,label" + more + "\n";
    for (const auto& [col, row, label] : places)
      text += fmt::format("{},{},{}\n", 4000000 + 100 * col, 3000000 - 100 * row, label);
    options.points = written("points.csv", text);
  }
  MapAssessment assessed() const {
    auto result = assess_map(options);
    EXPECT_TRUE(result) << result.error().message;
    return result ? *result : MapAssessment{};
  }

  fs::path folder;
  AssessOptions options;
};

TEST_F(AssessCommand, AMapIsHeldAgainstItsSample) {
  points({{0.5, 0.5, "1"}, {1.5, 1.5, "1"}, {0.5, 3.5, "1"}, {1.5, 0.5, "2"}, {2.5, 0.5, "2"}, {3.5, 2.5, "2"}});
  const MapAssessment result = assessed();
  EXPECT_THAT(result.classes, ElementsAre("1", "2"));
  EXPECT_THAT(result.counts, ElementsAre(3, 1, 0, 2));
  EXPECT_EQ(result.unit, "ha");
  EXPECT_EQ(result.estimates.total_area, 16);
  EXPECT_DOUBLE_EQ(result.estimates.overall_accuracy.value, 0.5 * 0.75 + 0.5);
  EXPECT_DOUBLE_EQ(result.estimates.classes[0].area.value, 6);
  EXPECT_DOUBLE_EQ(result.estimates.classes[1].area.value, 10);
  EXPECT_DOUBLE_EQ(result.estimates.overall_accuracy.standard_error, std::sqrt(0.25 * 0.75 * 0.25 / 3));
  EXPECT_TRUE(result.notes.empty());
}

TEST_F(AssessCommand, PointsThatCannotCountAreCountedAndTold) {
  points({{0.5, 0.5, "1"}, {2.5, 0.5, "2"}, {-3, 0.5, "1"}, {4.5, 0.5, "2"}, {1.5, 1.5, "forest"}, {1.5, 1.5, ""}});
  const MapAssessment result = assessed();
  EXPECT_THAT(result.counts, ElementsAre(1, 0, 0, 1));
  const auto notes = testing::PrintToString(result.notes);
  EXPECT_THAT(notes, HasSubstr("1 of 6 rows have no label"));
  EXPECT_THAT(notes, HasSubstr("1 of 5 lie outside the map and are left out"));
  EXPECT_THAT(notes, HasSubstr("1 of 5 lie where the map has no data"));
  EXPECT_THAT(notes, HasSubstr("1 of 5 have the label 'forest'"));
  EXPECT_THAT(notes, HasSubstr("class '1' has a single row"));
}

TEST_F(AssessCommand, AClassOfTheSampleThatIsNotOnTheMapIsTold) {
  points({{0.5, 0.5, "1"}, {1.5, 0.5, "7"}, {2.5, 0.5, "2"}, {2.5, 1.5, "2"}});
  const MapAssessment result = assessed();
  EXPECT_THAT(result.classes, ElementsAre("1", "2", "7"));
  EXPECT_THAT(result.notes, ElementsAre("class '7' is in the sample but not among what is mapped"));
  EXPECT_EQ(result.estimates.classes[2].producer_accuracy.value, 0);
  EXPECT_TRUE(std::isnan(result.estimates.classes[2].user_accuracy.value));
  EXPECT_DOUBLE_EQ(result.estimates.classes[2].area.value, 4);
}

TEST_F(AssessCommand, AMappedClassWithoutAPointStopsUnlessItIsToBeLeftOut) {
  points({{0.5, 0.5, "1"}, {1.5, 0.5, "1"}});
  EXPECT_THAT(assess_map(options).error().message, HasSubstr("lies where the map says '2' (50 % of the map)"));
  options.leave_out_unsampled = true;
  const MapAssessment result = assessed();
  EXPECT_EQ(result.estimates.overall_accuracy.value, 1);
  EXPECT_EQ(result.estimates.total_area, 8);
  EXPECT_THAT(result.notes,
              ElementsAre("left out of the estimates, without a row of the sample: '2' (50 % of the map)"));
}

TEST_F(AssessCommand, ALegendTurnsLabelsIntoTheMapsNumbers) {
  options.legend = written("legend.csv",
                           "code,name,raster_value,red,green,blue\n10,Water,1,0,0,255\n20,Broad-leaved forest,2,0,255,"
                           "0\n");
  points({{0.5, 0.5, "10"}, {1.5, 0.5, "water"}, {2.5, 0.5, "20"}, {2.5, 1.5, "10"}});
  const MapAssessment result = assessed();
  EXPECT_THAT(result.classes, ElementsAre("10 Water", "20 Broad-leaved forest"));
  EXPECT_THAT(result.counts, ElementsAre(2, 0, 1, 1));
  write_map({1, 1, 2, 0, 255});
  EXPECT_THAT(
      assess_map(options).error().message,
      HasSubstr("4 ha hold the number 0, which the legend does not have; if it means no data, say --no-data 0"));
}

TEST_F(AssessCommand, PixelsInDegreesAreMeasuredOnTheSphere) {
  const Grid degrees{"EPSG:4326", 0.1, 10, 60.2, 100};
  write_map({1, 1, 2, 2, 255}, degrees);
  options.crs = "EPSG:4326";
  options.points = written("points.csv", "x,y,label\n10.05,60.1,1\n10.25,60.1,2\n");
  const double squares_side = 6371007.181 * 0.1 * 3.14159265358979 / 180;
  EXPECT_NEAR(assessed().estimates.total_area, 16 * squares_side * squares_side * 0.5 / 10000, 10);
}

TEST_F(AssessCommand, StrataOfTheirOwnNeedTheirAreas) {
  options.points = written("points.csv",
                           "x,y,label,stratum\n4000050,2999950,1,a\n4000150,2999950,2,a\n4000250,2999950,2,b\n"
                           "4000050,2999850,2,b\n");
  options.strata = "stratum";
  EXPECT_THAT(assess_map(options).error().message, HasSubstr("--areas must give the area of each"));
  options.areas = written("areas.csv", "stratum,hectares\na,30\nb,70\n");
  const MapAssessment result = assessed();
  EXPECT_DOUBLE_EQ(result.estimates.overall_accuracy.value, 0.5);
  EXPECT_DOUBLE_EQ(result.estimates.classes[1].area.value, 85);
  options.areas = written("areas.csv", "stratum,hectares\na,30\nbb,70\n");
  EXPECT_THAT(assess_map(options).error().message, HasSubstr("'bb' is not in the sample"));
}

TEST_F(AssessCommand, AMatrixStandsForMapAndPoints) {
  options.map.clear();
  options.matrix = written("matrix.csv", "Actual,crop,other,Total\ncrop,8,2,10\nother,1,4,5\nTotal,9,6,15\n");
  const MapAssessment result = assessed();
  EXPECT_THAT(result.counts, ElementsAre(8, 1, 2, 4));
  EXPECT_DOUBLE_EQ(result.estimates.overall_accuracy.value, 12.0 / 15);
  options.matrix_rows = "mapped";
  options.areas = written("areas.csv", "class,area\ncrop,25\nother,75\n");
  EXPECT_DOUBLE_EQ(assessed().estimates.overall_accuracy.value, 0.25 * 0.8 + 0.75 * 0.8);
  options.matrix_rows.clear();
  options.matrix = written("odd.csv", "what,crop,other\ncrop,8,2\nother,1,4\n");
  EXPECT_THAT(assess_map(options).error().message, HasSubstr("its first cell 'what' does not tell"));
}

TEST_F(AssessCommand, AClassThatAMatrixNeverMapsIsToldAndOneThatComesTwiceIsAnError) {
  options.map.clear();
  options.matrix = written("matrix.csv", "Actual,crop,other\ncrop,8,2\nother,1,4\nwater,3,3\n");
  EXPECT_THAT(assessed().notes[0], HasSubstr("passed over: water"));
  options.matrix = written("matrix.csv", "Actual,crop,other\ncrop,8,2\ncrop,1,4\n");
  EXPECT_THAT(assess_map(options).error().message, HasSubstr("line 3: 'crop' stands there twice"));
}

TEST_F(AssessCommand, EveryReportTellsTheSameNumbers) {
  points({{0.5, 0.5, "1"}, {1.5, 1.5, "1"}, {0.5, 3.5, "1"}, {1.5, 0.5, "2"}, {2.5, 0.5, "2"}, {3.5, 2.5, "2"}});
  const MapAssessment result = assessed();
  EXPECT_THAT(assessment_text(result), HasSubstr("Overall accuracy  87.50 ± 24.50 %"));
  EXPECT_THAT(assessment_csv(result), HasSubstr("\n1,4,3,0.75,0.25,1,0,8,6,2,0.375,0.125\n"));
  EXPECT_THAT(assessment_json(result), HasSubstr("\"value\": 0.875"));
  EXPECT_THAT(assessment_html(result), HasSubstr("<td>75.00 ± 49.00</td>"));
}

TEST(AssessCommandOnRealData, CroplandOfEasternAfricaIsRightInNineOfTenPlaces) {
  const fs::path data = fs::path(ECOCUBE_SOURCE_DIR) / ".." / "shared" / "data" / "cropland-east-africa" /
                        "Eastern_10m_accuracy_assessment_confusion_matrix.csv";
  if (!fs::exists(data)) GTEST_SKIP() << "no file " << data;
  AssessOptions options;
  options.matrix = data;
  const auto result = assess_map(options);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(result->classes, ElementsAre("Non-crop", "Crop"));
  EXPECT_NEAR(100 * result->estimates.overall_accuracy.value, 90.33, 0.005);
  EXPECT_NEAR(100 * result->estimates.classes[0].user_accuracy.value, 90.91, 0.005);
  EXPECT_NEAR(100 * result->estimates.classes[1].user_accuracy.value, 89.01, 0.005);
  EXPECT_NEAR(100 * result->estimates.classes[0].producer_accuracy.value, 95, 0.005);
  EXPECT_NEAR(100 * result->estimates.classes[1].producer_accuracy.value, 81, 0.005);
}

}  // namespace
}  // namespace ecocube
