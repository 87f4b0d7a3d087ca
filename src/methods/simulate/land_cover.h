// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "methods/simulate/settlement.h"
#include "methods/simulate/terrain.h"
#include "methods/simulate/world.h"

namespace ecocube::simulate {

/// A field, a stand of trees or a plot: an oblong in a block of like-lying ones.
struct Parcel {
  std::uint32_t number = 0;  ///< random bits that only its own pixels share
  double x = 0, y = 0;       ///< its middle, metres
};

/// The parcel that holds a place.
Parcel parcel_at(std::uint64_t seed, double x, double y);

/// Fills the planes of `world` that say what covers the land: first_cover, parcel, built_year, built_as, cut_year,
/// regrowth and conifer_share. `world` has its seed and frame already.
void cover_land(const Terrain& terrain, const Settlement& settlement, World& world);

}  // namespace ecocube::simulate
