// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdio>
#include <exception>

#include "apps/cli/assess_command.h"
#include "apps/cli/commands.h"
#include "apps/cli/compare_command.h"
#include "apps/cli/formats_command.h"
#include "apps/cli/import_command.h"
#include "apps/cli/points_command.h"
#include "apps/cli/learn_command.h"
#include "apps/cli/new_command.h"
#include "apps/cli/simulate_command.h"
#include "base/text.h"

namespace {

constexpr const char* kFooter =
    "Exit codes: 0 done, 1 some tasks failed, 2 wrong command line or recipe,\n"
    "3 input data missing or damaged, 4 disk, network, memory or permission.\n\n"
    "Example:\n"
    "  ecocube run recipe.yaml --set archive=/data/glad --out europe --threads 8 --memory 16GB";

/// Names the first option that the command does not know, and the nearest that it does. False if it knows all.
bool report_unknown_option(const CLI::App& command, int argc, char** argv) {
  std::vector<std::string> known;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  }
  for (int i = 2; i < argc; ++i) {
    const std::string text = argv[i], name = text.substr(0, text.find('='));
    if (!name.starts_with("--") || name == "--" || std::find(known.begin(), known.end(), name) != known.end()) continue;
    fmt::print(stderr, "ecocube: {}: unknown option '{}'{}\n", command.get_name(), name,
               ecocube::suggestion(name, known));
    return true;
  }
  return false;
}

/// CLI11 only says that an argument was not expected; what is nearly right deserves its name.
int report_parse_error(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  if (error.get_exit_code() == 0) return app.exit(error);
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  if (argc > 1 && argv[1][0] != '-' && std::find(names.begin(), names.end(), argv[1]) == names.end()) {
    fmt::print(stderr, "ecocube: unknown command '{}'{}\n", argv[1], ecocube::suggestion(argv[1], names));
    return ecocube::exit_usage;
  }
  const bool unexpected = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError);
  const bool told = unexpected && argc > 1 && argv[1][0] != '-' &&
                    report_unknown_option(*app.get_subcommand(std::string(argv[1])), argc, argv);
  if (!told) fmt::print(stderr, "ecocube: {}\n", error.what());
  fmt::print(stderr, "Run 'ecocube {}--help' for the options.\n",
             argc > 1 && argv[1][0] != '-' ? std::string(argv[1]) + " " : "");
  return ecocube::exit_usage;
}

/// As many open files as the system lets this process have: several tasks hold many scenes at once.
void raise_open_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  raise_open_files();
  CLI::App app("ecocube: an open environmental data cube, from satellite archives and field points to published maps",
               "ecocube");
  app.set_version_flag("--version", "ecocube " ECOCUBE_VERSION);
  app.require_subcommand(1);
  app.footer(kFooter);
  app.get_formatter()->column_width(36);
  ecocube::Action action;
  ecocube::add_run_commands(app, action);
  ecocube::add_describe_commands(app, action);
  ecocube::add_formats_command(app, action);
  ecocube::add_import_command(app, action);
  ecocube::add_points_command(app, action);
  ecocube::add_learn_commands(app, action);
  ecocube::add_new_command(app, action);
  ecocube::add_simulate_command(app, action);
  ecocube::add_compare_command(app, action);
  ecocube::add_assess_command(app, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return report_parse_error(app, error, argc, argv);
  }
  try {
    return action();
  } catch (const std::exception& problem) {
    fmt::print(stderr, "ecocube: {}\n", problem.what());
    return ecocube::exit_machine;
  }
}
