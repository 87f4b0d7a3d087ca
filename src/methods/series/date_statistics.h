// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "methods/series/fill_gaps.h"

namespace ecocube::series {

/// A rectangle of the cube with all its dates. One chip may be a whole small cube; chips from many blocks stand for a
/// cube too large to hold.
struct SampleChip {
  std::span<const float> values;        ///< shape [time][row][col]; not looked at where `valid` is 0
  std::span<const std::uint8_t> valid;  ///< shape [time][row][col]
  std::size_t rows = 0;
  std::size_t cols = 0;
};

/// One exponential of the correlation that residuals of neighbouring pixels have: weight · exp(-distance / range).
struct DistanceTerm {
  double weight = 0;
  double range = 1;  ///< pixels
};

/// How wrong predictions turned out when observed values were left out: the 68 % quantile of |error| in units of the
/// model's own standard deviation, for predictions of which the model says they keep about `variance` (0..1) of the
/// variance of the values.
struct ErrorFactor {
  double variance = 1;
  double factor = 1;
};

/// Predictions that are blended on a nearly empty date. `standardised` ones work on (value - mean) / spread, so they
/// follow the date's mean; the others on the values as they are.
enum class BlendMember : std::uint8_t {
  structured,             ///< ridge regression on the structured correlation
  swag,                   ///< seasonally weighted average, both sides
  swag_standardised,      ///< the same
  harmonic_one,           ///< robust harmonic with one mode
  harmonic_two,           ///< with two
  harmonic_standardised,  ///< with two
  seasonal_mean,
  linear_standardised,
};
inline constexpr std::size_t kBlendMembers = 8;

/// What the dates of one band of a cube have to do with each other: all that date regression and kriging need to know
/// of pixels other than those around a gap. A value of plain numbers; the same chips give the same numbers.
struct DateStatistics {
  std::size_t times = 0;
  bool any_value = false;  ///< false: nothing at all was observed, and gaps stay empty
  /// True when fewer than 50 pixels, or too few values on every date, were seen to say anything about dates: of the
  /// rest only mean, spread, series_error, lowest and highest are told, and gaps are filled from their own series.
  bool series_only = true;
  std::vector<double> mean;                   ///< of each date over all pixels, data units, shape [time]
  std::vector<double> spread;                 ///< standard deviation around it, data units, > 0, shape [time]
  std::vector<std::uint8_t> nearly_empty;     ///< 1 where too few values were seen to say anything, shape [time]
  std::vector<double> correlation;            ///< of standardised values, positive definite, shape [time][time]
  std::vector<double> structured;             ///< as lag and season alone have it; for nearly empty dates, same shape
  std::vector<DistanceTerm> distance;         ///< of the residuals; empty when neighbours tell nothing
  std::vector<double> blend;                  ///< weights on nearly empty dates, sum 1, shape [time][BlendMember]
  std::vector<double> blend_error;            ///< expected error on a nearly empty date, data units, shape [time]
  std::vector<ErrorFactor> regression_error;  ///< without neighbours; ascending in `variance`
  std::vector<ErrorFactor> kriging_error;     ///< with neighbours; ascending in `variance`
  double series_error = 0;                    ///< expected error of the temporal blend when pixels < 50, data units
  double lowest = 0;                          ///< of the observed values
  double highest = 0;
};

/// Below so many pixels no correlation between dates is told.
inline constexpr std::size_t kFewestPixels = 50;

/// Learns the statistics from a sample.
///  1. value[p, t] ≈ mean[t] + level[p], fitted in turn, gives the means; dates with fewer than 20 values or 0.5 % of
///     the pixels count as nearly empty and get theirs from temporal fillers, weighted by their squared errors on the
///     other dates.
///  2. The correlation of the standardised values, clipped at ±3, shrunk towards what lag and season alone predict
///     (weight N / (N + 200) of N pairs), made positive definite and refined by two rounds of expectation maximisation.
///  3. The correlation of the residuals by distance: non-negative exponentials.
///  4. Factors of the expected errors, from observed values left out alone, in clouds, and by the date.
/// Deterministic: a fixed sequence of pseudorandom numbers, sums in a fixed order.
///
/// chips  at least one; a chip's series is one pixel's, and chips do not overlap
/// axis   shape [time] as in the chips; no layers is a programmer's error
DateStatistics estimate_date_statistics(std::span<const SampleChip> chips, const TimeAxis& axis);

}  // namespace ecocube::series
