// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "apps/cli/commands.h"
#include "base/result.h"

namespace ecocube {

/// What `ecocube learn` is asked for.
struct LearnOptions {
  std::filesystem::path table, out;
  std::string target;
  bool classes = false;               ///< the target holds classes, numbers or not
  std::vector<std::string> features;  ///< empty: every column of numbers that has no other part to play
  std::string folds;                  ///< a column of the table, or a file with a line a row and the column `fold`
  double block = 0;                   ///< side of squares of x and y whose rows stay together
  int regions = 0;                    ///< of k-means on x and y
  std::string x, y, group, year, date, id, weight, unit;  ///< columns; the unit is a word
  std::string transform = "none";
  std::vector<std::string> learners;
  std::string meta;
  std::vector<std::string> sets;  ///< `option=value`, the options of the step train
  int threads = 0;                ///< 0: all cores
};

/// What `ecocube apply` is asked for.
struct ApplyOptions {
  std::filesystem::path model, table, out;
  std::string id;
  bool all = false;  ///< also the dominant class, class sets or intervals, and the applicability
  int threads = 0;
};

/// Trains and evaluates an ensemble on a table, without a cube. Writes below `out`: model.ecomodel, report.json,
/// report.html, out_of_fold.csv (what ml tools score: id and one column a class, or id and prediction), seen.csv and
/// out_of_fold_rows.csv (everything known of those rows).
Result<void> run_learn(const LearnOptions& options);

/// Predicts the rows of a table by a model file, its own kind or one made elsewhere. Rows with a missing feature get
/// empty fields.
Result<void> run_apply(const ApplyOptions& options);

/// Adds `learn` and `apply` to the program and sets `action` when one is chosen.
void add_learn_commands(CLI::App& app, Action& action);

}  // namespace ecocube
