// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "base/result.h"

namespace ecocube {

/// What the chosen command does once the command line is read; returns the exit code.
using Action = std::function<int()>;

/// Exit codes of the program.
enum ExitCode {
  exit_done = 0,     ///< everything asked for is there
  exit_failed = 1,   ///< some tasks failed; the finished ones are kept
  exit_usage = 2,    ///< the command line or the recipe is wrong
  exit_input = 3,    ///< input data is missing, damaged or does not fit
  exit_machine = 4,  ///< disk, network, memory or permission said no
};
int exit_code_of(Blame blame);

/// Prints the failure on standard error and returns its exit code.
int report(const Error& error);

/// Each adds its commands to the program and sets `action` when one of them is chosen.
void add_run_commands(CLI::App& app, Action& action);
void add_describe_commands(CLI::App& app, Action& action);

}  // namespace ecocube
