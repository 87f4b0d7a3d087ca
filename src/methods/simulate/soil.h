// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "data/cube/grid.h"
#include "data/cube/period.h"
#include "methods/simulate/world.h"

namespace ecocube::simulate {

/// What a kilogram of fine earth holds at some depth.
struct SoilAt {
  float clay = 0;    ///< percent
  float carbon = 0;  ///< organic carbon, grams per kilogram
};

/// Whether there is ground to dig in: not in water, nor under towns and roads.
bool has_soil(Cover cover);

/// The soil of a pixel in a year at a depth of `depth` centimetres: clay where the land is low and flat, more of it
/// further down; carbon under grass, moor and wood, less under the plough, fading with depth and slowly changing after
/// the cover has changed.
SoilAt soil_at(const World& world, int row, int col, int year, double depth);

/// A layer that somebody dug out and sent to a laboratory.
struct SoilHorizon {
  int profile = 0;  ///< layers of one pit share it
  LonLat place;
  Day date;
  int upper = 0, lower = 0;    ///< centimetres below the surface
  float clay = 0, carbon = 0;  ///< as measured
};

/// Pits of five horizons of their own thickness, spread over the world, where it has soil, and the years, with the
/// laboratory's error.
std::vector<SoilHorizon> soil_profiles(const World& world, std::size_t profiles, const std::vector<int>& years);

}  // namespace ecocube::simulate
