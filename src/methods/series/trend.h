// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "data/cube/stack.h"
#include "methods/series/fill_gaps.h"
#include "methods/series/pixel_range.h"
#include "methods/series/trend_significance.h"

namespace ecocube::series {

/// Days of a year wherever slopes are told per year.
inline constexpr double kDaysOfYear = 365.25;

/// The dates of a series as the line fit goes through them.
struct TrendAxis {
  std::vector<std::size_t> time;        ///< the layer, slot after slot and oldest first within one
  std::vector<int> day;                 ///< of that layer, counted from the middle of the series; shape as `time`
  std::vector<std::size_t> slot_begin;  ///< first place of every slot, and the end; one slot when seasons are kept
  int first_day = 0;                    ///< of the oldest layer, counted likewise: where the intercept is told
};

/// deseasonalise  whether the mean of each slot is taken off before the line is fitted
TrendAxis trend_axis(const TimeAxis& axis, bool deseasonalise);

struct TrendOptions {
  double scale = 1, offset = 0;  ///< from stored numbers to physical values
  std::size_t fewest = 3;        ///< valid values that a pixel needs; at least 3
};

/// Results of the line fit, shapes [pixel of the range]; what is empty is not computed.
struct TrendResults {
  std::span<float> slope;      ///< physical units per year
  std::span<float> slope_se;   ///< standard error of the slope
  std::span<float> r2;         ///< coefficient of determination
  std::span<float> p;          ///< of a slope at least as steep where there is none, two-sided t with n - 2 degrees
  std::span<float> intercept;  ///< value of the line on the day of the oldest layer
  std::span<float> count;      ///< valid values; never missing
};

/// Ordinary least squares of every pixel's valid values over days. With several slots the values are the anomalies from
/// the means of their slots plus the mean of all. Pixels with fewer than `fewest` valid values, or all on one day, get
/// NaN. A constant series has slope 0, R² 0 and p 1.
/// Sums of whole numbers are exact; those of floats run in double from the pixel's first valid value.
///
/// T  uint8, uint16, int16 or float
template <class T>
void fit_trend(const Stack<T>& stack, PixelRange range, const TrendAxis& axis, const TrendOptions& options,
               const StudentT& student, const TrendResults& results);

/// The plain version, which the fast one equals bit for bit.
template <class T>
void fit_trend_plain(const Stack<T>& stack, PixelRange range, const TrendAxis& axis, const TrendOptions& options,
                     const StudentT& student, const TrendResults& results);

}  // namespace ecocube::series
