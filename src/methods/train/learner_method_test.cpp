// SPDX-License-Identifier: Apache-2.0
#include "methods/train/learner_method.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <set>

#include "base/parallel.h"
#include "data/model/plain_prediction.h"
#include "methods/train/learners.h"
#include "base/random.h"

namespace ecocube {
namespace {

/// Of `features` features the first two decide; `classes` 0: a number.
TrainingRows drawn_rows(std::size_t count, std::size_t features, std::size_t classes, std::uint64_t seed) {
  Random random{seed};
  TrainingRows rows{features, classes, std::vector<float>(features * count), {}, std::vector<double>(count, 1.0), {}};
  for (float& value : rows.values) value = static_cast<float>(random.below(10001)) * 1e-3f;
  for (std::size_t row = 0; row < count; ++row) {
    const float both = (rows.values[row] + rows.values[count + row]) / 20;  // 0..1
    if (classes) {
      const auto cut = static_cast<std::size_t>(both * static_cast<float>(classes));
      rows.seen.push_back(static_cast<std::uint16_t>(std::min(classes - 1, cut)));
    } else {
      rows.responses.push_back(50 + 20 * both);
    }
  }
  return rows;
}

Model model_of(const Learner& learner, const TrainingRows& rows) {
  Model model;
  for (std::size_t f = 0; f < rows.features; ++f) model.features.push_back(fmt::format("f{}", f));
  for (std::size_t c = 0; c < rows.classes; ++c) {
    LegendClass entry;
    entry.value = static_cast<int>(c + 1);
    entry.code = fmt::format("c{}", c);
    model.classes.push_back(entry);
  }
  if (rows.regression()) model.response = Response{"sand", "%", Transform::none, 0, 100};
  model.learners.push_back({"it", learner});
  return model;
}

std::vector<float> answer_to(const Learner& learner, const std::vector<float>& row, const TrainingRows& rows) {
  std::vector<float> answer(rows.answers());
  plain_answer(learner, row, answer);
  return answer;
}

class LearnerContract : public testing::TestWithParam<const LearnerMethod*> {
 protected:
  const LearnerInfo& info() const { return GetParam()->info(); }

  /// What it can answer: classes in number, 0 for a number.
  std::vector<std::size_t> kinds(std::initializer_list<std::size_t> class_counts = {2, 3}) const {
    std::vector<std::size_t> found;
    if (info().classifies) found.assign(class_counts);
    if (info().regresses) found.push_back(0);
    return found;
  }

  FittedLearner fit(const TrainingRows& rows, std::uint64_t seed = 7) const {
    auto fitted = GetParam()->fit(rows, HyperParameters(info().parameters), seed);
    EXPECT_TRUE(fitted) << (fitted ? "" : fitted.error().message);
    if (!fitted) return {};
    const auto checked = check_model(model_of(fitted->learner, rows));
    EXPECT_TRUE(checked) << (checked ? "" : checked.error().message);
    return std::move(*fitted);
  }
};

TEST_P(LearnerContract, DefaultsAreAllowedAndNamesDiffer) {
  std::set<std::string> names;
  EXPECT_TRUE(info().classifies || info().regresses);
  EXPECT_FALSE(info().summary.empty());
  HyperParameters parameters(info().parameters);
  for (const HyperParameter& one : info().parameters) {
    EXPECT_TRUE(names.insert(one.name).second) << one.name;
    EXPECT_FALSE(one.meaning.empty()) << one.name;
    if (one.choices.empty()) {
      EXPECT_TRUE(parameters.set(one.name, one.initial)) << one.name;
    }
  }
  EXPECT_EQ(parameters.text(), "");
}

TEST_P(LearnerContract, LearnsWhatTheFeaturesDecide) {
  for (const std::size_t classes : kinds()) {
    const TrainingRows rows = drawn_rows(400, 4, classes, 3), asked = drawn_rows(200, 4, classes, 4);
    const Learner learner = fit(rows).learner;
    std::vector<float> row(4);
    double right = 0, squares = 0;
    for (std::size_t i = 0; i < asked.rows(); ++i) {
      asked.copy_row(i, row);
      const auto answer = answer_to(learner, row, rows);
      if (classes) {
        right += std::max_element(answer.begin(), answer.end()) - answer.begin() == asked.seen[i];
      } else {
        squares += std::pow(static_cast<double>(answer[0] - asked.responses[i]), 2);
      }
    }
    if (classes) {
      EXPECT_GT(right / 200, 0.8) << classes;
    }
    if (!classes) {
      EXPECT_LT(std::sqrt(squares / 200), 2);  // the responses' deviation is 4
    }
  }
}

TEST_P(LearnerContract, AFitDoesNotDependOnTheThreads) {
  for (const std::size_t classes : kinds()) {
    const TrainingRows rows = drawn_rows(1500, 5, classes, 1);
    std::vector<FittedLearner> fitted;
    for (const int threads : {1, 2}) {
      const ThreadLimit limit(threads);
      fitted.push_back(fit(rows));
    }
    EXPECT_EQ(fitted[0].learner, fitted[1].learner) << classes;
    EXPECT_EQ(fitted[0].importance, fitted[1].importance) << classes;
  }
}

TEST_P(LearnerContract, ASeedMattersOnlyWhereSomethingIsDrawn) {
  static const std::set<std::string> draws{"forest", "boosting", "network"};
  static const std::set<std::string> draws_nothing{"logistic", "linear", "neighbours"};
  for (const std::size_t classes : kinds()) {
    const TrainingRows rows = drawn_rows(200, 4, classes, 1);
    const Learner first = fit(rows, 1).learner;
    EXPECT_EQ(first, fit(rows, 1).learner);
    if (draws.contains(info().name)) {
      EXPECT_NE(first, fit(rows, 2).learner);
    }
    if (draws_nothing.contains(info().name)) {
      EXPECT_EQ(first, fit(rows, 2).learner);
    }
  }
}

TEST_P(LearnerContract, NineTimesTheWeightIsNineTimesTheSay) {
  for (const std::size_t classes : kinds()) {
    TrainingRows rows = drawn_rows(80, 2, classes, 1);
    std::fill(rows.values.begin(), rows.values.end(), 4.0f);
    for (std::size_t row = 0; row < rows.rows(); ++row) {
      if (classes) rows.seen[row] = row % 2;
      if (!classes) rows.responses[row] = row % 2 ? 1 : 0;
      rows.weights[row] = row % 2 ? 9 : 1;
    }
    const auto answer = answer_to(fit(rows).learner, {4, 4}, rows);
    EXPECT_NEAR(answer[classes ? 1 : 0], 0.9, 0.06) << classes;
  }
}

TEST_P(LearnerContract, AClassWithoutRowsGetsNextToNoProbability) {
  if (!info().classifies) GTEST_SKIP() << info().name << " does not classify";
  TrainingRows rows = drawn_rows(300, 3, 3, 1);
  rows.classes = 4;
  for (std::uint16_t& seen : rows.seen) seen = seen == 2 ? 3 : seen;
  const Learner learner = fit(rows).learner;
  for (const float value : {1.0f, 5.0f, 9.0f}) {
    EXPECT_LT(answer_to(learner, {value, value, 5}, rows)[2], 0.02) << value;
  }
}

TEST_P(LearnerContract, WhereOneAnswerIsAllItSawItGivesThatAnswer) {
  for (const std::size_t classes : kinds()) {
    TrainingRows rows = drawn_rows(100, 3, classes, 1);
    std::fill(rows.seen.begin(), rows.seen.end(), std::uint16_t{1});
    std::fill(rows.responses.begin(), rows.responses.end(), 42.5f);
    const auto answer = answer_to(fit(rows).learner, {5, 5, 5}, rows);
    if (classes) {
      EXPECT_GT(answer[1], 0.9) << classes;
    }
    if (!classes) {
      EXPECT_NEAR(answer[0], 42.5, 0.01);
    }
  }
}

TEST_P(LearnerContract, ASingleRowIsEnough) {
  for (const std::size_t classes : kinds()) {
    TrainingRows rows = drawn_rows(1, 3, classes, 1);
    if (classes) rows.seen[0] = 1;
    const auto answer = answer_to(fit(rows).learner, {1, 2, 3}, rows);
    for (const float one : answer) EXPECT_TRUE(std::isfinite(one));
    if (classes) {
      EXPECT_GE(answer[1], 1.0f / static_cast<float>(classes) - 1e-6f) << classes;
    }
    if (!classes) {
      EXPECT_NEAR(answer[0], rows.responses[0], 1e-3);
    }
  }
}

TEST_P(LearnerContract, AFeatureThatNeverChangesSaysNothingLater) {
  for (const std::size_t classes : kinds()) {
    TrainingRows rows = drawn_rows(200, 3, classes, 1);
    std::fill(rows.values.end() - 200, rows.values.end(), 0.1f);
    const Learner learner = fit(rows).learner;
    EXPECT_EQ(answer_to(learner, {3, 8, 0.1f}, rows), answer_to(learner, {3, 8, 1000}, rows)) << classes;
  }
}

TEST_P(LearnerContract, RowsGivenTwiceAreNoTrouble) {
  for (const std::size_t classes : kinds()) {
    std::vector<std::uint32_t> twice(120);
    for (std::uint32_t i = 0; i < 120; ++i) twice[i] = i / 2;
    const TrainingRows rows = drawn_rows(60, 3, classes, 1).only(twice);
    for (const float one : answer_to(fit(rows).learner, {5, 5, 5}, rows)) EXPECT_TRUE(std::isfinite(one));
  }
}

TEST_P(LearnerContract, ProbabilitiesSumToOneFarOutsideToo) {
  if (!info().classifies) GTEST_SKIP() << info().name << " does not classify";
  for (const std::size_t classes : {std::size_t{2}, std::size_t{5}}) {
    const TrainingRows rows = drawn_rows(300, 3, classes, 1);
    const Learner learner = fit(rows).learner;
    for (const float value : {-1e6f, 0.0f, 3.3f, 1e6f}) {
      const auto answer = answer_to(learner, {value, 2, value}, rows);
      EXPECT_NEAR(std::accumulate(answer.begin(), answer.end(), 0.0), 1, 1e-5) << value;
      for (const float probability : answer) EXPECT_GE(probability, 0) << value;
    }
  }
}

TEST_P(LearnerContract, ImportanceSumsToOneWhereThereIsAny) {
  for (const std::size_t classes : kinds()) {
    const TrainingRows rows = drawn_rows(200, 4, classes, 1);
    const auto importance = fit(rows).importance;
    if (importance.empty()) continue;
    ASSERT_EQ(importance.size(), 4u);
    EXPECT_NEAR(std::accumulate(importance.begin(), importance.end(), 0.0), 1, 1e-9);
    EXPECT_GT(importance[0] + importance[1], importance[2] + importance[3]);
  }
}

INSTANTIATE_TEST_SUITE_P(Of, LearnerContract, testing::ValuesIn(learner_methods()), [](const auto& tested) {
  std::string name = tested.param->info().name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(HyperParameters, SayWhatIsNotAllowed) {
  HyperParameters parameters(network_method().info().parameters);
  EXPECT_TRUE(parameters.set("width", 32));
  EXPECT_EQ(parameters.text(), "width=32");
  const auto unknown = parameters.set("widht", 32);
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().message.find("'widht'"), std::string::npos);
  EXPECT_NE(unknown.error().message.find("width"), std::string::npos);
  const auto broken = parameters.set("width", 32.5);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().message, "width: 32.5 is no whole number");
  const auto outside = parameters.set("dropout", 1);
  ASSERT_FALSE(outside);
  EXPECT_EQ(outside.error().message, "dropout: 1 is not within 0..0.95");
  EXPECT_FALSE(parameters.set("width", std::nan("")));
}

TEST(Learners, AnUnknownNameTellsTheNearest) {
  const auto method = learner_method("netwrok");
  ASSERT_FALSE(method);
  EXPECT_NE(method.error().message.find("network"), std::string::npos);
}

}  // namespace
}  // namespace ecocube
