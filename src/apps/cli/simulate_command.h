// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "apps/cli/commands.h"
#include "base/result.h"

namespace ecocube {

/// What `ecocube simulate` makes; see docs/simulated-world.md.
struct SimulateOptions {
  std::filesystem::path out;
  std::uint64_t seed = 7;
  std::string years = "2015..2020";
  std::string size = "560x400";     ///< columns x rows of GLAD's grid
  std::string centre = "6.0,51.9";  ///< longitude,latitude in degrees
  bool full_tile = false;           ///< the whole 1° tile that holds the centre
  std::size_t points = 2000;
  double label_noise = 0.05;  ///< share of points with a wrong label
  double clouds = 1;          ///< factor on cloud cover
  double missing = 0.05;      ///< share of intervals without a file
  double old_style = 0.03;    ///< share of files with quality flags × 100, as in GLAD v1.1
  bool truth = true;          ///< write what is true beside what was seen
  int threads = 0;            ///< 0: all cores
};

/// Makes the world and writes it below `out`. Same options, same bytes, whatever the number of threads.
Result<void> run_simulate(const SimulateOptions& options);

/// Adds `simulate` to the program and sets `action` when it is chosen.
void add_simulate_command(CLI::App& app, Action& action);

}  // namespace ecocube
