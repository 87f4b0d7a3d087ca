// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/new_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/text.h"
#include "io/file/file.h"

namespace ecocube {
namespace fs = std::filesystem;

std::vector<std::string> template_names() {
  std::vector<std::string> names;
  for (const TemplateFile& file : template_files()) {
    if (names.empty() || names.back() != file.name) names.emplace_back(file.name);
  }
  return names;
}

Result<std::vector<fs::path>> write_template(const std::string& name, const fs::path& folder) {
  const std::vector<std::string> known = template_names();
  if (std::find(known.begin(), known.end(), name) == known.end())
    return usage_error("unknown template '{}'{}", name, suggestion(name, known));
  std::vector<fs::path> paths;
  for (const TemplateFile& file : template_files()) {
    if (file.name != name) continue;
    paths.push_back(folder / file.file);
    if (fs::exists(paths.back())) return usage_error("{}: is there already; nothing is written", paths.back().string());
  }
  ECOCUBE_TRY(make_folders(folder));
  std::size_t next = 0;
  for (const TemplateFile& file : template_files()) {
    if (file.name == name) ECOCUBE_TRY(write_text_atomic(paths[next++], file.text));
  }
  return paths;
}

void add_new_command(CLI::App& app, Action& action) {
  struct Arguments {
    std::string name = "land-cover", folder = ".";
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("new", "Begin a recipe from a template: land-cover, species or soil");
  command->footer(
      "Example:\n  ecocube new beech --template species\n  ecocube simulate --out world\n"
      "  ecocube run beech/recipe.yaml --set world=world --out map");
  command->add_option("folder", arguments->folder, "where the recipe goes; it is made")->capture_default_str();
  command->add_option("--template", arguments->name, "land-cover, species or soil")->capture_default_str();
  command->final_callback([&action, arguments] {
    action = [arguments]() -> int {
      const auto paths = write_template(arguments->name, arguments->folder);
      if (!paths) return report(paths.error());
      for (const fs::path& path : *paths) fmt::print("{}\n", path.string());
      fmt::print(
          "\nTry it on a simulated world:\n  ecocube simulate --out world\n  ecocube run {} --set world=world --out "
          "map\n",
          (fs::path(arguments->folder) / "recipe.yaml").string());
      return exit_done;
    };
  });
}

}  // namespace ecocube
