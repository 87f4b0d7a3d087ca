// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "methods/simulate/terrain.h"
#include "methods/simulate/world.h"

namespace ecocube::simulate {

struct Town {
  double x = 0, y = 0;  ///< metres
  double radius = 0;    ///< metres
};

/// Where people live and how they get from one place to the other. Planes have shape [row][col].
struct Settlement {
  static constexpr float kFar = std::numeric_limits<float>::max();
  std::vector<Town> towns;         ///< largest first
  std::vector<float> town;         ///< distance to the nearest town in its radii: up to about 1 is built up
  std::vector<float> industry;     ///< the same for its industrial area
  std::vector<std::uint8_t> road;  ///< 1 where a road runs
};

Settlement make_settlement(std::uint64_t seed, const Frame& frame, const Terrain& terrain);

/// Draws roads between towns and one motorway across the world.
void draw_roads(const Frame& frame, const Terrain& terrain, Settlement& settlement);

}  // namespace ecocube::simulate
