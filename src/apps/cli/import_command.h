// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "apps/cli/commands.h"

namespace ecocube {

/// Adds `import`, which makes a model file of trees trained elsewhere, and sets `action` when it is chosen.
void add_import_command(CLI::App& app, Action& action);

}  // namespace ecocube
