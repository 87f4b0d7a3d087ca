// SPDX-License-Identifier: Apache-2.0
#include "io/report/gap_report.h"

#include <gtest/gtest.h>

#include <cmath>

#include "io/report/gap_report_parts.h"

namespace ecocube {
namespace {

VariableGapReport drawn() {
  VariableGapReport report{"ndvi <b>", "DN", {"winter", "summer"}, {"here", "there"}, {}};
  series::GapAssessment& table = report.assessment;
  table.methods = {"drk", "linear"};
  table.slots = 2;
  table.pixels = 4096;
  table.nearly_empty = {0, 0, 1};
  for (std::size_t method = 0; method < 2; ++method) {
    series::ErrorSums sums;
    sums.add(100, 101 + static_cast<double>(method)), sums.add(120, 119);
    table.scores.push_back({method, series::HidingWay::random, -1, -1, -1, sums});
    table.scores.push_back({method, series::HidingWay::random, 1, -1, -1, sums});
    table.scores.push_back({method, series::HidingWay::random, -1, 2, -1, sums});
    table.scores.push_back({method, series::HidingWay::random, -1, -1, 1, sums});
  }
  table.expected.resize(2 * 2 * 2 * series::kGapClasses, {7, 1.5, std::nan(""), 1.1});
  table.choices = {{{1, 0}, 1, 1, 1}, {{1, 0}, 1, 1, 1}, {{0.75, 0.25}, 2, 1.9, 1, {0.5, 0.5}}, {{0, 1}, 2, 1.9, 1}};
  table.level_shifts = {0, 0, -1.25};
  return report;
}

TEST(GapReport, PageIsWholeAndEscapesNames) {
  const std::string html = gap_report_html({"a & b", {drawn()}, {{"seed", "1"}}});
  EXPECT_TRUE(html.starts_with("<!doctype html>"));
  EXPECT_NE(html.find("a &amp; b"), std::string::npos);
  EXPECT_NE(html.find("ndvi &lt;b&gt;"), std::string::npos);
  EXPECT_NE(html.find("drk 75 %, linear 25 %"), std::string::npos);
  EXPECT_EQ(html.find("nan"), std::string::npos);
  EXPECT_EQ(html, gap_report_html({"a & b", {drawn()}, {{"seed", "1"}}}));
}

TEST(GapReport, BestMethodOfAWayIsMarked) {
  EXPECT_NE(gap_overview_table(drawn()).find("<b>1.00</b>"), std::string::npos);
  EXPECT_EQ(gap_overview_table(drawn()).find("<b>1.58</b>"), std::string::npos);
}

TEST(GapReport, JsonBringsBackWhatFillersNeed) {
  const VariableGapReport report = drawn();
  const auto again = parse_gap_report(Value::parse(gap_report_json(report).dump()));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->assessment.methods, report.assessment.methods);
  EXPECT_EQ(again->assessment.nearly_empty, report.assessment.nearly_empty);
  EXPECT_EQ(again->assessment.level_shifts, report.assessment.level_shifts);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(again->assessment.choices[i].weights, report.assessment.choices[i].weights);
    EXPECT_EQ(again->assessment.choices[i].level_weights, report.assessment.choices[i].level_weights);
  }
  EXPECT_TRUE(std::isnan(again->assessment.expected_error(1, true, 1, 3).error));
  EXPECT_EQ(again->assessment.expected_error(1, true, 1, 3).factor, 1.1);
}

TEST(GapReport, WeightsThatAreNoMeanAreAnError) {
  Value odd = gap_report_json(drawn());
  odd["choices"][2]["weights"]["drk"] = 0.5;
  const auto read = parse_gap_report(odd);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("0.75"), std::string::npos) << read.error().message;
  odd.erase("choices");
  EXPECT_FALSE(parse_gap_report(odd));
}

TEST(GapReport, ErrorsKeepThreeDigits) {
  EXPECT_EQ(error_text(0.03124), "0.0312");
  EXPECT_EQ(error_text(8.2749), "8.27");
  EXPECT_EQ(error_text(953.4), "953");
  EXPECT_EQ(error_text(-0.00001), "0.0000");
  EXPECT_EQ(error_text(std::nan("")), "–");
}

}  // namespace
}  // namespace ecocube
