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
          {"confusion", confusion_json(evaluation.confusion, classes.size())},
          {"classes", std::move(scores)},
          {"reliability", std::move(reliability)}};
}

}  // namespace

std::string report_json(const TrainingReport& report) {
  Value classes = Value::array(), learner_scores = Value::array(), importance = Value::array(),
        settings = Value::object();
  for (const LegendClass& one : report.classes) {
    classes.push_back({{"code", one.code}, {"name", one.name}, {"value", one.value}, {"color", "#" + one.color.hex()}});
  }
  for (const Evaluation& one : report.learner_scores) learner_scores.push_back(evaluation_json(one, report.classes));
  for (const FeatureImportance& one : report.importance) {
    importance.push_back({{"feature", one.feature}, {"importance", number(one.importance)}});
  }
  for (const auto& [name, value] : report.settings) settings[name] = value;
  const Value all = {{"title", report.title},
                     {"rows", report.rows},
                     {"groups", report.groups},
                     {"folds", report.folds},
                     {"block", number(report.block)},
                     {"learners", report.learners},
                     {"classes", std::move(classes)},
                     {"nested", evaluation_json(report.nested, report.classes)},
                     {"published", evaluation_json(report.published, report.classes)},
                     {"learner_scores", std::move(learner_scores)},
                     {"out_of_bag_accuracy", number(report.out_of_bag_accuracy)},
                     {"importance", std::move(importance)},
                     {"notes", report.notes},
                     {"features", report.features},
                     {"settings", std::move(settings)}};
  // Text of a foreign encoding must not throw here.
  return all.dump(2, ' ', false, Value::error_handler_t::replace) + "\n";
}

}  // namespace ecocube
