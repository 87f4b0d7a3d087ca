// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

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
/// room    used again
MannKendall mann_kendall(std::span<const float> values, std::vector<float>& room);

/// The plain version, which the fast one equals bit for bit.
MannKendall mann_kendall_plain(std::span<const float> values, std::vector<float>& sorted);

/// The test of `count` values from its counts.
///
/// s     as in MannKendall
/// ties  sum of n (n - 1) (2n + 5) over groups of n equal values
MannKendall mann_kendall_of(std::int64_t s, std::int64_t ties, std::size_t count);

}  // namespace ecocube::series
