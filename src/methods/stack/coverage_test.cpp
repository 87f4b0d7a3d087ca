// SPDX-License-Identifier: Apache-2.0
// Asked and reached coverage on real tables, whole groups held out; bench/coverage_bench.cpp has more splits and ways.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <numeric>

#include "base/text.h"
#include "data/model/plain_prediction.h"
#include "data/model/plain_uncertainty.h"
#include "methods/assess/regression_measures.h"
#include "methods/stack/ensemble.h"
#include "base/random.h"

namespace ecocube {
namespace {

const std::filesystem::path kData = std::filesystem::path(ECOCUBE_SOURCE_DIR) / ".." / "shared" / "data";

std::vector<std::vector<std::string>> cells_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::vector<std::string>> cells;
  for (std::string line; std::getline(file, line);) cells.push_back(split(std::string(trimmed(line)), ','));
  return cells;
}

struct Table {
  TrainingRows rows;
  Groups groups;
};

Table read_soil() {
  const auto cells = cells_of(kData / "soil-ebergoetzen" / "eberg_sand_with_covariates.csv");
  const auto tiles = cells_of(kData / "soil-ebergoetzen" / "folds" / "eberg__tile.csv");
  Table table;
  std::vector<std::string> groups;
  table.rows.features = cells[0].size() - 5;
  for (std::size_t row = 1; row < cells.size(); ++row) {
    groups.push_back(tiles[row][1]);
    table.rows.responses.push_back(std::stof(cells[row][3]));
    table.rows.weights.push_back(1);
  }
  for (std::size_t f = 0; f < table.rows.features; ++f) {
    for (std::size_t row = 1; row < cells.size(); ++row) table.rows.values.push_back(std::stof(cells[row][f + 5]));
  }
  table.groups = groups_by_name(groups);
  return table;
}

/// Every third row of Statlog, ten in a row a group.
Table read_statlog() {
  const auto cells = cells_of(kData / "ml-tables" / "mlbench_Satellite.csv");
  Table table;
  std::map<std::string, std::uint16_t> classes;
  std::vector<std::size_t> kept;
  for (std::size_t row = 1; row < cells.size(); row += 3) {
    kept.push_back(row);
    table.rows.seen.push_back(
        classes.try_emplace(cells[row][36], static_cast<std::uint16_t>(classes.size())).first->second);
    table.rows.weights.push_back(1);
    table.groups.of_row.push_back(static_cast<std::uint32_t>((kept.size() - 1) / 10));
  }
  table.rows.features = 36;
  table.rows.classes = classes.size();
  table.groups.count = table.groups.of_row.back() + 1;
  for (std::size_t f = 0; f < 36; ++f) {
    for (const std::size_t row : kept) table.rows.values.push_back(std::stof(cells[row][f]));
  }
  return table;
}

/// Rows of a fifth of the groups, and the others.
std::pair<std::vector<std::uint32_t>, std::vector<std::uint32_t>> deal(const Groups& groups, std::uint64_t seed) {
  std::vector<std::uint32_t> order(groups.count), held, kept;
  std::iota(order.begin(), order.end(), 0u);
  Random random{seed};
  for (std::size_t left = order.size(); left > 1; --left) std::swap(order[left - 1], order[random.below(left)]);
  order.resize(groups.count / 5);
  for (std::uint32_t row = 0; row < groups.of_row.size(); ++row) {
    const bool out = std::find(order.begin(), order.end(), groups.of_row[row]) != order.end();
    (out ? held : kept).push_back(row);
  }
  return {held, kept};
}

EnsembleData data_of(const Table& table, const std::vector<std::uint32_t>& kept) {
  EnsembleData data;
  for (std::size_t f = 0; f < table.rows.features; ++f) data.features.push_back(std::to_string(f));
  data.rows = table.rows.only(kept);
  data.groups = only(table.groups, kept);
  for (std::size_t c = 0; c < table.rows.classes; ++c)
    data.classes.push_back({std::to_string(c), std::to_string(c), static_cast<int>(c) + 1, {}});
  return data;
}

std::vector<float> features_of(const Table& table, const Model& model, std::uint32_t row) {
  std::vector<float> all(table.rows.features), asked;
  table.rows.copy_row(row, all);
  for (const std::string& name : model.features) asked.push_back(all[std::stoul(name)]);
  return asked;
}

TEST(Coverage, IntervalsOfSoilHoldTilesThatTrainingNeverSawAsOftenAsAsked) {
  if (!std::filesystem::exists(kData)) GTEST_SKIP() << "no folder " << kData;
  const Table table = read_soil();
  constexpr int kSplits = 6;
  std::vector<double> reached(3), said(3);
  for (std::uint64_t seed = 1; seed <= kSplits; ++seed) {
    const auto [held, kept] = deal(table.groups, seed);
    EnsembleData data = data_of(table, kept);
    data.response = Response{"sand", "%", Transform::none, 0, 0};
    EnsembleSettings settings;
    settings.learners = {"forest"};
    settings.nested = false;
    settings.seed = seed;
    settings.intervals = IntervalOptions{};
    const auto trained = train_ensemble(std::move(data), settings);
    ASSERT_TRUE(trained) << trained.error().message;
    const Model& model = trained->model;
    const auto& forest = std::get<RegressionForest>(model.learners[model.intervals->forest].learner);
    for (std::size_t level = 0; level < 3; ++level) {
      const Intervals::Level& own = model.intervals->levels[level];
      std::size_t inside = 0;
      for (const std::uint32_t row : held) {
        std::vector<float> ends(2);
        plain_quantiles(forest, features_of(table, model, row), std::vector{own.lower_quantile, own.upper_quantile},
                        ends);
        const PlainInterval interval =
            plain_interval(*model.intervals, level, 0, static_cast<double>(ends[0]), static_cast<double>(ends[1]));
        const auto seen = static_cast<double>(table.rows.responses[row]);
        inside += seen >= interval.low && seen <= interval.high;
      }
      reached[level] += static_cast<double>(inside) / static_cast<double>(held.size()) / kSplits;
      said[level] += own.reached / kSplits;
    }
  }
  const std::vector<double> asked{0.8, 0.9, 0.95};
  for (std::size_t level = 0; level < 3; ++level) {
    std::printf("sand, tiles held out: asked %.2f, reached %.4f, said in training %.4f\n", asked[level], reached[level],
                said[level]);
    EXPECT_NEAR(reached[level], asked[level], 0.03);  // six splits of some 16 tiles spread by about .01
    EXPECT_NEAR(said[level], asked[level], 0.01);
  }
}

TEST(Coverage, ClassSetsOfStatlogHoldBlocksThatTrainingNeverSawAsOftenAsAsked) {
  if (!std::filesystem::exists(kData)) GTEST_SKIP() << "no folder " << kData;
  const Table table = read_statlog();
  constexpr int kSplits = 5;
  std::vector<double> by_threshold(3), given(3);
  for (std::uint64_t seed = 1; seed <= kSplits; ++seed) {
    const auto [held, kept] = deal(table.groups, seed);
    EnsembleSettings settings;
    settings.learners = {"forest", "neighbours"};
    settings.nested = false;
    settings.seed = seed;
    settings.sets = ClassSetOptions{};
    const auto trained = train_ensemble(data_of(table, kept), settings);
    ASSERT_TRUE(trained) << trained.error().message;
    std::vector<double> probabilities(held.size() * table.rows.classes);
    std::vector<std::uint16_t> seen;
    for (std::size_t i = 0; i < held.size(); ++i) {
      plain_answer(trained->model, features_of(table, trained->model, held[i]),
                   std::span(probabilities).subspan(i * table.rows.classes, table.rows.classes));
      seen.push_back(table.rows.seen[held[i]]);
    }
    const auto scores = score_class_sets(*trained->model.sets, {probabilities, seen, {}, {}, table.rows.classes});
    for (std::size_t level = 0; level < 3; ++level) {
      by_threshold[level] += scores[level].reached_by_threshold / kSplits;
      given[level] += scores[level].reached / kSplits;
    }
  }
  const std::vector<double> asked{0.8, 0.9, 0.95};
  for (std::size_t level = 0; level < 3; ++level) {
    std::printf("Statlog, blocks held out: asked %.2f, reached %.4f by the threshold, %.4f with the dominant class\n",
                asked[level], by_threshold[level], given[level]);
    EXPECT_NEAR(by_threshold[level], asked[level], 0.03);
    EXPECT_GE(given[level], by_threshold[level]);
  }
}

}  // namespace
}  // namespace ecocube
