// SPDX-License-Identifier: Apache-2.0
#include "methods/series/mann_kendall.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "methods/series/trend_significance.h"

namespace ecocube::series {

MannKendall mann_kendall(std::span<const float> values, std::span<float> sorted) {
  assert(sorted.size() == values.size());
  const std::size_t count = values.size();
  MannKendall test;
  for (std::size_t later = 1; later < count; ++later) {
    std::int32_t above = 0, below = 0;
    for (std::size_t earlier = 0; earlier < later; ++earlier) {
      above += values[later] > values[earlier] ? 1 : 0;
      below += values[later] < values[earlier] ? 1 : 0;
    }
    test.s += above - below;
  }
  const auto spread = [](double n) { return n * (n - 1) * (2 * n + 5); };
  double variance = spread(static_cast<double>(count));
  std::copy(values.begin(), values.end(), sorted.begin());
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t begin = 0; begin < count;) {
    std::size_t end = begin + 1;
    while (end < count && sorted[end] == sorted[begin]) ++end;
    if (end - begin > 1) variance -= spread(static_cast<double>(end - begin));
    begin = end;
  }
  test.variance = variance / 18;
  if (test.s == 0 || test.variance <= 0) return test;
  test.z = static_cast<double>(test.s > 0 ? test.s - 1 : test.s + 1) / std::sqrt(test.variance);
  test.p = normal_two_sided(test.z);
  return test;
}

}  // namespace ecocube::series
