// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "methods/series/gap_assessment.h"

namespace ecocube::series {

/// Which observed values are hidden from fillers that are to be assessed. What is hidden depends on nothing but the
/// seed, the number of the chip and the place in it, so variables of one cube lose the same values.

/// Hides values of a chip in one of the ways but whole_date: 1 where hidden, shape [time][row][col].
///
/// number  of the chip in the sample
/// share   of the values, for random; the other ways hide about a tenth
std::vector<std::uint8_t> hidden_values(HidingWay way, const SampleChip& chip, std::size_t number, const TimeAxis& axis,
                                        double share, std::uint64_t seed);

/// Deals the dates that are seen on more than 30 % of the sample's pixels to rounds: about 1 / share of them, each with
/// one date at least. Every such date is in one round; dates in ascending order.
std::vector<std::vector<std::size_t>> date_rounds(std::span<const SampleChip> chips, std::size_t times, double share,
                                                  std::uint64_t seed);

/// Observed values of each date over all chips, shape [time].
std::vector<std::size_t> seen_on_dates(std::span<const SampleChip> chips, std::size_t times);

/// Every n-th pixel that was ever seen, at most `most` of them, as a chip of one row. Storage is the caller's.
struct ThinnedSample {
  std::vector<float> values;
  std::vector<std::uint8_t> valid;
  std::size_t pixels = 0;
  SampleChip chip() const { return {values, valid, 1, pixels}; }
};
ThinnedSample thinned(std::span<const SampleChip> chips, std::size_t times, std::size_t most);

/// For each value how many layers in a row its pixel misses there, 0 where valid; shapes [time][pixel].
std::vector<std::uint16_t> gap_lengths(std::span<const std::uint8_t> valid, std::size_t times, std::size_t pixels);

}  // namespace ecocube::series
