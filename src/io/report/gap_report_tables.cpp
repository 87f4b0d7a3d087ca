// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "io/report/gap_report_parts.h"
#include "io/report/report_text.h"

namespace ecocube {
namespace {

using series::ErrorSums;
using series::GapAssessment;
using series::GapScore;
using series::HidingWay;

/// Sums of a method (the number of methods: `auto`) in one way, over everything.
ErrorSums total_of(const GapAssessment& assessment, std::size_t method, HidingWay way) {
  const bool chosen = method == assessment.methods.size();
  for (const GapScore& score : chosen ? assessment.auto_scores : assessment.scores) {
    const bool whole = score.slot < 0 && score.gap_class < 0 && score.region < 0;
    if (whole && score.way == way && (chosen || score.method == method)) return score.sums;
  }
  return {};
}

std::string name_of_method(const GapAssessment& assessment, std::size_t method) {
  return method < assessment.methods.size() ? escape_html(assessment.methods[method]) : "auto";
}

std::vector<HidingWay> ways_of(const GapAssessment& assessment) {
  std::vector<HidingWay> ways;
  for (std::size_t way = 0; way < series::kHidingWays; ++way) {
    const ErrorSums sums = total_of(assessment, 0, static_cast<HidingWay>(way));
    if (sums.count + sums.empty > 0) ways.push_back(static_cast<HidingWay>(way));
  }
  return ways;
}

std::string empty_text(const ErrorSums& sums) {
  if (sums.empty == 0) return "";
  const auto all = static_cast<double>(sums.count + sums.empty);
  return fmt::format("<small>{} left empty</small>", percent_text(static_cast<double>(sums.empty) / all));
}

std::string weights_text(const GapAssessment& assessment, const series::GapChoice& choice) {
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t method = 0; method < choice.weights.size(); ++method) {
    if (choice.weights[method] > 0) order.emplace_back(-choice.weights[method], method);
  }
  std::sort(order.begin(), order.end());
  std::string text;
  for (const auto& [weight, method] : order) {
    if (!text.empty()) text += ", ";
    text += name_of_method(assessment, method);
    if (order.size() > 1) text += fmt::format(" {:.0f} %", -100 * weight);
  }
  return text;
}

}  // namespace

std::string error_text(double value) {
  if (!std::isfinite(value)) return "–";
  const double size = std::abs(value);
  if (size >= 1000) return count_text(value);
  const int digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 4;
  std::string text = fmt::format("{:.{}f}", value, digits);
  if (text.front() == '-' && text.find_first_not_of("-0.") == std::string::npos) text.erase(0, 1);
  return text;
}

std::string gap_overview_table(const VariableGapReport& report) {
  const GapAssessment& assessment = report.assessment;
  const std::vector<HidingWay> ways = ways_of(assessment);
  std::vector<double> least(ways.size(), 1e300), most(ways.size(), 0);
  for (std::size_t w = 0; w < ways.size(); ++w) {
    for (std::size_t method = 0; method < assessment.methods.size(); ++method) {
      const ErrorSums sums = total_of(assessment, method, ways[w]);
      if (sums.count == 0) continue;
      most[w] = std::max(most[w], sums.rmse());
      if (sums.empty * 100 <= sums.count) least[w] = std::min(least[w], sums.rmse());
    }
  }
  std::string html = "<div class=scroll><table>\n<thead><tr><th scope=col>Method</th>";
  for (const HidingWay way : ways) html += fmt::format("<th scope=col>{}</th>", series::name_of(way));
  html += "</tr></thead>\n<tbody>\n";
  for (std::size_t method = 0; method <= assessment.methods.size(); ++method) {
    html += fmt::format("<tr{}><th scope=row>{}</th>", method == assessment.methods.size() ? " class=chosen" : "",
                        name_of_method(assessment, method));
    for (std::size_t w = 0; w < ways.size(); ++w) {
      const ErrorSums sums = total_of(assessment, method, ways[w]);
      const double share = most[w] > 0 && sums.count > 0 ? sums.rmse() / most[w] : 0;
      const std::string text = error_text(sums.rmse());
      html += fmt::format("<td class=bar style=\"--v:{}%\">{}{}</td>", length_text(100 * std::min(1.0, share)),
                          sums.count > 0 && sums.rmse() <= least[w] ? "<b>" + text + "</b>" : text, empty_text(sums));
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string gap_measures_table(const VariableGapReport& report) {
  const GapAssessment& assessment = report.assessment;
  std::string html =
      "<div class=scroll><table>\n<thead><tr><th scope=col>Hidden</th><th scope=col>Method</th><th "
      "scope=col>Values</th><th scope=col>RMSE</th><th scope=col>MAE</th><th scope=col>Bias</th><th "
      "scope=col>R²</th></tr></thead>\n<tbody>\n";
  for (const HidingWay way : ways_of(assessment)) {
    for (std::size_t method = 0; method <= assessment.methods.size(); ++method) {
      const ErrorSums sums = total_of(assessment, method, way);
      html += fmt::format(
          "<tr><th scope=row>{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
          series::name_of(way), name_of_method(assessment, method), count_text(static_cast<double>(sums.count)),
          error_text(sums.rmse()), error_text(sums.mae()), error_text(sums.bias()), score_text(sums.r2()));
    }
  }
  return html + "</tbody></table></div>\n";
}

std::string gap_choice_table(const VariableGapReport& report) {
  const GapAssessment& assessment = report.assessment;
  std::string html =
      "<div class=scroll><table>\n<thead><tr><th scope=col>Season</th><th scope=col>Date seen elsewhere</th><th "
      "scope=col>RMSE</th><th scope=col>Date nearly empty</th><th scope=col>RMSE</th></tr></thead>\n<tbody>\n";
  for (int slot = 0; slot < assessment.slots; ++slot) {
    html += fmt::format("<tr><th scope=row>{}</th>", escape_html(report.slots[static_cast<std::size_t>(slot)]));
    for (const bool empty : {false, true}) {
      const series::GapChoice& choice = assessment.choice(empty, slot);
      html += fmt::format("<td>{}</td><td>{}</td>", weights_text(assessment, choice), error_text(choice.rmse));
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string gap_region_table(const VariableGapReport& report) {
  const GapAssessment& assessment = report.assessment;
  if (report.regions.size() < 2) return "";
  std::vector<ErrorSums> sums(report.regions.size() * assessment.methods.size());
  for (const GapScore& score : assessment.scores) {
    if (score.region < 0) continue;
    sums[static_cast<std::size_t>(score.region) * assessment.methods.size() + score.method].add(score.sums);
  }
  std::string html = "<div class=scroll><table>\n<thead><tr><th scope=col>Region</th><th scope=col>Values</th>";
  for (std::size_t method = 0; method < assessment.methods.size(); ++method)
    html += fmt::format("<th scope=col>{}</th>", name_of_method(assessment, method));
  html += "</tr></thead>\n<tbody>\n";
  for (std::size_t region = 0; region < report.regions.size(); ++region) {
    const ErrorSums* row = sums.data() + region * assessment.methods.size();
    html += fmt::format("<tr><th scope=row>{}</th><td>{}</td>", escape_html(report.regions[region]),
                        count_text(static_cast<double>(row->count)));
    for (std::size_t method = 0; method < assessment.methods.size(); ++method)
      html += fmt::format("<td>{}</td>", error_text(row[method].rmse()));
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

}  // namespace ecocube
