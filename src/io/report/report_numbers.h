// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "data/model/training_report.h"

namespace ecocube {

/// Fragments of the report on a regression.

/// The score in large figures: the nested one if there is one, and the published kind beside it.
std::string number_headline(const TrainingReport& report);
/// The ensemble's scores and those of its learners.
std::string number_table(const TrainingReport& report);
/// Told against seen, the rows counted in squares (SVG).
std::string told_against_seen_plot(const TrainingReport& report);
/// How residuals (told less seen) are spread: their quantiles.
std::string residual_table(const RegressionEvaluation& evaluation, const std::string& unit);

}  // namespace ecocube
