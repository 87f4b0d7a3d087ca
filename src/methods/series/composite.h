// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "methods/series/pixel_range.h"

namespace ecocube::series {

/// One figure that sums up the valid values of a pixel over time.
struct Statistic {
  enum class Kind {
    percentile,  ///< linear between order statistics (type 7 of Hyndman & Fan 1996, numpy's default)
    mean,
    minimum,
    maximum,
    count,               ///< number of valid values; 0, not missing, when there is none
    standard_deviation,  ///< of the values themselves: the sum of squares is divided by their number
  };
  Kind kind = Kind::percentile;
  double percent = 50;  ///< of a percentile, 0..100
  bool operator==(const Statistic&) const = default;
};

/// `p25`, `p2.5`, `mean`, `min`, `max`, `count`, `sd`
std::string name_of(const Statistic& statistic);

/// Reads a name that `name_of` writes, or `median` for p50.
Result<Statistic> parse_statistic(std::string_view name);

/// Percentile of ascending values, with numpy's arithmetic in double precision. One value is every percentile.
/// percent  0..100
double percentile_of_sorted(std::span<const float> ascending, double percent);

/// Sums up the series of each pixel of `range`.
///
/// values, valid            shape [time][pixel]; values where `valid` is 0 are not looked at
/// pixels                   pixels of a plane
/// results, results_valid   shape [statistic][pixel]; missing (value 0) where the pixel has no valid value, but a
///                          count is always valid
void composite(std::span<const float> values, std::span<const std::uint8_t> valid, std::size_t pixels, PixelRange range,
               std::span<const Statistic> statistics, std::span<float> results, std::span<std::uint8_t> results_valid);

}  // namespace ecocube::series
