// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "data/model/training_report.h"

namespace ecocube {

/// One HTML page that needs nothing else: styles and plots are inside, no scripts. The same report gives the same
/// bytes. Numbers that do not exist (NaN) show as a dash.
///
/// model  where given, what it knows of its uncertainty is told as well
std::string report_html(const TrainingReport& report, const Model* model = nullptr);

/// Every number of the report as JSON; NaN becomes null. The same report gives the same bytes.
std::string report_json(const TrainingReport& report, const Model* model = nullptr);

}  // namespace ecocube
