// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "methods/series/date_regression_predictor.h"
#include "methods/series/date_statistics_sample.h"

namespace ecocube::series {

/// A figure for each date, some of which had to be guessed.
struct DateSeries {
  std::vector<double> values;         ///< known ones as they were, no gap left, shape [time]
  std::vector<double> when_left_out;  ///< what the known ones would have been guessed to be, shape [time]
};

/// Fills a series of one figure a date: the mean of five temporal fillers (linear, two-sided SWAG, robust harmonic with
/// one and with two modes, TMWM), weighted by 1 / (mean square error when each known date is left out in turn)².
/// values   NaN where unknown; at least one known
DateSeries fill_date_series(std::span<const double> values, const TimeAxis& axis);

/// What known dates would be guessed to be if they had never been seen.
struct LeftOutDates {
  std::vector<double> mean;    ///< shape [time]
  std::vector<double> spread;  ///< shape [time]
};

/// Finds the weights of the blend for each nearly empty date, and its expected error, by leaving out known dates in
/// turn: the weights are those of the smallest mean square error, not negative, summing to 1, dates of like season
/// counting most; they are drawn towards weights that did well elsewhere. The expected error is what 68 % of the errors
/// of the left out dates stay below, dates of like season counting most.
/// statistics   mean, spread and nearly_empty are read; blend and blend_error are written
void fit_blend(const DateSample& sample, const TimeAxis& axis, const DatePredictor& structured,
               const LeftOutDates& left_out, DateStatistics& statistics);

}  // namespace ecocube::series
