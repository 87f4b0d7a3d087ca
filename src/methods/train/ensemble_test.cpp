// SPDX-License-Identifier: Apache-2.0
#include "methods/train/ensemble.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/parallel.h"
#include "methods/train/random.h"

namespace ecocube {
namespace {

/// Three classes by two features; groups of five rows share a third feature that tells the group, and with it nothing
/// about other groups.
EnsembleData drawn_data(std::size_t count, std::uint64_t seed) {
  Random random{seed};
  EnsembleData data;
  data.features = {"ndvi.summer", "ndvi.winter", "place"};
  data.classes = {{"111", "town", 1, {}}, {"211", "field", 12, {}}, {"311", "wood", 23, {}}};
  data.rows = {3, 3, std::vector<float>(3 * count), {}, {}};
  for (std::size_t row = 0; row < count; ++row) {
    const float x = static_cast<float>(random.below(1000)) / 10, y = static_cast<float>(random.below(1000)) / 10;
    data.rows.values[row] = x;
    data.rows.values[count + row] = y;
    data.rows.values[2 * count + row] = static_cast<float>(row / 5);
    data.rows.seen.push_back(x + y < 70 ? 0 : x > y ? 1 : 2);
    data.rows.weights.push_back(row % 2 ? 85 : 100);
    data.groups.of_row.push_back(static_cast<std::uint32_t>(row / 5));
  }
  data.groups.count = (count + 4) / 5;
  return data;
}

EnsembleSettings small_settings() {
  EnsembleSettings settings;
  settings.learner_settings.forest.trees = 15;
  settings.learner_settings.boosting.rounds = 5;
  settings.folds = 3;
  return settings;
}

TEST(Ensemble, LearnsAndReportsBothScores) {
  const auto trained = train_ensemble(drawn_data(600, 1), small_settings());
  ASSERT_TRUE(trained) << trained.error().message;
  EXPECT_TRUE(check_model(trained->model));
  const TrainingReport& report = trained->report;
  EXPECT_GT(report.nested.overall_accuracy, 0.9);
  EXPECT_NEAR(report.nested.overall_accuracy, report.published.overall_accuracy, 0.05);
  EXPECT_EQ(report.learner_scores.size(), 2u);
  EXPECT_EQ(report.rows, 600u);
  EXPECT_EQ(report.groups, 120u);
  EXPECT_EQ(report.importance.size(), 3u);
  EXPECT_GE(report.importance[0].importance, report.importance[2].importance);
  EXPECT_GT(report.out_of_bag_accuracy, 0.85);
}

TEST(Ensemble, IsTheSameForOneAndTwoThreads) {
  EnsembleSettings settings = small_settings();
  settings.learners = {"forest", "boosting", "logistic"};
  const auto train = [&](int threads) {
    const ThreadLimit limit(threads);
    return train_ensemble(drawn_data(240, 1), settings).value();
  };
  const TrainedEnsemble one = train(1), two = train(2);
  EXPECT_EQ(one.model, two.model);
  EXPECT_EQ(one.report.nested.confusion, two.report.nested.confusion);
  EXPECT_EQ(one.report.nested.log_loss, two.report.nested.log_loss);
  EXPECT_EQ(one.report.published.log_loss, two.report.published.log_loss);
}

TEST(Ensemble, FoldsThatSeeTheirOwnRowsWouldBeNoticed) {
  // Every group has a random class and a feature that names it: only who has seen the group can know its class.
  EnsembleData data = drawn_data(600, 2);
  Random random{5};
  for (std::size_t row = 0; row < 600; ++row)
    data.rows.seen[row] = row % 5 ? data.rows.seen[row - 1] : static_cast<std::uint16_t>(random.below(3));
  EnsembleData leaking = data;
  for (std::uint32_t row = 0; row < 600; ++row) leaking.groups.of_row[row] = row;
  leaking.groups.count = 600;
  const auto grouped = train_ensemble(data, small_settings()), split = train_ensemble(leaking, small_settings());
  ASSERT_TRUE(grouped && split);
  EXPECT_LT(grouped->report.nested.overall_accuracy, 0.45);
  EXPECT_LT(grouped->report.published.overall_accuracy, 0.45);
  EXPECT_GT(split->report.nested.overall_accuracy, 0.6);
}

TEST(Ensemble, RandomLabelsGiveChanceAccuracy) {
  EnsembleData data = drawn_data(900, 3);
  Random random{6};
  for (std::uint16_t& c : data.rows.seen) c = static_cast<std::uint16_t>(random.below(3));
  const auto trained = train_ensemble(data, small_settings());
  ASSERT_TRUE(trained);
  EXPECT_NEAR(trained->report.nested.overall_accuracy, 1.0 / 3, 0.06);
  EXPECT_LT(trained->report.nested.r2_log_loss, 0.02);
}

TEST(Ensemble, RareClassesAreLeftOutAndNoted) {
  EnsembleData data = drawn_data(300, 1);
  for (std::uint16_t& c : data.rows.seen) c = c == 1 ? 0 : c;
  data.rows.seen[7] = 1;
  EnsembleSettings settings = small_settings();
  settings.min_rows = 2;
  const auto trained = train_ensemble(data, settings);
  ASSERT_TRUE(trained);
  ASSERT_EQ(trained->model.classes.size(), 2u);
  EXPECT_EQ(trained->model.classes[1].code, "311");
  EXPECT_EQ(trained->report.rows, 299u);
  EXPECT_EQ(trained->report.notes.front(), "class 211 (field) is left out: 1 rows, fewer than 2");
}

TEST(Ensemble, TheUnitOfTheWeightsDoesNotMatter) {
  EnsembleData data = drawn_data(200, 1), scaled = data;
  for (double& weight : scaled.rows.weights) weight *= 0.25;
  EXPECT_EQ(train_ensemble(data, small_settings())->model, train_ensemble(scaled, small_settings())->model);
}

TEST(Ensemble, WeightsReachEveryLearner) {
  for (const std::string& learner : learner_names()) {
    EnsembleSettings settings = small_settings();
    settings.learners = {learner};
    settings.nested = false;
    EnsembleData data = drawn_data(300, 1), weighted = data;
    for (std::size_t row = 0; row < 300; ++row) weighted.rows.weights[row] = data.rows.seen[row] == 0 ? 50 : 1;
    EXPECT_NE(train_ensemble(data, settings)->model.learners, train_ensemble(weighted, settings)->model.learners)
        << learner;
  }
}

TEST(Ensemble, WithoutMetaItIsTheMeanAndWithoutNestedThatScoreIsEmpty) {
  EnsembleSettings settings = small_settings();
  settings.meta = false;
  settings.nested = false;
  const auto trained = train_ensemble(drawn_data(200, 1), settings);
  ASSERT_TRUE(trained);
  EXPECT_FALSE(trained->model.meta);
  EXPECT_TRUE(trained->report.nested.classes.empty());
  EXPECT_GT(trained->report.published.overall_accuracy, 0.8);
}

TEST(Ensemble, TooFewGroupsOrClassesAreErrorsWithTheirNumbers) {
  EnsembleData data = drawn_data(60, 1);
  for (std::uint32_t& group : data.groups.of_row) group %= 2;
  data.groups.count = 2;
  EnsembleSettings settings = small_settings();
  EXPECT_EQ(train_ensemble(data, settings).error().message,
            "2 groups of rows for 3 folds: choose fewer folds, or smaller blocks or groups");
  settings.folds = 2;
  EXPECT_NE(train_ensemble(data, settings).error().message.find("fold 1 leaves 1 of 2"), std::string::npos);
  settings.min_rows = 1000;
  EXPECT_EQ(train_ensemble(data, settings).error().message,
            "training: 0 of 3 classes have at least 1000 rows, 2 are needed");
  settings.learners = {"forrest"};
  EXPECT_EQ(train_ensemble(data, settings).error().message, "unknown learner 'forrest' - did you mean 'forest'?");
}

}  // namespace
}  // namespace ecocube
