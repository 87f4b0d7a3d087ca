// SPDX-License-Identifier: Apache-2.0
#include "io/report/report_plots.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "io/report/report_text.h"

namespace ecocube {
namespace {

/// The plot's square in SVG units; the weights' strip lies below it.
constexpr double kLeft = 46, kTop = 10, kSide = 300, kStripTop = kTop + kSide + 34, kStrip = 46;

std::string x_of(double probability) {
  return length_text(kLeft + kSide * std::clamp(probability, 0.0, 1.0));
}
std::string y_of(double share) {
  return length_text(kTop + kSide * (1 - std::clamp(share, 0.0, 1.0)));
}

std::string frame() {
  std::string svg;
  for (int tenth = 0; tenth <= 10; tenth += 2) {
    const double share = tenth / 10.0;
    svg += fmt::format("<line class=grid x1={0} y1={1} x2={0} y2={2} /><line class=grid x1={3} y1={4} x2={5} y2={4} />",
                       x_of(share), y_of(1), y_of(0), x_of(0), y_of(share), x_of(1));
    svg += fmt::format("<text x={} y={} text-anchor=middle>{}</text>", x_of(share), length_text(kTop + kSide + 16),
                       10 * tenth);
    svg += fmt::format("<text x={} y={} text-anchor=end>{}</text>", length_text(kLeft - 7),
                       length_text(kTop + kSide * (1 - share) + 4), 10 * tenth);
  }
  svg += fmt::format("<line class=ideal x1={} y1={} x2={} y2={} />", x_of(0), y_of(0), x_of(1), y_of(1));
  svg += fmt::format("<text transform=\"translate(12 {}) rotate(-90)\" text-anchor=middle>right, %</text>",
                     length_text(kTop + kSide / 2));
  svg += fmt::format("<text x={} y={} text-anchor=middle>probability of the mapped class, %</text>",
                     length_text(kLeft + kSide / 2), length_text(kStripTop + kStrip + 17));
  return svg;
}

}  // namespace

std::string reliability_plot(const Evaluation& evaluation) {
  const auto& bins = evaluation.reliability;
  double most = 0, total = 0;
  for (const auto& bin : bins) most = std::max(most, bin.weight), total += bin.weight;
  if (!(most > 0)) return "<p class=soft>No predictions to compare.</p>\n";
  std::string points, dots, strip;
  for (std::size_t index = 0; index < bins.size(); ++index) {
    const Evaluation::Bin& bin = bins[index];
    if (!(bin.weight > 0) || !std::isfinite(bin.share_right) || !std::isfinite(bin.mean_probability)) continue;
    const std::string x = x_of(bin.mean_probability), y = y_of(bin.share_right);
    points += fmt::format("{}{},{}", points.empty() ? "" : " ", x, y);
    const std::string title =
        fmt::format("<title>probability {}, right {}, {} of all</title>", percent_text(bin.mean_probability),
                    percent_text(bin.share_right), percent_text(bin.weight / total));
    dots += fmt::format("<circle class=dot cx={} cy={} r={}>{}</circle>", x, y,
                        length_text(3 + 6 * std::sqrt(bin.weight / most)), title);
    const double width = kSide / static_cast<double>(bins.size()), height = kStrip * bin.weight / most;
    strip += fmt::format("<rect class=weight x={} y={} width={} height={} rx=2>{}</rect>",
                         length_text(kLeft + width * static_cast<double>(index) + 1.5),
                         length_text(kStripTop + kStrip - height), length_text(width - 3),
                         length_text(std::max(1.0, height)), title);
  }
  return fmt::format(
      "<svg viewBox=\"0 0 {} {}\" role=img aria-label=\"Reliability diagram\">{}<polyline class=curve points=\"{}\" "
      "/>{}{}</svg>\n",
      length_text(kLeft + kSide + 14), length_text(kStripTop + kStrip + 24), frame(), points, dots, strip);
}

std::string importance_plot(const std::vector<RankedFeature>& importance, bool shares) {
  const auto text = [&](double value) { return shares ? percent_text(value) : score_text(value); };
  constexpr std::size_t kMost = 25;
  if (importance.empty()) return "<p class=soft>No learner of this model measures importance.</p>\n";
  double highest = 0;
  for (const RankedFeature& one : importance)
    highest = std::isfinite(one.importance) ? std::max(highest, one.importance) : highest;
  std::string html = "<dl class=ranking>\n";
  double rest = 0;
  for (std::size_t rank = 0; rank < importance.size(); ++rank) {
    const RankedFeature& one = importance[rank];
    if (rank >= kMost) {
      rest += std::isfinite(one.importance) ? one.importance : 0;
      continue;
    }
    const std::string name = escape_html(one.feature);
    const double share = highest > 0 && std::isfinite(one.importance) ? std::max(0.0, one.importance) / highest : 0;
    html += fmt::format("<dt title=\"{0}\">{0}</dt><dd><i style=\"--v:{1}%\"></i></dd><dd>{2}</dd>\n", name,
                        length_text(100 * share), text(one.importance));
  }
  html += "</dl>\n";
  // Losses by permutation are no parts of a whole.
  if (importance.size() > kMost && shares)
    html += fmt::format("<p class=soft>{} more features share the remaining {}.</p>\n", importance.size() - kMost,
                        text(rest));
  if (importance.size() > kMost && !shares)
    html += fmt::format("<p class=soft>{} more features are needed less.</p>\n", importance.size() - kMost);
  return html;
}

}  // namespace ecocube
