// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "methods/series/date_statistics.h"
#include "methods/series/fill_gaps.h"
#include "methods/series/pixel_range.h"

namespace ecocube::series {

/// Neighbours of a gap are looked for so many pixels away; a block needs a halo this wide to be filled as if it were
/// part of the whole.
inline constexpr int kKrigingRadius = 24;

/// A block with its halo. The pixels to be filled are a rectangle within it.
struct BlockAround {
  std::size_t rows = 0;  ///< of the planes
  std::size_t cols = 0;
  std::span<const float> values;        ///< shape [time][row][col]; not looked at where `valid` is 0
  std::span<const std::uint8_t> valid;  ///< shape [time][row][col]
  std::span<const float> completed;     ///< from DateRegression::complete, shape [time][row][col]
  std::size_t where_row = 0;            ///< of the rectangle's first pixel in the planes
  std::size_t where_col = 0;
  std::size_t where_rows = 0;
  std::size_t where_cols = 0;
};

/// What comes of some pixels, all shapes [time][pixel of the range].
struct FilledSeries {
  std::span<float> values;          ///< observed ones as they were; no gap is left unless the cube is empty
  std::span<std::uint8_t> source;   ///< kObserved, kDateRegression, kDateRegressionKriging or kTemporalBlend
  std::span<float> expected_error;  ///< data units, 0 where observed; 68 % of errors are expected to be smaller
};

/// Fills gaps by date regression and kriging: the same pixel's twelve most telling valid dates predict the gap (ridge
/// regression on the cube's correlation between dates), and the residuals of the twelve nearest pixels seen on that
/// date correct it (simple kriging). A date nearly empty in the whole cube is blended from the structured correlation
/// and temporal fillers; so is everything when fewer than 50 pixels told the statistics. A pixel without any valid
/// value gets the date's mean and what its neighbours say; values stay within the observed range.
///
/// Immutable: one object serves any number of threads.
class DateRegression {
 public:
  /// The axis must be the one of the statistics.
  DateRegression(DateStatistics statistics, TimeAxis axis);
  ~DateRegression();
  DateRegression(DateRegression&&) noexcept;
  DateRegression& operator=(DateRegression&&) noexcept;

  const DateStatistics& statistics() const;

  /// Standardises the series of pixels and completes their gaps from other dates, which is what `fill` needs of the
  /// pixels around a gap. Pixels do not depend on each other.
  ///
  /// values, valid, completed   shape [time][pixel]; completed values are (value - mean) / spread
  void complete(std::span<const float> values, std::span<const std::uint8_t> valid, std::size_t pixels,
                PixelRange range, std::span<float> completed) const;

  /// Fills the pixels `range` of the block's rectangle, numbered row by row. Returns the number of values filled.
  std::size_t fill(const BlockAround& block, PixelRange range, const FilledSeries& filled) const;

 private:
  struct Tables;
  std::unique_ptr<const Tables> tables_;
};

}  // namespace ecocube::series
