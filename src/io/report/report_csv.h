// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "data/model/training_report.h"

namespace ecocube {

// Tables of the training report as CSV, to be drawn and counted elsewhere. A number that does not exist is left empty.

/// A class each: user's and producer's accuracy, F1, log loss, true skill, threshold, precision-recall area, rows.
/// Of the nested score if there is one. Empty for a regression.
std::string class_scores_csv(const TrainingReport& report);

/// Seen classes down, mapped classes across; sums of weights. Empty for a regression.
std::string confusion_csv(const TrainingReport& report);

}  // namespace ecocube
