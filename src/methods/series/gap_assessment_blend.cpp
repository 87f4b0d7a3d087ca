// SPDX-License-Identifier: Apache-2.0
#include "methods/series/gap_assessment_blend.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "methods/series/convex_weights.h"
#include "methods/series/date_statistics_correlation.h"

namespace ecocube::series {
namespace {

constexpr double kSeasonWidth = 0.15;  ///< of a year: how far seasons are alike
constexpr double kOtherSeasons = 0.05;
constexpr double kPriorDates = 5;
constexpr double kLeastWeight = 0.02;

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// One of the two problems: for each date the products of the methods' errors, candidates only.
struct Products {
  std::vector<std::vector<double>> of_date;  ///< shape [date][method][method]
  std::vector<double> likeness;              ///< shape [date]
};

std::vector<double> fit(const Products& products, std::size_t methods) {
  constexpr double tiny = 1e-30;
  std::vector<double> typical;
  for (const std::vector<double>& one : products.of_date) {
    std::vector<double> squares;
    for (std::size_t method = 0; method < methods; ++method) squares.push_back(one[method * methods + method]);
    typical.push_back(median(std::move(squares)) + tiny);
  }
  const double middle = median(typical);
  std::vector<double> mean(methods * methods, 0.0);
  double sum = 0;
  for (std::size_t date = 0; date < products.of_date.size(); ++date) {
    // A date without any error must not outweigh all others.
    const double weight = products.likeness[date] * std::sqrt(std::min(middle / typical[date], 1e6));
    for (std::size_t cell = 0; cell < mean.size(); ++cell) mean[cell] += weight * products.of_date[date][cell];
    sum += weight;
  }
  for (double& cell : mean) cell /= sum;
  double least = mean[0], inverses = 0, error = 0;
  for (std::size_t method = 0; method < methods; ++method) least = std::min(least, mean[method * methods + method]);
  std::vector<double> prior;
  for (std::size_t method = 0; method < methods; ++method) {
    const double ratio = (least + tiny) / (mean[method * methods + method] + tiny);
    prior.push_back(ratio * ratio);
    inverses += prior.back();
  }
  for (std::size_t method = 0; method < methods; ++method) {
    prior[method] /= inverses;
    error += prior[method] * mean[method * methods + method];
  }
  const double ridge = kPriorDates / static_cast<double>(products.of_date.size()) * error + tiny;
  return convex_weights(mean, ridge, prior, kLeastWeight);
}

}  // namespace

void complete_from_first(std::vector<std::vector<float>>& filled) {
  for (std::size_t method = 0; method < filled.size(); ++method) {
    for (std::size_t value = 0; value < filled[method].size(); ++value) {
      if (std::isfinite(filled[method][value])) continue;
      const auto first =
          std::find_if(filled.begin(), filled.end(), [&](const auto& one) { return std::isfinite(one[value]); });
      if (first != filled.end()) filled[method][value] = (*first)[value];
    }
  }
}

DateErrors errors_of(const HiddenDate& date) {
  const std::size_t methods = date.filled.size();
  DateErrors errors{date.round, date.slot, std::vector<double>(methods, 0.0), std::vector<double>(methods, 0.0),
                    std::vector<double>(methods * methods, 0.0)};
  double count = 0;
  std::vector<double> error(methods);
  for (std::size_t value = 0; value < date.hidden.size(); ++value) {
    // Completed, so that one method stands for all.
    if (!std::isfinite(date.filled.front()[value])) continue;
    for (std::size_t method = 0; method < methods; ++method) {
      const auto filled = static_cast<double>(date.filled[method][value]);
      error[method] = filled - static_cast<double>(date.hidden[value]);
      errors.filled_mean[method] += filled;
      errors.level[method] += error[method];
      for (std::size_t other = 0; other <= method; ++other)
        errors.pattern[method * methods + other] += error[method] * error[other];
    }
    count += 1;
  }
  for (std::size_t method = 0; method < methods; ++method) {
    errors.filled_mean[method] /= std::max(count, 1.0);
    errors.level[method] /= std::max(count, 1.0);
    for (std::size_t other = 0; other <= method; ++other) {
      double& cell = errors.pattern[method * methods + other];
      cell = cell / std::max(count, 1.0) - errors.level[method] * errors.level[other];
      errors.pattern[other * methods + method] = cell;
    }
  }
  return errors;
}

std::vector<std::uint8_t> blend_candidates(std::span<const std::string> methods) {
  std::vector<std::uint8_t> candidates;
  for (const std::string& method : methods) candidates.push_back(method == "swag" || method == "nearest" ? 0 : 1);
  if (std::find(candidates.begin(), candidates.end(), 1) == candidates.end()) candidates.assign(methods.size(), 1);
  return candidates;
}

DateBlend fit_date_blend(std::span<const DateErrors> dates, std::span<const std::uint8_t> candidates, int slot,
                         int slots, int except) {
  const std::size_t methods = candidates.size();
  std::vector<std::size_t> used;
  for (std::size_t method = 0; method < methods; ++method) {
    if (candidates[method] != 0) used.push_back(method);
  }
  Products level, pattern;
  for (const DateErrors& date : dates) {
    if (static_cast<int>(date.round) == except) continue;
    level.likeness.push_back(kOtherSeasons + season_likeness(date.slot, slot, slots, kSeasonWidth));
    std::vector<double>&of_level = level.of_date.emplace_back(), &of_pattern = pattern.of_date.emplace_back();
    for (const std::size_t one : used) {
      for (const std::size_t other : used) {
        of_level.push_back(date.level[one] * date.level[other]);
        of_pattern.push_back(date.pattern[one * methods + other]);
      }
    }
  }
  assert(!level.of_date.empty());
  pattern.likeness = level.likeness;
  const std::vector<double> level_weights = fit(level, used.size()), pattern_weights = fit(pattern, used.size());
  DateBlend blend{std::vector<double>(methods, 0.0), std::vector<double>(methods, 0.0)};
  for (std::size_t at = 0; at < used.size(); ++at) {
    blend.level[used[at]] = level_weights[at];
    blend.pattern[used[at]] = pattern_weights[at];
  }
  return blend;
}

double level_shift(const DateBlend& blend, std::span<const double> means) {
  double shift = 0;
  for (std::size_t method = 0; method < means.size(); ++method) {
    const double apart = blend.level[method] - blend.pattern[method];
    if (apart != 0) shift += apart * means[method];
  }
  return std::isfinite(shift) ? shift : 0;
}

}  // namespace ecocube::series
