// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/text.h"
#include "io/report/gap_report.h"
#include "io/report/gap_report_parts.h"
#include "io/report/report_style.h"
#include "io/report/report_text.h"

namespace ecocube {
namespace {

std::string section(const char* title, const char* explanation, const std::string& content) {
  if (content.empty()) return "";
  return fmt::format("<section>\n<h3>{}</h3>\n<p class=soft>{}</p>\n{}</section>\n", title, explanation, content);
}

std::string heading(const GapReport& report) {
  return fmt::format(
      "<header>\n<p class=kicker>How wrong filled gaps are</p>\n<h1>{}</h1>\n<p class=lead>Observed values were "
      "hidden, filled by every method from what was left, and compared. Errors are in the units of the data; smaller "
      "is better.</p>\n</header>\n",
      escape_html(report.title));
}

std::string variable_section(const VariableGapReport& report) {
  const series::GapAssessment& assessment = report.assessment;
  const auto facts = fmt::format(
      "<ul class=facts><li><b>{}</b> pixels</li><li><b>{}</b> layers</li><li><b>{}</b> {}"
      "</li><li>unit: <b>{}</b></li></ul>\n",
      count_text(static_cast<double>(assessment.pixels)), assessment.nearly_empty.size(), report.regions.size(),
      report.regions.size() == 1 ? "region" : "regions", report.unit.empty() ? "1" : escape_html(report.unit));
  return fmt::format("<section>\n<h2>{}</h2>\n{}", escape_html(report.variable), facts) +
         section(
             "Errors by the way of hiding",
             "Root mean square error. Random gaps flatter every method; blocks, clouds and whole dates are the real "
             "case.",
             gap_overview_table(report)) +
         section("Errors by the length of the gap", "Over all ways of hiding, by how many layers in a row are missing.",
                 gap_length_plot(report)) +
         section("Errors by season", "Over all ways of hiding.", gap_slot_plot(report)) +
         section("What auto takes",
                 "A date is nearly empty when fewer than 20 values or 0.5 % of the pixels were seen on it. There the "
                 "methods' weighted mean is taken.",
                 gap_choice_table(report)) +
         section("Errors by region", "Without whole dates, which were hidden everywhere at once.",
                 gap_region_table(report)) +
         section("All measures", "Bias is filled minus hidden.", gap_measures_table(report)) + "</section>\n";
}

std::string settings(const GapReport& report) {
  if (report.settings.empty()) return "";
  std::string html = "<section>\n<h2>Settings</h2>\n<dl class=settings>\n";
  for (const auto& [name, value] : report.settings)
    html += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escape_html(name), escape_html(value));
  return html + "</dl>\n</section>\n";
}

}  // namespace

std::string gap_report_html(const GapReport& report) {
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n<meta name=viewport "
      "content=\"width=device-width, initial-scale=1\">\n<title>{}: errors of filled gaps</title>\n<style>{}figure svg "
      "{{ max-width: 44rem; }}\nh3 {{ margin: 2rem 0 .2rem; font-size: 1.05rem; }}\ntd small {{ display: block; color: "
      "var(--soft); }}\n</style>\n</head>\n<body>\n",
      escape_html(report.title), report_style());
  html += heading(report) + "<main>\n";
  for (const VariableGapReport& variable : report.variables) html += variable_section(variable);
  return html + settings(report) +
         "</main>\n<footer><p>A value left empty does not count among a method's errors; its share stands beside "
         "them. The row auto is what the chosen methods give; on whole dates they were chosen without the dates they "
         "are scored on.</p></footer>\n</body>\n</html>\n";
}

}  // namespace ecocube
