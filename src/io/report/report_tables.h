// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "data/model/training_report.h"

namespace ecocube {

/// Fragments of the training report: one HTML table each.

/// The ensemble's scores and those of its learners.
std::string learner_table(const TrainingReport& report);
/// Seen classes down, mapped classes across; the colour says which share of the seen class the cell is.
std::string confusion_table(const TrainingReport& report, const Evaluation& evaluation);
std::string class_table(const TrainingReport& report, const Evaluation& evaluation);

}  // namespace ecocube
