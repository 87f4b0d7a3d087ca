// SPDX-License-Identifier: Apache-2.0
#include "methods/series/mann_kendall.h"

#include <algorithm>
#include <cmath>

#include "methods/series/trend_significance.h"

namespace ecocube::series {

MannKendall mann_kendall_of(std::int64_t s, std::int64_t ties, std::size_t count) {
  MannKendall test;
  test.s = s;
  const auto n = static_cast<std::int64_t>(count);
  test.variance = static_cast<double>(n * (n - 1) * (2 * n + 5) - ties) / 18;
  if (test.s == 0 || test.variance <= 0) return test;
  test.z = static_cast<double>(test.s > 0 ? test.s - 1 : test.s + 1) / std::sqrt(test.variance);
  test.p = normal_two_sided(test.z);
  return test;
}

MannKendall mann_kendall_plain(std::span<const float> values, std::vector<float>& sorted) {
  const std::size_t count = values.size();
  std::int64_t s = 0, ties = 0;
  for (std::size_t later = 1; later < count; ++later) {
    std::int32_t above = 0, below = 0;
    for (std::size_t earlier = 0; earlier < later; ++earlier) {
      above += values[later] > values[earlier] ? 1 : 0;
      below += values[later] < values[earlier] ? 1 : 0;
    }
    s += above - below;
  }
  sorted.assign(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t begin = 0; begin < count;) {
    std::size_t end = begin + 1;
    while (end < count && sorted[end] == sorted[begin]) ++end;
    const auto group = static_cast<std::int64_t>(end - begin);
    ties += group * (group - 1) * (2 * group + 5);
    begin = end;
  }
  return mann_kendall_of(s, ties, count);
}

}  // namespace ecocube::series
