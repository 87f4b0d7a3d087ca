// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/options.h"
#include "base/result.h"
#include "data/cube/layer.h"
#include "methods/series/fill_gaps.h"

namespace ecocube {

/// The regular axis of year and slot that the layers of a variable lie on; slots in the order they begin within a
/// year, whatever slot the series starts with. Two layers of one slot and year are an error.
///
/// layers  all with a period, oldest first, at least one
Result<series::TimeAxis> time_axis_of(const std::vector<Layer>& layers);

/// The axis among the facts that decide a task's outputs.
Value time_axis_fact(const series::TimeAxis& axis);

}  // namespace ecocube
