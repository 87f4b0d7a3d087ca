// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "methods/simulate/surface.h"
#include "methods/simulate/weather.h"

namespace ecocube::simulate {

inline constexpr std::size_t kSceneBands = 8;

/// An interval as the archive holds it: six reflectances × 40000, temperature in K × 100, quality flag; all 0 where
/// there is no data. Shape [row][col][band].
std::vector<std::uint16_t> observe(const World& world, const Surface& surface, const Sky& sky, const Moment& moment);

/// True when the archive lacks the interval of a tile; more often in winter. `share` is the mean over the year.
bool is_missing(std::uint64_t seed, int tile_west, int tile_south, int year, int interval, double share);

/// Median over the intervals of a season, per pixel and band: the truth that a composite is held against. Shapes
/// [row][col][band]; the mean of the middle two when their number is even.
std::vector<std::uint16_t> median_of(const std::vector<const std::vector<std::uint16_t>*>& intervals);

}  // namespace ecocube::simulate
