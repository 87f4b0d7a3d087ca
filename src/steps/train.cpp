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
#include "io/report/out_of_fold.h"
#include "io/report/report.h"
#include "io/report/report_csv.h"
#include "io/table/table_file.h"
#include "methods/stack/ensemble.h"
#include "steps/ensemble_options.h"

namespace ecocube {
namespace {

constexpr double kDefaultBlock = 30000;

using Points = std::vector<FieldPoint>;

class TrainStep : public Step {
 public:
  const StepInfo& info() const override {
    static const StepInfo info{
        "train",
        "Trains an ensemble of learners that tells classes or a number, and scores it on places it has not seen",
        "the table that overlay made",
        "`model/model.ecomodel`; `model/report.html` and `model/report.json` about its accuracy; "
        "`model/out_of_fold.csv` and `model/out_of_fold_rows.csv` with what it said of rows it had not seen",
        "about 20 bytes a value of the table and thread",
        2};
    return info;
  }

  void declare(OptionSet& options) override;
  Result<void> plan(Planning& planning) override;
  Result<void> run(const Task& task, TaskRun& run) const override;

 private:
  /// What keeps rows together in the folds.
  struct Grouping {
    Groups groups;
    std::string words;  ///< for people
    double block = 0;   ///< side of the squares; 0: none
    bool spatial = true;
  };

  Result<void> check_response() const;
  std::string grouping_of(bool named) const;
  Result<void> check_block(const Planning& planning, double block) const;
  Result<std::uint16_t> class_of(const FieldPoint& point, std::map<std::string, std::uint16_t>& known) const;
  Result<Grouping> group(const Points& points, std::uint64_t seed) const;
  Result<void> take_labels(const Table& table, EnsembleData& data) const;
  Result<void> take_values(const Table& table, EnsembleData& data) const;
  Result<EnsembleData> gather(const Table& table) const;

  EnsembleOptions ensemble_;
  std::optional<double> block_;
  std::string grouping_ = "auto";
  int regions_ = 5;
  Value response_;

  Legend legend_;
  std::string title_;
  std::string table_path_;
};

void TrainStep::declare(OptionSet& options) {
  options.add("response", response_,
              "of points with a value: {variable, unit, transform}; transform is none, log1p, square-root or logit");
  options
      .add("grouping", grouping_,
           "which points never sit on both sides of a fold: `blocks` squares, `groups` the points' own, `years`, "
           "`regions` of k-means, `random` none; `auto`: their own groups if they have any, else blocks")
      .choices({"auto", "blocks", "groups", "years", "regions", "random"});
  options
      .add("block", block_,
           "side of the squares whose points stay together in the folds; 0: the points' own groups; left out: 30000")
      .range(0, std::numeric_limits<double>::infinity())
      .unit("CRS units");
  options.add("regions", regions_, "regions to part the points into, where these group them").range(2, 1000);
  ensemble_.declare(options);
}

Result<void> TrainStep::check_response() const {
  if (response_.is_null()) return {};
  const std::vector<std::string> known{"variable", "unit", "transform"};
  if (!response_.is_object()) return usage_error("response: a map of variable, unit and transform is due");
  for (const auto& [name, value] : response_.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end())
      return usage_error("response.{}: unknown key{}", name, suggestion(name, known));
    if (!value.is_string()) return usage_error("response.{}: {} is no text", name, value_text(value));
  }
  const std::string word = response_.value("transform", std::string("none"));
  const std::vector<std::string> transforms{"none", "log1p", "square-root", "logit"};
  if (!transform_named(word))
    return usage_error("response.transform: unknown '{}'{}", word, suggestion(word, transforms));
  return {};
}

std::string TrainStep::grouping_of(bool named) const {
  if (grouping_ != "auto") return grouping_;
  if (block_) return *block_ > 0 ? "blocks" : "groups";
  return named ? "groups" : "blocks";
}

Result<void> TrainStep::check_block(const Planning& planning, double block) const {
  const Bounds box = planning.cube().grid.bounds(planning.cube().area);
  const double width = box.max_x - box.min_x, height = box.max_y - box.min_y;
  if (block < std::max(width, height)) return {};
  return usage_error("block: {} is wider than the area, {} x {} in units of {}: all points would be one group", block,
                     width, height, planning.cube().grid.crs);
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
  ECOCUBE_TRY(check_response());
  // What the points hold is known when they are read; options that fit neither kind are wrong already.
  if (const auto classes = ensemble_.settings(!response_.is_null()); !classes) {
    if (!response_.is_null() || !ensemble_.settings(true)) return Failure(classes.error());
  }
  legend_ = planning.legend();
  title_ = planning.cube().name;
  if (grouping_of(planning.recipe().points_have_groups()) == "blocks")
    ECOCUBE_TRY(check_block(planning, block_.value_or(kDefaultBlock)));
  const std::string folder = planning.step_name() == info().name ? "model" : planning.step_name();
  Task task;
  task.needs = {overlay->id()};
  for (const char* name : {"model.ecomodel", "report.json", "report.html", "out_of_fold.csv", "out_of_fold_rows.csv"})
    task.outputs.push_back(folder + "/" + name);
  for (const LegendClass& entry : legend_.classes)
    task.facts["legend"].push_back({entry.code, entry.name, entry.value, entry.color.hex()});
  for (const Layer& layer : planning.layers().all()) {
    const Encoding& encoding = layer.encoding;
    task.facts["layers"][layer.feature_name()] = {encoding.unit, encoding.scale, encoding.offset};
  }
  task.memory_bytes = overlay->memory_bytes * 4;
  task.disk_bytes = 20u << 20;
  planning.add(std::move(task));
  return {};
}

/// What a model must find again in the layers that it is applied to.
void add_layer_facts(const Value& layers, Model& model) {
  for (std::size_t f = 0; f < model.facts.size(); ++f) {
    const auto found = layers.find(model.features[f]);
    if (found == layers.end()) continue;
    model.facts[f].unit = found->at(0);
    model.facts[f].scale = found->at(1);
    model.facts[f].offset = found->at(2);
  }
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

Result<TrainStep::Grouping> TrainStep::group(const Points& points, std::uint64_t seed) const {
  const bool named = std::any_of(points.begin(), points.end(), [](const auto& point) { return !point.group.empty(); });
  const std::string kind = grouping_of(named);
  std::vector<double> x, y;
  std::vector<std::string> names, years;
  for (const FieldPoint& point : points) {
    x.push_back(point.x);
    y.push_back(point.y);
    names.push_back(point.group);
    years.push_back(iso_date(point.date).substr(0, 4));
  }
  Grouping found;
  if (kind == "blocks") {
    found.block = block_.value_or(0) > 0 ? *block_ : kDefaultBlock;
    found.groups = groups_by_block(x, y, found.block);
    found.words = fmt::format("squares of {}", found.block);
  } else if (kind == "regions") {
    ECOCUBE_TRY_ASSIGN(found.groups, groups_by_region(x, y, regions_, seed));
    found.words = fmt::format("{} regions", regions_);
  } else if (kind == "years") {
    found.groups = groups_by_name(years);
    found.words = "years";
    found.spatial = false;
  } else if (kind == "random") {
    found.groups = groups_by_name(std::vector<std::string>(points.size()));
    found.words = "random folds";
    found.spatial = false;
  } else {
    if (!named)
      return usage_error(
          "the points' own groups are asked for, but the points have none: name their column in points.group");
    found.groups = groups_by_name(names);
    found.words = "the points' own groups";
  }
  return found;
}

Result<void> TrainStep::take_labels(const Table& table, EnsembleData& data) const {
  data.classes = legend_.classes;
  data.rows.classes = legend_.classes.size();
  std::map<std::string, std::uint16_t> known;
  for (const FieldPoint& point : table.rows) {
    ECOCUBE_TRY_ASSIGN(const std::uint16_t seen, class_of(point, known));
    data.rows.seen.push_back(seen);
  }
  return {};
}

Result<void> TrainStep::take_values(const Table& table, EnsembleData& data) const {
  const auto word = [&](const char* key, const char* otherwise) {
    return response_.is_object() ? response_.value(key, std::string(otherwise)) : std::string(otherwise);
  };
  const Transform transform = transform_named(word("transform", "none")).value_or(Transform::none);
  data.response = Response{word("variable", "value"), word("unit", ""), transform, 0, 0};
  for (const FieldPoint& point : table.rows) {
    const double value = transformed(transform, point.value);
    if (std::isfinite(point.value) && !std::isfinite(value))
      return input_error("point {}: {} {} has no transform {}", point.id, data.response->variable, point.value,
                         name_of(transform));
    data.rows.responses.push_back(static_cast<float>(value));
  }
  return {};
}

Result<EnsembleData> TrainStep::gather(const Table& table) const {
  EnsembleData data;
  data.features = table.features;
  data.rows.features = table.features.size();
  data.rows.values = table.values;
  for (const FieldPoint& point : table.rows) {
    data.rows.weights.push_back(point.weight);
    data.places.push_back({point.id, point.x, point.y, iso_date(point.date)});
  }
  const bool numbers =
      std::any_of(table.rows.begin(), table.rows.end(), [](const FieldPoint& point) { return point.has_value(); });
  if (numbers) {
    ECOCUBE_TRY(take_values(table, data));
  } else {
    if (!response_.is_null()) return usage_error("response: the points have labels, no values: name points.value");
    ECOCUBE_TRY(take_labels(table, data));
  }
  return data;
}

std::string score_text(const TrainingReport& report, bool nested) {
  const std::string kind = nested ? "nested" : "as published:";
  const std::string of = fmt::format("on {} points in {} groups", report.rows, report.groups);
  if (report.response) {
    const RegressionEvaluation& score = nested ? report.nested_numbers : report.published_numbers;
    return fmt::format("{} RMSE {:.3f} {}, R² {:.3f}, bias {:.3f} {}", kind, score.rmse, report.response->unit,
                       score.r2, score.bias, of);
  }
  const Evaluation& score = nested ? report.nested : report.published;
  return fmt::format("{} accuracy {:.3f}, weighted F1 {:.3f}, log loss {:.3f} {}", kind, score.overall_accuracy,
                     score.weighted_f1, score.log_loss, of);
}

Result<void> TrainStep::run(const Task& task, TaskRun& run) const {
  ECOCUBE_TRY_ASSIGN(const Table table, read_table(run.root() / table_path_));
  ECOCUBE_TRY_ASSIGN(EnsembleData data, gather(table));
  ECOCUBE_TRY_ASSIGN(const EnsembleSettings settings, ensemble_.settings(data.rows.regression()));
  ECOCUBE_TRY_ASSIGN(Grouping grouping, group(table.rows, settings.seed));
  data.groups = std::move(grouping.groups);
  ECOCUBE_TRY_ASSIGN(TrainedEnsemble trained, train_ensemble(std::move(data), settings));
  for (const auto& [name, value] : task.facts["options"].items())
    trained.model.settings.emplace_back(name, value_text(value));

  if (task.facts.contains("layers")) add_layer_facts(task.facts["layers"], trained.model);

  TrainingReport& report = trained.report;
  report.title = title_;
  report.block = grouping.block;
  report.grouping = grouping.words;
  report.spatial = grouping.spatial;
  report.settings = trained.model.settings;
  for (const std::string& note : report.notes) run.note(note);
  run.note(score_text(report, settings.nested));
  ECOCUBE_TRY(save_model(trained.model, run.stage(task.outputs[0])));
  ECOCUBE_TRY(write_text(run.stage(task.outputs[1]), report_json(report, &trained.model)));
  ECOCUBE_TRY(write_text(run.stage(task.outputs[2]), report_html(report, &trained.model)));
  ECOCUBE_TRY(write_text(run.stage(task.outputs[3]), out_of_fold_csv(report)));
  ECOCUBE_TRY(write_text(run.stage(task.outputs[4]), out_of_fold_rows_csv(report)));
  if (report.classes.empty()) return {};
  const std::string folder = task.outputs[0].substr(0, task.outputs[0].rfind('/') + 1);
  ECOCUBE_TRY(write_text(run.stage(folder + "class_scores.csv"), class_scores_csv(report)));
  return write_text(run.stage(folder + "confusion.csv"), confusion_csv(report));
}

}  // namespace

std::unique_ptr<Step> make_train_step() {
  return std::make_unique<TrainStep>();
}

}  // namespace ecocube
