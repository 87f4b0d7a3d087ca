// SPDX-License-Identifier: Apache-2.0
// Learners made of trees on real tables in stored folds: figures of other tools are at hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <numeric>

#include "base/text.h"
#include "data/model/plain_prediction.h"
#include "methods/train/learners.h"

namespace ecocube {
namespace {

const std::filesystem::path kData = std::filesystem::path(ECOCUBE_SOURCE_DIR) / ".." / "shared" / "data";

using Lines = std::vector<std::vector<std::string>>;

/// Fields of all lines but the first.
Lines read_csv(const std::filesystem::path& path) {
  std::ifstream file(path);
  Lines lines;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) lines.push_back(split(line, ','));
  return lines;
}

struct Table {
  TrainingRows rows;
  std::vector<std::string> fold;
};

/// `answer` is the column of the class (or, of numbers, of the number), the features are `first` to `end` - 1.
Table table_of(const Lines& lines, std::size_t answer, std::size_t first, std::size_t end, bool numbers,
               const std::filesystem::path& folds) {
  Table table;
  table.rows.features = end - first;
  table.rows.weights.assign(lines.size(), 1.0);
  for (std::size_t f = first; f < end; ++f) {
    for (const auto& line : lines) table.rows.values.push_back(std::stof(line[f]));
  }
  std::map<std::string, std::uint16_t> classes;
  for (const auto& line : lines) {
    if (numbers) {
      table.rows.responses.push_back(std::stof(line[answer]));
    } else {
      const auto next = static_cast<std::uint16_t>(classes.size());
      table.rows.seen.push_back(classes.try_emplace(line[answer], next).first->second);
    }
  }
  table.rows.classes = classes.size();
  for (const auto& line : read_csv(folds)) table.fold.push_back(line[0]);
  return table;
}

using Values = std::map<std::string, double>;

FittedLearner fit(const std::string& learner, const TrainingRows& rows, const Values& values) {
  const LearnerMethod& method = **learner_method(learner);
  HyperParameters parameters(method.info().parameters);
  for (const auto& [name, value] : values) EXPECT_TRUE(parameters.set(name, value).has_value()) << name;
  return *method.fit(rows, parameters, 1);
}

/// Answers to the rows of each fold by learners fitted on the others; `use` is told each learner and its rows.
template <class Use>
void for_each_fold(const Table& table, const std::string& learner, const Values& values, const Use& use) {
  for (const std::string fold : {"0", "1", "2", "3", "4"}) {
    std::vector<std::uint32_t> fitted_on, asked;
    for (std::uint32_t row = 0; row < table.rows.rows(); ++row)
      (table.fold[row] == fold ? asked : fitted_on).push_back(row);
    use(fit(learner, table.rows.only(fitted_on), values).learner, asked);
  }
}

double accuracy(const Table& table, const std::string& name, const std::string& learner, const Values& values) {
  double right = 0;
  const std::size_t classes = table.rows.classes;
  for_each_fold(table, learner, values, [&](const Learner& fitted, const std::vector<std::uint32_t>& asked) {
    const std::vector<float> answers = predict_rows(fitted, table.rows, asked);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      const auto own = answers.begin() + static_cast<std::ptrdiff_t>(i * classes);
      right += std::max_element(own, own + static_cast<std::ptrdiff_t>(classes)) - own == table.rows.seen[asked[i]];
    }
  });
  const double share = right / static_cast<double>(table.rows.rows());
  std::printf("%s, %s: accuracy %.4f\n", name.c_str(), learner.c_str(), share);
  return share;
}

TEST(ForestOnStatlog, ReachesTheFiguresOfOtherTools) {
  if (!std::filesystem::exists(kData)) GTEST_SKIP() << "no folder " << kData;
  const Table table = table_of(read_csv(kData / "ml-tables" / "mlbench_Satellite.csv"), 36, 0, 36, false,
                               kData / "ml-tables" / "reference_cv" / "mlbench_Satellite_fold5.csv");
  // scikit-learn 1.2.1 with 500 trees: forest .9203, extremely randomised .9194.
  EXPECT_GE(accuracy(table, "Statlog", "forest", {}), 0.918);
  EXPECT_GE(accuracy(table, "Statlog", "extra-trees", {}), 0.915);
  EXPECT_GE(accuracy(table, "Statlog", "cart", {}), 0.85);
}

TEST(ForestOnCropland, ReachesTheFiguresOfOtherTools) {
  if (!std::filesystem::exists(kData)) GTEST_SKIP() << "no folder " << kData;
  const std::filesystem::path folder = kData / "cropland-east-africa";
  const Table table = table_of(read_csv(folder / "eastern_training_sentinel2_features.csv"), 0, 1, 34, false,
                               folder / "folds" / "eastern__stored.csv");
  // scikit-learn 1.2.1: forest of 500 trees .852, extremely randomised .856, one tree of leaves of 5 rows .729.
  EXPECT_GE(accuracy(table, "cropland", "forest", {{"trees", 300}}), 0.850);
  EXPECT_GE(accuracy(table, "cropland", "extra-trees", {{"trees", 300}}), 0.850);
  EXPECT_GE(accuracy(table, "cropland", "cart", {}), 0.71);
}

struct NumberScore {
  double rmse = 0, r2 = 0;
  double below_first = 0, below_last = 0;  ///< share of the numbers below the quantiles asked for
};

NumberScore score_numbers(const Table& table, const std::string& learner, const Values& values) {
  const std::vector<double> levels{0.1, 0.9};
  const std::vector<float>& seen = table.rows.responses;
  const double count = static_cast<double>(seen.size()), mean = std::accumulate(seen.begin(), seen.end(), 0.0) / count;
  NumberScore score;
  double squares = 0, spread = 0;
  for_each_fold(table, learner, values, [&](const Learner& fitted, const std::vector<std::uint32_t>& asked) {
    const std::vector<float> answers = predict_rows(fitted, table.rows, asked);
    std::vector<float> features(table.rows.features), quantiles(2);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      const float number = seen[asked[i]];
      squares += std::pow(static_cast<double>(number - answers[i]), 2);
      spread += std::pow(static_cast<double>(number) - mean, 2);
      table.rows.copy_row(asked[i], features);
      plain_quantiles(std::get<RegressionForest>(fitted), features, levels, quantiles);
      EXPECT_LE(quantiles[0], quantiles[1]);
      score.below_first += number < quantiles[0];
      score.below_last += number <= quantiles[1];
    }
  });
  score = {std::sqrt(squares / count), 1 - squares / spread, score.below_first / count, score.below_last / count};
  std::printf("Ebergoetzen sand, tiles, %s: RMSE %.3f, R2 %.4f, below P10 %.3f, below P90 %.3f\n", learner.c_str(),
              score.rmse, score.r2, score.below_first, score.below_last);
  return score;
}

TEST(ForestOnEbergoetzen, PredictsSandUnderTileBlocksWithQuantilesThatMeanWhatTheySay) {
  if (!std::filesystem::exists(kData)) GTEST_SKIP() << "no folder " << kData;
  const std::filesystem::path folder = kData / "soil-ebergoetzen";
  const Lines lines = read_csv(folder / "eberg_sand_with_covariates.csv");
  const Table table = table_of(lines, 3, 5, lines[0].size(), true, folder / "folds" / "eberg__tile.csv");
  const NumberScore forest = score_numbers(table, "forest", {});
  EXPECT_LE(forest.rmse, 13.2);
  EXPECT_GE(forest.r2, 0.61);
  EXPECT_NEAR(forest.below_first, 0.1, 0.05);
  EXPECT_NEAR(forest.below_last, 0.9, 0.05);
  const NumberScore extra = score_numbers(table, "extra-trees", {});
  EXPECT_LE(extra.rmse, 13.4);
  EXPECT_LE(score_numbers(table, "cart", {}).rmse, 15);
}

}  // namespace
}  // namespace ecocube
