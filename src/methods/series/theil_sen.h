// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace ecocube::series {

/// Theil-Sen slope: the median of the slopes between all pairs of values (Theil 1950; Sen 1968); of an even number of
/// slopes the mean of the two in the middle. NaN for fewer than two values.
///
/// values  without gaps
/// times   strictly ascending, shape as `values`
/// room    used again
double theil_sen_slope(std::span<const float> values, std::span<const float> times, std::vector<float>& room);

/// The plain version, which the fast one equals bit for bit.
double theil_sen_slope_plain(std::span<const float> values, std::span<const float> times, std::vector<float>& slopes);

/// Takes the median of each slot off its values and adds the median of all.
///
/// values  without gaps, worked on in place
/// slots   0.., shape as `values`
/// room    used again
void subtract_slot_medians(std::span<float> values, std::span<const int> slots, int slot_count,
                           std::vector<float>& room);

}  // namespace ecocube::series
