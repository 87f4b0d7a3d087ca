// SPDX-License-Identifier: Apache-2.0
#include "io/report/report_csv.h"

#include <fmt/format.h>

#include <cmath>

#include "io/table/csv.h"

namespace ecocube {
namespace {

std::string number(double value) {
  return std::isfinite(value) ? fmt::format("{}", value) : "";
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
    csv += fmt::format("{},{},{},{},{},{},{},{},{},{},{}\n", csv_field(report.classes[c].code),
                       csv_field(report.classes[c].name), one.rows, number(one.weight), number(one.precision),
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
  for (const LegendClass& one : report.classes) csv += "," + csv_field(one.code);
  csv += "\n";
  for (std::size_t seen = 0; seen < classes && score.confusion.size() == classes * classes; ++seen) {
    csv += csv_field(report.classes[seen].code);
    for (std::size_t told = 0; told < classes; ++told) csv += "," + number(score.confusion[seen * classes + told]);
    csv += "\n";
  }
  return csv;
}

}  // namespace ecocube
