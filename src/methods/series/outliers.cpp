// SPDX-License-Identifier: Apache-2.0
#include "methods/series/outliers.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace ecocube::series {
namespace {

constexpr std::size_t kFewest = 4;

/// Middle value, or the mean of the two middle ones; changes the order.
double median_of(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

double deviation_of(const std::vector<double>& series, std::vector<double>& scratch) {
  scratch = series;
  const double median = median_of(scratch);
  for (std::size_t i = 0; i < series.size(); ++i) scratch[i] = std::abs(series[i] - median);
  return median_of(scratch);
}

}  // namespace

template <class T>
std::size_t remove_outliers(const Planes<T>& stack, PixelRange range, double spreads) {
  std::vector<double> series, scratch;
  std::vector<std::size_t> times;
  std::size_t removed = 0;
  for (std::size_t pixel = range.begin; pixel < range.end; ++pixel) {
    series.clear();
    times.clear();
    for (std::size_t time = 0; time < stack.count; ++time) {
      const T number = stack.plane(time)[pixel];
      if (number == stack.no_data || number != number) continue;
      series.push_back(static_cast<double>(number));
      times.push_back(time);
    }
    if (series.size() < kFewest) continue;
    const double most = spreads * deviation_of(series, scratch);
    if (most <= 0) continue;
    for (std::size_t i = 1; i + 1 < series.size(); ++i) {
      const double before = series[i] - series[i - 1], after = series[i] - series[i + 1];
      if (!(std::min(before, after) > most || std::max(before, after) < -most)) continue;
      stack.plane(times[i])[pixel] = stack.no_data;
      ++removed;
    }
  }
  return removed;
}

template std::size_t remove_outliers(const Planes<std::uint8_t>&, PixelRange, double);
template std::size_t remove_outliers(const Planes<std::uint16_t>&, PixelRange, double);
template std::size_t remove_outliers(const Planes<std::int16_t>&, PixelRange, double);
template std::size_t remove_outliers(const Planes<float>&, PixelRange, double);

}  // namespace ecocube::series
