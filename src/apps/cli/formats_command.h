// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "apps/cli/commands.h"
#include "base/result.h"

namespace ecocube {

/// What `ecocube formats` prints: a line for each format that recipes may name.
std::string list_of_formats();

/// What `ecocube formats NAME` prints of a product: bands, mask words, presets, names of files, STAC collections.
/// `name` may also be the path of a description file.
Result<std::string> page_of_format(const std::string& name);

/// Adds `formats` to the program and sets `action` when it is chosen.
void add_formats_command(CLI::App& app, Action& action);

}  // namespace ecocube
