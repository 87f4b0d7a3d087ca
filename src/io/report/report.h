// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "data/model/evaluation.h"

namespace ecocube {

/// One HTML page that needs nothing else: styles and plots are inside, no scripts. The same report gives the same
/// bytes. Numbers that do not exist (NaN) show as a dash.
std::string report_html(const TrainingReport& report);

/// Every number of the report as JSON; NaN becomes null. The same report gives the same bytes.
std::string report_json(const TrainingReport& report);

}  // namespace ecocube
