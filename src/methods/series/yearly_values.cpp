// SPDX-License-Identifier: Apache-2.0
#include "methods/series/yearly_values.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <vector>

namespace ecocube::series {
namespace {

double one_of(std::vector<double>& values, YearValue how) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::sort(values.begin(), values.end());
  double sum = 0;
  switch (how) {
    case YearValue::median:
      return 0.5 * (values[(values.size() - 1) / 2] + values[values.size() / 2]);
    case YearValue::highest:
      return values.back();
    case YearValue::lowest:
      return values.front();
    case YearValue::mean:
      break;
  }
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace

void yearly_values_plain(const Stack<float>& stack, PixelRange range, std::span<const int> year, YearValue how,
                         const Planes<double>& out) {
  assert(year.size() == stack.times && range.end <= stack.pixels);
  std::vector<double> values;
  for (std::size_t pixel = range.begin; pixel < range.end; ++pixel) {
    for (std::size_t number = 0, time = 0; number < out.count; ++number) {
      values.clear();
      for (; time < stack.times && static_cast<std::size_t>(year[time]) == number; ++time) {
        const float value = stack.plane(time)[pixel];
        // Adding 0 makes zeros of both signs one.
        if (!std::isnan(value) && value != stack.no_data) values.push_back(static_cast<double>(value) + 0.0);
      }
      out.plane(number)[pixel] = one_of(values, how);
    }
  }
}

}  // namespace ecocube::series
