// SPDX-License-Identifier: Apache-2.0
#include "io/report/report_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "io/report/report_text.h"

namespace ecocube {
namespace {

std::string swatch(const LegendClass& one) {
  return fmt::format("<span class=swatch style=\"background:#{}\"></span>", one.color.hex());
}

std::string class_heading(const LegendClass& one) {
  const std::string name = escape_html(one.name);
  return fmt::format("<th scope=row title=\"{0}\">{1}<span class=code>{2}</span><span class=name>{0}</span></th>", name,
                     swatch(one), escape_html(one.code));
}

/// A cell whose bar is `share` of its width; NaN has none.
std::string bar_cell(double share, const std::string& text) {
  const double within = std::isfinite(share) ? std::clamp(share, 0.0, 1.0) : 0.0;
  return fmt::format("<td class=bar style=\"--v:{}%\">{}</td>", length_text(100 * within), text);
}

std::string learner_row(const Evaluation& one, const std::string& name, const char* kind) {
  return fmt::format("<tr{}><th scope=row>{}</th>{}<td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                     kind, escape_html(name), bar_cell(one.overall_accuracy, percent_text(one.overall_accuracy)),
                     score_text(one.weighted_f1), score_text(one.macro_f1), score_text(one.log_loss),
                     score_text(one.log_loss_ratio), score_text(one.r2_log_loss));
}

std::string confusion_cell(const TrainingReport& report, std::size_t seen, std::size_t mapped, double weight,
                           double row_sum) {
  if (!(weight > 0) || !(row_sum > 0)) return "<td class=none>·</td>";
  const double share = weight / row_sum;
  const double depth = 0.14 + 0.86 * std::sqrt(share);
  return fmt::format("<td class=\"{}{}\" style=\"--a:{}\" title=\"{} of {} mapped as {}\">{}</td>",
                     seen == mapped ? "right" : "wrong", depth > 0.62 ? " strong" : "", length_text(depth),
                     percent_text(share), escape_html(report.classes[seen].code),
                     escape_html(report.classes[mapped].code), count_text(weight));
}

}  // namespace

std::string learner_table(const TrainingReport& report) {
  std::string html =
      "<div class=scroll><table>\n<thead><tr><th scope=col>Model</th><th scope=col>Accuracy</th><th "
      "scope=col>F1<small>by weight</small></th>"
      "<th scope=col>F1<small>mean of classes</small></th><th scope=col>Log loss</th><th "
      "scope=col>Log-loss<small>ratio</small></th>"
      "<th scope=col>R²<small>of log loss</small></th></tr></thead>\n<tbody>\n";
  if (!report.nested.classes.empty()) html += learner_row(report.nested, "Ensemble, nested", " class=chosen");
  if (!report.published.classes.empty()) html += learner_row(report.published, "Ensemble, as published", "");
  if (!report.plain_mean.classes.empty()) html += learner_row(report.plain_mean, "Plain mean of the learners", "");
  for (const Evaluation& learner : report.learner_scores) html += learner_row(learner, learner.name, "");
  return html + "</tbody></table></div>\n";
}

std::string confusion_table(const TrainingReport& report, const Evaluation& evaluation) {
  const std::size_t classes = report.classes.size();
  constexpr std::size_t kMany = 16;
  std::string html = fmt::format("<div class=scroll><table class=\"matrix{}\">\n<thead><tr><th>mapped →<br>seen ↓</th>",
                                 classes > kMany ? " dense" : "");
  for (const LegendClass& one : report.classes) {
    html +=
        fmt::format("<th scope=col title=\"{}\">{}{}</th>", escape_html(one.name), swatch(one), escape_html(one.code));
  }
  html += "<th scope=col class=sum>all</th></tr></thead>\n<tbody>\n";
  std::vector<double> mapped_sums(classes, 0.0);
  double total = 0;
  for (std::size_t seen = 0; seen < classes; ++seen) {
    const double* row = evaluation.confusion.data() + seen * classes;
    double sum = 0;
    for (std::size_t mapped = 0; mapped < classes; ++mapped) sum += row[mapped], mapped_sums[mapped] += row[mapped];
    html += "<tr>" + class_heading(report.classes[seen]);
    for (std::size_t mapped = 0; mapped < classes; ++mapped)
      html += confusion_cell(report, seen, mapped, row[mapped], sum);
    html += fmt::format("<td class=sum>{}</td></tr>\n", count_text(sum));
    total += sum;
  }
  html += "<tr><th scope=row>all</th>";
  for (const double sum : mapped_sums) html += fmt::format("<td class=sum>{}</td>", count_text(sum));
  return html + fmt::format("<td class=sum>{}</td></tr>\n</tbody></table></div>\n", count_text(total));
}

std::string class_table(const TrainingReport& report, const Evaluation& evaluation) {
  std::string html =
      "<div class=scroll><table>\n<thead><tr><th scope=col>Class</th><th scope=col>Rows</th><th "
      "scope=col>Precision<small>user's accuracy</small></th>"
      "<th scope=col>Recall<small>producer's accuracy</small></th><th scope=col>F1</th><th scope=col>Log loss</th>"
      "<th scope=col>True skill</th><th scope=col title=\"probability from which on as many rows are mapped so as are "
      "so\">Threshold</th><th scope=col title=\"area under the precision-recall curve\">PR "
      "area</th></tr></thead>\n<tbody>\n";
  for (std::size_t index = 0; index < report.classes.size() && index < evaluation.classes.size(); ++index) {
    const ClassScore& score = evaluation.classes[index];
    html += fmt::format("<tr>{}<td>{}</td>{}{}{}<td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                        class_heading(report.classes[index]), count_text(static_cast<double>(score.rows)),
                        bar_cell(score.precision, percent_text(score.precision)),
                        bar_cell(score.recall, percent_text(score.recall)), bar_cell(score.f1, score_text(score.f1)),
                        score_text(score.log_loss), score_text(score.true_skill), score_text(score.balanced_threshold),
                        score_text(score.precision_recall_area));
  }
  return html + "</tbody></table></div>\n";
}

}  // namespace ecocube
