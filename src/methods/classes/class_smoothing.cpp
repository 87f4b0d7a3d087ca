// SPDX-License-Identifier: Apache-2.0
#include "methods/classes/class_smoothing.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "methods/infer/rounding.h"

namespace ecocube {
namespace {

/// A probability of 0 in one year would rule a class out for all of them.
constexpr double kLeastObserved = 0.5;

int longest_window(int window, std::size_t years) {
  const int most = static_cast<int>(years % 2 == 1 ? years : years - 1);
  return std::max(3, std::min(window, most));
}

void scale_to_one(std::span<double> numbers) {
  double sum = 0;
  for (const double number : numbers) sum += number;
  for (double& number : numbers) number /= sum;
}

}  // namespace

ClassSmoother::ClassSmoother(const ClassSmoothingOptions& options, std::size_t years, std::size_t classes)
    : options_(options),
      years_(years),
      classes_(classes),
      polynomials_(longest_window(options.window, std::max<std::size_t>(years, 3)),
                   std::min(options.order, longest_window(options.window, std::max<std::size_t>(years, 3)) - 1),
                   std::max<std::size_t>(years, 3)) {}

void ClassSmoother::smooth(std::span<const std::uint8_t> percent, std::span<std::uint8_t> smoothed) const {
  assert(percent.size() == years_ * classes_ && smoothed.size() == percent.size());
  if (years_ < 3) {  // too short for either
    std::copy(percent.begin(), percent.end(), smoothed.begin());
    return;
  }
  std::vector<double> probabilities(percent.size());
  if (options_.method == ClassSmoothing::markov) {
    smooth_by_chain(percent, probabilities);
  } else {
    smooth_by_polynomials(percent, probabilities);
  }
  for (std::size_t year = 0; year < years_; ++year) {
    const auto own = smoothed.subspan(year * classes_, classes_);
    if (missing(percent, year)) {
      std::fill(own.begin(), own.end(), kNoData);
    } else {
      round_to_hundred(std::span(probabilities).subspan(year * classes_, classes_), own);
    }
  }
}

void ClassSmoother::smooth_by_polynomials(std::span<const std::uint8_t> percent, std::span<double> smoothed) const {
  std::vector<float> series(years_), smooth(years_);
  std::vector<std::uint8_t> valid(years_), told(years_);
  for (std::size_t year = 0; year < years_; ++year) valid[year] = missing(percent, year) ? 0 : 1;
  for (std::size_t c = 0; c < classes_; ++c) {
    for (std::size_t year = 0; year < years_; ++year) series[year] = percent[year * classes_ + c];
    polynomials_.smooth(series, valid, smooth, told);
    for (std::size_t year = 0; year < years_; ++year)
      smoothed[year * classes_ + c] = std::max(0.0, static_cast<double>(smooth[year]));
  }
  for (std::size_t year = 0; year < years_; ++year) {
    if (valid[year]) scale_to_one(smoothed.subspan(year * classes_, classes_));
  }
}

void ClassSmoother::smooth_by_chain(std::span<const std::uint8_t> percent, std::span<double> smoothed) const {
  const double turn = (1 - options_.stay) / static_cast<double>(classes_ - 1), more = options_.stay - turn;
  const auto observed = [&](std::size_t year, std::size_t c) {
    return missing(percent, year) ? 1.0 : std::max(kLeastObserved, static_cast<double>(percent[year * classes_ + c]));
  };
  // Forward: smoothed[year] holds the classes given the years up to it.
  for (std::size_t year = 0; year < years_; ++year) {
    const auto own = smoothed.subspan(year * classes_, classes_);
    for (std::size_t c = 0; c < classes_; ++c) {
      const double expected = year == 0 ? 1 : turn + more * smoothed[(year - 1) * classes_ + c];
      own[c] = expected * observed(year, c);
    }
    scale_to_one(own);
  }
  // Backward: `after` holds what the later years say of each class.
  std::vector<double> after(classes_, 1.0), next(classes_);
  for (std::size_t year = years_ - 1; year > 0; --year) {
    double sum = 0;
    for (std::size_t c = 0; c < classes_; ++c) {
      next[c] = after[c] * observed(year, c);
      sum += next[c];
    }
    for (std::size_t c = 0; c < classes_; ++c) after[c] = turn * sum + more * next[c];
    scale_to_one(after);
    const auto own = smoothed.subspan((year - 1) * classes_, classes_);
    for (std::size_t c = 0; c < classes_; ++c) own[c] *= after[c];
    scale_to_one(own);
  }
}

void mode_of_years(std::span<const std::uint8_t> values, int window, std::span<std::uint8_t> modes) {
  const auto reach = static_cast<std::size_t>(window / 2);
  for (std::size_t year = 0; year < values.size(); ++year) {
    modes[year] = values[year];
    if (values[year] == ClassSmoother::kNoData) continue;
    std::array<int, 256> count{};
    const std::size_t first = year > reach ? year - reach : 0, last = std::min(values.size() - 1, year + reach);
    for (std::size_t near = first; near <= last; ++near) ++count[values[near]];
    count[ClassSmoother::kNoData] = 0;
    const auto most = std::max_element(count.begin(), count.end());  // the lowest of equals
    if (*most > count[values[year]]) modes[year] = static_cast<std::uint8_t>(most - count.begin());
  }
}

}  // namespace ecocube
