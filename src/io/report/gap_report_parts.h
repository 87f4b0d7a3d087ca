// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "io/report/gap_report.h"

namespace ecocube {

/// Fragments of the report on gap fillers, of one variable each.

/// Methods down, ways of hiding across: root mean square errors, the least of each way marked.
std::string gap_overview_table(const VariableGapReport& report);
/// All measures of every method in every way.
std::string gap_measures_table(const VariableGapReport& report);
/// What `auto` takes in each slot.
std::string gap_choice_table(const VariableGapReport& report);
/// Root mean square errors by region; empty text when there is one region only.
std::string gap_region_table(const VariableGapReport& report);

/// Errors by length of the gap, a line a method, over all ways of hiding (SVG).
std::string gap_length_plot(const VariableGapReport& report);
/// Errors by slot (SVG).
std::string gap_slot_plot(const VariableGapReport& report);

/// An error in the variable's own size: `8.27`, `0.0312`, `953`; a dash when there is no number.
std::string error_text(double value);

}  // namespace ecocube
