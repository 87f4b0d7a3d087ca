// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "methods/terrain/relief.h"

namespace ecocube::terrain {

/// Raises every hollow without an outlet until water runs out over its lowest rim, with a fall of a tenth of a
/// millimetre a pixel towards the rim (priority flood, Barnes, Lehman & Mulla 2014, Computers & Geosciences 62). Water
/// leaves at the edges of the rectangle and at missing pixels.
///
/// returns  metres, NaN where missing; shape [row][col]
std::vector<double> filled_elevations(const Elevations& ground);

/// Area that drains through each pixel, its own included, in square metres: shared among all lower neighbours by
/// tan(slope)^1.1 times the width of the contour towards them (Freeman 1991; Quinn et al. 1991).
///
/// filled   from filled_elevations
std::vector<double> contributing_area(const Elevations& ground, std::span<const double> filled);

/// Topographic wetness index ln(a / tan β) (Beven & Kirkby 1979): a is the contributing area over the width of a pixel,
/// β the slope of the ground, of which at least 0.001 counts. NaN where the elevation is missing. What lies beyond the
/// rectangle is not known, so a rectangle should hold whole catchments.
///
/// results  shape [row][col]
void wetness_index(const Elevations& ground, std::span<float> results);

}  // namespace ecocube::terrain
