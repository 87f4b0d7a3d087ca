// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/points_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "io/file/file.h"

namespace ecocube {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class PointsCommand : public testing::Test {
 protected:
  PointsCommand() {
    folder_ = fs::temp_directory_path() / fmt::format("ecocube-points-command-{}-{}", ::getpid(),
                                                      testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
    out_ = (folder_ / "out.csv").string();
  }
  ~PointsCommand() override { fs::remove_all(folder_); }

  Result<std::string> write(const std::string& csv, const std::string& points, bool inside = false) {
    EXPECT_TRUE(write_text(folder_ / "p.csv", csv));
    const auto recipe = parse_recipe(
        "cube: {grid: {crs: EPSG:3035, pixel: 30, origin: [900000, 5460010]}, area: {bbox: [900000, 5459000, 901000, "
        "5460010]}, years: 2015..2016}\nsteps: [overlay]\n" +
            points,
        "test.yaml", folder_, {});
    if (!recipe) return Failure(recipe.error());
    return write_prepared_points(*recipe, out_, inside);
  }

  fs::path folder_;
  std::string out_;
};

TEST_F(PointsCommand, PointsAreWrittenAndWhatBecameOfTheRowsIsTold) {
  const std::string csv =
      "x,y,date,label\n900015,5459995,2015-07-01,211\n900045,5459995,2015-07-01,990\n1,5459995,2015-07-01,312\n"
      "900015,5459995,2015-07-01,\n900015,5459995,2018-07-01,211\n";
  const std::string points = "points: {path: p.csv, crs: EPSG:3035, confidence: 85}";
  const auto text = write(csv, points);
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_THAT(*text, HasSubstr("p.csv: 1 of 5 rows have no label and are left out"));
  EXPECT_THAT(*text, HasSubstr("plain           5 rows read,        4 points"));
  EXPECT_THAT(*text, HasSubstr("2 of 4 points lie within the cube's area and years"));
  EXPECT_THAT(*text, HasSubstr("dates: 3 in 2015, 1 in 2018"));
  EXPECT_THAT(*text, HasSubstr("211                 2  Non-irrigated arable land"));
  EXPECT_THAT(*text, HasSubstr("990                 1  no class of the legend clc"));
  EXPECT_THAT(*text, HasSubstr("weights of 4 points: 85 to 85"));
  EXPECT_THAT(*text, HasSubstr("groups: none"));
  EXPECT_THAT(*read_text(out_), HasSubstr("1,900015,5459995,2015-07-01,211,,,85,\n"));
  const auto inside = write(csv, points, true);
  ASSERT_TRUE(inside) << inside.error().message;
  EXPECT_THAT(*inside, HasSubstr("2 points written"));
  EXPECT_EQ(read_text(out_)->find("2018"), std::string::npos);
}

TEST_F(PointsCommand, MeasuredNumbersAndDepthsAreToldByTheirSpan) {
  const auto text = write("x,y,clay,upper,lower\n900015,5459995,12.5,0,10\n900015,5459995,20,10,30\n",
                          "points: {kind: soil, path: p.csv, crs: EPSG:3035, value: clay, year: 2015}");
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_THAT(*text, HasSubstr("values of 2 points: 12.5 to 20"));
  EXPECT_THAT(*text, HasSubstr("depths of 2 points: 5 to 20"));
  EXPECT_THAT(*text, HasSubstr("groups: 1"));
  EXPECT_EQ(text->find("label "), std::string::npos);
}

TEST_F(PointsCommand, NothingInsideNoPointsAndAnUnknownEndingAreErrors) {
  const std::string csv = "x,y,date,label\n1,1,2015-07-01,211\n", points = "points: {path: p.csv, crs: EPSG:3035}";
  EXPECT_EQ(write(csv, points, true).error().message,
            "test.yaml: none of the points lies within the cube's area and years");
  EXPECT_EQ(write(csv, "legend: clc").error().message, "test.yaml: the recipe has no points");
  out_ = (folder_ / "out.json").string();
  EXPECT_THAT(write(csv, points).error().message, HasSubstr("points are written as .csv or .gpkg, not as '.json'"));
  EXPECT_FALSE(fs::exists(out_));
}

}  // namespace
}  // namespace ecocube
