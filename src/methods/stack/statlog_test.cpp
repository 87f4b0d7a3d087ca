// SPDX-License-Identifier: Apache-2.0
// The Statlog Landsat set (6,435 rows, 36 features, 6 classes) in five stored folds: figures of other tools are at
// hand. Learners are kept small here; bench/learn_accuracy.py measures the full ones.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>

#include "base/text.h"
#include "methods/stack/ensemble.h"

namespace ecocube {
namespace {

const std::filesystem::path kTables =
    std::filesystem::path(ECOCUBE_SOURCE_DIR) / ".." / "shared" / "data" / "ml-tables";

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

EnsembleData statlog_data() {
  const auto lines = lines_of(kTables / "mlbench_Satellite.csv");
  auto folds = lines_of(kTables / "reference_cv" / "mlbench_Satellite_fold5.csv");
  folds.erase(folds.begin());
  EnsembleData data;
  const std::size_t count = lines.size() - 1;
  data.rows = {36, 6, std::vector<float>(36 * count), {}, std::vector<double>(count, 1.0), {}};
  std::map<std::string, std::uint16_t> classes;
  for (std::size_t row = 0; row < count; ++row) {
    const auto fields = split(lines[row + 1], ',');
    for (std::size_t f = 0; f < 36; ++f) data.rows.values[f * count + row] = std::stof(fields[f]);
    const auto next = static_cast<std::uint16_t>(classes.size());
    data.rows.seen.push_back(classes.try_emplace(fields[36], next).first->second);
  }
  for (int f = 0; f < 36; ++f) data.features.push_back(fmt::format("band{}", f));
  for (int c = 0; c < 6; ++c) data.classes.push_back({fmt::format("{}", c), "", c + 1, {}});
  data.groups = groups_by_name(std::vector<std::string>(count));
  data.folds = folds_by_name(folds).value();
  return data;
}

TEST(StatlogLandsat, TheStackIsBetterThanItsLearnersAndTheirMeanAndItsSetsHold) {
  if (!std::filesystem::exists(kTables)) GTEST_SKIP() << "no folder " << kTables;
  EnsembleSettings settings;
  settings.learners = {"forest", "boosting", "logistic"};
  const auto set = [&](const char* learner, const char* name, double value) {
    HyperParameters parameters(learner_method(learner).value()->info().parameters);
    ASSERT_TRUE(parameters.set(name, value));
    settings.parameters.insert_or_assign(learner, parameters);
  };
  set("forest", "trees", 60);
  set("boosting", "rounds", 30);
  settings.sets = ClassSetOptions{};
  const auto trained = train_ensemble(statlog_data(), settings);
  ASSERT_TRUE(trained) << trained.error().message;
  const TrainingReport& report = trained->report;
  std::printf("Statlog, 5 stored folds, log loss: nested %.4f (accuracy %.4f), as published %.4f, mean %.4f",
              report.nested.log_loss, report.nested.overall_accuracy, report.published.log_loss,
              report.plain_mean.log_loss);
  for (const Evaluation& one : report.learner_scores) {
    std::printf(", %s %.4f", one.name.c_str(), one.log_loss);
    EXPECT_LT(report.nested.log_loss, one.log_loss);
  }
  std::printf("\n");
  EXPECT_LT(report.nested.log_loss, report.plain_mean.log_loss);
  EXPECT_LT(report.nested.log_loss, 0.215);
  EXPECT_GT(report.nested.overall_accuracy, 0.91);
  // The dominant class is always in, so that sets asked to hold less often than the accuracy hold as often as that.
  for (const ClassSets::Level& level : trained->model.sets->levels) {
    EXPECT_GT(level.reached, level.coverage - 0.01);
    EXPECT_LT(level.reached, std::max(level.coverage, report.nested.overall_accuracy) + 0.01);
  }
}

}  // namespace
}  // namespace ecocube
