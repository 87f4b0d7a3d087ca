// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "methods/simulate/world.h"

namespace ecocube::simulate {

/// Metres to the nearest pixel where `mask` is not 0, along the eight directions of the grid (chamfer distance, two
/// passes); at most 60000. Shapes [row][col].
std::vector<std::uint16_t> metres_to(const Frame& frame, const std::vector<std::uint8_t>& mask);

}  // namespace ecocube::simulate
