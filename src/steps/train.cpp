// SPDX-License-Identifier: Apache-2.0
#include "steps/train.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "base/text.h"
#include "data/table/table.h"
#include "io/file/file.h"
#include "io/model/model_file.h"
#include "io/report/report.h"
#include "io/table/table_file.h"
#include "methods/train/ensemble.h"

namespace ecocube {
namespace {

constexpr double kDefaultBlock = 30000;

class TrainStep : public Step {
 public:
  const StepInfo& info() const override {
    static const StepInfo info{
        "train",
        "Trains an ensemble of learners that gives class probabilities, and scores it on places it has not seen",
        "the table that overlay made",
        "`model/model.ecomodel`, and `model/report.html` and `model/report.json` about its accuracy",
        "about 20 bytes a value of the table and thread",
        1};
    return info;
  }

  void declare(OptionSet& options) override;
  Result<void> plan(Planning& planning) override;
  Result<void> run(const Task& task, TaskRun& run) const override;

 private:
  Result<std::vector<std::size_t>> usable_rows(const Table& table, std::vector<std::string>& notes) const;
  Result<std::uint16_t> class_of(const FieldPoint& point, std::map<std::string, std::uint16_t>& known) const;
  Result<Groups> groups_of(const std::vector<const FieldPoint*>& points, double& block) const;
  Result<EnsembleData> gather(const Table& table, std::vector<std::string>& notes, double& block) const;

  EnsembleSettings settings_;
  std::string meta_ = "logistic";
  std::optional<double> block_;
  int min_rows_ = 5;
  std::int64_t seed_ = 1;

  Legend legend_;
  std::string title_;
  std::string table_path_;
};

void TrainStep::declare(OptionSet& options) {
  const auto least = [](double minimum) { return std::pair(minimum, std::numeric_limits<double>::infinity()); };
  const auto from = [](OptionSet::Handle handle, std::pair<double, double> range) {
    return handle.range(range.first, range.second);
  };
  options.add("learners", settings_.learners, "base learners of the ensemble").choices(learner_names());
  options.add("meta", meta_, "how their probabilities become one: a logistic regression on them, or their mean")
      .choices({"logistic", "mean"});
  from(options.add("meta_c", settings_.meta_c, "inverse strength of the meta learner's ridge"), least(1e-9));
  options.add("folds", settings_.folds, "parts of the points that are predicted by learners fitted on the others")
      .range(2, 100);
  from(options.add(
           "block", block_,
           "side of the squares whose points stay together in the folds; 0: the points' own groups; left out: their "
           "own groups if they have any, else squares of 30000"),
       least(0))
      .unit("CRS units");
  from(options.add("min_rows", min_rows_, "classes with fewer points are left out"), least(1));
  options.add("balanced", settings_.balanced,
              "let every class weigh the same in the fits, whatever its number of points");
  options.add("nested", settings_.nested,
              "also score on outer folds that nothing has seen; costs as many fits again as there are folds");
  options.add("seed", seed_, "number that all random draws follow from").range(0, 9e15);

  LearnerSettings& learners = settings_.learner_settings;
  options.add("forest_trees", learners.forest.trees, "trees of the forest").range(1, 100000);
  from(options.add("forest_features", learners.forest.features_per_split,
                   "features tried at each split; 0: the square root of their number"),
       least(0));
  from(options.add("forest_min_leaf", learners.forest.min_leaf, "fewest points in a leaf of the forest"), least(1));
  from(options.add("forest_depth", learners.forest.max_depth, "greatest depth of the forest's trees; 0: no bound"),
       least(0));
  options.add("boosting_rounds", learners.boosting.rounds, "rounds of boosting, each with one tree a class")
      .range(1, 100000);
  options.add("boosting_eta", learners.boosting.eta, "share of each tree's values that counts").range(1e-6, 1);
  options.add("boosting_depth", learners.boosting.max_depth, "greatest depth of boosted trees").range(1, 30);
  from(options.add("boosting_child_weight", learners.boosting.min_child_weight,
                   "least sum of second derivatives in a boosted tree's leaf"),
       least(0));
  options.add("boosting_rows", learners.boosting.row_share, "share of the points drawn for each round").range(0.01, 1);
  options.add("boosting_features", learners.boosting.feature_share, "share of the features drawn for each boosted tree")
      .range(0.01, 1);
  from(options.add("boosting_alpha", learners.boosting.alpha, "L1 penalty on the values of boosted trees"), least(0));
  from(options.add("boosting_lambda", learners.boosting.lambda, "L2 penalty on the values of boosted trees"), least(0));
  from(options.add("logistic_c", learners.logistic.c, "inverse strength of the logistic learner's ridge"), least(1e-9));
}

Result<void> TrainStep::plan(Planning& planning) {
  const Task* overlay = nullptr;
  for (const Task& task : planning.tasks()) {
    for (const std::string& output : task.outputs) {
      if (!output.ends_with("/table.csv")) continue;
      overlay = &task;
      table_path_ = output;
    }
  }
  if (!overlay) return usage_error("no table to train on: put the step overlay before it");
  legend_ = planning.legend();
  title_ = planning.cube().name;
  settings_.meta = meta_ == "logistic";
  settings_.min_rows = static_cast<std::size_t>(min_rows_);
  settings_.seed = static_cast<std::uint64_t>(seed_);

  const Bounds box = planning.cube().grid.bounds(planning.cube().area);
  const double width = box.max_x - box.min_x, height = box.max_y - box.min_y;
  const auto& points = planning.recipe().points;
  const double block = block_.value_or(points && !points->group.empty() ? 0 : kDefaultBlock);
  if (block >= std::max(width, height)) {
    return usage_error("block: {} is wider than the area, {} x {} in units of {}: all points would be one group", block,
                       width, height, planning.cube().grid.crs);
  }
  const std::string folder = planning.step_name() == info().name ? "model" : planning.step_name();
  Task task;
  task.needs = {overlay->id()};
  task.outputs = {folder + "/model.ecomodel", folder + "/report.json", folder + "/report.html"};
  for (const LegendClass& entry : legend_.classes)
    task.facts["legend"].push_back({entry.code, entry.name, entry.value, entry.color.hex()});
  task.memory_bytes = overlay->memory_bytes * 4;
  task.disk_bytes = 20u << 20;
  planning.add(std::move(task));
  return {};
}

/// Points of weight 0 and, where overlay kept them, points with a missing value take no part.
Result<std::vector<std::size_t>> TrainStep::usable_rows(const Table& table, std::vector<std::string>& notes) const {
  std::vector<std::size_t> usable;
  std::size_t weightless = 0, incomplete = 0;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const FieldPoint& point = table.rows[row];
    if (!std::isfinite(point.weight) || point.weight < 0)
      return input_error("point {}: weight {} is no weight", point.id, point.weight);
    bool whole = true;
    for (std::size_t f = 0; f < table.features.size(); ++f) whole = whole && std::isfinite(table.column(f)[row]);
    if (point.weight == 0) {
      ++weightless;
    } else if (!whole) {
      ++incomplete;
    } else {
      usable.push_back(row);
    }
  }
  if (weightless) notes.push_back(fmt::format("{} points of weight 0 take no part", weightless));
  if (incomplete) notes.push_back(fmt::format("{} points without a value in some layer take no part", incomplete));
  if (usable.empty())
    return input_error("none of the {} points has a weight and a value in every layer", table.rows.size());
  return usable;
}

Result<std::uint16_t> TrainStep::class_of(const FieldPoint& point, std::map<std::string, std::uint16_t>& known) const {
  const auto [found, fresh] = known.try_emplace(point.label, 0);
  if (!fresh) return found->second;
  const LegendClass* entry = legend_.matching(point.label);
  if (!entry) {
    std::vector<std::string> codes, words;
    for (const LegendClass& c : legend_.classes) {
      codes.push_back(c.code);
      words.push_back(c.name);
    }
    words.insert(words.end(), codes.begin(), codes.end());
    const auto nearest = nearest_word(point.label, words);
    return input_error("point {}: label '{}' is no class of the legend {}{}", point.id, point.label, legend_.name,
                       nearest ? fmt::format(" - did you mean '{}'?", *nearest) : suggestion(point.label, codes));
  }
  found->second = static_cast<std::uint16_t>(entry - legend_.classes.data());
  return found->second;
}

Result<Groups> TrainStep::groups_of(const std::vector<const FieldPoint*>& points, double& block) const {
  const bool named =
      std::any_of(points.begin(), points.end(), [](const FieldPoint* point) { return !point->group.empty(); });
  block = block_.value_or(named ? 0 : kDefaultBlock);
  if (block > 0) {
    std::vector<double> x, y;
    for (const FieldPoint* point : points) {
      x.push_back(point->x);
      y.push_back(point->y);
    }
    return groups_by_block(x, y, block);
  }
  if (!named)
    return usage_error(
        "block 0 asks for the points' own groups, but the points have none: name their column in points.group");
  std::vector<std::string> names;
  for (const FieldPoint* point : points) names.push_back(point->group);
  return groups_by_name(names);
}

Result<EnsembleData> TrainStep::gather(const Table& table, std::vector<std::string>& notes, double& block) const {
  ECOCUBE_TRY_ASSIGN(const auto usable, usable_rows(table, notes));
  EnsembleData data;
  data.features = table.features;
  data.classes = legend_.classes;
  data.rows.features = table.features.size();
  data.rows.classes = legend_.classes.size();
  std::vector<const FieldPoint*> points;
  std::map<std::string, std::uint16_t> known;
  for (const std::size_t row : usable) {
    points.push_back(&table.rows[row]);
    ECOCUBE_TRY_ASSIGN(const std::uint16_t seen, class_of(table.rows[row], known));
    data.rows.seen.push_back(seen);
    data.rows.weights.push_back(table.rows[row].weight);
  }
  for (std::size_t f = 0; f < table.features.size(); ++f) {
    for (const std::size_t row : usable) data.rows.values.push_back(table.column(f)[row]);
  }
  ECOCUBE_TRY_ASSIGN(data.groups, groups_of(points, block));
  return data;
}

Result<void> TrainStep::run(const Task& task, TaskRun& run) const {
  ECOCUBE_TRY_ASSIGN(const Table table, read_table(run.root() / table_path_));
  std::vector<std::string> notes;
  double block = 0;
  ECOCUBE_TRY_ASSIGN(EnsembleData data, gather(table, notes, block));
  ECOCUBE_TRY_ASSIGN(TrainedEnsemble trained, train_ensemble(std::move(data), settings_));
  for (const auto& [name, value] : task.facts["options"].items())
    trained.model.settings.emplace_back(name, value_text(value));

  TrainingReport& report = trained.report;
  report.title = title_;
  report.block = block;
  report.notes.insert(report.notes.begin(), notes.begin(), notes.end());
  report.settings = trained.model.settings;
  for (const std::string& note : report.notes) run.note(note);
  const Evaluation& score = settings_.nested ? report.nested : report.published;
  run.note(fmt::format("{} accuracy {:.3f}, weighted F1 {:.3f}, log loss {:.3f} on {} points in {} groups",
                       settings_.nested ? "nested" : "as published:", score.overall_accuracy, score.weighted_f1,
                       score.log_loss, report.rows, report.groups));
  ECOCUBE_TRY(save_model(trained.model, run.stage(task.outputs[0])));
  ECOCUBE_TRY(write_text(run.stage(task.outputs[1]), report_json(report)));
  return write_text(run.stage(task.outputs[2]), report_html(report));
}

}  // namespace

std::unique_ptr<Step> make_train_step() {
  return std::make_unique<TrainStep>();
}

}  // namespace ecocube
