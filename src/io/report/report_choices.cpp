// SPDX-License-Identifier: Apache-2.0
#include "io/report/report_choices.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "io/report/report_text.h"

namespace ecocube {
namespace {

constexpr double kLeft = 60, kTop = 10, kWidth = 360, kHeight = 200;

std::string table(const std::string& head, const std::string& body) {
  std::string html = "<div class=scroll><table>\n<thead><tr>";
  for (const std::string& name : split(head, '|')) html += fmt::format("<th scope=col>{}</th>", name);
  return html + "</tr></thead>\n<tbody>\n" + body + "</tbody></table></div>\n";
}

const char* row_kind(bool chosen) {
  return chosen ? "<tr class=chosen>" : "<tr>";
}

/// Points of the plot from the fewest to the most features.
std::string elimination_curve(const std::vector<EliminationStep>& steps, double low, double high) {
  const auto [fewest, most] = std::minmax_element(steps.begin(), steps.end(),
                                                  [](const auto& a, const auto& b) { return a.features < b.features; });
  const double span = std::max(1.0, static_cast<double>(most->features) - static_cast<double>(fewest->features));
  const auto x_of = [&](const EliminationStep& step) {
    return kLeft + kWidth * (static_cast<double>(step.features) - static_cast<double>(fewest->features)) / span;
  };
  const auto y_of = [&](double loss) { return kTop + kHeight * (1 - (loss - low) / (high - low)); };
  std::string points, marks;
  for (const EliminationStep& step : steps) {
    const std::string x = length_text(x_of(step));
    points += fmt::format("{}{},{}", points.empty() ? "" : " ", x, length_text(y_of(step.loss)));
    marks += fmt::format("<line class=ideal x1={0} y1={1} x2={0} y2={2} />", x,
                         length_text(y_of(step.loss - step.standard_error)),
                         length_text(y_of(step.loss + step.standard_error)));
    marks += fmt::format("<circle class=dot cx={} cy={} r={}><title>{} features: {}</title></circle>", x,
                         length_text(y_of(step.loss)), step.chosen ? 7 : 3.5, step.features, score_text(step.loss));
  }
  std::string svg;
  for (const auto* end : {&*fewest, &*most})
    svg += fmt::format("<text x={} y={} text-anchor=middle>{}</text>", length_text(x_of(*end)),
                       length_text(kTop + kHeight + 16), end->features);
  for (const double loss : {low, high})
    svg += fmt::format("<text x={} y={} text-anchor=end>{}</text>", length_text(kLeft - 7), length_text(y_of(loss) + 4),
                       score_text(loss));
  return svg + fmt::format("<polyline class=curve points=\"{}\" />{}", points, marks);
}

}  // namespace

std::string meta_table(const TrainingReport& report) {
  if (report.meta_candidates.empty()) return "";
  std::string body;
  for (const MetaCandidate& one : report.meta_candidates) {
    body +=
        fmt::format("{}<th scope=row>{}</th><td>{}</td><td>{}</td></tr>\n", row_kind(one.chosen), escape_html(one.name),
                    score_text(one.loss), one.folds ? fmt::format("{} of {}", one.better_folds, one.folds) : "–");
  }
  return table(fmt::format("Meta learner|{}|Better than the rung before<small>in folds</small>",
                           report.response ? "Mean squared error" : "Log loss"),
               body);
}

std::string tuning_table(const TrainingReport& report) {
  if (report.tuning.empty()) return "";
  std::string body;
  for (const TuningTrial& one : report.tuning) {
    body += fmt::format("{}<th scope=row>{}</th><td>{}</td><td>{}</td><td>{}</td></tr>\n", row_kind(one.chosen),
                        escape_html(one.learner), one.parameters.empty() ? "defaults" : escape_html(one.parameters),
                        percent_text(one.share), score_text(one.loss));
  }
  return table(fmt::format("Learner|Values tried|Of the rows|{}", report.response ? "RMSE" : "Log loss"), body);
}

std::string elimination_plot(const TrainingReport& report) {
  const std::vector<EliminationStep>& steps = report.elimination;
  if (steps.empty()) return "";
  double low = steps[0].loss, high = steps[0].loss;
  for (const EliminationStep& step : steps) {
    low = std::min(low, step.loss - step.standard_error);
    high = std::max(high, step.loss + step.standard_error);
  }
  if (!(high > low)) high = low + 1;
  std::string html = fmt::format(
      "<figure><svg viewBox=\"0 0 {} {}\" role=img aria-label=\"Loss against number of features\">{}<text x={} y={} "
      "text-anchor=middle>features left</text></svg></figure>\n",
      length_text(kLeft + kWidth + 20), length_text(kTop + kHeight + 42), elimination_curve(steps, low, high),
      length_text(kLeft + kWidth / 2), length_text(kTop + kHeight + 34));
  std::string dropped;
  for (const EliminationStep& step : steps) {
    if (step.chosen) break;
    for (const std::string& name : step.dropped) dropped += (dropped.empty() ? "" : ", ") + escape_html(name);
  }
  if (!dropped.empty()) html += fmt::format("<p class=soft>Taken out, least important first: {}.</p>\n", dropped);
  return html;
}

std::string fold_table(const TrainingReport& report) {
  if (report.fold_rows.empty()) return "";
  std::string body;
  for (std::size_t fold = 0; fold < report.fold_rows.size(); ++fold) {
    body +=
        fmt::format("<tr><th scope=row>{}</th><td>{}</td><td>{}</td><td>{}</td></tr>\n", fold + 1,
                    count_text(static_cast<double>(report.fold_rows[fold])),
                    fold < report.fold_groups.size() ? count_text(static_cast<double>(report.fold_groups[fold])) : "–",
                    fold < report.fold_metas.size() ? escape_html(report.fold_metas[fold]) : "–");
  }
  return table("Fold|Rows|Groups|Meta learner chosen without it", body);
}

std::string uncertainty_table(const Model& model) {
  std::string body;
  if (model.sets) {
    for (const ClassSets::Level& level : model.sets->levels) {
      body += fmt::format("<tr><th scope=row>{} ({})</th><td>{}</td><td>{}</td></tr>\n", "class sets",
                          model.sets->method == SetMethod::raps ? "RAPS" : "LAC", percent_text(level.coverage),
                          percent_text(level.reached));
    }
  }
  if (model.intervals) {
    for (const Intervals::Level& level : model.intervals->levels) {
      body += fmt::format("<tr><th scope=row>intervals ({})</th><td>{}</td><td>{}</td></tr>\n",
                          model.intervals->method == IntervalMethod::residual ? "ensemble ± margin" : "quantile forest",
                          percent_text(level.coverage), percent_text(level.reached));
    }
  }
  std::string html =
      body.empty() ? "" : table("What is told|Coverage asked|Coverage reached<small>each group left out</small>", body);
  if (model.applicability) {
    html += fmt::format(
        "<p class=soft>Area of applicability: pixels whose dissimilarity to the training rows is above {} lie outside; "
        "no score on this page speaks of them.</p>\n",
        score_text(model.applicability->threshold));
  }
  return html;
}

}  // namespace ecocube
