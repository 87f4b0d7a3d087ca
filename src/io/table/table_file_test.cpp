// SPDX-License-Identifier: Apache-2.0
#include "io/table/table_file.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "io/file/file.h"

namespace ecocube {
namespace {
namespace fs = std::filesystem;

fs::path scratch(const std::string& text) {
  const fs::path file =
      fs::path(testing::TempDir()) /
      ("ecocube_table_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + ".csv");
  EXPECT_TRUE(write_text(file, text));
  return file;
}

Table two_rows() {
  Table table;
  table.features = {"ndvi_p50.summer", "elevation"};
  table.rows = {{"a,1", 4020601.25, 3217810.1, make_day(2019, 1, 1), "211", 0.85, "t1"},
                {"b \"x\"", 1, 2, make_day(2015, 12, 31), "312", 1, ""}};
  table.values = {0.1f, std::numeric_limits<float>::quiet_NaN(), 12.5f, 1.0f / 3};
  return table;
}

TEST(TableFile, ATableReadsBackAsItWasWritten) {
  const Table table = two_rows();
  const auto read = read_table(scratch(table_csv(table)));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->features, table.features);
  ASSERT_EQ(read->rows.size(), 2u);
  EXPECT_EQ(read->rows[0].id, "a,1");
  EXPECT_EQ(read->rows[1].id, "b \"x\"");
  EXPECT_EQ(read->rows[0].x, 4020601.25);
  EXPECT_EQ(read->rows[1].date, make_day(2015, 12, 31));
  EXPECT_EQ(read->rows[0].weight, 0.85);
  EXPECT_EQ(read->values[0], 0.1f);
  EXPECT_TRUE(std::isnan(read->values[1]));
  EXPECT_EQ(read->values[3], 1.0f / 3);
}

TEST(TableFile, ALineCutShortIsNamed) {
  std::string text = table_csv(two_rows());
  text.resize(text.size() - 12);
  text += "\n";
  const fs::path file = scratch(text);
  const auto read = read_table(file);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find(", line 3"), std::string::npos) << read.error().message;
}

TEST(TableFile, AFieldThatIsNoNumberIsNamedByItsColumn) {
  const auto read = read_table(scratch("id,x,y,date,label,weight,group,ndvi\n1,0,0,2019-01-01,211,1,,high\n"));
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("column ndvi: 'high' is no number"), std::string::npos);
}

TEST(TableFile, AMeasuredNumberAndADepthComeBackAndALabelledPointHasNeither) {
  Table table;
  table.features = {"elevation", kDepthFeature};
  table.rows = {{"h1", 1, 2, make_day(2000, 7, 1), "", 1, "p1", 0.1, 5},
                {"h2", 1, 2, make_day(2000, 7, 1), "A", 1, ""}};
  table.values = {3, 4, 5, std::numeric_limits<float>::quiet_NaN()};
  const auto read = read_table(scratch(table_csv(table)));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->features, table.features);
  EXPECT_EQ(read->rows[0].value, 0.1);
  EXPECT_EQ(read->rows[0].depth, 5);
  EXPECT_FALSE(read->rows[1].has_value());
  EXPECT_FALSE(read->rows[1].has_depth());
  EXPECT_EQ(read->values[2], 5);
}

TEST(TableFile, ATableOfAnEarlierVersionHasNoMeasuredNumbers) {
  const auto read = read_table(scratch("id,x,y,date,label,weight,group,ndvi\n1,0,0,2019-01-01,211,1,,0.5\n"));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->features, std::vector<std::string>{"ndvi"});
  EXPECT_FALSE(read->rows[0].has_value());
}

TEST(TableFile, AValueThatIsNoNumberAndWrongFirstColumnsAreNamed) {
  const auto value = read_table(scratch("id,x,y,date,label,weight,group,value\n1,0,0,2019-01-01,,1,,much\n"));
  ASSERT_FALSE(value);
  EXPECT_NE(value.error().message.find("line 2, column value: 'much' is no number"), std::string::npos);
  const auto header = read_table(scratch("id,x,y,date,lable,weight,group,value\n1,0,0,2019-01-01,,1,,\n"));
  ASSERT_FALSE(header);
  EXPECT_NE(header.error().message.find("the first columns are not id, x, y, date, label, weight, group, value"),
            std::string::npos);
}

}  // namespace
}  // namespace ecocube
