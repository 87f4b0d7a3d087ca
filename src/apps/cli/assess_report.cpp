// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/assess_report.h"

#include <fmt/format.h>

#include <cmath>

#include "base/options.h"
#include "base/text.h"
#include "io/report/report_style.h"
#include "io/report/report_text.h"

namespace ecocube {
namespace {

constexpr double kInterval = 1.96;

Value number_or_null(double number) {
  return std::isfinite(number) ? Value(number) : Value();
}

Value as_json(const Estimate& estimate) {
  return {{"value", number_or_null(estimate.value)}, {"standard_error", number_or_null(estimate.standard_error)}};
}

/// `88.00 ± 7.40`, in percent.
std::string share_text(const Estimate& estimate) {
  if (!std::isfinite(estimate.value)) return "-";
  if (!std::isfinite(estimate.standard_error)) return fmt::format("{:.2f} ± -", 100 * estimate.value);
  return fmt::format("{:.2f} ± {:.2f}", 100 * estimate.value, 100 * kInterval * estimate.standard_error);
}

std::string area_text(const Estimate& estimate) {
  if (!std::isfinite(estimate.standard_error)) return fmt::format("{:.6g} ± -", estimate.value);
  return fmt::format("{:.6g} ± {:.3g}", estimate.value, kInterval * estimate.standard_error);
}

std::string in_unit(const MapAssessment& assessment) {
  return assessment.unit.empty() ? "" : ", " + assessment.unit;
}

/// Text with `width` places, whatever the bytes of its letters.
std::string padded(const std::string& text, std::size_t width, bool left) {
  std::size_t letters = 0;
  for (const char byte : text) letters += (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U;
  const std::string space(letters < width ? width - letters : 0, ' ');
  return left ? text + space : space + text;
}

std::string csv_number(double number) {
  return std::isfinite(number) ? fmt::format("{}", number) : "";
}

std::string csv_text(const std::string& text) {
  return text.find_first_of(",\"\n") == std::string::npos ? text : "\"" + replace_all(text, "\"", "\"\"") + "\"";
}

std::string html_matrix(const MapAssessment& assessment) {
  const std::size_t classes = assessment.classes.size();
  std::string html = "<div class=scroll><table class=matrix>\n<thead><tr><th>seen →<br>mapped ↓</th>";
  for (const std::string& name : assessment.classes) html += fmt::format("<th scope=col>{}</th>", escape_html(name));
  html += "</tr></thead>\n<tbody>\n";
  for (std::size_t i = 0; i < classes; ++i) {
    html += fmt::format("<tr><th scope=row>{}</th>", escape_html(assessment.classes[i]));
    for (std::size_t j = 0; j < classes; ++j) {
      const double count = assessment.counts[i * classes + j];
      const double share =
          assessment.estimates.classes[i].mapped_rows > 0 ? count / assessment.estimates.classes[i].mapped_rows : 0;
      html +=
          fmt::format("<td class=\"{}{}\" style=\"--a:{:.2f}\">{:g}</td>",
                      count == 0 ? "none" : (i == j ? "right" : "wrong"), share > 0.6 ? " strong" : "", share, count);
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string html_classes(const MapAssessment& assessment) {
  std::string html = fmt::format(
      "<div class=scroll><table>\n<thead><tr><th scope=col>Class</th><th scope=col>Rows mapped</th><th scope=col>Rows "
      "seen</th><th scope=col>User's accuracy, %</th><th scope=col>Producer's accuracy, %</th><th scope=col>Mapped "
      "area{0}</th><th scope=col>Estimated area{0}</th><th scope=col>Share of the area, %</th></tr></thead>\n<tbody>\n",
      escape_html(in_unit(assessment)));
  for (std::size_t c = 0; c < assessment.classes.size(); ++c) {
    const AreaEstimates::Class& own = assessment.estimates.classes[c];
    html += fmt::format(
        "<tr><th scope=row>{}</th><td>{:g}</td><td>{:g}</td><td>{}</td><td>{}</td><td>{:.6g}</td><td>{}</td><td>{}"
        "</td></tr>\n",
        escape_html(assessment.classes[c]), own.mapped_rows, own.seen_rows, share_text(own.user_accuracy),
        share_text(own.producer_accuracy), own.mapped_area, area_text(own.area), share_text(own.area_share));
  }
  return html + "</tbody></table></div>\n";
}

double rows_of(const MapAssessment& assessment) {
  double rows = 0;
  for (const double count : assessment.counts) rows += count;
  return rows;
}

}  // namespace

std::string assessment_text(const MapAssessment& assessment) {
  std::string text =
      fmt::format("{}\n\nOverall accuracy  {} %   ({:g} rows; ± is 1.96 standard errors)\n\n", assessment.title,
                  share_text(assessment.estimates.overall_accuracy), rows_of(assessment));
  const auto line = [&](const std::string& name, const std::vector<std::string>& cells) {
    text += padded(name, 32, true);
    for (const std::string& cell : cells) text += "  " + padded(cell, 20, false);
    text += "\n";
  };
  line("class", {"user's accuracy, %", "producer's acc., %", "mapped area" + in_unit(assessment),
                 "estimated area" + in_unit(assessment), "share of area, %"});
  for (std::size_t c = 0; c < assessment.classes.size(); ++c) {
    const AreaEstimates::Class& own = assessment.estimates.classes[c];
    line(assessment.classes[c],
         {share_text(own.user_accuracy), share_text(own.producer_accuracy), fmt::format("{:.6g}", own.mapped_area),
          area_text(own.area), share_text(own.area_share)});
  }
  text += "\nRows of the sample, mapped down, seen across\n";
  line("", assessment.classes);
  for (std::size_t i = 0; i < assessment.classes.size(); ++i) {
    std::vector<std::string> cells;
    for (std::size_t j = 0; j < assessment.classes.size(); ++j)
      cells.push_back(fmt::format("{:g}", assessment.counts[i * assessment.classes.size() + j]));
    line(assessment.classes[i], cells);
  }
  if (!assessment.notes.empty()) text += "\n";
  for (const std::string& note : assessment.notes) text += note + "\n";
  return text;
}

std::string assessment_json(const MapAssessment& assessment) {
  Value json = Value::object();
  json["title"] = assessment.title;
  json["rows"] = rows_of(assessment);
  json["overall_accuracy"] = as_json(assessment.estimates.overall_accuracy);
  json["area_unit"] = assessment.unit;
  json["total_area"] = assessment.estimates.total_area;
  json["classes"] = Value::array();
  for (std::size_t c = 0; c < assessment.classes.size(); ++c) {
    const AreaEstimates::Class& own = assessment.estimates.classes[c];
    json["classes"].push_back({{"name", assessment.classes[c]},
                               {"rows_mapped", own.mapped_rows},
                               {"rows_seen", own.seen_rows},
                               {"user_accuracy", as_json(own.user_accuracy)},
                               {"producer_accuracy", as_json(own.producer_accuracy)},
                               {"mapped_area", own.mapped_area},
                               {"area", as_json(own.area)},
                               {"area_share", as_json(own.area_share)}});
  }
  json["rows_mapped_by_seen"] = Value::array();
  json["area_shares_mapped_by_seen"] = Value::array();
  const std::size_t classes = assessment.classes.size();
  for (std::size_t i = 0; i < classes; ++i) {
    Value counts = Value::array(), shares = Value::array();
    for (std::size_t j = 0; j < classes; ++j) {
      counts.push_back(assessment.counts[i * classes + j]);
      shares.push_back(number_or_null(assessment.estimates.shares[i * classes + j]));
    }
    json["rows_mapped_by_seen"].push_back(counts);
    json["area_shares_mapped_by_seen"].push_back(shares);
  }
  json["notes"] = assessment.notes;
  return json.dump(2) + "\n";
}

std::string assessment_csv(const MapAssessment& assessment) {
  std::string text =
      "class,rows_mapped,rows_seen,user_accuracy,user_accuracy_se,producer_accuracy,producer_accuracy_se,mapped_area,"
      "area,area_se,area_share,area_share_se\n";
  for (std::size_t c = 0; c < assessment.classes.size(); ++c) {
    const AreaEstimates::Class& own = assessment.estimates.classes[c];
    text += csv_text(assessment.classes[c]);
    for (const double number :
         {own.mapped_rows, own.seen_rows, own.user_accuracy.value, own.user_accuracy.standard_error,
          own.producer_accuracy.value, own.producer_accuracy.standard_error, own.mapped_area, own.area.value,
          own.area.standard_error, own.area_share.value, own.area_share.standard_error})
      text += "," + csv_number(number);
    text += "\n";
  }
  return text;
}

std::string assessment_html(const MapAssessment& assessment) {
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n<meta name=viewport "
      "content=\"width=device-width, initial-scale=1\">\n<title>{0}</title>\n<style>{1}thead th {{ white-space: "
      "normal; }}\n</style>\n</head>\n<body>\n"
      "<header>\n<p class=kicker>Map assessment</p>\n<h1>{0}</h1>\n<ul class=facts><li><b>{2}</b> rows of the sample"
      "</li><li><b>{3}</b> classes</li></ul>\n</header>\n<main>\n",
      escape_html(assessment.title), report_style(), count_text(rows_of(assessment)), assessment.classes.size());
  html += fmt::format(
      "<section class=card><h2>Overall accuracy</h2><div class=big>{}</div><p>± {:.1f} points, 1.96 standard errors: "
      "the share "
      "of the mapped area that is mapped right, estimated from a sample that had no part in the map.</p></section>\n",
      percent_text(assessment.estimates.overall_accuracy.value),
      100 * kInterval * assessment.estimates.overall_accuracy.standard_error);
  html +=
      "<section>\n<h2>Classes</h2>\n<p class=soft>User's accuracy: of what is mapped so, the share that is so. "
      "Producer's accuracy: of what is so, the share that is mapped so. Areas are those seen, not those mapped; ± is "
      "1.96 standard errors.</p>\n" +
      html_classes(assessment) + "</section>\n<section>\n<h2>Rows of the sample</h2>\n" + html_matrix(assessment) +
      "</section>\n";
  if (!assessment.notes.empty()) {
    html += "<section>\n<h2>Notes</h2>\n<ul class=notes>\n";
    for (const std::string& note : assessment.notes) html += fmt::format("<li>{}</li>\n", escape_html(note));
    html += "</ul>\n</section>\n";
  }
  return html +
         "</main>\n<footer><p>Stratified estimators of Olofsson et al. 2014; where the strata are not the mapped "
         "classes, of Stehman 2014.</p></footer>\n</body>\n</html>\n";
}

}  // namespace ecocube
