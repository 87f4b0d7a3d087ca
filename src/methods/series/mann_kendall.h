// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace ecocube::series {

struct MannKendall {
  std::int64_t s = 0;   ///< pairs that rise less pairs that fall
  double variance = 0;  ///< of s where there is no trend, less what ties take
  double z = 0;         ///< s, one nearer to 0, over its standard deviation; 0 where all values are equal
  double p = 1;         ///< two-sided, by the normal distribution
};

/// Mann-Kendall test for a monotonic trend, with the correction for ties (Mann 1945; Kendall 1975; Gilbert 1987).
///
/// values  in order of time, without gaps
/// sorted  room for as many values; filled with them in ascending order
MannKendall mann_kendall(std::span<const float> values, std::span<float> sorted);

}  // namespace ecocube::series
