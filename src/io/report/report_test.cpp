// SPDX-License-Identifier: Apache-2.0
#include "io/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <regex>

#include "base/options.h"
#include "base/text.h"
#include "io/report/out_of_fold.h"
#include "io/report/report_csv.h"
#include "io/report/report_text.h"

namespace ecocube {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// Two classes; the second is never mapped, so it has no precision.
Evaluation evaluation(double accuracy) {
  Evaluation one;
  one.name = "ensemble";
  one.overall_accuracy = accuracy;
  one.weighted_f1 = 0.81, one.macro_f1 = 0.71, one.log_loss = 0.51, one.log_loss_ratio = 0.41, one.r2_log_loss = 0.59;
  one.confusion = {90, 0, 10, 0};
  ClassScore forest, water;
  forest.precision = 0.9, forest.recall = 1, forest.f1 = 0.947, forest.log_loss = 0.2, forest.rows = 90,
  forest.weight = 90;
  water.precision = kNone, water.recall = 0, water.f1 = kNone, water.true_skill = 0, water.rows = 10, water.weight = 10;
  one.classes = {forest, water};
  one.reliability = {{0.55, 0.5, 20}, {0.95, 0.99, 80}, {kNone, kNone, 0}};
  return one;
}

TrainingReport small_report() {
  TrainingReport report;
  report.title = "Land <cover> & more";
  report.classes = {{"311", "Broad-leaved \"forest\"", 23, {128, 255, 0}}, {"512", "Water", 41, {0, 204, 242}}};
  report.learners = {"forest"};
  report.features = {"ndvi_p50.summer", "elevation"};
  report.rows = 100, report.groups = 7, report.folds = 5, report.block = 30000;
  report.notes = {"class 999 dropped: 3 rows < 5"};
  report.nested = evaluation(0.842);
  report.published = evaluation(0.861);
  report.learner_scores = {evaluation(0.8)};
  report.out_of_bag_accuracy = kNone;
  report.importance = {{"ndvi_p50.summer", 0.7}, {"elevation", 0.3}};
  report.settings = {{"folds", "5"}, {"meta", "<logistic>"}};
  return report;
}

/// Three places, the last one told wrong.
TrainingReport placed_report() {
  TrainingReport report = small_report();
  report.out_of_fold = {.places = {{"a", 0.0, 0.0, "2015-06-30"}, {"b", 50.0, 100.0, ""}, {"c,d", 100.0, 0.0, ""}},
                        .table_rows = {0, 1, 2},
                        .folds = {0, 1, 2},
                        .groups = {0, 1, 2},
                        .weights = {1, 1, 2},
                        .seen_class = {0, 1, 1},
                        .seen = {},
                        .answers = {0.9, 0.1, 0.25, 0.75, 0.6, 0.4},
                        .learned = {},
                        .quantile_levels = {},
                        .quantiles = {}};
  return report;
}

TrainingReport number_report() {
  TrainingReport report;
  report.title = "Clay";
  report.response = Response{"clay", "%", Transform::none, 2, 60};
  report.features = {"elevation"};
  report.learners = {"forest"};
  report.rows = 3, report.folds = 3, report.groups = 3;
  report.nested_numbers = {.name = "ensemble",
                           .r2 = 0.636,
                           .rmse = 12.7,
                           .mae = 9.5,
                           .bias = -0.25,
                           .concordance = 0.78,
                           .mean = 20,
                           .deviation = 21,
                           .weight = 3,
                           .rows = 3,
                           .residuals = {{0.25, -4}, {0.75, 3.5}},
                           .intervals = {}};
  report.published_numbers = report.nested_numbers;
  report.published_numbers.r2 = 0.65;
  report.out_of_bag_accuracy = kNone;
  report.out_of_fold = placed_report().out_of_fold;
  report.out_of_fold.seen_class.clear();
  report.out_of_fold.seen = {10, 20, 30};
  report.out_of_fold.answers = {12, 20, 25.5};
  report.meta_candidates = {{"mean", 170, 0, 0, false}, {"convex pool", 161, 3, 3, true}};
  report.tuning = {{"forest", "trees=200", 12.9, 1, true}};
  report.elimination = {{3, {"slope"}, 13, 0.2, false}, {2, {}, 12.8, 0.2, true}};
  report.fold_rows = {1, 1, 1};
  report.fold_groups = {1, 1, 1};
  report.fold_metas = {"mean", "convex pool", "mean"};
  return report;
}

TEST(ReportHtml, OfARegressionStatesItsErrorInItsUnit) {
  const std::string html = report_html(number_report());
  EXPECT_THAT(html, HasSubstr("<h2>R²</h2><div class=big>0.636</div>"));
  EXPECT_THAT(html, HasSubstr("<div class=mid>12.7\u00a0%</div>"));
  EXPECT_THAT(html, HasSubstr("seen, clay, %"));
  EXPECT_THAT(html, HasSubstr("told, clay, %"));
  EXPECT_THAT(html, HasSubstr("a, 2015-06-30: seen 10.0, told 12.0"));
  EXPECT_THAT(html, Not(HasSubstr("Confusion matrix")));
  EXPECT_THAT(html, Not(HasSubstr("nan")));
}

TEST(ReportHtml, TellsWhatWasChosenAndWhatElseWasTried) {
  const std::string html = report_html(number_report());
  EXPECT_THAT(html, HasSubstr("<tr class=chosen><th scope=row>convex pool</th><td>161.000</td><td>3 of 3</td></tr>"));
  EXPECT_THAT(html, HasSubstr("<td>trees=200</td>"));
  EXPECT_THAT(html, HasSubstr("Taken out, least important first: slope."));
  EXPECT_THAT(html, HasSubstr("Meta learner chosen without it"));
}

TEST(ReportHtml, RandomFoldsAreNamedAsSuch) {
  TrainingReport report = small_report();
  report.spatial = false;
  EXPECT_THAT(report_html(report), HasSubstr("The folds are <b>random</b>"));
}

TEST(ReportHtml, MapsWhereTheModelIsRightAndWrong) {
  const std::string html = report_html(placed_report());
  EXPECT_THAT(html, HasSubstr("<title>b: seen 512, told 512 (75.0\u00a0%)</title>"));
  EXPECT_THAT(html, HasSubstr("fill=\"#d55e00\" opacity=0.6><title>c,d: seen 512, told 311"));
  EXPECT_THAT(html, HasSubstr("Map of the folds"));
  EXPECT_THAT(report_html(small_report()), Not(HasSubstr("Map of the folds")));
}

TEST(ReportHtml, TellsAskedAndReachedCoverage) {
  Model model;
  model.sets = ClassSets{SetMethod::lac, true, 0, 0, {{0.9, 0.912, 0.9, {0.75}}}};
  model.applicability = Applicability{{0}, {1}, {0}, 1, 0.75};
  const std::string html = report_html(small_report(), &model);
  EXPECT_THAT(html, HasSubstr("class sets (LAC)</th><td>90.0\u00a0%</td><td>91.2\u00a0%</td>"));
  EXPECT_THAT(html, HasSubstr("above 0.750 lie outside"));
  const Value json = Value::parse(report_json(small_report(), &model));
  EXPECT_EQ(json["class_sets"][0]["reached"], 0.912);
}

TEST(ReportJson, OfARegressionHoldsItsScores) {
  const Value json = Value::parse(report_json(number_report()));
  EXPECT_EQ(json["response"]["variable"], "clay");
  EXPECT_EQ(json["nested"]["rmse"], 12.7);
  EXPECT_EQ(json["meta_candidates"][1]["chosen"], true);
  EXPECT_FALSE(json.contains("classes"));
}

TEST(ReportCsv, EveryRowTellsWhatWasSeenAndToldOfIt) {
  EXPECT_EQ(out_of_fold_csv(placed_report()), "id,311,512\na,0.9,0.1\nb,0.25,0.75\n\"c,d\",0.6,0.4\n");
  EXPECT_EQ(seen_csv(placed_report()), "id,seen\na,311\nb,512\n\"c,d\",512\n");
}

TEST(ReportCsv, ClassScoresAndConfusionAreOfTheNestedScore) {
  EXPECT_EQ(confusion_csv(small_report()), "seen,311,512\n311,90,0\n512,10,0\n");
  EXPECT_THAT(class_scores_csv(small_report()), HasSubstr("512,Water,10,10,,0,,"));
  EXPECT_EQ(class_scores_csv(number_report()), "");
}

TEST(ReportHtml, StatesTheNestedAccuracyAndThePublishedOneBesideIt) {
  const std::string html = report_html(small_report());
  EXPECT_THAT(html, HasSubstr("<h2>Accuracy</h2><div class=big>84.2\u00a0%</div>"));
  EXPECT_THAT(html, HasSubstr("<h2>As published</h2><div class=mid>86.1\u00a0%</div>"));
  EXPECT_THAT(html, HasSubstr("1.9 points higher than the nested accuracy"));
}

TEST(ReportHtml, WithoutNestedFoldsSaysSo) {
  TrainingReport report = small_report();
  report.nested = {};
  const std::string html = report_html(report);
  EXPECT_THAT(html, HasSubstr("<h2>Accuracy, as published</h2><div class=big>86.1\u00a0%</div>"));
  EXPECT_THAT(html, HasSubstr("The nested accuracy was not computed"));
}

TEST(ReportHtml, ShowsADashWhereANumberDoesNotExist) {
  const std::string html = report_html(small_report());
  EXPECT_THAT(html, HasSubstr("<td class=bar style=\"--v:0%\">–</td>"));
  EXPECT_THAT(html, Not(HasSubstr("nan")));
  EXPECT_THAT(html, Not(HasSubstr("Forest, out of bag")));
}

TEST(ReportHtml, EscapesAllText) {
  const std::string html = report_html(small_report());
  EXPECT_THAT(html, HasSubstr("<h1>Land &lt;cover&gt; &amp; more</h1>"));
  EXPECT_THAT(html, HasSubstr("Broad-leaved &quot;forest&quot;"));
  EXPECT_THAT(html, HasSubstr("class 999 dropped: 3 rows &lt; 5"));
  EXPECT_THAT(html, HasSubstr("&lt;logistic&gt;"));
  EXPECT_THAT(html, Not(HasSubstr("<logistic>")));
  EXPECT_THAT(html, Not(HasSubstr("<cover>")));
}

TEST(ReportHtml, NeedsNothingFromOutside) {
  const std::string html = report_html(small_report());
  for (const char* foreign : {"http:", "https:", "<script", "src=", "@import", "url("})
    EXPECT_THAT(html, Not(HasSubstr(foreign)));
}

TEST(ReportHtml, HasTheClassesWithTheirColoursAndEveryElementClosed) {
  const std::string html = report_html(small_report());
  EXPECT_THAT(html, HasSubstr("background:#80ff00"));
  EXPECT_THAT(html, HasSubstr("background:#00ccf2"));
  for (const std::string tag : {"section", "table", "tr", "div", "dl", "dt", "dd", "ul", "li", "svg", "td", "p", "h2",
                                "figure", "main", "body", "span"}) {
    const std::regex open("<" + tag + "[ >]"), close("</" + tag + ">");
    const auto count = [&](const std::regex& what) {
      return std::distance(std::sregex_iterator(html.begin(), html.end(), what), std::sregex_iterator());
    };
    EXPECT_EQ(count(open), count(close)) << tag;
  }
}

TEST(ReportHtml, ShowsTheTwentyFiveMostImportantFeatures) {
  TrainingReport report = small_report();
  report.importance.clear();
  for (int i = 0; i < 40; ++i) report.importance.push_back({fmt::format("feature{:02}", i), 0.025});
  const std::string html = report_html(report);
  EXPECT_THAT(html, HasSubstr("feature24"));
  EXPECT_THAT(html, Not(HasSubstr("feature25")));
  EXPECT_THAT(html, HasSubstr("15 more features share the remaining 37.5\u00a0%."));
}

TEST(ReportHtml, OfAnEmptyReportIsStillAPage) {
  const std::string html = report_html({});
  EXPECT_THAT(html, HasSubstr("</html>"));
  EXPECT_THAT(html, Not(HasSubstr("nan")));
}

TEST(ReportJson, HoldsEveryNumberAndNullWhereThereIsNone) {
  const TrainingReport report = small_report();
  const Value json = Value::parse(report_json(report));
  EXPECT_EQ(json["title"], report.title);
  EXPECT_EQ(json["nested"]["overall_accuracy"], 0.842);
  EXPECT_EQ(json["published"]["overall_accuracy"], 0.861);
  EXPECT_EQ(json["nested"]["confusion"], Value::parse("[[90.0, 0.0], [10.0, 0.0]]"));
  EXPECT_EQ(json["nested"]["classes"][0]["precision"], 0.9);
  EXPECT_TRUE(json["nested"]["classes"][1]["precision"].is_null());
  EXPECT_EQ(json["nested"]["classes"][1]["code"], "512");
  EXPECT_TRUE(json["nested"]["reliability"][2]["share_right"].is_null());
  EXPECT_TRUE(json["out_of_bag_accuracy"].is_null());
  EXPECT_EQ(json["learner_scores"][0]["overall_accuracy"], 0.8);
  EXPECT_EQ(json["classes"][0]["color"], "#80ff00");
  EXPECT_EQ(json["importance"][1]["feature"], "elevation");
  EXPECT_EQ(json["settings"]["meta"], "<logistic>");
  EXPECT_EQ(json["features"].size(), 2U);
  EXPECT_EQ(json["block"], 30000.0);
}

TEST(ReportJson, OfAReportWithoutNestedFoldsHasNullThere) {
  TrainingReport report = small_report();
  report.nested = {};
  EXPECT_TRUE(Value::parse(report_json(report))["nested"].is_null());
}

TEST(ReportText, RoundsForPeople) {
  EXPECT_EQ(percent_text(0.8423), "84.2\u00a0%");
  EXPECT_EQ(percent_text(-1e-9), "0.0\u00a0%");
  EXPECT_EQ(percent_text(kNone), "–");
  EXPECT_EQ(score_text(0.12345), "0.123");
  EXPECT_EQ(count_text(1234567.2), "1\u202f234\u202f567");
  EXPECT_EQ(count_text(999), "999");
  EXPECT_EQ(count_text(-1234), "-1\u202f234");
  EXPECT_EQ(count_text(-123), "-123");
  EXPECT_EQ(length_text(12.5), "12.5");
  EXPECT_EQ(length_text(12), "12");
  EXPECT_EQ(length_text(kNone), "0");
}

}  // namespace
}  // namespace ecocube
