// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "apps/cli/assess_command.h"

namespace ecocube {

// An assessment told four ways. Intervals are 1.96 standard errors, 95 %; a dash (null, an empty cell) stands for what
// the sample does not define. The same assessment gives the same bytes.

std::string assessment_text(const MapAssessment& assessment);
std::string assessment_json(const MapAssessment& assessment);
/// One row a class.
std::string assessment_csv(const MapAssessment& assessment);
/// One page that needs nothing else.
std::string assessment_html(const MapAssessment& assessment);

}  // namespace ecocube
