// SPDX-License-Identifier: Apache-2.0
// Asked and reached coverage of class sets and prediction intervals on real tables, over seeded splits: whole groups of
// about a fifth of the rows are held out, the ensemble is trained and calibrated on the others by grouped folds of
// their own, and the rows held out say what was reached.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <map>
#include <numeric>

#include "base/text.h"
#include "data/model/plain_prediction.h"
#include "data/model/plain_uncertainty.h"
#include "methods/assess/conformal.h"
#include "methods/assess/regression_measures.h"
#include "methods/stack/ensemble.h"
#include "methods/stack/out_of_fold.h"
#include "base/random.h"

namespace ecocube {
namespace {

using Doubles = std::vector<double>;
using RowNumbers = std::vector<std::uint32_t>;

constexpr int kFolds = 5;

struct Arguments {
  std::string folder, parts = "soil,statlog", learners = "forest,logistic,neighbours";
  int splits = 20;
  bool nested = false;
};

struct Table {
  std::string name;
  TrainingRows rows;
  Groups groups;
};

std::vector<std::vector<std::string>> cells_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::vector<std::string>> cells;
  for (std::string line; std::getline(file, line);) cells.push_back(split(std::string(trimmed(line)), ','));
  if (cells.size() < 2) throw std::runtime_error("no table " + path);
  return cells;
}

/// Sand or clay at the top depth with the covariates; groups are the stored tiles.
Table read_soil(const std::string& folder, const std::string& variable) {
  const auto cells = cells_of(folder + "/soil-ebergoetzen/eberg_sand_with_covariates.csv");
  const auto tiles = cells_of(folder + "/soil-ebergoetzen/folds/eberg__tile.csv");
  const auto column =
      static_cast<std::size_t>(std::find(cells[0].begin(), cells[0].end(), variable) - cells[0].begin());
  Table table{variable, {}, {}};
  std::vector<std::string> groups;
  std::vector<std::size_t> kept;
  for (std::size_t row = 1; row < cells.size(); ++row) {
    if (!parse_number(cells[row][column])) continue;
    kept.push_back(row);
    groups.push_back(tiles[row][1]);
    table.rows.responses.push_back(std::stof(cells[row][column]));
    table.rows.weights.push_back(1);
  }
  table.rows.features = cells[0].size() - 5;
  for (std::size_t f = 0; f < table.rows.features; ++f) {
    for (const std::size_t row : kept) table.rows.values.push_back(std::stof(cells[row][f + 5]));
  }
  table.groups = groups_by_name(groups);
  return table;
}

/// Classes of the Statlog set; a group is 20 rows in a row.
Table read_statlog(const std::string& folder) {
  const auto cells = cells_of(folder + "/ml-tables/mlbench_Satellite.csv");
  Table table{"statlog", {}, {}};
  std::map<std::string, std::uint16_t> classes;
  for (std::size_t row = 1; row < cells.size(); ++row) {
    table.rows.seen.push_back(
        classes.try_emplace(cells[row][36], static_cast<std::uint16_t>(classes.size())).first->second);
    table.rows.weights.push_back(1);
    table.groups.of_row.push_back(static_cast<std::uint32_t>((row - 1) / 20));
  }
  table.rows.features = 36;
  table.rows.classes = classes.size();
  table.groups.count = table.groups.of_row.back() + 1;
  for (std::size_t f = 0; f < 36; ++f) {
    for (std::size_t row = 1; row < cells.size(); ++row) table.rows.values.push_back(std::stof(cells[row][f]));
  }
  return table;
}

struct Split {
  RowNumbers kept, held;
};

/// Shuffled groups are held out until they hold a fifth of the rows.
Split deal(const Groups& groups, std::uint64_t seed) {
  RowNumbers order(groups.count);
  std::iota(order.begin(), order.end(), 0u);
  Random random{seed, 0xc07eULL};
  for (std::size_t left = order.size(); left > 1; --left) std::swap(order[left - 1], order[random.below(left)]);
  std::vector<std::size_t> sizes(groups.count);
  for (const std::uint32_t group : groups.of_row) ++sizes[group];
  std::vector<bool> is_held(groups.count);
  std::size_t rows = 0;
  for (std::size_t i = 0; i < order.size() && 5 * rows < groups.of_row.size(); ++i) {
    is_held[order[i]] = true;
    rows += sizes[order[i]];
  }
  Split split;
  for (std::uint32_t row = 0; row < groups.of_row.size(); ++row)
    (is_held[groups.of_row[row]] ? split.held : split.kept).push_back(row);
  return split;
}

/// Means over the splits of what a way of calibrating reached; in the order of first appearance.
class Tally {
 public:
  void add(const std::string& way, double coverage, const Doubles& figures) {
    auto& own = sums_[{way, coverage}];
    if (own.empty()) order_.push_back({way, coverage});
    own.push_back(figures);
  }
  void print(const std::string& title, const std::vector<std::string>& columns) const {
    fmt::print("\n{}\n{:<34}{:>7}", title, "", "asked");
    for (const std::string& column : columns) fmt::print("{:>12}", column);
    fmt::print("{:>12}\n", "spread");
    for (const auto& key : order_) {
      const auto& own = sums_.at(key);
      fmt::print("{:<34}{:>7.2f}", key.first, key.second);
      double spread = 0;
      for (std::size_t c = 0; c < columns.size(); ++c) {
        double sum = 0;
        for (const Doubles& figures : own) sum += figures[c];
        const double mean = sum / static_cast<double>(own.size());
        fmt::print("{:>12.4f}", mean);
        for (const Doubles& figures : own) spread += c == 0 ? (figures[0] - mean) * (figures[0] - mean) : 0;
      }
      fmt::print("{:>12.4f}\n", std::sqrt(spread / static_cast<double>(std::max<std::size_t>(own.size(), 2) - 1)));
    }
    std::fflush(stdout);
  }

 private:
  std::map<std::pair<std::string, double>, std::vector<Doubles>> sums_;
  std::vector<std::pair<std::string, double>> order_;
};

template <class T>
T taken(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

/// What is known of the rows held out, to draw and score intervals.
struct HeldOut {
  Doubles seen, weights;
  std::vector<std::vector<float>> features;
};

HeldOut held_out(const Table& table, const RowNumbers& held) {
  HeldOut result;
  result.weights.assign(held.size(), 1);
  for (const std::uint32_t row : held) {
    if (table.rows.regression()) result.seen.push_back(static_cast<double>(table.rows.responses[row]));
    result.features.emplace_back(table.rows.features);
    table.rows.copy_row(row, result.features.back());
  }
  return result;
}

using ForestOf = std::function<double(const std::vector<float>&)>;

void score_intervals(const std::string& way, const Intervals& intervals, const RegressionForest& forest,
                     const HeldOut& held, const ForestOf& value_of, Tally& tally) {
  for (std::size_t level = 0; level < intervals.levels.size(); ++level) {
    const Intervals::Level& own = intervals.levels[level];
    Doubles low, high;
    for (const std::vector<float>& row : held.features) {
      std::vector<float> quantiles(2);
      plain_quantiles(forest, row, std::vector{own.lower_quantile, own.upper_quantile}, quantiles);
      const PlainInterval interval = plain_interval(intervals, level, value_of(row), static_cast<double>(quantiles[0]),
                                                    static_cast<double>(quantiles[1]));
      low.push_back(interval.low);
      high.push_back(interval.high);
    }
    const auto score = evaluate_interval(own.coverage, held.seen, low, high, held.weights);
    tally.add(way, own.coverage, {score.reached, score.mean_width, own.reached});
  }
}

/// Cross-validation+ (Barber et al. 2021), which needs the models of all folds: from the smaller values told less their
/// residuals to the larger ones told plus theirs.
void score_fold_models(const std::vector<std::uint8_t>& folds, const Doubles& residuals,
                       const std::vector<std::vector<FittedLearner>>& fitted, const HeldOut& held, Tally& tally) {
  const auto rows = static_cast<double>(residuals.size());
  for (const double coverage : {0.8, 0.9, 0.95}) {
    Doubles low, high;
    for (const std::vector<float>& features : held.features) {
      Doubles told;
      for (const auto& learners : fitted) {
        std::vector<float> answer(1);
        plain_answer(learners[0].learner, features, answer);
        told.push_back(static_cast<double>(answer[0]));
      }
      Doubles lows, highs;
      for (std::size_t row = 0; row < residuals.size(); ++row) {
        lows.push_back(told[folds[row]] - residuals[row]);
        highs.push_back(told[folds[row]] + residuals[row]);
      }
      const auto place = static_cast<std::ptrdiff_t>(std::ceil(coverage * (rows + 1))) - 1;
      const auto from_below = static_cast<std::ptrdiff_t>(residuals.size()) - 1 - place;
      std::nth_element(lows.begin(), lows.begin() + from_below, lows.end());
      std::nth_element(highs.begin(), highs.begin() + place, highs.end());
      low.push_back(lows[static_cast<std::size_t>(from_below)]);
      high.push_back(highs[static_cast<std::size_t>(place)]);
    }
    const auto score = evaluate_interval(coverage, held.seen, low, high, held.weights);
    tally.add("models of all folds (CV+)", coverage, {score.reached, score.mean_width, coverage});
  }
}

/// Every way of calibrating a single forest.
void compare_intervals(const Table& table, const Split& split, std::uint64_t seed, Tally& tally) {
  const TrainingRows rows = table.rows.only(split.kept);
  const Groups groups = only(table.groups, split.kept);
  const HeldOut held = held_out(table, split.held);
  OutOfFoldPlan plan;
  plan.learners = {"forest"};
  HyperParameters parameters(taken(learner_method("forest"))->info().parameters);
  for (const auto& [name, value] : {std::pair{"min_leaf", 5.0}, {"trees", 150.0}}) {
    if (!parameters.set(name, value)) throw std::runtime_error("the forest has no such option");
  }
  plan.choice.parameters.emplace("forest", parameters);
  plan.choice.features.resize(rows.features);
  std::iota(plan.choice.features.begin(), plan.choice.features.end(), 0u);
  plan.nested = false;
  plan.keep_learners = true;
  plan.quantile_levels = interval_quantiles({});
  plan.seed = seed;
  const auto folds = taken(deal_folds(groups, std::vector<std::uint16_t>(split.kept.size()), 1, kFolds, seed));
  const OutOfFold out = taken(answer_out_of_fold(rows, folds, kFolds, plan));
  const FittedLearner fitted = taken(fit_learner("forest", rows, plan.choice, seed));
  const auto& forest = std::get<RegressionForest>(fitted.learner);
  Doubles seen(rows.responses.begin(), rows.responses.end()), told(out.outer.begin(), out.outer.end()), residuals;
  for (std::size_t row = 0; row < seen.size(); ++row) residuals.push_back(std::abs(seen[row] - told[row]));
  const NumberAnswers answers{seen, told, out.shares, out.quantiles, groups.of_row, {}};
  const ForestOf value_of = [&](const std::vector<float>& row) {
    std::vector<float> answer(1);
    plain_answer(forest, row, answer);
    return static_cast<double>(answer[0]);
  };
  Intervals bare;
  for (const double coverage : {0.8, 0.9, 0.95})
    bare.levels.push_back({coverage, coverage, (1 - coverage) / 2, (1 + coverage) / 2, 0, 0});
  score_intervals("quantile forest as it is", bare, forest, held, value_of, tally);
  const auto score = [&](const std::string& way, Conformal conformal, Ends ends, RowShare share) {
    IntervalOptions options;
    options.conformal = conformal;
    options.ends = ends;
    options.share = share;
    score_intervals(way, taken(calibrate_intervals(answers, options)), forest, held, value_of, tally);
  };
  score("levels", Conformal::levels, Ends::alike, RowShare::own);
  score("levels, each end", Conformal::levels, Ends::each, RowShare::own);
  score("levels, groups alike", Conformal::levels, Ends::alike, RowShare::group);
  score("margins (CQR)", Conformal::margins, Ends::alike, RowShare::own);
  score("margins, groups alike", Conformal::margins, Ends::alike, RowShare::group);
  score("residuals", Conformal::residual, Ends::alike, RowShare::own);
  score("residuals, groups alike", Conformal::residual, Ends::alike, RowShare::group);
  score_fold_models(folds, residuals, out.fitted, held, tally);
}

EnsembleSettings settings_of(const Arguments& arguments, const std::string& learners, std::uint64_t seed) {
  EnsembleSettings settings;
  settings.learners = split(learners, ',');
  settings.folds = kFolds;
  settings.nested = arguments.nested;
  settings.seed = seed;
  return settings;
}

EnsembleData data_of(const Table& table, const RowNumbers& kept) {
  EnsembleData data;
  for (std::size_t f = 0; f < table.rows.features; ++f) data.features.push_back(fmt::format("feature {}", f));
  data.rows = table.rows.only(kept);
  data.groups = only(table.groups, kept);
  for (std::size_t c = 0; c < table.rows.classes; ++c)
    data.classes.push_back({std::to_string(c + 1), std::to_string(c + 1), static_cast<int>(c) + 1, {}});
  return data;
}

/// The row's features that the model asks for, by their names `feature 7`.
std::vector<float> asked_features(const Model& model, const std::vector<float>& row) {
  std::vector<float> asked;
  for (const std::string& name : model.features) asked.push_back(row[std::stoul(name.substr(8))]);
  return asked;
}

/// The whole ensemble as training makes it.
void score_ensemble_intervals(const Table& table, const Split& split, const Arguments& arguments, std::uint64_t seed,
                              Tally& tally) {
  EnsembleSettings settings = settings_of(arguments, "forest,linear", seed);
  settings.intervals = IntervalOptions{};
  EnsembleData data = data_of(table, split.kept);
  data.response = Response{table.name, "%", Transform::none, 0, 0};
  const Model model = taken(train_ensemble(std::move(data), settings)).model;
  HeldOut held = held_out(table, split.held);
  for (std::vector<float>& row : held.features) row = asked_features(model, row);
  const auto& forest = std::get<RegressionForest>(model.learners[model.intervals->forest].learner);
  const ForestOf value_of = [&](const std::vector<float>& row) {
    double answer = 0;
    plain_answer(model, row, std::span(&answer, 1));
    return answer;
  };
  score_intervals("the ensemble as trained", *model.intervals, forest, held, value_of, tally);
}

void score_sets(const std::string& way, const ClassSets& sets, const ClassAnswers& held, Tally& tally) {
  const auto scores = score_class_sets(sets, held);
  for (std::size_t level = 0; level < scores.size(); ++level) {
    const SetScore& score = scores[level];
    double least = 1;
    for (const double reached : score.by_class) least = std::isnan(reached) ? least : std::min(least, reached);
    tally.add(way, score.coverage,
              {score.reached_by_threshold, score.reached, score.mean_size, score.empty, least,
               sets.levels[level].reached_by_threshold});
  }
}

void compare_sets(const Table& table, const Split& split, const Arguments& arguments, std::uint64_t seed,
                  Tally& tally) {
  EnsembleSettings settings = settings_of(arguments, arguments.learners, seed);
  settings.sets = ClassSetOptions{};
  const TrainedEnsemble trained = taken(train_ensemble(data_of(table, split.kept), settings));
  const std::size_t classes = table.rows.classes;
  const HeldOut rows = held_out(table, split.held);
  Doubles probabilities(rows.features.size() * classes);
  std::vector<std::uint16_t> seen;
  for (std::size_t row = 0; row < rows.features.size(); ++row) {
    plain_answer(trained.model, asked_features(trained.model, rows.features[row]),
                 std::span(probabilities).subspan(row * classes, classes));
    seen.push_back(table.rows.seen[split.held[row]]);
  }
  const ClassAnswers held{probabilities, seen, {}, {}, classes};
  score_sets("the ensemble as trained", *trained.model.sets, held, tally);
  const OutOfFoldRows& out = trained.report.out_of_fold;
  const ClassAnswers answers{out.answers, out.seen_class, out.groups, out.weights, classes};
  const auto score = [&](const std::string& way, SetMethod method, bool per_class, RowShare share) {
    ClassSetOptions options;
    options.method = method;
    options.per_class = per_class;
    options.share = share;
    score_sets(way, taken(calibrate_class_sets(answers, options)), held, tally);
  };
  score("LAC", SetMethod::lac, false, RowShare::own);
  score("LAC per class", SetMethod::lac, true, RowShare::own);
  score("LAC, groups alike", SetMethod::lac, false, RowShare::group);
  score("RAPS", SetMethod::raps, false, RowShare::own);
  score("RAPS per class", SetMethod::raps, true, RowShare::own);
}

void run(const Arguments& arguments) {
  const bool soil = arguments.parts.find("soil") != std::string::npos;
  for (const std::string variable : {"sand", "clay"}) {
    if (!soil) break;
    const Table table = read_soil(arguments.folder, variable);
    Tally tally;
    for (int seed = 1; seed <= arguments.splits; ++seed) {
      const Split parts = deal(table.groups, static_cast<std::uint64_t>(seed));
      score_ensemble_intervals(table, parts, arguments, static_cast<std::uint64_t>(seed), tally);
      compare_intervals(table, parts, static_cast<std::uint64_t>(seed), tally);
    }
    tally.print(fmt::format("Intervals of {} (soil), {} rows in {} tiles, {} splits", variable,
                            table.rows.weights.size(), table.groups.count, arguments.splits),
                {"reached", "width", "in training"});
  }
  if (arguments.parts.find("statlog") == std::string::npos) return;
  const Table table = read_statlog(arguments.folder);
  Tally tally;
  for (int seed = 1; seed <= arguments.splits; ++seed)
    compare_sets(table, deal(table.groups, static_cast<std::uint64_t>(seed)), arguments,
                 static_cast<std::uint64_t>(seed), tally);
  tally.print(fmt::format("Class sets of Statlog Landsat, {} rows in {} blocks, {} splits, {}",
                          table.rows.weights.size(), table.groups.count, arguments.splits, arguments.learners),
              {"threshold", "as given", "size", "empty", "worst class", "in training"});
}

}  // namespace
}  // namespace ecocube

int main(int argc, char** argv) {
  ecocube::Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--nested")
      arguments.nested = true;
    else if (word == "--splits" && i + 1 < argc)
      arguments.splits = std::stoi(argv[++i]);
    else if (word == "--parts" && i + 1 < argc)
      arguments.parts = argv[++i];
    else if (word == "--learners" && i + 1 < argc)
      arguments.learners = argv[++i];
    else
      arguments.folder = word;
  }
  try {
    ecocube::run(arguments);
  } catch (const std::exception& problem) {
    fmt::print(stderr, "coverage bench: {}\n", problem.what());
    return 1;
  }
  return 0;
}
