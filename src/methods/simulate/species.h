// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "data/cube/grid.h"
#include "data/cube/period.h"
#include "methods/simulate/world.h"

namespace ecocube::simulate {

/// The three trees of the world; the first is the one that maps are made of, the others tell where somebody looked.
inline constexpr const char* kTreeSpecies[] = {"Fagus sylvatica", "Quercus robur", "Picea abies"};

/// How likely the first tree would stand in each pixel if man let it, 0..1: gentle slopes above the wet ground, on
/// soils that suit it. Shape [row][col].
std::vector<float> potential_of_species(const World& world);

/// How likely it stands there in a year: only woods have it, clear-cuts have not. Shape [row][col].
std::vector<float> realized_species(const World& world, const std::vector<float>& potential, int year);

/// A tree that somebody saw and told its name.
struct Occurrence {
  LonLat place;
  Day date;
  std::string species;
  int uncertainty = 10;  ///< of the place, metres; now and then thousands
};

/// Occurrences of all trees in woods, near roads more often than elsewhere, years spread evenly. Fewer than asked for
/// where the world has few woods.
std::vector<Occurrence> occurrences(const World& world, const std::vector<float>& potential, std::size_t count,
                                    const std::vector<int>& years);

}  // namespace ecocube::simulate
