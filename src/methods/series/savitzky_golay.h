// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

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

  /// Weights of the values of a window that give the polynomial's value at place `at`; those of gaps are 0.
  ///
  /// valid    shape [window]
  /// weights  shape [window]
  /// returns false where the window holds no valid value
  static bool weights_of(std::span<const std::uint8_t> valid, int order, std::size_t at, std::span<double> weights);

 private:
  /// The widest window for which the weights of all patterns of gaps are kept.
  static constexpr std::size_t kWidestTable = 11;

  std::size_t window_, times_;
  int order_;
  std::vector<double> whole_;     ///< weights without gaps, shape [place][window]
  std::vector<double> patterns_;  ///< weights for the middle, shape [pattern of valid values][window]; may be empty
};

}  // namespace ecocube::series
