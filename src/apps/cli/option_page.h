// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"
#include "run/step.h"

namespace ecocube {

/// A Markdown table of a step's options, and what it reads, makes and holds in memory, from its declaration.
std::string option_table(Step& step);

/// The page with everything between `<!-- options -->` and `<!-- /options -->` replaced. Error when a mark is missing.
Result<std::string> with_option_table(const std::string& page, const std::string& table);

}  // namespace ecocube
