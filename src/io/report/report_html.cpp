// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "base/text.h"
#include "io/report/report.h"
#include "io/report/report_choices.h"
#include "io/report/report_maps.h"
#include "io/report/report_numbers.h"
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
  const std::string kind = report.spatial ? "spatial group" : "group";
  const std::string blocks = report.block > 0 ? fmt::format(" of {} map units", count_text(report.block)) : "";
  return fmt::format(
      "<header>\n<p class=kicker>Model report</p>\n<h1>{}</h1>\n<ul class=facts>{}{}{}{}{}{}</ul>\n</header>\n",
      escape_html(report.title), fact(report.rows, "training row", "training rows"),
      report.response ? fmt::format("<li><b>{}</b>{}</li>", escape_html(report.response->variable),
                                    report.response->unit.empty() ? "" : ", " + escape_html(report.response->unit))
                      : fact(report.classes.size(), "class", "classes"),
      fact(report.features.size(), "feature", "features"), fact(report.learners.size(), "learner", "learners"),
      fact(report.groups, (kind + blocks).c_str(), (kind + "s" + blocks).c_str()), fact(report.folds, "fold", "folds"));
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

/// In what sense the nested score is of rows unseen.
const char* score_meaning(const TrainingReport& report) {
  if (report.grouping == "years") {
    return "rows of years that no part of the model has seen; their places may have been seen in other years.";
  }
  if (report.grouping.starts_with("folds of")) {
    return "rows that no part of the model has seen: the folds that were given were kept from base learners and meta "
           "learner alike.";
  }
  return report.spatial
             ? "places that no part of the model has seen: the spatial folds it is measured on were kept from "
               "base learners and meta learner alike."
             : "rows that no part of the model has seen. The folds are <b>random</b>: rows near them were "
               "seen, so expect less elsewhere.";
}

std::string headline(const TrainingReport& report) {
  const bool nested = !report.nested.classes.empty();
  std::string html = "<div class=headline>\n";
  if (nested) {
    html += fmt::format(
        "<section class=card><h2>Accuracy</h2><div class=big>{}</div><p>This share of the points, each counted by its "
        "weight, is mapped right in {}</p></section>\n",
        percent_text(report.nested.overall_accuracy), score_meaning(report));
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
          tile("R² of log loss", score_text(score.r2_log_loss)) +
          tile("Calibration error", percent_text(score.calibration_error));
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

constexpr const char* kHowToReadNumbers =
    "<footer><p><b>How to read this.</b> R² is one minus the squared residuals over those about the mean; RMSE is the "
    "root of the mean squared residual; bias is the mean of told less seen; the concordance of Lin (1989) is 1 where "
    "told and seen agree on the dashed line. All scores are weighted by the rows' weights, in the unit of the response "
    "and measured on rows that the scored model was not trained on. A dash stands where a number does not "
    "exist.</p></footer>\n";

/// Nothing where there is nothing to say.
std::string section_if(const char* title, const char* explanation, const std::string& content) {
  return content.empty() ? "" : section(title, explanation, content);
}

std::string importances(const TrainingReport& report) {
  std::string html = section("What the forest looks at", "Mean decrease of impurity; all features sum to 100\u00a0%.",
                             importance_plot(report.importance));
  if (report.permutation_importance.empty()) return html;
  return html + section("What the ensemble needs",
                        report.response
                            ? "By how much the root mean squared error (on the scale that is modelled) grows when a "
                              "feature's values are shuffled among the rows of a fold that the model has "
                              "not seen."
                            : "By how much the log loss grows when a feature's values are shuffled among "
                              "the rows of a fold that the model has not seen.",
                        importance_plot(report.permutation_importance, false));
}

std::string class_sections(const TrainingReport& report) {
  const Evaluation& score = report.nested.classes.empty() ? report.published : report.nested;
  std::string html = headline(report);
  html += section("Ensemble and learners",
                  "The ensemble should beat each of its learners on log loss. All are scored on folds that they were "
                  "not trained on.",
                  learner_table(report));
  if (score.confusion.size() == report.classes.size() * report.classes.size() && !score.confusion.empty()) {
    html += section("Confusion matrix",
                    "Sums of weights. The deeper a cell's colour, the larger its share of the class that was seen: "
                    "green is right, orange is where it went instead.",
                    confusion_table(report, score));
  }
  html += section("Classes", "In the order of the legend.", class_table(report, score));
  html += section_if("Where it is right and wrong",
                     "Green: mapped right by a model that had not seen the place; orange: wrong. The stronger the "
                     "colour, the surer the model was.",
                     residual_map(report));
  html += "<div class=pair>\n";
  html += section("Reliability",
                  "On the dashed line a probability of 70\u00a0% is right 70\u00a0% of the time; below it the model is "
                  "too sure. Bars: how often each probability occurs.",
                  "<figure>" + reliability_plot(score) + "</figure>\n");
  return html + "<div>" + importances(report) + "</div></div>\n";
}

std::string number_sections(const TrainingReport& report) {
  const RegressionEvaluation& score = report.nested_numbers.rows ? report.nested_numbers : report.published_numbers;
  std::string html = number_headline(report);
  html += section("Ensemble and learners",
                  "The ensemble should be as good as its best learner. All are scored on folds that they were not "
                  "trained on.",
                  number_table(report));
  html += "<div class=pair>\n";
  html += section("Told against seen", "On the dashed line both agree. The deeper the colour, the more rows.",
                  "<figure>" + told_against_seen_plot(report) + "</figure>\n");
  html += "<div>" + importances(report) + "</div></div>\n";
  html +=
      section("Residuals", "Half of the rows lie between the quarters.", residual_table(score, report.response->unit));
  return html + section_if("Where it is off",
                           "Blue: too little was told, orange: too much; the stronger the colour, the more.",
                           residual_map(report));
}

std::string choices(const TrainingReport& report, const Model* model) {
  std::string html = model ? section_if("Uncertainty",
                                        "Sets and intervals are calibrated on answers to groups that the models behind "
                                        "them had not seen. They hold on average over places like those of the points, "
                                        "not in each one.",
                                        uncertainty_table(*model))
                           : "";
  html +=
      section_if("Meta learner",
                 "A richer rung takes over only where it is better on average and in at least three quarters of the "
                 "folds.",
                 meta_table(report));
  html += section_if("Tuning", "Each line was scored under the same folds.", tuning_table(report));
  html += section_if("Features", "The smallest set within one standard error of the best is kept.",
                     elimination_plot(report));
  const std::string grouping = report.grouping.empty() ? "What keeps rows together in the folds."
                                                       : "Kept together: " + escape_html(report.grouping) + ".";
  return html + section_if("Folds", grouping.c_str(), fold_table(report) + fold_map(report));
}

}  // namespace

std::string report_html(const TrainingReport& report, const Model* model) {
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n<meta name=viewport "
      "content=\"width=device-width, initial-scale=1\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n",
      escape_html(report.title), report_style());
  html += heading(report) + "<main>\n";
  html += report.response ? number_sections(report) : class_sections(report);
  html += choices(report, model);
  html += notes(report) + settings(report) + "</main>\n";
  return html + (report.response ? kHowToReadNumbers : kHowToRead) + "</body>\n</html>\n";
}

}  // namespace ecocube
