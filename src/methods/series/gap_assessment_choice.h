// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "methods/series/gap_assessment.h"
#include "methods/series/gap_assessment_table.h"

namespace ecocube::series {

/// What the methods made of one wholly hidden date.
struct HiddenDate {
  std::size_t round = 0;  ///< dates of one round were hidden together
  int slot = 0;
  std::vector<float> hidden;
  std::vector<std::uint8_t> gap_class;     ///< of each value
  std::vector<std::vector<float>> filled;  ///< shape [method][value]; NaN where it stayed empty
};

/// Logarithm of each method's mean square error on a date. A value that a method left empty counts with the largest
/// error that another made there.
std::vector<double> log_square_errors(const HiddenDate& date);

/// Weights of the methods' mean for a nearly empty date of that slot.
///
/// A date's errors have one cause, its weather, so dates are few and single ones must not decide: each counts with the
/// logarithm of its mean square error. The means over the n dates of like season get the share n² / (n² + 20²), those
/// over all dates the rest; differences between methods are shrunk towards none as if 5 more dates had shown none.
/// Weights go with the 24th power of the inverse mean square error, so a method with 5 % more error than the best has a
/// tenth of its weight; those below 2 % are dropped. The constants were chosen on hidden dates of ten real series, see
/// docs/gap-filling-accuracy.md.
///
/// errors  of log_square_errors, shape [date][method]; at least one date
/// except  a round whose dates do not count; none: -1
std::vector<double> date_weights(std::span<const std::vector<double>> errors, std::span<const HiddenDate> dates,
                                 int slot, int slots, int except = -1);

/// The weighted mean of what the methods made of one value; those that left it empty do not count. NaN when all did.
double weighted_fill(const HiddenDate& date, std::size_t value, std::span<const double> weights);

/// Chooses for every slot and kind of date, and scores what was chosen; writes `choices` and `auto_scores`.
///
/// tallies  shape [method]
/// dates    may be empty
void choose(std::span<const ErrorTally> tallies, std::span<const HiddenDate> dates, GapAssessment& assessment);

}  // namespace ecocube::series
