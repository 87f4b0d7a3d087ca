// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "methods/series/pixel_range.h"

namespace ecocube::series {

/// Bounds of an orbit's weight where orbits overlap (EcoDataCube's Sentinel-2 mosaics).
inline constexpr double kLeastStitchWeight = 0.4, kMostStitchWeight = 0.6;

/// Joins the composites of overlapping orbits: where several have a value, their mean weighted by their shares of the
/// observations, each share clipped to 0.4..0.6 and the weights scaled to sum to one; where one has a value, that.
///
/// values   composites, NaN where missing; shape [orbit][pixel]
/// counts   clear observations behind them; same shape
/// pixels   pixels of a plane
/// stitched shape [pixel]; NaN where no orbit has a value
void stitch(std::span<const float> values, std::span<const std::uint16_t> counts, std::size_t pixels, PixelRange range,
            std::span<float> stitched);

}  // namespace ecocube::series
