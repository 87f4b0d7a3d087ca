// SPDX-License-Identifier: Apache-2.0
#include "methods/assess/applicability.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "base/random.h"

namespace ecocube {
namespace {

/// The rows that are kept, ascending.
std::vector<std::uint32_t> drawn_rows(std::size_t rows, const ApplicabilityOptions& options) {
  std::vector<std::uint32_t> chosen(rows);
  std::iota(chosen.begin(), chosen.end(), 0u);
  if (rows <= options.most_rows) return chosen;
  Random draw{options.seed, 0, rows};
  for (std::size_t i = 0; i < options.most_rows; ++i)
    std::swap(chosen[i], chosen[i + draw.below(static_cast<std::uint32_t>(rows - i))]);
  chosen.resize(options.most_rows);
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

/// Means of all rows, and importance over standard deviation, the largest made 1.
void find_scales(std::span<const float> values, std::span<const double> importance, Applicability& area) {
  const std::size_t features = importance.size(), rows = values.size() / features;
  const bool all_alike = std::none_of(importance.begin(), importance.end(), [](double i) { return i > 0; });
  const double largest = all_alike ? 1 : *std::max_element(importance.begin(), importance.end());
  for (std::size_t f = 0; f < features; ++f) {
    double sum = 0, squares = 0;
    for (std::size_t row = 0; row < rows; ++row) sum += static_cast<double>(values[row * features + f]);
    const double mean = sum / static_cast<double>(rows);
    for (std::size_t row = 0; row < rows; ++row) {
      const double difference = static_cast<double>(values[row * features + f]) - mean;
      squares += difference * difference;
    }
    const double deviation = std::sqrt(squares / static_cast<double>(rows - 1));
    const double weight = all_alike ? 1 : std::max(importance[f], 0.0) / largest;
    // The mean of equal numbers may be a rounding off them, which must not be blown up to a spread.
    const bool constant = deviation <= 1e-6 * std::abs(mean) || deviation == 0;
    area.means.push_back(static_cast<float>(mean));
    area.scales.push_back(constant ? 0 : static_cast<float>(weight / deviation));
  }
}

/// Distances between all pairs: their mean, and for each row the nearest one of another fold.
struct Pairs {
  double mean = 0;
  std::vector<double> nearest;  ///< shape [row]; infinite where all rows are of the row's own fold
};

Pairs measure_pairs(const Applicability& area, std::span<const std::uint32_t> folds) {
  const std::size_t features = area.means.size(), rows = folds.size();
  Pairs pairs;
  pairs.nearest.assign(rows, std::numeric_limits<double>::infinity());
  double sum = 0;
  for (std::size_t a = 0; a < rows; ++a) {
    double own = 0;
    for (std::size_t b = a + 1; b < rows; ++b) {
      float squares = 0;
      for (std::size_t f = 0; f < features; ++f) {
        const float difference = area.rows[a * features + f] - area.rows[b * features + f];
        squares += difference * difference;
      }
      const auto distance = static_cast<double>(std::sqrt(squares));
      own += distance;
      if (folds[a] == folds[b]) continue;
      pairs.nearest[a] = std::min(pairs.nearest[a], distance);
      pairs.nearest[b] = std::min(pairs.nearest[b], distance);
    }
    sum += own;
  }
  pairs.mean = 2 * sum / (static_cast<double>(rows) * static_cast<double>(rows - 1));
  return pairs;
}

/// Linear between the two nearest of the sorted values (Hyndman and Fan's type 7).
double quantile(const std::vector<double>& sorted, double level) {
  const double place = level * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

/// The largest that is no outlier: the upper whisker of a box plot.
double upper_whisker(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const double upper = quantile(values, 0.75), fence = upper + 1.5 * (upper - quantile(values, 0.25));
  return *(std::upper_bound(values.begin(), values.end(), fence) - 1);
}

Result<void> check(std::span<const float> values, std::span<const double> importance,
                   std::span<const std::uint32_t> folds, const ApplicabilityOptions& options) {
  if (options.most_rows < 2)
    return usage_error("area of applicability: {} rows to keep are too few", options.most_rows);
  if (importance.empty() || values.size() != importance.size() * folds.size())
    return input_error("area of applicability: {} values do not fit {} rows of {} features", values.size(),
                       folds.size(), importance.size());
  if (folds.size() < 2) return input_error("area of applicability: {} rows are too few", folds.size());
  const auto finite = [](auto value) { return std::isfinite(value); };
  if (!std::all_of(values.begin(), values.end(), finite) || !std::all_of(importance.begin(), importance.end(), finite))
    return input_error("area of applicability: a value or an importance is not finite");
  return {};
}

}  // namespace

Result<Applicability> find_applicability(std::span<const float> values, std::span<const double> importance,
                                         std::span<const std::uint32_t> folds, const ApplicabilityOptions& options) {
  ECOCUBE_TRY(check(values, importance, folds, options));
  const std::size_t features = importance.size();
  Applicability area;
  find_scales(values, importance, area);
  std::vector<std::uint32_t> kept_folds;
  for (const std::uint32_t row : drawn_rows(folds.size(), options)) {
    kept_folds.push_back(folds[row]);
    for (std::size_t f = 0; f < features; ++f)
      area.rows.push_back((values[row * features + f] - area.means[f]) * area.scales[f]);
  }
  if (std::adjacent_find(kept_folds.begin(), kept_folds.end(), std::not_equal_to<>()) == kept_folds.end())
    return input_error("area of applicability: all {} rows are of one fold", kept_folds.size());
  Pairs pairs = measure_pairs(area, kept_folds);
  if (!(pairs.mean > 0)) return input_error("area of applicability: all {} rows are alike", kept_folds.size());
  for (double& distance : pairs.nearest) distance /= pairs.mean;
  area.mean_distance = pairs.mean;
  area.threshold = upper_whisker(std::move(pairs.nearest));
  return area;
}

}  // namespace ecocube
