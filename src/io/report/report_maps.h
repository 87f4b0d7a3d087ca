// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "data/model/training_report.h"

namespace ecocube {

/// Fragments of the training report: maps of the rows (SVG), at most 4,000 of them, taken evenly. Empty where the rows'
/// places are unknown.

/// What is left unexplained: green where the class was mapped right, orange where not, stronger the surer the model
/// was; in regression blue where too little was told, red where too much.
std::string residual_map(const TrainingReport& report);

/// Which fold each row fell into.
std::string fold_map(const TrainingReport& report);

}  // namespace ecocube
