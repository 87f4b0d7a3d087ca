// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/model/model.h"

namespace ecocube {

/// Names that a foreign file may lack.
struct ImportNames {
  std::vector<std::string> features;  ///< in the file's order; empty: the file's own names
  std::vector<LegendClass> classes;   ///< in the file's order; empty: the file's labels, or 0, 1, 2, …
  std::string variable;               ///< of a regression; empty: `value`
};

/// A model of trees made elsewhere, as an ensemble of one learner. The kind is told by the content:
///   XGBoost  `save_model` of a gbtree or dart booster, as JSON or UBJSON; softmax, logistic or identity objectives
///   LightGBM text of `save_model`; multiclass, binary and regression objectives, random forests included
///   forests  JSON as docs/import.md has it: what scripts/export_forest.py makes of scikit-learn's forests and trees
/// Splits on categories, splits that treat 0 as missing, and objectives that end in another link are errors: nothing
/// is taken for something else. Where values go that are missing does not matter: none reaches a model.
/// Errors begin with the path and name tree and node.
Result<Model> import_model(const std::filesystem::path& path, const ImportNames& names);

}  // namespace ecocube
