// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "run/step.h"

namespace ecocube {

std::unique_ptr<Step> make_change_step();

}  // namespace ecocube
