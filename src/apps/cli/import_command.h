// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "apps/cli/commands.h"
#include "base/result.h"

namespace ecocube {

struct ImportOptions {
  std::string from, to;               ///< foreign file, model file to write
  std::string legend;                 ///< `clc` or a CSV file; empty: clc where classes are named, else none
  std::string variable;               ///< of a regression
  std::vector<std::string> features;  ///< names in the file's order; empty: the file's own
  std::vector<std::string> classes;   ///< codes in the file's order; empty: the file's labels
};

/// Writes the model file and says in a line what it holds. Errors name the file, or the class that the legend lacks.
Result<std::string> run_import(const ImportOptions& options);

/// Adds `import`, which makes a model file of trees trained elsewhere, and sets `action` when it is chosen.
void add_import_command(CLI::App& app, Action& action);

}  // namespace ecocube
