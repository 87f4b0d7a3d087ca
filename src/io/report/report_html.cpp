// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "base/text.h"
#include "io/report/report.h"
#include "io/report/report_plots.h"
#include "io/report/report_style.h"
#include "io/report/report_tables.h"
#include "io/report/report_text.h"

namespace ecocube {
namespace {

std::string plural(double count, const char* one, const char* many) {
  return fmt::format("<b>{}</b> {}", count_text(count), count == 1 ? one : many);
}

std::string heading(const TrainingReport& report) {
  const auto fact = [](std::size_t count, const char* one, const char* many) {
    return fmt::format("<li>{}</li>", plural(static_cast<double>(count), one, many));
  };
  std::string blocks = report.block > 0 ? fmt::format(" of {} map units", count_text(report.block)) : "";
  return fmt::format(
      "<header>\n<p class=kicker>Model report</p>\n<h1>{}</h1>\n<ul class=facts>{}{}{}{}{}{}</ul>\n</header>\n",
      escape_html(report.title), fact(report.rows, "training row", "training rows"),
      fact(report.classes.size(), "class", "classes"), fact(report.features.size(), "feature", "features"),
      fact(report.learners.size(), "learner", "learners"),
      fact(report.groups, ("spatial group" + blocks).c_str(), ("spatial groups" + blocks).c_str()),
      fact(report.folds, "fold", "folds"));
}

/// The difference between both kinds of accuracy in one sentence.
std::string difference_text(const TrainingReport& report) {
  const double points = 100 * (report.published.overall_accuracy - report.nested.overall_accuracy);
  const std::string how =
      "Scored on the very folds that made the meta learner's inputs, as maps of this kind are usually published";
  if (!std::isfinite(points)) return how + ".";
  if (std::abs(points) < 0.05) return how + "; here both agree.";
  return fmt::format("{}: {:.1f} points {} than the nested accuracy.", how, std::abs(points),
                     points > 0 ? "higher" : "lower");
}

std::string headline(const TrainingReport& report) {
  const bool nested = !report.nested.classes.empty();
  std::string html = "<div class=headline>\n";
  if (nested) {
    html += fmt::format(
        "<section class=card><h2>Accuracy</h2><div class=big>{}</div><p>This share of the points, each counted by its "
        "weight, is mapped right in "
        "places that no part of the model has seen: the spatial folds it is measured on were kept from base learners "
        "and meta learner alike.</p></section>\n",
        percent_text(report.nested.overall_accuracy));
    html +=
        fmt::format("<section class=card><h2>As published</h2><div class=mid>{}</div><p class=soft>{}</p></section>\n",
                    percent_text(report.published.overall_accuracy), difference_text(report));
  } else {
    html += fmt::format(
        "<section class=card><h2>Accuracy, as published</h2><div class=big>{}</div><p>Scored on the very folds that "
        "made the meta learner's inputs, which is "
        "mildly optimistic. The nested accuracy was not computed.</p></section>\n",
        percent_text(report.published.overall_accuracy));
  }
  const Evaluation& score = nested ? report.nested : report.published;
  const auto tile = [](const char* name, const std::string& text) {
    return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", name, text);
  };
  html += "</div>\n<dl class=tiles>" + tile("F1, by weight", score_text(score.weighted_f1)) +
          tile("F1, mean of classes", score_text(score.macro_f1)) + tile("Log loss", score_text(score.log_loss)) +
          tile("R² of log loss", score_text(score.r2_log_loss));
  if (std::isfinite(report.out_of_bag_accuracy))
    html += tile("Forest, out of bag", percent_text(report.out_of_bag_accuracy));
  return html + "</dl>\n";
}

std::string section(const char* title, const char* explanation, const std::string& content) {
  return fmt::format("<section>\n<h2>{}</h2>\n<p class=soft>{}</p>\n{}</section>\n", title, explanation, content);
}

std::string notes(const TrainingReport& report) {
  if (report.notes.empty()) return "";
  std::string html = "<section>\n<h2>Notes</h2>\n<ul class=notes>\n";
  for (const std::string& note : report.notes) html += fmt::format("<li>{}</li>\n", escape_html(note));
  return html + "</ul>\n</section>\n";
}

std::string settings(const TrainingReport& report) {
  if (report.settings.empty()) return "";
  std::string html = "<section>\n<h2>Settings</h2>\n<dl class=settings>\n";
  for (const auto& [name, value] : report.settings)
    html += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escape_html(name), escape_html(value));
  return html + "</dl>\n</section>\n";
}

constexpr const char* kHowToRead =
    "<footer><p><b>How to read this.</b> Precision (user's accuracy): of what the map calls a class, the share that is "
    "that class. Recall (producer's accuracy): of "
    "what is a class, the share that the map calls so. F1 is their harmonic mean. Log loss is the mean of −ln p of the "
    "true class; its ratio compares it with guessing the "
    "class shares, and R² is one minus the ratio. True skill = sensitivity + specificity − 1. All scores are weighted "
    "by the rows' weights and measured on rows that the "
    "scored model was not trained on. A dash stands where a number does not exist, such as the precision of a class "
    "never mapped.</p></footer>\n";

}  // namespace

std::string report_html(const TrainingReport& report) {
  const Evaluation& score = report.nested.classes.empty() ? report.published : report.nested;
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n<meta name=viewport "
      "content=\"width=device-width, initial-scale=1\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n",
      escape_html(report.title), report_style());
  html += heading(report) + "<main>\n" + headline(report);
  html += section("Ensemble and learners",
                  "The ensemble should beat each of its learners on log loss. All are scored on spatial folds that "
                  "they were not trained on.",
                  learner_table(report));
  if (score.confusion.size() == report.classes.size() * report.classes.size() && !score.confusion.empty()) {
    html += section("Confusion matrix",
                    "Sums of weights. The deeper a cell's colour, the larger its share of the class that was seen: "
                    "green is right, orange is where it went instead.",
                    confusion_table(report, score));
  }
  html += section("Classes", "In the order of the legend.", class_table(report, score));
  html += "<div class=pair>\n";
  html += section("Reliability",
                  "On the dashed line a probability of 70\u00a0% is right 70\u00a0% of the time; below it the model is "
                  "too sure. Bars: how often each probability occurs.",
                  "<figure>" + reliability_plot(score) + "</figure>\n");
  html += section("What the forest looks at", "Mean decrease of impurity; all features sum to 100\u00a0%.",
                  importance_plot(report.importance));
  html += "</div>\n" + notes(report) + settings(report) + "</main>\n" + kHowToRead + "</body>\n</html>\n";
  return html;
}

}  // namespace ecocube
