// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "methods/stack/ensemble.h"

namespace ecocube {

/// Data that learners can be fitted on.
struct PreparedRows {
  EnsembleData data;                      ///< what is left; folds are dealt
  std::vector<double> own_weights;        ///< of mean 1, not balanced; shape [row]
  std::vector<std::uint32_t> table_rows;  ///< which row of the data as given; shape [row]
  std::vector<std::string> notes;         ///< what was left out or joined, in sentences
  int folds = 0;
};

/// Applies the rules for bad input that train_ensemble states, deals the folds and balances the weights.
Result<PreparedRows> prepare_rows(EnsembleData data, const EnsembleSettings& settings);

/// The groups, those joined that hold copies of a row: the same features at the same place and date.
Groups groups_with_duplicates(const EnsembleData& data);

/// Keeps the named rows of everything.
void keep_rows(EnsembleData& data, const std::vector<std::uint32_t>& chosen);

/// Keeps the named features.
void keep_features(EnsembleData& data, const std::vector<std::uint32_t>& chosen);

}  // namespace ecocube
