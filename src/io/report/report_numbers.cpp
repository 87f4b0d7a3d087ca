// SPDX-License-Identifier: Apache-2.0
#include "io/report/report_numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "io/report/report_text.h"

namespace ecocube {
namespace {

constexpr double kLeft = 56, kTop = 10, kSide = 300;
constexpr std::size_t kCells = 40;

std::string with_unit(const std::string& text, const std::string& unit) {
  return unit.empty() ? text : text + "\u00a0" + escape_html(unit);
}

std::string number_row(const RegressionEvaluation& one, const std::string& name, const char* kind) {
  return fmt::format("<tr{}><th scope=row>{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", kind,
                     escape_html(name), score_text(one.r2), value_text_of(one.rmse), value_text_of(one.mae),
                     value_text_of(one.bias), score_text(one.concordance));
}

/// The range of both axes.
std::pair<double, double> range_of(const OutOfFoldRows& rows) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const auto* numbers : {&rows.seen, &rows.answers}) {
    for (const double number : *numbers) {
      if (!std::isfinite(number)) continue;
      low = std::min(low, number);
      high = std::max(high, number);
    }
  }
  return {low, high};
}

std::string frame(double low, double high, const std::string& what) {
  std::string svg;
  for (int part = 0; part <= 4; ++part) {
    const double at = low + (high - low) * part / 4, along = kSide * part / 4;
    svg += fmt::format("<line class=grid x1={0} y1={1} x2={0} y2={2} /><line class=grid x1={3} y1={4} x2={5} y2={4} />",
                       length_text(kLeft + along), length_text(kTop), length_text(kTop + kSide), length_text(kLeft),
                       length_text(kTop + kSide - along), length_text(kLeft + kSide));
    svg += fmt::format("<text x={} y={} text-anchor=middle>{}</text><text x={} y={} text-anchor=end>{}</text>",
                       length_text(kLeft + along), length_text(kTop + kSide + 16), value_text_of(at),
                       length_text(kLeft - 7), length_text(kTop + kSide - along + 4), value_text_of(at));
  }
  svg += fmt::format("<line class=ideal x1={} y1={} x2={} y2={} />", length_text(kLeft), length_text(kTop + kSide),
                     length_text(kLeft + kSide), length_text(kTop));
  svg += fmt::format("<text transform=\"translate(12 {}) rotate(-90)\" text-anchor=middle>told, {}</text>",
                     length_text(kTop + kSide / 2), what);
  return svg + fmt::format("<text x={} y={} text-anchor=middle>seen, {}</text>", length_text(kLeft + kSide / 2),
                           length_text(kTop + kSide + 34), what);
}

/// In what sense the score is of rows unseen.
const char* score_meaning(const TrainingReport& report, bool nested) {
  if (!nested)
    return "Scored on the very folds that made the meta learner's inputs; the nested score was not computed.";
  if (report.grouping == "years") {
    return "This share of the variance is told right for rows of years that no part of the model has seen; their "
           "places may have been seen in other years.";
  }
  if (report.grouping.starts_with("folds of")) {
    return "This share of the variance is told right for rows that no part of the model has seen: the folds that were "
           "given were kept from base learners and meta learner alike.";
  }
  return report.spatial ? "This share of the variance is told right in places that no part of the model has seen: the "
                          "spatial folds it is measured on were kept from base learners and meta learner alike."
                        : "This share of the variance is told right for rows that no part of the model has seen. The "
                          "folds are <b>random</b>: rows near them were seen, so expect less elsewhere.";
}

}  // namespace

std::string number_headline(const TrainingReport& report) {
  const bool nested = report.nested_numbers.rows > 0;
  const RegressionEvaluation& score = nested ? report.nested_numbers : report.published_numbers;
  const std::string unit = report.response ? report.response->unit : "";
  std::string html = "<div class=headline>\n";
  html += fmt::format("<section class=card><h2>R²{}</h2><div class=big>{}</div><p>{}</p></section>\n",
                      nested ? "" : ", as published", score_text(score.r2), score_meaning(report, nested));
  html += fmt::format(
      "<section class=card><h2>Root mean squared error</h2><div class=mid>{}</div><p "
      "class=soft>{}</p></section>\n</div>\n",
      with_unit(value_text_of(score.rmse), unit),
      nested ? fmt::format("As published (scored on the folds that made the meta learner's inputs): R² {}, error {}.",
                           score_text(report.published_numbers.r2),
                           with_unit(value_text_of(report.published_numbers.rmse), unit))
             : std::string());
  const auto tile = [](const char* name, const std::string& text) {
    return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", name, text);
  };
  html += "<dl class=tiles>" + tile("Concordance (Lin)", score_text(score.concordance)) +
          tile("Mean absolute error", with_unit(value_text_of(score.mae), unit)) +
          tile("Bias", with_unit(value_text_of(score.bias), unit)) +
          tile("Spread of what was seen", with_unit(value_text_of(score.deviation), unit));
  if (std::isfinite(report.out_of_bag_accuracy))
    html += tile("Forest, out of bag R²", score_text(report.out_of_bag_accuracy));
  return html + "</dl>\n";
}

std::string number_table(const TrainingReport& report) {
  std::string html =
      "<div class=scroll><table>\n<thead><tr><th scope=col>Model</th><th scope=col>R²</th><th scope=col>RMSE</th><th "
      "scope=col>Mean absolute<small>error</small></th><th scope=col>Bias<small>told − seen</small></th><th "
      "scope=col>Concordance</th></tr></thead>\n<tbody>\n";
  if (report.nested_numbers.rows) html += number_row(report.nested_numbers, "Ensemble, nested", " class=chosen");
  if (report.published_numbers.rows) html += number_row(report.published_numbers, "Ensemble, as published", "");
  if (report.plain_mean_numbers.rows) html += number_row(report.plain_mean_numbers, "Plain mean of the learners", "");
  for (const RegressionEvaluation& learner : report.learner_numbers) html += number_row(learner, learner.name, "");
  return html + "</tbody></table></div>\n";
}

std::string told_against_seen_plot(const TrainingReport& report) {
  const OutOfFoldRows& rows = report.out_of_fold;
  const auto [low, high] = range_of(rows);
  if (rows.seen.empty() || rows.answers.size() != rows.seen.size() || !(high > low))
    return "<p class=soft>Nothing to compare.</p>\n";
  std::vector<std::size_t> counts(kCells * kCells);
  const auto cell = [&, low = low, high = high](double number) {
    return std::min(kCells - 1, static_cast<std::size_t>((number - low) / (high - low) * static_cast<double>(kCells)));
  };
  for (std::size_t row = 0; row < rows.seen.size(); ++row) {
    if (std::isfinite(rows.answers[row])) ++counts[cell(rows.answers[row]) * kCells + cell(rows.seen[row])];
  }
  const auto most = static_cast<double>(*std::max_element(counts.begin(), counts.end()));
  std::string squares;
  const double side = kSide / static_cast<double>(kCells);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    squares += fmt::format("<rect class=told x={} y={} width={} height={} opacity={}><title>{}</title></rect>",
                           length_text(kLeft + side * static_cast<double>(i % kCells)),
                           length_text(kTop + kSide - side * static_cast<double>(i / kCells + 1)), length_text(side),
                           length_text(side), length_text(0.2 + 0.8 * std::sqrt(static_cast<double>(counts[i]) / most)),
                           counts[i]);
  }
  std::string what = report.response ? escape_html(report.response->variable) : "value";
  if (report.response && !report.response->unit.empty()) what += ", " + escape_html(report.response->unit);
  return fmt::format("<svg viewBox=\"0 0 {} {}\" role=img aria-label=\"Told against seen\">{}{}</svg>\n",
                     length_text(kLeft + kSide + 20), length_text(kTop + kSide + 42), frame(low, high, what), squares);
}

std::string residual_table(const RegressionEvaluation& evaluation, const std::string& unit) {
  if (evaluation.residuals.empty()) return "<p class=soft>No residuals.</p>\n";
  std::string html = "<div class=scroll><table>\n<thead><tr><th scope=col>Share of rows below</th>";
  for (const auto& quantile : evaluation.residuals)
    html += fmt::format("<th scope=col>{}</th>", percent_text(quantile.level));
  html += fmt::format("</tr></thead>\n<tbody><tr><th scope=row>told − seen{}</th>",
                      unit.empty() ? "" : ", " + escape_html(unit));
  for (const auto& quantile : evaluation.residuals) html += fmt::format("<td>{}</td>", value_text_of(quantile.value));
  return html + "</tr></tbody></table></div>\n";
}

}  // namespace ecocube
