// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/cli/commands.h"
#include "base/result.h"

namespace ecocube {

/// A file of a template: `land-cover`, `recipe.yaml` and its text.
struct TemplateFile {
  std::string_view name, file, text;
};

/// All files of the folder templates/, by template; they travel inside the program.
std::span<const TemplateFile> template_files();

/// `land-cover`, `soil`, `species`
std::vector<std::string> template_names();

/// Writes the files of a template into `folder`, which is made. A file that is there already is an error and nothing is
/// written; so is an unknown template, told with the nearest name. Returns the paths.
Result<std::vector<std::filesystem::path>> write_template(const std::string& name, const std::filesystem::path& folder);

/// Adds `new` to the program and sets `action` when it is chosen.
void add_new_command(CLI::App& app, Action& action);

}  // namespace ecocube
