// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "data/cube/stack.h"
#include "methods/series/harmonic_model.h"
#include "methods/series/pixel_range.h"

namespace ecocube::series {

enum class ChangeDirection { drop, rise, either };

/// A straight line through part of a series.
struct SegmentTrend {
  double slope = 0;  ///< per year; NaN for fewer than two values
  double r2 = 0;     ///< NaN for fewer than three values
  double gain = 0;   ///< what the line rises from the first to the last date of the part; NaN as the slope
};

/// Change, aftereffect and trend of a series (CAT, as FORCE tells them; Frantz 2019, doi:10.3390/rs11091124).
struct ChangeAftereffectTrend {
  std::size_t after = 0;       ///< place of the first value after the change
  double magnitude = 0;        ///< that value less the one before it
  SegmentTrend total;          ///< of the whole series
  SegmentTrend before, later;  ///< of the values before the change, and of those from it on
};

/// Finds the largest change between consecutive values in the direction asked for; of equal ones the first. None where
/// no two consecutive values change that way.
///
/// years   ascending, shape [value]
/// values  without gaps
std::optional<ChangeAftereffectTrend> change_aftereffect_trend(std::span<const double> years,
                                                               std::span<const double> values,
                                                               ChangeDirection direction);

/// Figures of a change: year of the first value after it, magnitude, and slope, R² and gain of the whole series, of the
/// values before, and of those after.
inline constexpr std::size_t kChangeFigures = 11;

/// The same for many pixels. Returns how many have a change.
///
/// values   NaN where missing, shape [time][pixel]
/// years    shape [time]
/// fewest   valid values that a pixel needs
/// figures  shape [figure][pixel]; NaN where there is none
std::size_t change_aftereffect_trends(const Stack<double>& values, PixelRange range, std::span<const double> years,
                                      std::size_t fewest, ChangeDirection direction, const Planes<float>& figures);

/// The plain version, which the fast one equals bit for bit.
std::size_t change_aftereffect_trends_plain(const Stack<double>& values, PixelRange range,
                                            std::span<const double> years, std::size_t fewest,
                                            ChangeDirection direction, const Planes<float>& figures);

struct MonitorOptions {
  int modes = 3;             ///< waves of the year at most; fewer while a history is short
  int consecutive = 6;       ///< observations in a row that make a break
  double threshold = 3;      ///< how many RMSE they lie off, all to the same side
  std::size_t history = 12;  ///< observations that a history needs
  double history_years = 1;  ///< years that it spans at least
  double least_rmse = 0;     ///< noise that is never undercut, in the values' unit
};

struct SeriesBreak {
  std::size_t after = 0;  ///< place of the first observation after the break
  double magnitude = 0;   ///< median of the residuals of the observations that made it
};

struct MonitoredBreaks {
  std::vector<SeriesBreak> breaks;  ///< in order of time
  double rmse = 0;                  ///< of the last stable part, or of the whole series when none is; NaN: no fit
};

/// Finds breaks with a harmonic model, in the manner of CCDC (Zhu and Woodcock 2014) and BFAST Monitor (Verbesselt et
/// al. 2012). From the first observations on which the model is stable (its slope over their span, and the residuals of
/// the first and the last, within `threshold` RMSE) later ones are compared with what the model says: `consecutive` of
/// them beyond `threshold` RMSE, all to one side, are a break at the first of them; fewer are outliers and left out.
/// The model is fitted anew as observations come in, and after a break on those that follow it.
///
/// times   which dates of the model were observed, ascending
/// values  shape as `times`
MonitoredBreaks monitor_breaks(const HarmonicModel& model, std::span<const std::size_t> times,
                               std::span<const double> values, const MonitorOptions& options);

}  // namespace ecocube::series
