// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/learn_command.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "io/file/file.h"
#include "io/table/columns.h"

namespace ecocube {
namespace {

namespace fs = std::filesystem;

class Learn : public testing::Test {
 protected:
  Learn() {
    fs::create_directories(folder_);
    // The class and the number follow from a; b is noise; the groups are heaps of four rows.
    std::string text = "name,x,y,a,b,group,cover,clay\n";
    for (int row = 0; row < 160; ++row) {
      const int a = row * 37 % 100, b = row * 53 % 71;
      text += fmt::format("p{},{},{},{},{},g{},{},{}\n", row, row % 40 * 10, row / 40 * 10, a, b, row / 4,
                          a > 50 ? "wood" : "field", 0.3 * a + 0.01 * b);
    }
    std::ofstream(table_) << text;
    options_.table = table_;
    options_.out = folder_ / "out";
    options_.target = "cover";
    options_.learners = {"forest"};
    options_.sets = {"forest_trees=10", "folds=3", "permutation_repeats=0"};
    options_.features = {"a", "b"};
  }
  ~Learn() override { fs::remove_all(folder_); }
  std::string message() const { return run_learn(options_).error().message; }

  const fs::path folder_ = fs::temp_directory_path() / ("ecocube_learn_" + std::to_string(::getpid()));
  const fs::path table_ = folder_ / "table.csv";
  LearnOptions options_;
};

TEST_F(Learn, ClassesOfATableAndAppliesTheModelToIt) {
  options_.group = "group";
  options_.id = "name";
  ASSERT_TRUE(run_learn(options_)) << message();
  for (const char* name :
       {"model.ecomodel", "report.json", "report.html", "out_of_fold_rows.csv", "class_scores.csv", "confusion.csv"})
    EXPECT_TRUE(fs::exists(options_.out / name)) << name;
  const TextColumns told = read_columns(options_.out / "out_of_fold.csv").value();
  EXPECT_EQ(told.names, (std::vector<std::string>{"id", "field", "wood"}));
  EXPECT_EQ(told.rows(), 160u);
  EXPECT_EQ(told.columns[0][3], "p3");
  const TextColumns seen = read_columns(options_.out / "seen.csv").value();
  EXPECT_EQ(seen.columns[1][0], "field");

  const fs::path applied = folder_ / "applied.csv";
  ASSERT_TRUE(run_apply({options_.out / "model.ecomodel", table_, applied, "name", true, 0}));
  const TextColumns answers = read_columns(applied).value();
  EXPECT_EQ(answers.names[3], "class");
  int right = 0;
  for (std::size_t row = 0; row < 160; ++row) right += answers.columns[3][row] == seen.columns[1][row] ? 1 : 0;
  EXPECT_GT(right, 150);
}

TEST_F(Learn, NumbersOfATable) {
  options_.target = "clay";
  options_.block = 40;
  options_.x = "x";
  options_.y = "y";
  ASSERT_TRUE(run_learn(options_)) << message();
  const TextColumns told = read_columns(options_.out / "out_of_fold.csv").value();
  EXPECT_EQ(told.names, (std::vector<std::string>{"id", "prediction"}));
  const fs::path applied = folder_ / "applied.csv";
  ASSERT_TRUE(run_apply({options_.out / "model.ecomodel", table_, applied, "", true, 0}));
  EXPECT_EQ(read_columns(applied)->names[2], "lower_80");
}

TEST_F(Learn, TwiceIsTheSameBytes) {
  ASSERT_TRUE(run_learn(options_));
  const std::string model = read_text(options_.out / "model.ecomodel").value();
  const std::string rows = read_text(options_.out / "out_of_fold_rows.csv").value();
  options_.threads = 1;
  ASSERT_TRUE(run_learn(options_));
  EXPECT_EQ(read_text(options_.out / "model.ecomodel").value(), model);
  EXPECT_EQ(read_text(options_.out / "out_of_fold_rows.csv").value(), rows);
}

TEST_F(Learn, ErrorsNameTheColumnTheLineAndTheNearestWord) {
  options_.target = "clayy";
  EXPECT_TRUE(message().ends_with("has no column 'clayy' - did you mean 'clay'?")) << message();
  options_.target = "cover";
  options_.features = {"a", "name"};
  EXPECT_TRUE(message().ends_with("line 2: 'p0' in the column name is no number")) << message();
  options_.features = {"a"};
  options_.folds = "grup";
  EXPECT_TRUE(message().ends_with("is called 'grup' - did you mean 'group'?")) << message();
  options_.folds.clear();
  options_.sets = {"forest_tree=10"};
  EXPECT_EQ(message(), "--set forest_tree=10: unknown option 'forest_tree' - did you mean 'forest_trees'?");
  options_.sets.clear();
  options_.block = 30;
  EXPECT_EQ(message(), "--block needs the columns --x and --y, and both in every row: row 0 has none");
}

TEST_F(Learn, FieldsThatAreNoFoldWeightOrYearAreErrorsWithTheirLine) {
  const auto write = [&](const std::string& value) {
    std::string text = "a,b,cover,extra\n";
    for (int row = 0; row < 60; ++row)
      text += fmt::format("{},{},{},{}\n", row, row * 7 % 11, row % 2 ? "wood" : "field",
                          row == 5 ? value : fmt::format("{}", 2001 + row % 3));
    std::ofstream(table_) << text;
  };
  write("NA");
  options_.folds = "extra";
  EXPECT_TRUE(message().ends_with("line 7: no fold in the column extra")) << message();
  options_.folds.clear();
  write("-1");
  options_.weight = "extra";
  EXPECT_TRUE(message().ends_with("line 7: '-1' in the column extra is no weight")) << message();
  options_.weight.clear();
  write("12/05/2003");
  options_.year = "extra";
  EXPECT_TRUE(message().ends_with("'12/05/2003' in the column extra does not begin with the four digits of a year"))
      << message();
}

TEST_F(Learn, WhatMakesNoSenseOfTheTargetIsAnError) {
  options_.features = {"a", "clay"};
  options_.target = "clay";
  EXPECT_EQ(message(), "--features: clay is the target, which a model cannot learn from");
  options_.target = "cover";
  options_.transform = "log1p";
  EXPECT_EQ(message(), "--transform is of numbers, but cover holds classes");
  options_.transform = "none";
  std::ofstream(table_) << "a,clay,cover\n1,2,3\n3,4,x\n";
  EXPECT_TRUE(
      message().ends_with("line 3: 'x' in the column cover is no number, though others are; --classes learns "
                          "labels"))
      << message();
  std::ofstream(table_) << "a,clay,cover\n1,2,NA\n3,4,\n";
  EXPECT_TRUE(message().ends_with("the column cover holds neither a label nor a number")) << message();
}

TEST_F(Learn, AShareBeyondAHundredPercentHasNoLogit) {
  std::ofstream(table_) << "a,clay\n1,20\n2,101\n3,40\n";
  options_.target = "clay";
  options_.features = {"a"};
  options_.transform = "logit";
  EXPECT_TRUE(message().ends_with("line 3: clay 101 has no transform logit")) << message();
}

TEST_F(Learn, NamesOfRowsWithCommasComeBackAsOneField) {
  ASSERT_TRUE(run_learn(options_));
  const fs::path other = folder_ / "other.csv", applied = folder_ / "applied.csv";
  std::ofstream(other) << "a,b,name\n1,2,\"p, \"\"q\"\"\"\n";
  ASSERT_TRUE(run_apply({options_.out / "model.ecomodel", other, applied, "name", false, 0}));
  EXPECT_EQ(read_columns(applied)->columns[0][0], "p, \"q\"");
}

TEST_F(Learn, ApplyingToATableThatLacksAFeatureNamesIt) {
  ASSERT_TRUE(run_learn(options_));
  const fs::path other = folder_ / "other.csv";
  std::ofstream(other) << "a,bb\n1,2\n";
  const auto applied = run_apply({options_.out / "model.ecomodel", other, folder_ / "applied.csv", "", false, 0});
  ASSERT_FALSE(applied);
  EXPECT_NE(applied.error().message.find("has no column 'b'"), std::string::npos) << applied.error().message;
}

}  // namespace
}  // namespace ecocube
