// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "data/cube/grid.h"
#include "run/recipe.h"

namespace ecocube {

/// The cube that a recipe's entry `cube` describes: checks the CRS, snaps the area outwards to whole pixels, and lists
/// the tiles it touches. Errors name the key.
Result<Cube> make_cube(const CubeSpec& spec);

}  // namespace ecocube
