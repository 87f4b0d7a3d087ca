// SPDX-License-Identifier: Apache-2.0
#include "io/report/report_csv.h"

#include <fmt/format.h>

#include <cmath>

#include "base/text.h"

namespace ecocube {
namespace {

std::string number(double value) {
  return std::isfinite(value) ? fmt::format("{}", value) : "";
}

/// Quoted where a reader would otherwise split it.
std::string field(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  return "\"" + replace_all(text, "\"", "\"\"") + "\"";
}

const Evaluation& scored(const TrainingReport& report) {
  return report.nested.classes.empty() ? report.published : report.nested;
}

}  // namespace

std::string class_scores_csv(const TrainingReport& report) {
  if (report.classes.empty()) return "";
  const Evaluation& score = scored(report);
  std::string csv =
      "code,name,rows,weight,users_accuracy,producers_accuracy,f1,log_loss,true_skill,balanced_threshold,"
      "precision_recall_area\n";
  for (std::size_t c = 0; c < report.classes.size() && c < score.classes.size(); ++c) {
    const ClassScore& one = score.classes[c];
    csv += fmt::format("{},{},{},{},{},{},{},{},{},{},{}\n", field(report.classes[c].code),
                       field(report.classes[c].name), one.rows, number(one.weight), number(one.precision),
                       number(one.recall), number(one.f1), number(one.log_loss), number(one.true_skill),
                       number(one.balanced_threshold), number(one.precision_recall_area));
  }
  return csv;
}

std::string confusion_csv(const TrainingReport& report) {
  if (report.classes.empty()) return "";
  const Evaluation& score = scored(report);
  const std::size_t classes = report.classes.size();
  std::string csv = "seen";
  for (const LegendClass& one : report.classes) csv += "," + field(one.code);
  csv += "\n";
  for (std::size_t seen = 0; seen < classes && score.confusion.size() == classes * classes; ++seen) {
    csv += field(report.classes[seen].code);
    for (std::size_t told = 0; told < classes; ++told) csv += "," + number(score.confusion[seen * classes + told]);
    csv += "\n";
  }
  return csv;
}

}  // namespace ecocube
