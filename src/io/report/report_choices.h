// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "data/model/training_report.h"

namespace ecocube {

/// Fragments of the training report: what was chosen, and what else was tried. Each is empty where nothing was chosen.

/// The rungs of the meta learners' ladder.
std::string meta_table(const TrainingReport& report);
/// Hyper-parameters that were tried.
std::string tuning_table(const TrainingReport& report);
/// Loss against the number of features left, with its standard error (SVG), and what was dropped.
std::string elimination_plot(const TrainingReport& report);
/// The folds: rows and groups of each, and the meta learner chosen inside it.
std::string fold_table(const TrainingReport& report);
/// Asked and reached coverage of the model's class sets or intervals, and its area of applicability.
std::string uncertainty_table(const Model& model);

}  // namespace ecocube
