// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "run/step.h"

namespace ecocube {

/// Every step a recipe can name, in the order of the main job.
const StepList& all_steps();

}  // namespace ecocube
