// SPDX-License-Identifier: Apache-2.0
// Tuning and the elimination of features, on rows where the right answer is known.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/parallel.h"
#include "methods/stack/feature_elimination.h"
#include "methods/stack/tuning.h"
#include "base/random.h"

namespace ecocube {
namespace {

constexpr std::size_t kRows = 300;

/// Two classes by the first feature; the others are noise. A tenth of the labels are wrong.
TrainingRows drawn_rows(std::size_t features) {
  Random random{3};
  TrainingRows rows{features, 2, std::vector<float>(features * kRows), {}, {}, {}};
  for (float& value : rows.values) value = static_cast<float>(random.below(1000));
  for (std::size_t row = 0; row < kRows; ++row) {
    const bool upper = rows.values[row] > 500;
    rows.seen.push_back(upper != (random.below(10) == 0) ? 1 : 0);
    rows.weights.push_back(1);
  }
  return rows;
}

std::vector<Side> drawn_sides() {
  std::vector<std::uint8_t> fold;
  for (std::size_t row = 0; row < kRows; ++row) fold.push_back(static_cast<std::uint8_t>(row % 4));
  return sides_of(fold, 4);
}

LearnerChoice small_choice(std::uint32_t features) {
  LearnerChoice choice;
  for (std::uint32_t f = 0; f < features; ++f) choice.features.push_back(f);
  HyperParameters forest(learner_method("forest").value()->info().parameters);
  EXPECT_TRUE(forest.set("trees", 20));
  choice.parameters.emplace("forest", forest);
  return choice;
}

TEST(Sides, PartAllRowsAndLeaveOneFoldOut) {
  const std::vector<std::uint8_t> fold{0, 1, 2, 1};
  const auto all = sides_of(fold, 3), inner = sides_of(fold, 3, 1);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[1].asked, (RowList{1, 3}));
  EXPECT_EQ(all[1].fitted_on, (RowList{0, 2}));
  ASSERT_EQ(inner.size(), 2u);
  EXPECT_EQ(inner[0].asked, RowList{0});
  EXPECT_EQ(inner[0].fitted_on, RowList{2});
}

TEST(Tuning, FindsTheLeafSizeThatNoiseAsksFor) {
  const TrainingRows rows = drawn_rows(4);
  TuningSettings settings{TuningMethod::grid, 12, {{"forest", {{"min_leaf", {1, 20}, {}}}}}};
  const auto tuned = tune_learner("forest", rows, rows.weights, drawn_sides(), small_choice(4), settings, 1).value();
  EXPECT_EQ(tuned.parameters.whole("min_leaf"), 20);
  EXPECT_EQ(tuned.parameters.whole("trees"), 20);
  ASSERT_EQ(tuned.trials.size(), 2u);
  EXPECT_TRUE(tuned.trials[1].chosen);
  EXPECT_LT(tuned.trials[1].loss, tuned.trials[0].loss);
}

TEST(Tuning, RandomDrawsSoManyCombinationsAndNoneTwice) {
  const TrainingRows rows = drawn_rows(2);
  TuningSettings settings{
      TuningMethod::random, 5, {{"forest", {{"min_leaf", {2, 4, 8}, {}}, {"depth", {1, 2, 3}, {}}}}}};
  const auto tuned = tune_learner("forest", rows, rows.weights, drawn_sides(), small_choice(2), settings, 1).value();
  EXPECT_EQ(tuned.trials.size(), 6u);  // and what was set before
  std::set<std::string> texts;
  for (const TuningTrial& trial : tuned.trials) texts.insert(trial.parameters);
  EXPECT_EQ(texts.size(), 6u);
}

TEST(Tuning, HalvingGivesMoreRowsToFewerCombinations) {
  const TrainingRows rows = drawn_rows(2);
  TuningSettings settings{
      TuningMethod::halving, 9, {{"forest", {{"min_leaf", {1, 2, 4, 8, 16, 32}, {}}, {"depth", {1, 2, 3}, {}}}}}};
  const auto tuned = tune_learner("forest", rows, rows.weights, drawn_sides(), small_choice(2), settings, 1).value();
  std::map<double, int> at;
  for (const TuningTrial& trial : tuned.trials) ++at[trial.share];
  ASSERT_EQ(at.size(), 3u);
  EXPECT_EQ(at.begin()->second, 10);
  EXPECT_EQ(at.rbegin()->first, 1);
  EXPECT_EQ(at.rbegin()->second, 2);
}

TEST(Tuning, AValueThatIsNotAllowedIsAnErrorWithItsName) {
  const LearnerInfo& info = learner_method("forest").value()->info();
  EXPECT_EQ(check_search_space(info, {{"trees", {10, -1}, {}}}).error().message,
            "tuning forest: trees: -1 is not within 1..100000");
  EXPECT_EQ(check_search_space(info, {{"trees", {}, {}}}).error().message, "tuning forest: trees has no values");
}

TEST(Elimination, KeepsTheFeatureThatTells) {
  const TrainingRows rows = drawn_rows(6);
  const std::vector<std::string> names{"tells", "a", "b", "c", "d", "e"};
  for (const EliminationMethod method : {EliminationMethod::impurity, EliminationMethod::permutation}) {
    EliminationSettings settings;
    settings.method = method;
    LearnerChoice choice = small_choice(6);
    ASSERT_TRUE(choice.parameters.at("forest").set("min_leaf", 20));
    const auto found = eliminate_features(rows, names, rows.weights, drawn_sides(), choice, settings, 1).value();
    EXPECT_EQ(found.kept.front(), 0u);
    EXPECT_LE(found.kept.size(), 2u);
    EXPECT_EQ(found.steps.size(), 6u);
    EXPECT_EQ(found.steps.back().features, 1u);
  }
}

TEST(Elimination, ALearnerWithoutImportanceIsAnError) {
  const TrainingRows rows = drawn_rows(2);
  EliminationSettings settings;
  settings.method = EliminationMethod::impurity;
  settings.learner = "logistic";
  const auto found = eliminate_features(rows, {"a", "b"}, rows.weights, drawn_sides(), small_choice(2), settings, 1);
  EXPECT_EQ(found.error().message, "elimination of features: learner logistic tells no importance; forest does");
}

TEST(Selection, IsTheSameForOneAndTwoThreads) {
  const TrainingRows rows = drawn_rows(5);
  EliminationSettings settings;
  settings.method = EliminationMethod::permutation;
  const auto run = [&](int threads) {
    const ThreadLimit limit(threads);
    return eliminate_features(rows, {"a", "b", "c", "d", "e"}, rows.weights, drawn_sides(), small_choice(5), settings,
                              1)
        .value()
        .steps.front()
        .loss;
  };
  EXPECT_EQ(run(1), run(2));
}

}  // namespace
}  // namespace ecocube
