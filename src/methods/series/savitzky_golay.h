// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "data/cube/stack.h"
#include "methods/series/pixel_range.h"

namespace ecocube::series {

/// Savitzky-Golay smoother: the value of a polynomial fitted to the valid values of a window around each date (Savitzky
/// and Golay 1964, doi:10.1021/ac60214a047). Where the window would reach beyond the series, the first or last whole
/// window is fitted, as scipy's mode `interp` does. Dates count as evenly spaced.
///
/// A window with fewer valid values than order + 1 is fitted with one degree less than it has values, a date outside
/// the valid ones of its window with degree 1 at most; a date whose window holds none has no result.
class SavitzkyGolay {
 public:
  /// window  odd, 3 or more, at most `times`
  /// order   0..window - 1
  SavitzkyGolay(int window, int order, std::size_t times);

  /// values, valid  shape [time]
  /// smooth         shape [time]; 0 where there is no result
  /// told           shape [time]; 1 where there is one
  void smooth(std::span<const float> values, std::span<const std::uint8_t> valid, std::span<float> smooth,
              std::span<std::uint8_t> told) const;

  /// Smooths the pixels of `range`, many at once.
  ///
  /// keep_gaps  whether dates without a valid value stay missing
  /// out        planes as those of `stack`; its number for missing values where there is no result
  void smooth(const Stack<float>& stack, PixelRange range, bool keep_gaps, const Planes<float>& out) const;

  /// The plain version, one pixel after the other, which the fast one equals bit for bit.
  void smooth_plain(const Stack<float>& stack, PixelRange range, bool keep_gaps, const Planes<float>& out) const;

  /// Weights of the values of a window that give the polynomial's value at place `at`; those of gaps are 0.
  ///
  /// valid    shape [window]
  /// weights  shape [window]
  /// returns false where the window holds no valid value
  static bool weights_of(std::span<const std::uint8_t> valid, int order, std::size_t at, std::span<double> weights);

  std::size_t window() const { return window_; }
  int order() const { return order_; }
  /// Weights of a window without gaps that give the value at place `at`; shape [window].
  const double* whole_weights(std::size_t at) const { return whole_.data() + at * window_; }
  /// Weights that give the value in the middle, for every pattern of valid values (the first one is bit 0), shape
  /// [pattern][1 << kPatternShift]; null where the window is too wide for them.
  const double* pattern_weights() const { return patterns_.empty() ? nullptr : patterns_.data(); }
  static constexpr int kPatternShift = 4;

 private:
  /// The widest window for which the weights of all patterns of gaps are kept.
  static constexpr std::size_t kWidestTable = 11;

  std::size_t window_, times_;
  int order_;
  std::vector<double> whole_;     ///< weights without gaps, shape [place][window]
  std::vector<double> patterns_;  ///< see pattern_weights; may be empty
};

}  // namespace ecocube::series
