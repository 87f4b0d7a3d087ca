// SPDX-License-Identifier: Apache-2.0
#include "methods/stack/ensemble.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/parallel.h"
#include "base/random.h"

namespace ecocube {
namespace {

/// Three classes by two features; groups of five rows share a third feature that tells the group, and with it nothing
/// about other groups.
EnsembleData drawn_data(std::size_t count, std::uint64_t seed) {
  Random random{seed};
  EnsembleData data;
  data.features = {"ndvi.summer", "ndvi.winter", "place"};
  data.classes = {{"111", "town", 1, {}}, {"211", "field", 12, {}}, {"311", "wood", 23, {}}};
  data.rows = {3, 3, std::vector<float>(3 * count), {}, {}, {}};
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
  const auto set = [&](const char* learner, const char* name, double value) {
    HyperParameters parameters(learner_method(learner).value()->info().parameters);
    ASSERT_TRUE(parameters.set(name, value));
    settings.parameters.insert_or_assign(learner, parameters);
  };
  set("forest", "trees", 15);
  set("boosting", "rounds", 5);
  settings.folds = 3;
  return settings;
}

/// A number that follows from two features, by groups of five rows.
EnsembleData drawn_number_data(std::size_t count, std::uint64_t seed) {
  EnsembleData data = drawn_data(count, seed);
  Random random{seed, 9};
  data.rows.classes = 0;
  data.rows.seen.clear();
  data.classes.clear();
  data.response = Response{"clay", "%", Transform::none, 0, 0};
  for (std::size_t row = 0; row < count; ++row) {
    const float noise = static_cast<float>(random.below(100)) / 10;
    data.rows.responses.push_back(data.rows.values[row] / 2 + data.rows.values[count + row] / 5 + noise);
  }
  return data;
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
  EXPECT_LT(grouped->report.nested.overall_accuracy, 0.5);
  EXPECT_LT(grouped->report.published.overall_accuracy, 0.5);
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
  for (const LearnerMethod* method : learner_methods()) {
    EnsembleSettings settings = small_settings();
    settings.learners = {method->info().name};
    settings.nested = false;
    EnsembleData data = method->info().classifies ? drawn_data(300, 1) : drawn_number_data(300, 1);
    EnsembleData weighted = data;
    for (std::size_t row = 0; row < 300; ++row) weighted.rows.weights[row] = row % 3 == 0 ? 50 : 1;
    const auto plain = train_ensemble(data, settings), other = train_ensemble(weighted, settings);
    ASSERT_TRUE(plain && other) << method->info().name;
    EXPECT_NE(plain->model.learners, other->model.learners) << method->info().name;
  }
}

TEST(Ensemble, WithoutMetaItIsTheMeanAndWithoutNestedThatScoreIsEmpty) {
  EnsembleSettings settings = small_settings();
  settings.meta.kind = "mean";
  settings.nested = false;
  const auto trained = train_ensemble(drawn_data(200, 1), settings);
  ASSERT_TRUE(trained);
  EXPECT_TRUE(std::holds_alternative<MeanPool>(trained->model.meta.pool));
  EXPECT_TRUE(trained->report.nested.classes.empty());
  EXPECT_GT(trained->report.published.overall_accuracy, 0.8);
}

TEST(Ensemble, TooFewGroupsFoldsOrClassesAreErrorsWithTheirNumbers) {
  EnsembleData data = drawn_data(60, 1);
  for (std::uint32_t& group : data.groups.of_row) group %= 2;
  data.groups.count = 2;
  EnsembleSettings settings = small_settings();
  EXPECT_EQ(train_ensemble(data, settings).error().message,
            "2 groups of rows for 3 folds: choose fewer folds, or smaller blocks or groups");
  settings.folds = 2;
  EXPECT_EQ(train_ensemble(data, settings).error().message,
            "the nested score needs 3 folds, there are 2: give more, or leave the nested score out");
  settings.nested = false;
  EXPECT_TRUE(train_ensemble(data, settings));
  settings.min_rows = 1000;
  EXPECT_EQ(train_ensemble(data, settings).error().message,
            "training: 0 of 3 classes have at least 1000 rows, 2 are needed");
  settings.learners = {"forrest"};
  EXPECT_EQ(train_ensemble(data, settings).error().message, "unknown learner 'forrest' - did you mean 'forest'?");
}

TEST(Ensemble, OneClassIsAnError) {
  EnsembleData data = drawn_data(60, 1);
  std::fill(data.rows.seen.begin(), data.rows.seen.end(), std::uint16_t{2});
  EXPECT_EQ(train_ensemble(data, small_settings()).error().message,
            "training: 1 of 1 classes have at least 2 rows, 2 are needed");
}

TEST(Ensemble, AClassInOneFoldAloneIsNotedAndStillMapped) {
  EnsembleData data = drawn_data(150, 1);
  for (std::size_t row = 0; row < 150; ++row) data.rows.seen[row] = row < 5 ? 1 : row % 2 ? 0 : 2;
  const auto trained = train_ensemble(data, small_settings());
  ASSERT_TRUE(trained) << trained.error().message;
  EXPECT_EQ(trained->model.classes.size(), 3u);
  EXPECT_EQ(trained->report.notes.front(),
            "class 211 (field) lies in one fold alone: no fold could learn it and be scored on it");
  EXPECT_TRUE(std::isfinite(trained->report.nested.log_loss));
}

TEST(Ensemble, WeightlessMissingAndInfiniteRowsAreLeftOutAndCounted) {
  EnsembleData data = drawn_data(300, 1);
  data.rows.weights[7] = 0;
  data.rows.values[11] = std::nanf("");
  data.rows.values[300 + 12] = INFINITY;
  const auto trained = train_ensemble(data, small_settings());
  ASSERT_TRUE(trained) << trained.error().message;
  EXPECT_EQ(trained->report.rows, 297u);
  EXPECT_EQ(trained->report.notes[0], "1 rows of weight 0 take no part");
  EXPECT_EQ(trained->report.notes[1], "2 rows with a missing or infinite value take no part");
  EXPECT_EQ(trained->report.out_of_fold.table_rows[7], 8u);
  data.rows.weights[3] = -1;
  EXPECT_EQ(train_ensemble(data, small_settings()).error().message, "training: row 4: weight -1 is no weight");
}

TEST(Ensemble, ConstantFeaturesAreLeftOutAndNoted) {
  EnsembleData data = drawn_data(150, 1);
  std::fill_n(data.rows.values.begin() + 150, 150, 3.0f);
  const auto trained = train_ensemble(data, small_settings());
  ASSERT_TRUE(trained) << trained.error().message;
  EXPECT_EQ(trained->model.features, (std::vector<std::string>{"ndvi.summer", "place"}));
  EXPECT_EQ(trained->report.notes.front(), "1 constant features are left out: ndvi.winter");
  std::fill(data.rows.values.begin(), data.rows.values.end(), 1.0f);
  EXPECT_EQ(train_ensemble(data, small_settings()).error().message, "training: all 3 features are constant");
}

TEST(Ensemble, DuplicatesShareAFold) {
  EnsembleData data = drawn_data(120, 1);
  for (std::uint32_t row = 0; row < 120; ++row) data.groups.of_row[row] = row;
  data.groups.count = 120;
  for (std::size_t f = 0; f < 3; ++f) data.rows.values[f * 120 + 100] = data.rows.values[f * 120 + 5];
  const auto trained = train_ensemble(data, small_settings());
  ASSERT_TRUE(trained) << trained.error().message;
  EXPECT_EQ(trained->report.notes.front(), "1 rows repeat the features of another and share its fold");
  EXPECT_EQ(trained->report.out_of_fold.folds[5], trained->report.out_of_fold.folds[100]);
  EXPECT_EQ(trained->report.groups, 119u);
}

/// Every row three times, at one place each.
EnsembleData copied_data(std::size_t count, std::uint64_t seed) {
  EnsembleData data = drawn_data(count, seed);
  std::vector<std::uint32_t> thrice;
  for (std::uint32_t row = 0; row < 3 * count; ++row) thrice.push_back(row % static_cast<std::uint32_t>(count));
  data.rows = data.rows.only(thrice);
  data.groups = groups_by_name(std::vector<std::string>(thrice.size()));
  for (const std::uint32_t row : thrice) data.places.push_back({"", 10.0 * row, 7.0, ""});
  return data;
}

TEST(Ensemble, CopiesAtOnePlaceShareAFoldEvenWhereMostRowsAreCopies) {
  const auto trained = train_ensemble(copied_data(100, 3), small_settings());
  ASSERT_TRUE(trained) << trained.error().message;
  const std::vector<std::uint8_t>& folds = trained->report.out_of_fold.folds;
  for (std::size_t row = 0; row < 100; ++row) {
    EXPECT_EQ(folds[row], folds[row + 100]);
    EXPECT_EQ(folds[row], folds[row + 200]);
  }
}

TEST(Ensemble, CopiesAreHeldOutToCalibrateTogether) {
  EnsembleSettings settings = small_settings();
  settings.calibration = 0.2;
  const auto trained = train_ensemble(copied_data(100, 3), settings);
  ASSERT_TRUE(trained) << trained.error().message;
  const std::vector<std::uint32_t>& left = trained->report.out_of_fold.table_rows;
  std::vector<int> copies(100);
  for (const std::uint32_t row : left) ++copies[row % 100];
  for (const int count : copies) EXPECT_TRUE(count == 0 || count == 3) << count;
  EXPECT_GE(left.back(), left.size()) << "rows are numbered as the table that was given has them";
}

TEST(Ensemble, WhatCannotBeLearntIsAnErrorThatNamesIt) {
  const auto message = [](EnsembleData data, const EnsembleSettings& settings) {
    return train_ensemble(std::move(data), settings).error().message;
  };
  EnsembleData data = drawn_data(60, 1);
  data.features[1] = "ndvi.summer";
  EXPECT_EQ(message(data, small_settings()), "feature 'ndvi.summer' is named twice");
  EnsembleSettings settings = small_settings();
  settings.learners = {"forest", "forest"};
  EXPECT_EQ(message(drawn_data(60, 1), settings), "learner 'forest' is named twice");
  settings = small_settings();
  settings.elimination.method = EliminationMethod::impurity;
  settings.elimination.learner = "linear";
  EXPECT_TRUE(message(drawn_data(60, 1), settings)
                  .starts_with("elimination of features: learner 'linear' does no classification"));
  data = drawn_data(60, 1);
  data.rows.seen.clear();
  data.rows.classes = 0;
  EXPECT_EQ(message(data, small_settings()), "training: none of the 60 rows has a label or a number to learn");
  data = drawn_data(60, 1);
  data.rows.weights[3] = data.rows.weights[4] = 1e308;
  EXPECT_EQ(message(data, small_settings()), "training: the weights of 60 rows are too large to be summed");
}

TEST(Ensemble, GivenFoldsAreTakenAndMustNotSplitAGroup) {
  EnsembleData data = drawn_data(150, 1);
  for (std::uint32_t row = 0; row < 150; ++row) data.folds.push_back(static_cast<std::uint8_t>(row / 5 % 3));
  const auto trained = train_ensemble(data, small_settings());
  ASSERT_TRUE(trained) << trained.error().message;
  EXPECT_EQ(trained->report.out_of_fold.folds, data.folds);
  EXPECT_EQ(trained->report.fold_rows, (std::vector<std::size_t>{50, 50, 50}));
  EXPECT_EQ(trained->report.fold_groups, (std::vector<std::size_t>{10, 10, 10}));
  data.folds[1] = 2;
  EXPECT_EQ(train_ensemble(data, small_settings()).error().message,
            "training: row 2 and others of its group lie in different folds");
}

TEST(Ensemble, LearnsNumbersWithIntervals) {
  EnsembleSettings settings = small_settings();
  settings.learners = {"forest", "boosting"};
  settings.intervals = IntervalOptions{};
  settings.applicability = true;
  settings.permutation_repeats = 2;
  const auto trained = train_ensemble(drawn_number_data(500, 1), settings);
  ASSERT_TRUE(trained) << trained.error().message;
  EXPECT_TRUE(check_model(trained->model)) << check_model(trained->model).error().message;
  const TrainingReport& report = trained->report;
  EXPECT_GT(report.nested_numbers.r2, 0.9);
  EXPECT_LT(report.nested_numbers.rmse, 5);
  EXPECT_EQ(report.learner_numbers.size(), 2u);
  EXPECT_EQ(report.permutation_importance.front().feature, "ndvi.summer");
  EXPECT_EQ(report.out_of_fold.answers.size(), 500u);
  ASSERT_TRUE(trained->model.intervals);
  EXPECT_EQ(trained->model.intervals->levels.size(), 3u);
  EXPECT_NEAR(trained->model.intervals->levels[1].reached, 0.9, 0.05);
  EXPECT_TRUE(trained->model.applicability);
  EXPECT_EQ(trained->model.response->variable, "clay");
}

TEST(Ensemble, ATransformIsUndoneInWhatTheReportTells) {
  EnsembleData data = drawn_number_data(300, 2);
  EnsembleData logged = data;
  logged.response->transform = Transform::log1p;
  for (float& response : logged.rows.responses)
    response = static_cast<float>(transformed(Transform::log1p, static_cast<double>(response)));
  const auto trained = train_ensemble(logged, small_settings());
  ASSERT_TRUE(trained) << trained.error().message;
  for (std::size_t row = 0; row < 300; ++row)
    EXPECT_NEAR(trained->report.out_of_fold.seen[row], static_cast<double>(data.rows.responses[row]), 1e-4);
  EXPECT_GT(trained->report.nested_numbers.r2, 0.85);
}

TEST(Ensemble, NumbersThatAreAllEqualAreAnError) {
  EnsembleData data = drawn_number_data(60, 1);
  std::fill(data.rows.responses.begin(), data.rows.responses.end(), 4.0f);
  EXPECT_EQ(train_ensemble(data, small_settings()).error().message,
            "training: the number to learn is 4 in all 60 rows");
}

TEST(Ensemble, GroupsHeldOutCalibrateTheTemperatureAndTheSets) {
  EnsembleSettings settings = small_settings();
  settings.calibration = 0.2;
  settings.sets = ClassSetOptions{};
  const auto trained = train_ensemble(drawn_data(600, 4), settings);
  ASSERT_TRUE(trained) << trained.error().message;
  EXPECT_EQ(trained->report.rows, 480u);
  ASSERT_TRUE(trained->model.sets);
  EXPECT_EQ(trained->report.notes[0], "120 rows were held out of training to calibrate on");
  EXPECT_TRUE(trained->report.notes[1].starts_with("the final temperature on them is "));
}

TEST(Ensemble, BalancedClassesAreMappedMoreOftenWhenRare) {
  EnsembleData data = drawn_data(900, 5);
  Random random{7};
  for (std::uint16_t& seen : data.rows.seen) seen = random.below(10) == 0 && seen == 0 ? 1 : seen == 1 ? 2 : seen;
  EnsembleSettings settings = small_settings();
  const auto plain = train_ensemble(data, settings);
  settings.balanced = true;
  const auto balanced = train_ensemble(data, settings);
  ASSERT_TRUE(plain && balanced);
  EXPECT_GT(balanced->report.nested.classes[1].recall, plain->report.nested.classes[1].recall + 0.05);
  EXPECT_LT(balanced->report.nested.overall_accuracy, plain->report.nested.overall_accuracy);
}

TEST(Ensemble, TunesAndSelectsInsideEveryFold) {
  EnsembleSettings settings = small_settings();
  settings.learners = {"forest"};
  settings.tuning.method = TuningMethod::grid;
  settings.tuning.spaces["forest"] = {{"min_leaf", {1, 40}, {}}};
  settings.elimination.method = EliminationMethod::impurity;
  const auto trained = train_ensemble(drawn_data(300, 6), settings);
  ASSERT_TRUE(trained) << trained.error().message;
  EXPECT_EQ(trained->report.tuning.size(), 2u);
  EXPECT_TRUE(trained->report.tuning[0].chosen) << trained->report.tuning[1].loss;
  ASSERT_EQ(trained->report.elimination.size(), 3u);
  EXPECT_EQ(trained->report.elimination[0].dropped, std::vector<std::string>{"place"});
  EXPECT_EQ(trained->model.features, (std::vector<std::string>{"ndvi.summer", "ndvi.winter"}));
  EXPECT_GT(trained->report.nested.overall_accuracy, 0.85);
}

TEST(Ensemble, ALearnerOfTheOtherKindIsAnErrorThatNamesThoseThatCan) {
  EnsembleSettings settings = small_settings();
  settings.learners = {"logistic"};
  const auto message = train_ensemble(drawn_number_data(60, 1), settings).error().message;
  EXPECT_TRUE(message.starts_with("learner 'logistic' does no regression; these do: ")) << message;
}

}  // namespace
}  // namespace ecocube
