// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "apps/cli/commands.h"
#include "apps/cli/compare_scores.h"
#include "base/result.h"

namespace ecocube {

/// What `ecocube compare` holds against what.
struct CompareOptions {
  std::filesystem::path run;                  ///< folder of a finished run
  std::filesystem::path world;                ///< folder that `ecocube simulate` made
  std::vector<std::filesystem::path> points;  ///< files whose pixels are left out; none: points.csv of the world
  std::filesystem::path json;                 ///< where the figures go; empty: compare.json in the run's folder
  std::string predict = "predict", composite = "composite", fill_gaps = "fill-gaps";  ///< names of the run's steps
};

struct YearScore {
  int year = 0;
  Agreement agreement;
};

/// How well gaps were filled, on exactly the cells that had been gaps and whose truth is known.
struct BandScore {
  std::string band;       ///< `red`
  SquaredError filled;    ///< as the run filled them
  SquaredError linear;    ///< by linear interpolation over time
  SquaredError seasonal;  ///< by the mean of the same season
  SquaredError median;    ///< by the moving window median
  SquaredError observed;  ///< cells that were no gaps: the error of the composites themselves
};

struct Comparison {
  std::vector<YearScore> years;
  std::vector<BandScore> bands;
  std::uint64_t points_left_out = 0;  ///< pixels
};

Result<Comparison> compare_with_truth(const CompareOptions& options);

/// Adds `compare` to the program and sets `action` when it is chosen.
void add_compare_command(CLI::App& app, Action& action);

}  // namespace ecocube
