// SPDX-License-Identifier: Apache-2.0
#include "io/report/report_maps.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>

#include "base/text.h"
#include "io/report/report_text.h"

namespace ecocube {
namespace {

constexpr double kWidth = 420, kTallest = 520, kEdge = 8;
constexpr std::size_t kMostDots = 4000;
/// Colours that stay apart for most kinds of colour vision (Okabe and Ito 2008).
constexpr std::array<const char*, 8> kColours{"#14906f", "#d55e00", "#2f7fc4", "#cc79a7",
                                              "#e69f00", "#56b4e9", "#7a7a7a", "#8455c9"};

struct Extent {
  double min_x = std::numeric_limits<double>::infinity(), max_x = -min_x, min_y = min_x, max_y = -min_x;
  bool known() const { return max_x >= min_x; }
};

Extent extent_of(const std::vector<RowPlace>& places) {
  Extent extent;
  for (const RowPlace& place : places) {
    if (!place.x || !place.y) continue;
    extent.min_x = std::min(extent.min_x, *place.x);
    extent.max_x = std::max(extent.max_x, *place.x);
    extent.min_y = std::min(extent.min_y, *place.y);
    extent.max_y = std::max(extent.max_y, *place.y);
  }
  return extent;
}

/// A dot a row; `look` gives its colour, opacity and title.
struct Look {
  std::string colour;
  double opacity = 1;
  std::string title;
};

std::string map_of(const OutOfFoldRows& rows, const char* label, const std::function<Look(std::size_t)>& look) {
  const Extent extent = extent_of(rows.places);
  if (!extent.known() || rows.places.size() != rows.rows()) return "";
  const double wide = std::max(extent.max_x - extent.min_x, 1e-9), high = std::max(extent.max_y - extent.min_y, 1e-9);
  const double scale = std::min(kWidth / wide, kTallest / high);
  const std::size_t every = (rows.rows() + kMostDots - 1) / kMostDots;
  std::string dots;
  std::size_t drawn = 0;
  for (std::size_t row = 0; row < rows.rows(); row += every) {
    const RowPlace& place = rows.places[row];
    if (!place.x || !place.y) continue;
    const Look own = look(row);
    dots += fmt::format("<circle cx={} cy={} r=3 fill=\"{}\" opacity={}><title>{}</title></circle>",
                        length_text(kEdge + (*place.x - extent.min_x) * scale),
                        length_text(kEdge + (extent.max_y - *place.y) * scale), own.colour, length_text(own.opacity),
                        escape_html(own.title));
    ++drawn;
  }
  const std::string some =
      every > 1 ? fmt::format("<p class=soft>{} of {} rows are drawn.</p>\n", count_text(static_cast<double>(drawn)),
                              count_text(static_cast<double>(rows.rows())))
                : "";
  return fmt::format("<figure><svg class=map viewBox=\"0 0 {} {}\" role=img aria-label=\"{}\">{}</svg></figure>\n{}",
                     length_text(wide * scale + 2 * kEdge), length_text(high * scale + 2 * kEdge), label, dots, some);
}

std::string title_of(const RowPlace& place) {
  return place.id + (place.date.empty() ? "" : ", " + place.date);
}

}  // namespace

std::string residual_map(const TrainingReport& report) {
  const OutOfFoldRows& rows = report.out_of_fold;
  if (report.response) {
    double squares = 0;
    for (std::size_t row = 0; row < rows.seen.size(); ++row) squares += std::pow(rows.answers[row] - rows.seen[row], 2);
    const double typical =
        std::max(1e-12, std::sqrt(squares / static_cast<double>(std::max<std::size_t>(1, rows.seen.size()))));
    return map_of(rows, "Map of residuals", [&](std::size_t row) {
      const double residual = rows.answers[row] - rows.seen[row];
      return Look{residual > 0 ? "#d55e00" : "#2f7fc4", std::clamp(std::abs(residual) / (2 * typical), 0.08, 1.0),
                  fmt::format("{}: seen {}, told {}", title_of(rows.places[row]), value_text_of(rows.seen[row]),
                              value_text_of(rows.answers[row]))};
    });
  }
  const std::size_t classes = report.classes.size();
  return map_of(rows, "Map of right and wrong", [&](std::size_t row) {
    const auto first = rows.answers.begin() + static_cast<std::ptrdiff_t>(row * classes);
    const auto told =
        static_cast<std::size_t>(std::max_element(first, first + static_cast<std::ptrdiff_t>(classes)) - first);
    const std::size_t seen = rows.seen_class[row];
    return Look{told == seen ? "#14906f" : "#d55e00", std::clamp(first[static_cast<std::ptrdiff_t>(told)], 0.15, 1.0),
                fmt::format("{}: seen {}, told {} ({})", title_of(rows.places[row]), report.classes[seen].code,
                            report.classes[told].code, percent_text(first[static_cast<std::ptrdiff_t>(told)]))};
  });
}

std::string fold_map(const TrainingReport& report) {
  const OutOfFoldRows& rows = report.out_of_fold;
  return map_of(rows, "Map of the folds", [&](std::size_t row) {
    return Look{kColours[rows.folds[row] % kColours.size()], 0.85,
                fmt::format("{}: fold {}", title_of(rows.places[row]), rows.folds[row] + 1)};
  });
}

}  // namespace ecocube
