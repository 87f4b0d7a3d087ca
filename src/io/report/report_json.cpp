// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "base/options.h"
#include "io/report/report.h"

namespace ecocube {
namespace {

Value number(double value) {
  return std::isfinite(value) ? Value(value) : Value(nullptr);
}

Value confusion_json(const std::vector<double>& confusion, std::size_t classes) {
  Value rows = Value::array();
  for (std::size_t seen = 0; seen * classes < confusion.size(); ++seen) {
    Value row = Value::array();
    for (std::size_t predicted = 0; predicted < classes; ++predicted)
      row.push_back(number(confusion[seen * classes + predicted]));
    rows.push_back(std::move(row));
  }
  return rows;
}

Value class_json(const ClassScore& score, const LegendClass& legend_class) {
  return {{"code", legend_class.code},
          {"precision", number(score.precision)},
          {"recall", number(score.recall)},
          {"f1", number(score.f1)},
          {"log_loss", number(score.log_loss)},
          {"true_skill", number(score.true_skill)},
          {"precision_recall_area", number(score.precision_recall_area)},
          {"balanced_threshold", number(score.balanced_threshold)},
          {"weight", number(score.weight)},
          {"rows", score.rows}};
}

/// Null when nothing was evaluated.
Value evaluation_json(const Evaluation& evaluation, const std::vector<LegendClass>& classes) {
  if (evaluation.classes.empty()) return nullptr;
  Value scores = Value::array(), reliability = Value::array();
  for (std::size_t index = 0; index < evaluation.classes.size() && index < classes.size(); ++index) {
    scores.push_back(class_json(evaluation.classes[index], classes[index]));
  }
  for (const Evaluation::Bin& bin : evaluation.reliability) {
    reliability.push_back({{"mean_probability", number(bin.mean_probability)},
                           {"share_right", number(bin.share_right)},
                           {"weight", number(bin.weight)}});
  }
  return {{"name", evaluation.name},
          {"overall_accuracy", number(evaluation.overall_accuracy)},
          {"weighted_f1", number(evaluation.weighted_f1)},
          {"macro_f1", number(evaluation.macro_f1)},
          {"log_loss", number(evaluation.log_loss)},
          {"log_loss_ratio", number(evaluation.log_loss_ratio)},
          {"r2_log_loss", number(evaluation.r2_log_loss)},
          {"calibration_error", number(evaluation.calibration_error)},
          {"confusion", confusion_json(evaluation.confusion, classes.size())},
          {"classes", std::move(scores)},
          {"reliability", std::move(reliability)}};
}

/// Null when nothing was evaluated.
Value evaluation_json(const RegressionEvaluation& evaluation) {
  if (evaluation.rows == 0) return nullptr;
  Value residuals = Value::array();
  for (const auto& quantile : evaluation.residuals)
    residuals.push_back({{"level", quantile.level}, {"value", number(quantile.value)}});
  return {{"name", evaluation.name},
          {"r2", number(evaluation.r2)},
          {"rmse", number(evaluation.rmse)},
          {"mae", number(evaluation.mae)},
          {"bias", number(evaluation.bias)},
          {"concordance", number(evaluation.concordance)},
          {"mean", number(evaluation.mean)},
          {"deviation", number(evaluation.deviation)},
          {"weight", number(evaluation.weight)},
          {"rows", evaluation.rows},
          {"residuals", std::move(residuals)}};
}

Value features_json(const std::vector<RankedFeature>& ranking) {
  Value features = Value::array();
  for (const RankedFeature& one : ranking) {
    features.push_back(
        {{"feature", one.feature}, {"importance", number(one.importance)}, {"deviation", number(one.deviation)}});
  }
  return features;
}

/// What was tried and chosen.
void put_choices(const TrainingReport& report, Value& all) {
  all["meta"] = report.meta;
  for (const MetaCandidate& one : report.meta_candidates) {
    all["meta_candidates"].push_back({{"name", one.name},
                                      {"loss", number(one.loss)},
                                      {"better_folds", one.better_folds},
                                      {"folds", one.folds},
                                      {"chosen", one.chosen}});
  }
  all["fold_metas"] = report.fold_metas;
  for (const TuningTrial& one : report.tuning) {
    all["tuning"].push_back({{"learner", one.learner},
                             {"parameters", one.parameters},
                             {"loss", number(one.loss)},
                             {"share", number(one.share)},
                             {"chosen", one.chosen}});
  }
  for (const EliminationStep& one : report.elimination) {
    all["elimination"].push_back({{"features", one.features},
                                  {"dropped", one.dropped},
                                  {"loss", number(one.loss)},
                                  {"standard_error", number(one.standard_error)},
                                  {"chosen", one.chosen}});
  }
}

void put_uncertainty(const Model& model, Value& all) {
  if (model.sets) {
    for (const ClassSets::Level& level : model.sets->levels) {
      all["class_sets"].push_back({{"coverage", level.coverage},
                                   {"reached", number(level.reached)},
                                   {"reached_by_threshold", number(level.reached_by_threshold)},
                                   {"thresholds", level.thresholds}});
    }
  }
  if (model.intervals) {
    for (const Intervals::Level& level : model.intervals->levels) {
      all["intervals"].push_back({{"coverage", level.coverage},
                                  {"reached", number(level.reached)},
                                  {"quantiles", {number(level.lower_quantile), number(level.upper_quantile)}},
                                  {"margins", {number(level.lower_margin), number(level.upper_margin)}}});
    }
  }
  if (model.applicability) {
    all["applicability"] = {{"threshold", number(model.applicability->threshold)},
                            {"mean_distance", number(model.applicability->mean_distance)}};
  }
}

}  // namespace

std::string report_json(const TrainingReport& report, const Model* model) {
  Value classes = Value::array(), learner_scores = Value::array(), settings = Value::object();
  for (const LegendClass& one : report.classes) {
    classes.push_back({{"code", one.code}, {"name", one.name}, {"value", one.value}, {"color", "#" + one.color.hex()}});
  }
  for (const Evaluation& one : report.learner_scores) learner_scores.push_back(evaluation_json(one, report.classes));
  for (const RegressionEvaluation& one : report.learner_numbers) learner_scores.push_back(evaluation_json(one));
  for (const auto& [name, value] : report.settings) settings[name] = value;
  Value all = {{"title", report.title},     {"rows", report.rows},           {"groups", report.groups},
               {"folds", report.folds},     {"block", number(report.block)}, {"grouping", report.grouping},
               {"spatial", report.spatial}, {"learners", report.learners}};
  if (report.response) {
    all["response"] = {{"variable", report.response->variable},
                       {"unit", report.response->unit},
                       {"transform", name_of(report.response->transform)}};
    all["nested"] = evaluation_json(report.nested_numbers);
    all["published"] = evaluation_json(report.published_numbers);
    all["plain_mean"] = evaluation_json(report.plain_mean_numbers);
  } else {
    all["classes"] = std::move(classes);
    all["nested"] = evaluation_json(report.nested, report.classes);
    all["published"] = evaluation_json(report.published, report.classes);
    all["plain_mean"] = evaluation_json(report.plain_mean, report.classes);
  }
  all["learner_scores"] = std::move(learner_scores);
  all["out_of_bag_accuracy"] = number(report.out_of_bag_accuracy);
  all["importance"] = features_json(report.importance);
  all["permutation_importance"] = features_json(report.permutation_importance);
  put_choices(report, all);
  if (model) put_uncertainty(*model, all);
  all["notes"] = report.notes;
  all["features"] = report.features;
  all["settings"] = std::move(settings);
  // Text of a foreign encoding must not throw here.
  return all.dump(2, ' ', false, Value::error_handler_t::replace) + "\n";
}

}  // namespace ecocube
