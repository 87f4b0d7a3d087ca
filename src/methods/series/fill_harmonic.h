// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "methods/series/fill_gaps.h"

namespace ecocube::series {

/// What the plain and the fast way of fill_harmonic share. Both sum up in the same order in double precision.
///
/// The columns of the least squares problem are the constant, the trend, and cosine and sine of each wave. Waves are
/// the same in every year, so the normal matrix needs only five sums over the values of each phase (slot): weight,
/// weight × tau, weight × tau², and weight and weight × tau times the value.
struct HarmonicDesign {
  HarmonicDesign(const TimeAxis& axis, const HarmonicOptions& options);

  /// Values that a pixel needs for `modes` waves.
  static std::size_t values_needed(int modes) { return 4 * static_cast<std::size_t>(modes) + 4; }
  /// Waves that the pixel's number of values allows.
  int modes_for(std::size_t values) const;

  std::size_t phases;  ///< slots a year
  int modes;
  bool trend;
  int rounds;
  std::size_t waves_from;          ///< column of the first cosine
  std::size_t columns;             ///< of the widest problem
  std::vector<std::size_t> phase;  ///< shape [time]
  std::vector<double> tau;         ///< time from the middle of the series in its length, shape [time]
  std::vector<double> waves;       ///< shape [phase][column - waves_from]
};

inline constexpr std::size_t kValuesForTrend = 4;
inline constexpr double kRidge = 1e-3;          ///< times the number of values
inline constexpr double kConstantRidge = 1e-9;  ///< keeps the smallest problem solvable
inline constexpr double kHuber = 1.345 * 1.4826;
inline constexpr double kLeastSpread = 1e-9;
inline constexpr double kWidening = 0.1;

/// The plain way; fill_harmonic gives the same numbers.
std::size_t fill_harmonic_plain(const GapSeries& series, PixelRange range, const TimeAxis& axis,
                                const HarmonicOptions& options);

}  // namespace ecocube::series
