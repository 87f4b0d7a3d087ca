// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "methods/series/gap_assessment.h"
#include "methods/series/gap_assessment_blend.h"
#include "methods/series/gap_assessment_table.h"

namespace ecocube::series {

/// Chooses for every slot and kind of date, and scores what was chosen; writes `choices`, `level_shifts` and
/// `auto_scores`.
///
/// On dates seen elsewhere that is the single method with the least error. On nearly empty dates it is a blend, learned
/// from the hidden dates (fit_date_blend); its expected error of a slot is what 68 % of the errors stay below that it
/// would have made on hidden dates, each date filled with weights that do not know it: dates of like season count most,
/// all dates together as much as 5 of them.
///
/// tallies  shape [method]
/// dates    completed; may be empty
/// means    of the methods' values on each date as it is, completed; shape [time][method]; looked at on nearly empty
///          dates only
void choose(std::span<const ErrorTally> tallies, std::span<const HiddenDate> dates,
            std::span<const std::vector<double>> means, std::span<const int> slot_of_time, GapAssessment& assessment);

}  // namespace ecocube::series
