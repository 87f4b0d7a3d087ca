// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "apps/cli/learn_command.h"
#include "io/table/columns.h"
#include "methods/stack/ensemble.h"

namespace ecocube {

/// A table as rows to learn from.
struct LearnTable {
  EnsembleData data;
  std::string grouping;            ///< for people: `squares of 30000`
  bool spatial = true;             ///< whether near rows stay together
  std::vector<std::string> notes;  ///< columns and rows passed over, in sentences
};

/// Whether the target is a number: asked, or told by the column. Numbers and words in one column are an error that
/// names the first word, since a slip of the pen would make classes of numbers.
Result<bool> learns_numbers(const TextColumns& table, const LearnOptions& options);

/// Makes rows of the columns. Errors name the column (with the nearest known one) or the line and its text.
///
/// folds  how many regions make sense when none are given
/// seed   of the regions
Result<LearnTable> learn_table(const TextColumns& table, const LearnOptions& options, std::uint64_t seed);

/// `a,b,…` of the table as features of a model; a column that lacks is an error that names it and the nearest one.
/// Shape [feature][row].
Result<std::vector<std::vector<double>>> features_of(const TextColumns& table, const std::vector<std::string>& names);

}  // namespace ecocube
