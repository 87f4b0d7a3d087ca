// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "data/model/training_report.h"

namespace ecocube {

/// Fragments of the training report: one plot each.

/// Share of right predictions against their mean probability, with the weight of each bin below (SVG).
std::string reliability_plot(const Evaluation& evaluation);
/// The most important features as bars, at most 25.
///
/// shares  whether the numbers are parts of one whole, else they are told as they are
std::string importance_plot(const std::vector<RankedFeature>& importance, bool shares = true);

}  // namespace ecocube
