// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "apps/cli/commands.h"
#include "apps/cli/option_page.h"
#include "base/text.h"
#include "io/file/file.h"
#include "run/plan_recipe.h"
#include "steps/all_steps.h"

namespace ecocube {
namespace fs = std::filesystem;

namespace {

/// Compares or rewrites the generated part of every step's page.
Result<int> update_pages(const fs::path& folder, bool write) {
  int stale = 0;
  for (const StepMaker& make : all_steps()) {
    const auto step = make();
    const fs::path page = folder / (step->info().name + ".md");
    ECOCUBE_TRY_ASSIGN(const std::string text, read_text(page));
    const auto updated = with_option_table(text, option_table(*step));
    if (!updated) return within(page.string(), updated.error());
    if (*updated == text) continue;
    if (write) {
      ECOCUBE_TRY(write_text_atomic(page, *updated));
      fmt::print("{} rewritten\n", page.string());
    } else {
      fmt::print(stderr, "{}: the option table is not what the step declares; run ./dev docs\n", page.string());
      ++stale;
    }
  }
  return stale == 0 ? exit_done : exit_failed;
}

}  // namespace

void add_describe_commands(CLI::App& app, Action& action) {
  CLI::App* schema = app.add_subcommand("schema", "Print the JSON Schema of recipes, for editors");
  schema->footer("Example:\n  ecocube schema > recipe.schema.json");
  schema->final_callback([&action] {
    action = [] {
      fmt::print("{}\n", recipe_schema(all_steps()).dump(2));
      return exit_done;
    };
  });
  struct Arguments {
    std::string folder = "docs/steps";
    bool check = false;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* docs = app.add_subcommand("docs", "Rewrite the option tables of the steps' pages from their declarations");
  docs->footer("Example:\n  ecocube docs --folder docs/steps --check");
  docs->add_option("--folder", arguments->folder, "where the pages are")->type_name("DIR")->capture_default_str();
  docs->add_flag("--check", arguments->check, "change nothing; fail when a table is out of date");
  docs->final_callback([&action, arguments] {
    action = [arguments] {
      const auto outcome = update_pages(arguments->folder, !arguments->check);
      return outcome ? *outcome : report(outcome.error());
    };
  });
}

}  // namespace ecocube
