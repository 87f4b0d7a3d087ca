// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "base/text.h"
#include "io/report/gap_report_parts.h"
#include "io/report/report_text.h"

namespace ecocube {
namespace {

using series::ErrorSums;
using series::GapScore;

/// The plot in SVG units; names of the methods stand right of it.
constexpr double kLeft = 52, kTop = 10, kWidth = 360, kHeight = 230, kRight = 120;

/// Colours that stay apart for most kinds of colour vision (after Okabe and Ito 2008), on light and dark paper.
constexpr std::array<const char*, 10> kColours{"#14906f", "#d55e00", "#2f7fc4", "#cc79a7", "#e69f00",
                                               "#56b4e9", "#7a7a7a", "#9a6a3a", "#8455c9", "#a8a000"};

struct Curve {
  std::string name;
  std::vector<double> errors;  ///< NaN where there is none
};

/// A round step that cuts 0..highest into four to ten parts.
double step_for(double highest) {
  const double power = std::pow(10, std::floor(std::log10(highest)));
  for (const double step : {0.1, 0.2, 0.5, 1.0}) {
    if (highest / (step * power) <= 8) return step * power;
  }
  return 2 * power;
}

std::string axes(const std::vector<std::string>& marks, double highest, const std::string& below,
                 const std::function<double(std::size_t)>& x_of) {
  std::string svg;
  const double step = step_for(highest);
  for (int i = 0; i * step <= highest; ++i) {
    const double y = kTop + kHeight * (1 - i * step / highest);
    svg += fmt::format("<line class=grid x1={} y1={} x2={} y2={} />", length_text(kLeft), length_text(y),
                       length_text(kLeft + kWidth), length_text(y));
    svg += fmt::format("<text x={} y={} text-anchor=end>{}</text>", length_text(kLeft - 7), length_text(y + 4),
                       i == 0 ? "0" : error_text(i * step));
  }
  const std::size_t every = (marks.size() + 11) / 12;
  for (std::size_t i = 0; i < marks.size(); i += every) {
    svg += fmt::format("<text x={} y={} text-anchor=middle>{}</text>", length_text(x_of(i)),
                       length_text(kTop + kHeight + 16), escape_html(marks[i]));
  }
  return svg + fmt::format("<text x={} y={} text-anchor=middle>{}</text>", length_text(kLeft + kWidth / 2),
                           length_text(kTop + kHeight + 34), below);
}

std::string line_plot(const std::vector<Curve>& curves, const std::vector<std::string>& marks, const std::string& below,
                      const std::string& label) {
  double highest = 0;
  for (const Curve& curve : curves) {
    for (const double error : curve.errors) highest = std::isfinite(error) ? std::max(highest, error) : highest;
  }
  if (!(highest > 0)) return "<p class=soft>Nothing was hidden.</p>\n";
  highest *= 1.04;
  const auto x_of = [&](std::size_t i) {
    return kLeft + kWidth * (static_cast<double>(i) + 0.5) / static_cast<double>(marks.size());
  };
  std::string svg = axes(marks, highest, below, x_of);
  for (std::size_t c = 0; c < curves.size(); ++c) {
    const char* colour = kColours[c % kColours.size()];
    std::string points, dots;
    for (std::size_t i = 0; i < curves[c].errors.size(); ++i) {
      const double error = curves[c].errors[i];
      if (!std::isfinite(error)) continue;
      const std::string x = length_text(x_of(i)), y = length_text(kTop + kHeight * (1 - error / highest));
      points += fmt::format("{}{},{}", points.empty() ? "" : " ", x, y);
      dots += fmt::format("<circle cx={} cy={} r=2.5 fill=\"{}\"><title>{}, {}: {}</title></circle>", x, y, colour,
                          escape_html(curves[c].name), escape_html(marks[i]), error_text(error));
    }
    svg += fmt::format("<polyline points=\"{}\" fill=none stroke=\"{}\" stroke-width=\"{}\" />{}", points, colour,
                       c == 0 ? "2.5" : "1.3", dots);
    const double y = kTop + 12 + 18 * static_cast<double>(c);
    svg += fmt::format("<rect x={} y={} width=12 height=3 fill=\"{}\" /><text x={} y={}>{}</text>",
                       length_text(kLeft + kWidth + 12), length_text(y - 5), colour, length_text(kLeft + kWidth + 30),
                       length_text(y), escape_html(curves[c].name));
  }
  return fmt::format("<figure><svg viewBox=\"0 0 {} {}\" role=img aria-label=\"{}\">{}</svg></figure>\n",
                     length_text(kLeft + kWidth + kRight), length_text(kTop + kHeight + 42), label, svg);
}

/// Root mean square errors over all ways of hiding, by a part that `part_of` numbers (-1: the line is another one's).
std::vector<Curve> curves_by(const VariableGapReport& report, std::size_t parts,
                             const std::function<int(const GapScore&)>& part_of) {
  const auto& methods = report.assessment.methods;
  std::vector<ErrorSums> sums(methods.size() * parts);
  for (const GapScore& score : report.assessment.scores) {
    const int part = part_of(score);
    if (part >= 0) sums[score.method * parts + static_cast<std::size_t>(part)].add(score.sums);
  }
  std::vector<Curve> curves;
  for (std::size_t method = 0; method < methods.size(); ++method) {
    Curve& curve = curves.emplace_back(Curve{methods[method], {}});
    for (std::size_t part = 0; part < parts; ++part) curve.errors.push_back(sums[method * parts + part].rmse());
  }
  return curves;
}

}  // namespace

std::string gap_length_plot(const VariableGapReport& report) {
  std::vector<std::string> marks;
  for (std::size_t gap = 0; gap < series::kGapClasses; ++gap) marks.emplace_back(series::name_of_gap_class(gap));
  const auto curves = curves_by(report, series::kGapClasses, [](const GapScore& score) { return score.gap_class; });
  return line_plot(curves, marks, "layers missing in a row", "Errors by length of the gap");
}

std::string gap_slot_plot(const VariableGapReport& report) {
  const auto curves = curves_by(report, report.slots.size(), [](const GapScore& score) { return score.slot; });
  return line_plot(curves, report.slots, "season", "Errors by season");
}

}  // namespace ecocube
