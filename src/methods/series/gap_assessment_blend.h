// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ecocube::series {

/// Blends of methods for dates that are nearly empty, learned from dates hidden whole.

/// What the methods made of one wholly hidden date.
struct HiddenDate {
  std::size_t round = 0;  ///< dates of one round were hidden together
  int slot = 0;
  std::vector<float> hidden;
  std::vector<std::uint8_t> gap_class;     ///< of each value
  std::vector<std::vector<float>> filled;  ///< shape [method][value]; NaN where it stayed empty
};

/// Values that a method left empty are taken from the first method that filled them; NaN where none did.
void complete_from_first(std::vector<std::vector<float>>& filled);

/// How wrong the methods were on one date: its mean, and what is left of the errors. The two have causes of their own,
/// the weather of the date and the differences between pixels, and are learned apart.
struct DateErrors {
  std::size_t round = 0;
  int slot = 0;
  std::vector<double> filled_mean;  ///< shape [method]
  std::vector<double> level;        ///< mean of filled - hidden, shape [method]
  std::vector<double> pattern;      ///< mean product of the errors less `level`, shape [method][method]
};

/// date   completed; at least one value
DateErrors errors_of(const HiddenDate& date);

/// Weights of the methods, each of them not negative and with sum 1.
struct DateBlend {
  std::vector<double> level;    ///< for the mean of the date over all pixels, shape [method]
  std::vector<double> pattern;  ///< for what differs from pixel to pixel, shape [method]
};

/// Which methods may be part of a blend, shape [method]. Past-only averages and the nearest value know one side of a
/// gap where others know both, so they are left out unless there is nothing else.
std::vector<std::uint8_t> blend_candidates(std::span<const std::string> methods);

/// Weights with the smallest mean square error on the hidden dates (stacking, Breiman 1996), for dates of one slot.
///
/// Dates of like season count most: exp(-½ (distance / 0.15 years)²) + 0.05. A date's errors have one cause, so few odd
/// dates must not decide: each counts with 1 / the root of the median mean square error of the methods. Weights are
/// drawn, as if by 5 dates, towards weights that go with the inverse square of the mean square error. Those below 2 %
/// are left out.
///
/// dates       at least one whose round is not `except`
/// candidates  of blend_candidates
/// except      a round whose dates do not count; none: -1
DateBlend fit_date_blend(std::span<const DateErrors> dates, std::span<const std::uint8_t> candidates, int slot,
                         int slots, int except = -1);

/// Σ (level weight - pattern weight) × mean: what is added to the mean of the methods' values by the pattern's weights.
/// 0 where a mean that is needed is not known.
///
/// means  of the methods' values on the date, shape [method]
double level_shift(const DateBlend& blend, std::span<const double> means);

}  // namespace ecocube::series
