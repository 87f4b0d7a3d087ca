// SPDX-License-Identifier: Apache-2.0
#include "io/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <regex>

#include "base/options.h"
#include "base/text.h"
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
