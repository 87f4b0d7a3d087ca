// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/options.h"
#include "base/result.h"
#include "methods/series/gap_assessment.h"

namespace ecocube {

/// How wrong the gap fillers are on one variable.
struct VariableGapReport {
  std::string variable;
  std::string unit;
  std::vector<std::string> slots;    ///< names, in the axis' order
  std::vector<std::string> regions;  ///< names of the chips
  series::GapAssessment assessment;
};

struct GapReport {
  std::string title;
  std::vector<VariableGapReport> variables;
  std::vector<std::pair<std::string, std::string>> settings;
};

/// One HTML page that needs nothing else: styles and plots are inside, no scripts. The same report gives the same
/// bytes. Numbers that do not exist (NaN) show as a dash.
std::string gap_report_html(const GapReport& report);

/// Every number of a variable's assessment; NaN becomes null. `scores` of the whole has a line a method and part.
Value gap_report_json(const VariableGapReport& report);

/// Reads back what fillers need: all but the lines of scores, bit for bit. Errors name the key that is lacking or odd.
Result<VariableGapReport> parse_gap_report(const Value& value);

}  // namespace ecocube
