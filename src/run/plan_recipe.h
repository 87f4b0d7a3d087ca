// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "run/plan.h"
#include "run/recipe.h"

namespace ecocube {

/// Everything between a recipe and its plan: the cube, the legend, the layers of the raster sources, the tasks of all
/// steps with their keys.
Result<Plan> plan_recipe(const Recipe& recipe, const StepList& steps, const RunSettings& settings);

/// The recipe with every default spelled out: what is saved as `recipe.yaml` beside the outputs.
Value resolved_recipe(const Recipe& recipe, const Plan& plan);

/// JSON Schema (draft 2020-12) of a recipe, for editors.
Value recipe_schema(const StepList& steps);

/// Size of an output in the run's folder, for `why_run`.
SizeOf sizes_in(const std::filesystem::path& root);

}  // namespace ecocube
