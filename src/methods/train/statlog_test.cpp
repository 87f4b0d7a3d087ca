// SPDX-License-Identifier: Apache-2.0
// The Statlog Landsat set (6,435 rows, 36 features, 6 classes) in five fixed folds: figures of other tools are at hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <numeric>

#include "base/text.h"
#include "methods/train/ensemble.h"
#include "methods/train/measures.h"

namespace ecocube {
namespace {

const std::filesystem::path kTables =
    std::filesystem::path(ECOCUBE_SOURCE_DIR) / ".." / "shared" / "data" / "ml-tables";

struct Statlog {
  TrainingRows rows;
  std::vector<std::string> fold;
};

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

Statlog read_statlog() {
  const auto lines = lines_of(kTables / "mlbench_Satellite.csv");
  Statlog set;
  set.fold = lines_of(kTables / "reference_cv" / "mlbench_Satellite_fold5.csv");
  set.fold.erase(set.fold.begin());
  const std::size_t count = lines.size() - 1;
  set.rows.features = 36;
  set.rows.values.resize(36 * count);
  set.rows.weights.assign(count, 1.0);
  std::map<std::string, std::uint16_t> classes;
  for (std::size_t row = 0; row < count; ++row) {
    const auto fields = split(lines[row + 1], ',');
    for (std::size_t f = 0; f < 36; ++f) set.rows.values[f * count + row] = std::stof(fields[f]);
    set.rows.seen.push_back(classes.try_emplace(fields[36], static_cast<std::uint16_t>(classes.size())).first->second);
  }
  set.rows.classes = classes.size();
  return set;
}

/// Predictions of each stored fold by a learner fitted on the others.
Evaluation score(const Statlog& set, const std::string& learner) {
  std::vector<float> probabilities(set.rows.rows() * set.rows.classes);
  for (const std::string fold : {"0", "1", "2", "3", "4"}) {
    std::vector<std::uint32_t> fitted_on, asked;
    for (std::uint32_t row = 0; row < set.rows.rows(); ++row)
      (set.fold[row] == fold ? asked : fitted_on).push_back(row);
    const auto fitted = fit_learner(learner, set.rows.only(fitted_on), {}, 1);
    const auto own = predict_rows(fitted->learner, set.rows, asked);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      std::copy_n(own.begin() + static_cast<std::ptrdiff_t>(i * set.rows.classes), set.rows.classes,
                  probabilities.begin() + static_cast<std::ptrdiff_t>(asked[i] * set.rows.classes));
    }
  }
  Evaluation result = evaluate(learner, set.rows.seen, probabilities, set.rows.weights, set.rows.classes);
  std::printf("Statlog, 5 stored folds, %s: accuracy %.4f, macro F1 %.4f, log loss %.4f\n", learner.c_str(),
              result.overall_accuracy, result.macro_f1, result.log_loss);
  return result;
}

TEST(StatlogLandsat, LearnersReachTheFiguresOfOtherTools) {
  if (!std::filesystem::exists(kTables)) GTEST_SKIP() << "no folder " << kTables;
  const Statlog set = read_statlog();
  // scikit-learn 1.2.1: forest of 500 trees .9203, histogram boosting .9234, logistic .8575.
  EXPECT_GT(score(set, "forest").overall_accuracy, 0.915);
  EXPECT_GT(score(set, "boosting").overall_accuracy, 0.912);
  EXPECT_GT(score(set, "logistic").overall_accuracy, 0.85);
}

EnsembleData statlog_data() {
  EnsembleData data;
  data.rows = read_statlog().rows;
  for (int f = 0; f < 36; ++f) data.features.push_back(fmt::format("band{}", f));
  for (int c = 0; c < 6; ++c) data.classes.push_back({fmt::format("{}", c), "", c + 1, {}});
  data.groups.of_row.resize(data.rows.rows());
  std::iota(data.groups.of_row.begin(), data.groups.of_row.end(), 0u);
  data.groups.count = data.rows.rows();
  return data;
}

TEST(StatlogLandsat, TheEnsembleIsBetterThanItsForestAndItsScoresAgree) {
  if (!std::filesystem::exists(kTables)) GTEST_SKIP() << "no folder " << kTables;
  EnsembleSettings settings;
  settings.folds = 3;
  settings.learner_settings.forest.trees = 40;
  settings.learner_settings.boosting.rounds = 30;
  settings.learner_settings.boosting.eta = 0.3;
  const auto stacked = train_ensemble(statlog_data(), settings);
  settings.meta = false;
  settings.nested = false;
  const auto mean = train_ensemble(statlog_data(), settings);
  ASSERT_TRUE(stacked && mean);
  const TrainingReport& report = stacked->report;
  std::printf(
      "Statlog, 3 folds, log loss: nested %.4f, as published %.4f, forest %.4f, boosting %.4f, their mean %.4f\n",
      report.nested.log_loss, report.published.log_loss, report.learner_scores[0].log_loss,
      report.learner_scores[1].log_loss, mean->report.published.log_loss);
  EXPECT_GT(report.nested.overall_accuracy, 0.905);
  EXPECT_NEAR(report.nested.overall_accuracy, report.published.overall_accuracy, 0.01);
  EXPECT_LT(report.nested.log_loss, report.learner_scores[0].log_loss);
  EXPECT_LT(mean->report.published.log_loss, report.learner_scores[0].log_loss);
}

}  // namespace
}  // namespace ecocube
