// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "methods/assess/area_estimates.h"

namespace ecocube {
namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

/// A value of a row: 1 where something holds of it, else 0.
using Holds = std::function<bool(const SampledRow&)>;

/// Rows of a stratified sample with the areas of their strata.
struct Strata {
  std::span<const SampledRow> rows;
  std::span<const double> areas;
  std::vector<double> counts;  ///< shape [stratum]
  double total = 0;

  /// Means of y and x in each stratum, and their sample variances and covariance (equations 8, 24 and 25).
  struct Moments {
    double y = 0, x = 0, yy = 0, xx = 0, xy = 0;
  };
  std::vector<Moments> moments(const Holds& y, const Holds& x) const {
    std::vector<Moments> result(areas.size());
    for (const SampledRow& row : rows) {
      Moments& own = result[row.stratum];
      own.y += y(row);
      own.x += x(row);
      own.xy += y(row) && x(row);
    }
    for (std::size_t h = 0; h < areas.size(); ++h) {
      const double n = counts[h];
      Moments& own = result[h];
      if (!(n > 0)) continue;
      const double y_sum = own.y, x_sum = own.x;
      own.y /= n;
      own.x /= n;
      own.yy = n > 1 ? (y_sum - n * own.y * own.y) / (n - 1) : kUndefined;
      own.xx = n > 1 ? (x_sum - n * own.x * own.x) / (n - 1) : kUndefined;
      own.xy = n > 1 ? (own.xy - n * own.y * own.x) / (n - 1) : kUndefined;
    }
    return result;
  }
};

/// Mean of y over the whole area (equations 3 and 25); the finite population is so large that no correction is due.
Estimate mean_of(const Strata& strata, const Holds& y) {
  Estimate result;
  double variance = 0;
  const auto moments = strata.moments(y, y);
  for (std::size_t h = 0; h < strata.areas.size(); ++h) {
    if (!(strata.areas[h] > 0)) continue;
    const double weight = strata.areas[h] / strata.total;
    result.value += weight * moments[h].y;
    variance += weight * weight * moments[h].yy / strata.counts[h];
  }
  result.standard_error = std::sqrt(variance);
  return result;
}

/// The ratio of the totals of y and x (equations 27 and 28).
Estimate ratio_of(const Strata& strata, const Holds& y, const Holds& x) {
  const auto moments = strata.moments(y, x);
  double y_total = 0, x_total = 0, variance = 0;
  for (std::size_t h = 0; h < strata.areas.size(); ++h) {
    y_total += strata.areas[h] * moments[h].y;
    x_total += strata.areas[h] * moments[h].x;
  }
  if (!(x_total > 0)) return {kUndefined, kUndefined};
  const double ratio = y_total / x_total;
  for (std::size_t h = 0; h < strata.areas.size(); ++h) {
    if (!(strata.areas[h] > 0)) continue;
    const auto& own = moments[h];
    const double spread = own.yy + ratio * ratio * own.xx - 2 * ratio * own.xy;
    variance += strata.areas[h] * strata.areas[h] * std::max(spread, 0.0) / strata.counts[h];
    if (std::isnan(spread)) variance = kUndefined;
  }
  return {ratio, std::sqrt(variance) / x_total};
}

Result<Strata> strata_of(std::span<const SampledRow> rows, std::span<const double> areas, std::size_t classes) {
  Strata strata{rows, areas, std::vector<double>(areas.size()), 0};
  for (const SampledRow& row : rows) {
    if (row.stratum >= areas.size() || row.mapped >= classes || row.seen >= classes)
      return input_error(
          "area estimates: a row of stratum {}, mapped {} and seen {} does not fit {} strata and {} "
          "classes",
          row.stratum, row.mapped, row.seen, areas.size(), classes);
    strata.counts[row.stratum] += 1;
  }
  for (std::size_t h = 0; h < areas.size(); ++h) {
    if (!(areas[h] >= 0 && std::isfinite(areas[h])))
      return input_error("area estimates: stratum {} (counted from 1) has an area of {}", h + 1, areas[h]);
    strata.total += areas[h];
    if ((areas[h] > 0) != (strata.counts[h] > 0))
      return input_error("area estimates: stratum {} (counted from 1) has an area of {} and {} rows", h + 1, areas[h],
                         strata.counts[h]);
  }
  if (!(strata.total > 0)) return input_error("area estimates: no stratum has an area");
  return strata;
}

}  // namespace

Result<AreaEstimates> estimate_areas(std::span<const SampledRow> rows, std::span<const double> stratum_areas,
                                     std::span<const double> mapped_areas) {
  const std::size_t classes = mapped_areas.size();
  ECOCUBE_TRY_ASSIGN(const Strata strata, strata_of(rows, stratum_areas, classes));
  AreaEstimates result;
  result.total_area = strata.total;
  result.overall_accuracy = mean_of(strata, [](const SampledRow& row) { return row.mapped == row.seen; });
  for (std::size_t i = 0; i < classes; ++i) {
    for (std::size_t j = 0; j < classes; ++j) {
      const auto cell = [&](const SampledRow& row) { return row.mapped == i && row.seen == j; };
      result.shares.push_back(mean_of(strata, cell).value);
    }
  }
  for (std::size_t c = 0; c < classes; ++c) {
    const auto mapped = [c](const SampledRow& row) { return row.mapped == c; };
    const auto seen = [c](const SampledRow& row) { return row.seen == c; };
    const auto both = [c](const SampledRow& row) { return row.mapped == c && row.seen == c; };
    AreaEstimates::Class own;
    own.user_accuracy = ratio_of(strata, both, mapped);
    own.producer_accuracy = ratio_of(strata, both, seen);
    own.area_share = mean_of(strata, seen);
    own.area = {strata.total * own.area_share.value, strata.total * own.area_share.standard_error};
    own.mapped_area = mapped_areas[c];
    own.mapped_rows = static_cast<double>(std::count_if(rows.begin(), rows.end(), mapped));
    own.seen_rows = static_cast<double>(std::count_if(rows.begin(), rows.end(), seen));
    result.classes.push_back(own);
  }
  return result;
}

}  // namespace ecocube
