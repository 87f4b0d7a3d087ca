// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "methods/series/pixel_range.h"

namespace ecocube::series {

/// Which dates of a pixel, ranked by a carrier (an index, a temperature) from lowest to highest, give a value to
/// another band (GLAD's rank carrier metrics). Dates with equal carriers keep their order of time; the places of n
/// dates are 0..n-1.
enum class RankPart {
  highest,           ///< the highest carrier, the earliest of equal ones
  lowest,            ///< the lowest carrier, the earliest of equal ones
  median,            ///< the place (n-1) / 2, rounded down: an observation, not a mean of two
  upper_quarter,     ///< mean over the places from 3(n-1)/4 on
  lower_quarter,     ///< mean over the places up to (n-1)/4
  between_quarters,  ///< mean over the places from (n-1)/4 to 3(n-1)/4; of both dates when there are but two
};

/// `highest`, `lowest`, `median`, `upper_quarter`, `lower_quarter`, `between_quarters`
std::string_view name_of(RankPart part);
Result<RankPart> parse_rank_part(std::string_view name);

/// `value of B where C is highest`, `mean of B over C's upper quarter`: for each pixel the values of a band at the
/// dates that a carrier picks.
///
/// band, carrier, valid    shape [time][pixel]; looked at only where `valid` is not 0; the carrier holds no NaN there
/// results, results_valid  shape [pixel]; missing (value 0) for a pixel never seen; written in `range` only
void rank_carrier(std::span<const float> band, std::span<const float> carrier, std::span<const std::uint8_t> valid,
                  std::size_t pixels, PixelRange range, RankPart part, std::span<float> results,
                  std::span<std::uint8_t> results_valid);

/// The plain version, which the fast one equals bit for bit.
void rank_carrier_plain(std::span<const float> band, std::span<const float> carrier,
                        std::span<const std::uint8_t> valid, std::size_t pixels, PixelRange range, RankPart part,
                        std::span<float> results, std::span<std::uint8_t> results_valid);

/// The first and the last place that a part takes of one or more ranked dates; highest and lowest need no rank.
std::pair<std::size_t, std::size_t> rank_places(RankPart part, std::size_t dates);

}  // namespace ecocube::series
