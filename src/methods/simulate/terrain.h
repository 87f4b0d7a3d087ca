// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "methods/simulate/world.h"

namespace ecocube::simulate {

enum class Water : std::uint8_t { none, river, lake };

/// The bare land: valleys of large rivers between hills, brooks down the slopes, lakes in hollows and old gravel pits.
/// Every plane has shape [row][col].
struct Terrain {
  std::vector<float> elevation;   ///< metres; lakes are level
  std::vector<float> rise_east;   ///< metres up per metre to the east
  std::vector<float> rise_south;  ///< metres up per metre to the south
  std::vector<Water> water;
  std::vector<float> valley;  ///< metres to the nearest large river's bank; 0 in the river
};

Terrain make_terrain(std::uint64_t seed, const Frame& frame);

/// For every pixel the pixel that its water runs to, itself where it leaves the world or reaches `water`; hollows are
/// filled to their brim first (priority flood, Barnes et al. 2014) and `elevation` takes their level.
///
/// elevation, water  shape [row][col]
struct Drainage {
  std::vector<std::uint32_t> receiver;
  std::vector<std::uint32_t> order;  ///< all pixels, every one after its receiver
  std::vector<float> filled;         ///< metres that were filled in, at least 0
};
Drainage drain(const Frame& frame, std::vector<float>& elevation, const std::vector<Water>& water);

}  // namespace ecocube::simulate
