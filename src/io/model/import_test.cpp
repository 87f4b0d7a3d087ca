// SPDX-License-Identifier: Apache-2.0
#include "io/model/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>

#include "base/text.h"
#include "data/model/plain_prediction.h"
#include "io/file/file.h"
#include "io/model/import_parts.h"

namespace ecocube {
namespace {

using testing::HasSubstr;

const std::filesystem::path kFolder = std::filesystem::path(ECOCUBE_SOURCE_DIR) / "src/io/model/testdata";

/// Stored rows and what the library that made the model says of them (scikit-learn 1.2.1, XGBoost 1.7.4).
void expect_stored_answers(const Model& model, const std::string& name) {
  const std::string text = read_text(kFolder / (name + ".csv")).value();
  std::size_t rows = 0;
  for (const std::string& line : split(text, '\n')) {
    const std::vector<std::string> fields = split(line, ',');
    if (!parse_number(fields[0])) continue;
    std::vector<float> row;
    for (std::size_t f = 0; f < 3; ++f) row.push_back(static_cast<float>(*parse_number(fields[f])));
    std::vector<double> answer(model.answers());
    plain_answer(model, row, answer);
    ASSERT_EQ(answer.size(), fields.size() - 3);
    for (std::size_t a = 0; a < answer.size(); ++a)
      EXPECT_NEAR(answer[a], *parse_number(fields[3 + a]), 1e-6) << name << ": " << line;
    ++rows;
  }
  EXPECT_EQ(rows, 24u);
}

class StoredImport : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(StoredImport, AnswersAsItsMakerDoes) {
  const auto [name, extension] = GetParam();
  const auto model = import_model(kFolder / fmt::format("{}.{}", name, extension), {});
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->features, (std::vector<std::string>{"elevation", "slope", "ndvi"}));
  expect_stored_answers(*model, name);
}

INSTANTIATE_TEST_SUITE_P(Import, StoredImport,
                         testing::Values(std::pair("xgboost-classes", "json"), std::pair("xgboost-two-classes", "ubj"),
                                         std::pair("xgboost-dart", "json"), std::pair("sklearn-forest", "json"),
                                         std::pair("sklearn-extra-trees", "json"), std::pair("sklearn-tree", "json")));

TEST(Import, LabelsOfAForestBecomeItsClassesUnlessOthersAreGiven) {
  const auto model = import_model(kFolder / "sklearn-forest.json", {});
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->classes[0].code, "112");
  EXPECT_EQ(model->classes[2].code, "311");
  const ImportNames names{{"a", "b", "c"}, {{"1", "one", 7, {}}, {"2", "two", 9, {}}, {"3", "three", 30, {}}}, ""};
  const auto renamed = import_model(kFolder / "sklearn-forest.json", names);
  ASSERT_TRUE(renamed) << renamed.error().message;
  EXPECT_EQ(renamed->classes, names.classes);
  EXPECT_EQ(renamed->features, names.features);
}

TEST(Import, ClassesMoveIntoTheOrderOfTheirRasterValues) {
  const std::vector<LegendClass> backwards{{"c", "third", 30, {}}, {"b", "second", 20, {}}, {"a", "first", 10, {}}};
  for (const char* file : {"sklearn-forest.json", "xgboost-classes.json"}) {
    const auto plain = import_model(kFolder / file, {});
    const auto turned = import_model(kFolder / file, {{}, backwards, ""});
    ASSERT_TRUE(turned) << turned.error().message;
    EXPECT_EQ(turned->classes[0].code, "a");
    std::vector<double> before(3), after(3);
    plain_answer(*plain, std::vector<float>{1, 2, 0}, before);
    plain_answer(*turned, std::vector<float>{1, 2, 0}, after);
    for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(before[c], after[2 - c], 1e-7) << file;
  }
  const std::vector<LegendClass> pair{{"b", "second", 20, {}}, {"a", "first", 10, {}}};
  const auto two = import_model(kFolder / "xgboost-two-classes.ubj", {});
  const auto turned = import_model(kFolder / "xgboost-two-classes.ubj", {{}, pair, ""});
  ASSERT_TRUE(turned) << turned.error().message;
  std::vector<double> before(2), after(2);
  plain_answer(*two, std::vector<float>{1, 2, 0}, before);
  plain_answer(*turned, std::vector<float>{1, 2, 0}, after);
  EXPECT_NEAR(before[0], after[1], 1e-7);
}

TEST(Import, NamesThatDoNotFitAreErrors) {
  const auto path = kFolder / "sklearn-forest.json";
  EXPECT_THAT(import_model(path, {{"a", "b"}, {}, ""}).error().message,
              HasSubstr("2 features are named, the file has 3"));
  EXPECT_THAT(import_model(path, {{}, {{"1", "one", 7, {}}}, ""}).error().message,
              HasSubstr("1 classes are given, the file tells 3 apart"));
}

/// LightGBM is no Debian package: the file follows its format, the scores are added up by hand.
TEST(Import, LightGbmComparesFloatsWithThresholdsOfDoubles) {
  const auto model = import_model(kFolder / "lightgbm-classes.txt", {});
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->features, (std::vector<std::string>{"elevation", "slope", "ndvi"}));
  const auto expect_scores = [&](std::vector<float> row, std::vector<double> scores) {
    std::vector<double> answer(3);
    plain_answer(*model, row, answer);
    const double sum = std::exp(scores[0]) + std::exp(scores[1]) + std::exp(scores[2]);
    for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(answer[c], std::exp(scores[c]) / sum, 1e-6);
  };
  // The float 0.1 lies above the double 0.1, so the third leaf of the first tree.
  expect_scores({250.5f, 12, 0.1f}, {1.125, -0.75, 0.0625});
  expect_scores({250.5f, 12.5f, 0.0f}, {0.5, 0.375, 0.0625});
  expect_scores({251, 12.5f, 0.0f}, {-0.25, 0.375, 0.0625});
}

std::string complaint_of(std::string text, std::string_view from, std::string_view to) {
  EXPECT_NE(text.find(from), std::string::npos) << from;
  const auto path = std::filesystem::temp_directory_path() / fmt::format("ecocube_import_{}.txt", ::getpid());
  EXPECT_TRUE(write_text(path, replace_all(std::move(text), from, to)));
  const auto model = import_model(path, {});
  std::filesystem::remove(path);
  return model ? "fine" : model.error().message;
}

TEST(Import, WhatItCannotMeanIsRefusedWithItsPlace) {
  const std::string lightgbm = read_text(kFolder / "lightgbm-classes.txt").value();
  EXPECT_THAT(complaint_of(lightgbm, "decision_type=8", "decision_type=1"),
              HasSubstr("tree 1: node 0 splits on categories"));
  EXPECT_THAT(complaint_of(lightgbm, "decision_type=8", "decision_type=4"),
              HasSubstr("tree 1: node 0 takes 0 for missing"));
  EXPECT_THAT(complaint_of(lightgbm, "objective=multiclass num_class:3", "objective=lambdarank"),
              HasSubstr("objective lambdarank is none that can be imported"));
  EXPECT_THAT(complaint_of(lightgbm, "left_child=1 -1", "left_child=0 -1"), HasSubstr("tree 0: node 0: child 0"));
  EXPECT_THAT(complaint_of(lightgbm, "leaf_value=0.5 -0.25 1.125", "leaf_value=0.5 x 1"),
              HasSubstr("'x' is no number"));
  EXPECT_THAT(complaint_of(lightgbm, "end of trees", ""), HasSubstr("cut off after 3 trees"));
  const std::string xgboost = read_text(kFolder / "xgboost-classes.json").value();
  EXPECT_THAT(complaint_of(xgboost, "multi:softprob", "rank:ndcg"), HasSubstr("objective rank:ndcg"));
  EXPECT_THAT(complaint_of(xgboost, "\"gbtree\"", "\"gblinear\""), HasSubstr("booster gblinear has no trees"));
  EXPECT_THAT(complaint_of(xgboost, "\"learner\"", "\"lerner\""), HasSubstr("no model of XGBoost"));
  const std::string forest = read_text(kFolder / "sklearn-tree.json").value();
  EXPECT_THAT(complaint_of(forest, "\"left\": [1, 2,", "\"left\": [1, 1,"), HasSubstr("tree 0: node"));
  EXPECT_THAT(complaint_of(forest, "\"feature\": [0,", "\"feature\": [3,"), HasSubstr("feature 3 of 3"));
  EXPECT_THAT(complaint_of("PNG", "PNG", "JPG"), HasSubstr("neither a model of XGBoost"));
}

TEST(Import, AFloatIsBelowAThresholdExactlyWhenItIsNotAboveTheNextSmallerFloat) {
  for (const float threshold : {0.0f, 1.0f, -2.5f, 1e-40f}) {
    EXPECT_LT(float_below(threshold), threshold);
    EXPECT_EQ(std::nextafter(float_below(threshold), 1e9f), threshold);
  }
  EXPECT_EQ(float_not_above(0.1), std::nextafter(0.1f, 0.0f));
  EXPECT_EQ(float_not_above(0.5), 0.5f);
}

}  // namespace
}  // namespace ecocube
