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

/// One figure that sums up the valid values of a pixel over time. Moments are those of the values themselves (sums
/// divided by their number, not by one less), as in numpy and FORCE.
struct Statistic {
  enum class Kind {
    percentile,  ///< linear between order statistics (type 7 of Hyndman & Fan 1996, numpy's default)
    mean,
    minimum,
    maximum,
    count,                ///< number of valid values; 0, not missing, when there is none
    standard_deviation,   ///< square root of the second central moment
    weighted_mean,        ///< weights per time; missing where the weights of the valid values sum to 0
    range,                ///< maximum - minimum
    interquartile_range,  ///< p75 - p25
    skewness,             ///< third central moment / sd^3; 0 where all values are equal
    kurtosis,             ///< fourth central moment / sd^4, 3 for a normal distribution; 0 where all values are equal
  };
  Kind kind = Kind::percentile;
  double percent = 50;  ///< of a percentile, 0..100
  bool operator==(const Statistic&) const = default;
};

/// `p25`, `p2.5`, `mean`, `min`, `max`, `count`, `sd`, `weighted_mean`, `range`, `iqr`, `skewness`, `kurtosis`
std::string name_of(const Statistic& statistic);

/// Reads a name that `name_of` writes, or `median` for p50.
Result<Statistic> parse_statistic(std::string_view name);

/// Whether the figure is a difference of values, which an offset of their encoding must not shift: sd, range, iqr.
bool is_spread(const Statistic& statistic);

/// Whether the figure keeps neither unit nor scale of the values: count, skewness, kurtosis.
bool is_pure_number(const Statistic& statistic);

/// Weights that fall off linearly from 1 at the middle of the period begin..end (both days included) to nearly 0 at its
/// ends: 1 - |day - middle| / (length / 2), length counting both end days. A day outside has weight 0.
std::vector<double> centre_weights(std::span<const int> days, int begin, int end);

/// Percentile of ascending values, with numpy's arithmetic in double precision. One value is every percentile.
/// percent  0..100
double percentile_of_sorted(std::span<const float> ascending, double percent);

void sort_ascending(std::span<float> values);

/// The valid values of one pixel.
struct SortedSeries {
  std::span<const float> ascending;
  double weighted_sum = 0;  ///< sum of weight × value, in order of time
  double weights = 0;       ///< sum of the weights, in order of time
};

/// The figure in double precision; NaN where there is none. Sums run over the ascending values, so that the order of
/// time plays no part.
double figure_of(const Statistic& statistic, const SortedSeries& series);

/// Sums up the series of each pixel of `range`.
///
/// values, valid            shape [time][pixel]; values where `valid` is 0 are not looked at
/// pixels                   pixels of a plane
/// results, results_valid   shape [statistic][pixel]; missing (value 0) where the pixel has no valid value, but a
///                          count is always valid
/// weights                  of the weighted mean, not negative, shape [time]; may be empty when it is not asked for
void composite(std::span<const float> values, std::span<const std::uint8_t> valid, std::size_t pixels, PixelRange range,
               std::span<const Statistic> statistics, std::span<float> results, std::span<std::uint8_t> results_valid,
               std::span<const double> weights = {});

}  // namespace ecocube::series
