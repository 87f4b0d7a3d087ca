// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "apps/cli/commands.h"
#include "base/result.h"
#include "run/recipe.h"

namespace ecocube {

/// Prepares the points of a recipe, writes them to `out` (`.csv` or `.gpkg`) and tells what became of the rows, what
/// the points carry, and how many of them the cube holds. `inside`: write only those that lie within its area and
/// years.
Result<std::string> write_prepared_points(const Recipe& recipe, const std::string& out, bool inside);

/// Adds `points` to the program and sets `action` when it is chosen.
void add_points_command(CLI::App& app, Action& action);

}  // namespace ecocube
