// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"
#include "data/cube/legend.h"

namespace ecocube {

/// The legend `clc`, or that of a CSV file (see parse_legend). Errors begin with `legend` and name the file.
Result<Legend> load_legend(const std::string& name);

}  // namespace ecocube
