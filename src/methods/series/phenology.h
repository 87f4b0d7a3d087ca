// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "methods/series/harmonic_model.h"

namespace ecocube::series {

struct PhenologyOptions {
  double start_share = 0.2;    ///< of the rise from the left minimum to the peak that is reached when the season starts
  double end_share = 0.5;      ///< of the fall from the peak to the right minimum that is left when it ends
  double longest_gap = 120;    ///< days between observations within a season that has a result
  double least_amplitude = 0;  ///< a season must rise higher
};

/// One growing season. Days are whole or broken days since 1970-01-01, values physical.
struct Season {
  bool told = false;  ///< the rest is meaningless where it is false
  double start = 0, peak = 0, end = 0;
  double peak_value = 0;
  double base = 0;            ///< mean of the minima before and after the peak
  double amplitude = 0;       ///< peak less base
  double large_integral = 0;  ///< of the curve from start to end, value × days
  double small_integral = 0;  ///< the same above the base
};

/// The growing seasons of the years first_year..first_year+years-1, one a year, in the manner of TIMESAT (Jönsson and
/// Eklundh 2004, doi:10.1016/j.cageo.2004.05.006), on straight lines between observations. When in the year a pixel has
/// its peak is told by its mean yearly wave; a season is the year around that day, wherever New Year lies, and belongs
/// to the year in which the mean wave peaks. Within it the highest observation is the peak, the lowest points on both
/// sides the minima. The season starts where the curve, from the left minimum on, first reaches its share of the rise;
/// it ends likewise, seen from the right minimum. Years without enough observations or without a rise have no result.
///
/// model     of the dates of the series
/// days      since 1970-01-01 of the model's dates
/// times     which dates were observed, ascending
/// values    shape as `times`
/// new_year  1 January of the first year and of those that follow, and of the year after the last; days
std::vector<Season> growing_seasons(const HarmonicModel& model, std::span<const int> days,
                                    std::span<const std::size_t> times, std::span<const double> values,
                                    std::span<const int> new_year, const PhenologyOptions& options);

}  // namespace ecocube::series
