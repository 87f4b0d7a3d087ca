// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/learn_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

#include "apps/cli/learn_table.h"
#include "base/parallel.h"
#include "base/text.h"
#include "data/model/plain_prediction.h"
#include "data/model/plain_uncertainty.h"
#include "io/file/file.h"
#include "io/model/model_file.h"
#include "io/report/out_of_fold.h"
#include "io/report/report.h"
#include "io/report/report_csv.h"
#include "io/table/csv.h"
#include "steps/ensemble_options.h"

namespace ecocube {
namespace {

/// A word of the command line as a value of an option: a list where commas or brackets say so, a number, true or false.
Value value_of(const OptionInfo& info, const std::string& text) {
  const auto scalar = [](const std::string& word) -> Value {
    if (word == "true" || word == "false") return word == "true";
    if (const auto whole = parse_integer(word)) return *whole;
    if (const auto number = parse_number(word)) return *number;
    return word;
  };
  if (info.type == "any") {
    const Value parsed = Value::parse(text, nullptr, false);
    return parsed.is_discarded() ? Value(text) : parsed;
  }
  if (!info.type.starts_with("list")) return scalar(text);
  Value list = Value::array();
  for (const std::string& word : split(text, ',')) list.push_back(scalar(std::string(trimmed(word))));
  return list;
}

/// The options of the step, set as the command line has them.
Result<void> read_options(const LearnOptions& options, const OptionSet& declared) {
  Value values = Value::object();
  const auto table = declared.table();
  std::vector<std::string> names;
  for (const OptionInfo& info : table) names.push_back(info.name);
  for (const std::string& set : options.sets) {
    const auto at = set.find('=');
    if (at == std::string::npos || at == 0) return usage_error("--set {}: option=value is due", set);
    const std::string name = set.substr(0, at);
    const auto info = std::find_if(table.begin(), table.end(), [&](const OptionInfo& one) { return one.name == name; });
    if (info == table.end()) return usage_error("--set {}: unknown option '{}'{}", set, name, suggestion(name, names));
    values[name] = value_of(*info, set.substr(at + 1));
  }
  if (!options.learners.empty()) values["learners"] = options.learners;
  if (!options.meta.empty()) values["meta"] = options.meta;
  return declared.read(values, "learn");
}

std::string scores_text(const TrainingReport& report) {
  std::string text;
  if (report.response) {
    text += fmt::format("  {:<24}{:>10}{:>10}{:>10}{:>10}\n", "", "RMSE", "R2", "bias", "CCC");
    const auto add = [&](const char* name, const RegressionEvaluation& one) {
      if (one.rows)
        text += fmt::format("  {:<24}{:>10.4f}{:>10.4f}{:>10.4f}{:>10.4f}\n", name, one.rmse, one.r2, one.bias,
                            one.concordance);
    };
    add("ensemble, nested", report.nested_numbers);
    add("ensemble, as published", report.published_numbers);
    add("mean of the learners", report.plain_mean_numbers);
    for (const RegressionEvaluation& one : report.learner_numbers) add(one.name.c_str(), one);
    return text;
  }
  text += fmt::format("  {:<24}{:>10}{:>10}{:>10}\n", "", "log loss", "accuracy", "macro F1");
  const auto add = [&](const char* name, const Evaluation& one) {
    if (!one.classes.empty())
      text +=
          fmt::format("  {:<24}{:>10.4f}{:>10.4f}{:>10.4f}\n", name, one.log_loss, one.overall_accuracy, one.macro_f1);
  };
  add("ensemble, nested", report.nested);
  add("ensemble, as published", report.published);
  add("mean of the learners", report.plain_mean);
  for (const Evaluation& one : report.learner_scores) add(one.name.c_str(), one);
  return text;
}

std::string ladder_text(const TrainingReport& report) {
  std::string text = fmt::format("  meta learner: {}\n", report.meta);
  for (const MetaCandidate& one : report.meta_candidates)
    text += fmt::format("    {:<24}{:>10.4f}  better in {} of {} folds{}\n", one.name, one.loss, one.better_folds,
                        one.folds, one.chosen ? ", chosen" : "");
  if (!report.fold_metas.empty()) text += fmt::format("  inside the folds: {}\n", join(report.fold_metas, "; "));
  return text;
}

/// The model's answers to whole rows of a table.
class Applied {
 public:
  Applied(const Model& model, const std::vector<std::vector<double>>& features, std::size_t rows, bool all)
      : model_(model), features_(features), rows_(rows), all_(all) {}

  std::string header() const;
  /// The fields after the id; empty ones where a feature is missing.
  std::vector<std::string> lines() const;

 private:
  std::string line(std::size_t row) const;
  std::string class_fields(std::span<const double> answer) const;
  std::string number_fields(std::span<const float> row, double value) const;
  std::size_t fields() const { return split(header(), ',').size() - 1; }

  const Model& model_;
  const std::vector<std::vector<double>>& features_;
  std::size_t rows_;
  bool all_;
};

std::string percent_name(double coverage) {
  return fmt::format("{}", std::round(coverage * 1000) / 10);
}

std::string Applied::header() const {
  std::string text = model_.classes.empty() ? ",prediction" : "";
  for (const LegendClass& entry : model_.classes) text += "," + replace_all(entry.code, ",", ";");
  if (!all_) return text;
  if (!model_.classes.empty()) text += ",class,margin,entropy";
  for (std::size_t i = 0; model_.sets && i < model_.sets->levels.size(); ++i)
    text += ",set_" + percent_name(model_.sets->levels[i].coverage);
  for (std::size_t i = 0; model_.intervals && i < model_.intervals->levels.size(); ++i) {
    const std::string name = percent_name(model_.intervals->levels[i].coverage);
    text += ",lower_" + name + ",upper_" + name;
  }
  if (model_.applicability) text += ",dissimilarity,applicable";
  return text;
}

std::string Applied::class_fields(std::span<const double> answer) const {
  const auto code = [&](std::size_t c) { return replace_all(model_.classes[c].code, ",", ";"); };
  const auto top = static_cast<std::size_t>(std::max_element(answer.begin(), answer.end()) - answer.begin());
  std::string text = fmt::format(",{},{},{}", code(top), plain_margin(answer), plain_entropy(answer));
  for (std::size_t level = 0; model_.sets && level < model_.sets->levels.size(); ++level) {
    std::vector<std::uint8_t> in(answer.size());
    plain_class_set(*model_.sets, level, answer, in);
    std::vector<std::string> codes;
    for (std::size_t c = 0; c < in.size(); ++c) {
      if (in[c]) codes.push_back(code(c));
    }
    text += "," + join(codes, " ");
  }
  return text;
}

std::string Applied::number_fields(std::span<const float> row, double value) const {
  std::string text;
  for (std::size_t i = 0; model_.intervals && i < model_.intervals->levels.size(); ++i) {
    const Intervals::Level& level = model_.intervals->levels[i];
    float ends[2] = {};
    if (model_.intervals->method == IntervalMethod::quantile) {
      const auto& forest = std::get<RegressionForest>(model_.learners[model_.intervals->forest].learner);
      const double levels[] = {level.lower_quantile, level.upper_quantile};
      plain_quantiles(forest, row, levels, ends);
    }
    const PlainInterval found =
        plain_interval(*model_.intervals, i, value, static_cast<double>(ends[0]), static_cast<double>(ends[1]));
    const Transform transform = model_.response->transform;
    text += fmt::format(",{},{}", transformed_back(transform, found.low), transformed_back(transform, found.high));
  }
  return text;
}

std::string Applied::line(std::size_t row) const {
  std::vector<float> features;
  for (const std::vector<double>& column : features_) features.push_back(static_cast<float>(column[row]));
  if (std::any_of(features.begin(), features.end(), [](float value) { return !std::isfinite(value); }))
    return std::string(fields(), ',');
  std::vector<double> answer(model_.answers());
  plain_answer(model_, features, answer);
  std::string text;
  if (model_.classes.empty()) {
    text = fmt::format(",{}", transformed_back(model_.response->transform, answer[0]));
    if (all_) text += number_fields(features, answer[0]);
  } else {
    for (const double probability : answer) text += fmt::format(",{}", probability);
    if (all_) text += class_fields(answer);
  }
  if (all_ && model_.applicability) {
    const double distance = plain_dissimilarity(*model_.applicability, features);
    text += fmt::format(",{},{}", distance, distance <= model_.applicability->threshold ? 1 : 0);
  }
  return text;
}

std::vector<std::string> Applied::lines() const {
  std::vector<std::string> lines(rows_);
  parallel_for(rows_, 64, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) lines[row] = line(row);
  });
  return lines;
}

int outcome_of(const Result<void>& outcome) {
  return outcome ? static_cast<int>(exit_done) : report(outcome.error());
}

}  // namespace

Result<void> run_learn(const LearnOptions& options) {
  std::optional<ThreadLimit> limit;
  if (options.threads > 0) limit.emplace(options.threads);
  ECOCUBE_TRY_ASSIGN(const TextColumns table, read_columns(options.table));
  EnsembleOptions ensemble;
  OptionSet declared;
  ensemble.declare(declared);
  ECOCUBE_TRY(read_options(options, declared));
  ECOCUBE_TRY_ASSIGN(const bool numbers, learns_numbers(table, options));
  ECOCUBE_TRY_ASSIGN(const EnsembleSettings settings, ensemble.settings(numbers));
  ECOCUBE_TRY_ASSIGN(LearnTable made, learn_table(table, options, settings.seed));
  auto trained = train_ensemble(std::move(made.data), settings);
  if (!trained) return within(table.file, trained.error());
  const Value resolved = declared.values();
  for (const auto& [name, value] : resolved.items()) trained->model.settings.emplace_back(name, value_text(value));
  TrainingReport& report = trained->report;
  report.title = fmt::format("{} of {}", options.target, options.table.filename().string());
  report.block = options.block;
  report.grouping = made.grouping;
  report.spatial = made.spatial;
  report.settings = trained->model.settings;
  report.notes.insert(report.notes.begin(), made.notes.begin(), made.notes.end());
  ECOCUBE_TRY(make_folders(options.out));
  ECOCUBE_TRY(save_model(trained->model, options.out / "model.ecomodel"));
  ECOCUBE_TRY(write_text_atomic(options.out / "report.json", report_json(report, &trained->model)));
  ECOCUBE_TRY(write_text_atomic(options.out / "report.html", report_html(report, &trained->model)));
  ECOCUBE_TRY(write_text_atomic(options.out / "out_of_fold.csv", out_of_fold_csv(report)));
  ECOCUBE_TRY(write_text_atomic(options.out / "seen.csv", seen_csv(report)));
  ECOCUBE_TRY(write_text_atomic(options.out / "out_of_fold_rows.csv", out_of_fold_rows_csv(report)));
  if (!report.response) {
    ECOCUBE_TRY(write_text_atomic(options.out / "class_scores.csv", class_scores_csv(report)));
    ECOCUBE_TRY(write_text_atomic(options.out / "confusion.csv", confusion_csv(report)));
  }
  for (const std::string& note : report.notes) fmt::print("  {}\n", note);
  fmt::print("{}: {} rows, {} features, {} folds ({})\n{}{}", report.title, report.rows, report.features.size(),
             report.folds, report.grouping, scores_text(report), ladder_text(report));
  return {};
}

Result<void> run_apply(const ApplyOptions& options) {
  std::optional<ThreadLimit> limit;
  if (options.threads > 0) limit.emplace(options.threads);
  ECOCUBE_TRY_ASSIGN(const Model model, load_model(options.model));
  ECOCUBE_TRY_ASSIGN(const TextColumns table, read_columns(options.table));
  const auto features = features_of(table, model.features);
  if (!features) return within(fmt::format("model {}", options.model.string()), features.error());
  std::size_t of_id = table.names.size();
  if (!options.id.empty()) {
    ECOCUBE_TRY_ASSIGN(of_id, column_named(table, options.id));
  }
  const Applied applied(model, *features, table.rows(), options.all);
  std::string text = "id" + applied.header() + "\n";
  const std::vector<std::string> lines = applied.lines();
  for (std::size_t row = 0; row < lines.size(); ++row)
    text += (of_id < table.names.size() ? csv_field(table.columns[of_id][row]) : fmt::format("{}", row)) + lines[row] +
            "\n";
  return write_text_atomic(options.out, text);
}

namespace {

void add_learn(CLI::App& app, Action& action) {
  auto options = std::make_shared<LearnOptions>();
  CLI::App* command = app.add_subcommand("learn", "Train and evaluate an ensemble on a table, without a cube");
  command->footer(
      "Examples:\n"
      "  ecocube learn points.csv --target class --classes --block 30000 --x x --y y --out model\n"
      "  ecocube learn soil.csv --target sand --features dem,twi --folds folds.csv --set forest_trees=500 --out soil\n"
      "Options of --set are those of the step train: ecocube help train.");
  command->add_option("table", options->table, "CSV file whose first line names the columns")->required();
  command->add_option("--target", options->target, "column to learn")->required();
  command->add_option("--out", options->out, "folder for model and report")->required();
  command->add_flag("--classes", options->classes, "the target holds classes even where it is all numbers");
  command->add_option("--features", options->features, "columns to learn from; without it all other numbers")
      ->delimiter(',');
  command->add_option("--folds", options->folds, "column of folds, or a CSV file with the column fold, a line a row");
  command->add_option("--block", options->block, "side of squares of x and y whose rows stay together")
      ->check(CLI::PositiveNumber);
  command->add_option("--regions", options->regions, "rows of so many regions of x and y stay together (k-means)")
      ->check(CLI::Range(2, 1000));
  command->add_option("--group", options->group, "column: rows of one group stay together");
  command->add_option("--year", options->year, "column of years or dates: rows of one year stay together");
  command->add_option("--x", options->x, "column of the x coordinate");
  command->add_option("--y", options->y, "column of the y coordinate");
  command->add_option("--date", options->date, "column of the date, for the report");
  command->add_option("--id", options->id, "column that names the rows; without it they count from 0");
  command->add_option("--weight", options->weight, "column of weights");
  command->add_option("--unit", options->unit, "of the number to learn");
  command->add_option("--transform", options->transform, "scale to model it on: none, log1p, square-root, logit");
  command->add_option("--learners", options->learners, "base learners")->delimiter(',');
  command->add_option("--meta", options->meta, "meta learner");
  command->add_option("--set", options->sets, "option=value of the step train; may be repeated")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("--threads", options->threads, "threads; 0: all cores")->check(CLI::Range(0, 4096));
  command->final_callback([&action, options] { action = [options] { return outcome_of(run_learn(*options)); }; });
}

void add_apply(CLI::App& app, Action& action) {
  auto options = std::make_shared<ApplyOptions>();
  CLI::App* command = app.add_subcommand("apply", "Predict the rows of a table by a model file");
  command->footer("Example:\n  ecocube apply model/model.ecomodel points.csv --all --out predicted.csv");
  command->add_option("model", options->model, "model file of learn, train or import")->required();
  command->add_option("table", options->table, "CSV file with a column for every feature of the model")->required();
  command->add_option("--out", options->out, "CSV file to write")->required();
  command->add_option("--id", options->id, "column that names the rows; without it they count from 0");
  command->add_flag("--all", options->all, "also the dominant class, sets or intervals, and applicability");
  command->add_option("--threads", options->threads, "threads; 0: all cores")->check(CLI::Range(0, 4096));
  command->final_callback([&action, options] { action = [options] { return outcome_of(run_apply(*options)); }; });
}

}  // namespace

void add_learn_commands(CLI::App& app, Action& action) {
  add_learn(app, action);
  add_apply(app, action);
}

}  // namespace ecocube
