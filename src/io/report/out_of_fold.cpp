// SPDX-License-Identifier: Apache-2.0
#include "io/report/out_of_fold.h"

#include <algorithm>

#include "base/text.h"
#include "io/table/csv.h"

namespace ecocube {
namespace {

std::string id_of(const OutOfFoldRows& rows, std::size_t row) {
  if (!rows.places.empty() && !rows.places[row].id.empty()) return csv_field(rows.places[row].id);
  return fmt::format("{}", rows.table_rows[row]);
}

std::string seen_of(const TrainingReport& report, std::size_t row) {
  const OutOfFoldRows& rows = report.out_of_fold;
  return report.classes.empty() ? fmt::format("{}", rows.seen[row])
                                : csv_field(report.classes[rows.seen_class[row]].code);
}

std::string number_or_nothing(const std::optional<double>& number) {
  return number ? fmt::format("{}", *number) : std::string();
}

/// Names of the columns after those of the place.
std::string answer_columns(const TrainingReport& report) {
  const bool regression = report.classes.empty();
  std::string text = regression ? ",prediction,residual" : ",class,probability";
  for (const double level : report.out_of_fold.quantile_levels) text += fmt::format(",quantile_{}", level);
  for (const std::string& learner : report.learners) {
    if (regression) text += "," + csv_field(learner);
    for (const LegendClass& entry : report.classes) text += "," + csv_field(learner + "." + entry.code);
  }
  return text + "\n";
}

std::string answers_of(const TrainingReport& report, std::size_t row) {
  const OutOfFoldRows& rows = report.out_of_fold;
  const std::size_t count = report.classes.empty() ? 1 : report.classes.size(), levels = rows.quantile_levels.size();
  const double* own = rows.answers.data() + row * count;
  std::string text;
  if (report.classes.empty()) {
    text = fmt::format(",{},{}", *own, *own - rows.seen[row]);
  } else {
    const auto top = static_cast<std::size_t>(std::max_element(own, own + count) - own);
    text = fmt::format(",{},{}", csv_field(report.classes[top].code), own[top]);
  }
  for (std::size_t q = 0; q < levels; ++q) text += fmt::format(",{}", rows.quantiles[row * levels + q]);
  const std::size_t learned = report.learners.size() * count;
  for (std::size_t i = 0; i < learned; ++i) text += fmt::format(",{}", rows.learned[row * learned + i]);
  return text + "\n";
}

}  // namespace

std::string out_of_fold_csv(const TrainingReport& report) {
  const OutOfFoldRows& rows = report.out_of_fold;
  const std::size_t count = report.classes.empty() ? 1 : report.classes.size();
  std::string text = report.classes.empty() ? "id,prediction" : "id";
  for (const LegendClass& entry : report.classes) text += "," + csv_field(entry.code);
  text += "\n";
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    text += id_of(rows, row);
    for (std::size_t c = 0; c < count; ++c) text += fmt::format(",{}", rows.answers[row * count + c]);
    text += "\n";
  }
  return text;
}

std::string seen_csv(const TrainingReport& report) {
  std::string text = "id,seen\n";
  for (std::size_t row = 0; row < report.out_of_fold.rows(); ++row)
    text += id_of(report.out_of_fold, row) + "," + seen_of(report, row) + "\n";
  return text;
}

std::string out_of_fold_rows_csv(const TrainingReport& report) {
  const OutOfFoldRows& rows = report.out_of_fold;
  std::string text = "id,x,y,date,fold,group,weight,seen" + answer_columns(report);
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const RowPlace place = rows.places.empty() ? RowPlace{} : rows.places[row];
    text +=
        fmt::format("{},{},{},{},{},{},{},{}", id_of(rows, row), number_or_nothing(place.x), number_or_nothing(place.y),
                    place.date, rows.folds[row], rows.groups[row], rows.weights[row], seen_of(report, row));
    text += answers_of(report, row);
  }
  return text;
}

}  // namespace ecocube
