// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

#include "data/cube/layer.h"
#include "methods/series/date_regression.h"
#include "methods/series/fill_gaps.h"
#include "methods/series/gap_assessment.h"
#include "methods/series/gap_assessment_fill.h"
#include "steps/series_engine.h"

namespace ecocube {

/// What the kernels of fill-gaps do to one variable. The group's outputs are the values, the source codes, and, where
/// errors are asked for, the expected errors, each [time] as its inputs.

/// What a task knows of a variable beside its pixels.
struct FillKnowledge {
  std::optional<series::GapAssessment> assessment;
  std::optional<series::DateRegression> drk;
  std::optional<series::AutoFiller> chosen;  ///< of both above, which do not move
};

struct FillRules {
  series::FillMethod method;  ///< of temporal fillers
  series::TimeAxis axis;
  Encoding encoding;           ///< of the variable; all layers alike
  int reach = 0;               ///< pixels around from which values still missing are taken
  bool stored_numbers = true;  ///< use the fast ways on stored numbers where there are any; the bytes are the same
  bool errors = false;         ///< write expected errors
  std::size_t assessed = 0;    ///< place of the method in the assessment, for its errors
  std::shared_ptr<const FillKnowledge> knowledge;          ///< null while planning, and where nothing was learned
  std::shared_ptr<std::atomic<std::size_t>> stayed_empty;  ///< counts values left missing; may be null
};

/// Fillers that look at a pixel's own series only, and at the pixels around it for what they leave empty.
std::shared_ptr<const SeriesKernel> make_temporal_kernel(FillRules rules);

/// Date regression and kriging, or with `chosen` knowledge whatever was measured best.
std::shared_ptr<const SeriesKernel> make_learned_kernel(FillRules rules);

}  // namespace ecocube
