// SPDX-License-Identifier: Apache-2.0
#include "methods/assess/area_estimates.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace ecocube {
namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

/// n_ij, N_i. and what follows from them, as the paper names them.
struct Sample {
  std::span<const double> counts;
  std::span<const double> areas;
  std::size_t classes;
  std::vector<double> rows;  ///< n_i.
  double total = 0;          ///< N

  Sample(std::span<const double> own_counts, std::span<const double> own_areas)
      : counts(own_counts), areas(own_areas), classes(own_areas.size()), rows(classes) {
    for (std::size_t i = 0; i < classes; ++i) {
      for (std::size_t j = 0; j < classes; ++j) rows[i] += counts[i * classes + j];
      total += areas[i];
    }
  }
  bool mapped(std::size_t i) const { return areas[i] > 0; }
  double weight(std::size_t i) const { return areas[i] / total; }
  /// n_ij / n_i. of a class that is on the map.
  double share(std::size_t i, std::size_t j) const { return counts[i * classes + j] / rows[i]; }
  /// Variance of that share; undefined for a single row.
  double variance(std::size_t i, std::size_t j) const {
    return rows[i] > 1 ? share(i, j) * (1 - share(i, j)) / (rows[i] - 1) : kUndefined;
  }
};

Result<void> check(std::span<const double> counts, std::span<const double> areas) {
  if (areas.empty() || counts.size() != areas.size() * areas.size())
    return input_error("area estimates: {} counts do not fit {} classes", counts.size(), areas.size());
  const auto allowed = [](double value) { return value >= 0 && std::isfinite(value); };
  if (!std::all_of(counts.begin(), counts.end(), allowed) || !std::all_of(areas.begin(), areas.end(), allowed))
    return input_error("area estimates: a count or an area is negative or no number");
  const Sample sample(counts, areas);
  if (!(sample.total > 0)) return input_error("area estimates: no area is mapped");
  for (std::size_t i = 0; i < areas.size(); ++i) {
    if (sample.mapped(i) && !(sample.rows[i] > 0))
      return input_error(
          "area estimates: class {} (counted from 1) covers {:.3g} % of the map, but no row of the "
          "sample lies there",
          i + 1, 100 * sample.weight(i));
    if (!sample.mapped(i) && sample.rows[i] > 0)
      return input_error("area estimates: class {} (counted from 1) holds {} rows of the sample, but no area", i + 1,
                         sample.rows[i]);
  }
  return {};
}

/// Equation 7: the variance of the producer's accuracy of class j.
double producer_variance(const Sample& sample, std::size_t j, double accuracy, double area) {
  double sum = 0;
  for (std::size_t i = 0; i < sample.classes; ++i) {
    if (!sample.mapped(i)) continue;
    const double factor = i == j ? 1 - accuracy : accuracy;
    sum += sample.areas[i] * sample.areas[i] * factor * factor * sample.variance(i, j);
  }
  return sum / (area * area);
}

AreaEstimates::Class estimate_class(const Sample& sample, std::size_t j) {
  AreaEstimates::Class result;
  double variance = 0;
  for (std::size_t i = 0; i < sample.classes; ++i) {
    result.seen_rows += sample.counts[i * sample.classes + j];
    if (!sample.mapped(i)) continue;
    result.area_share.value += sample.weight(i) * sample.share(i, j);
    variance += sample.weight(i) * sample.weight(i) * sample.variance(i, j);
  }
  result.mapped_area = sample.areas[j];
  result.mapped_rows = sample.rows[j];
  result.area_share.standard_error = std::sqrt(variance);
  result.area = {sample.total * result.area_share.value, sample.total * result.area_share.standard_error};
  result.user_accuracy = {kUndefined, kUndefined};
  if (sample.mapped(j)) result.user_accuracy = {sample.share(j, j), std::sqrt(sample.variance(j, j))};
  result.producer_accuracy = {kUndefined, kUndefined};
  if (!(result.area_share.value > 0)) return result;
  const double right = sample.mapped(j) ? sample.weight(j) * sample.share(j, j) : 0;
  const double accuracy = right / result.area_share.value;
  result.producer_accuracy = {accuracy, std::sqrt(producer_variance(sample, j, accuracy, result.area.value))};
  return result;
}

}  // namespace

Result<AreaEstimates> estimate_areas(std::span<const double> counts, std::span<const double> areas) {
  ECOCUBE_TRY(check(counts, areas));
  const Sample sample(counts, areas);
  AreaEstimates result;
  result.total_area = sample.total;
  double variance = 0;
  for (std::size_t i = 0; i < sample.classes; ++i) {
    for (std::size_t j = 0; j < sample.classes; ++j)
      result.shares.push_back(sample.mapped(i) ? sample.weight(i) * sample.share(i, j) : 0);
    if (!sample.mapped(i)) continue;
    result.overall_accuracy.value += sample.weight(i) * sample.share(i, i);
    variance += sample.weight(i) * sample.weight(i) * sample.variance(i, i);
  }
  result.overall_accuracy.standard_error = std::sqrt(variance);
  for (std::size_t j = 0; j < sample.classes; ++j) result.classes.push_back(estimate_class(sample, j));
  return result;
}

}  // namespace ecocube
