// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "apps/cli/compare_command.h"

namespace ecocube {

/// Compares the medians (bands named BAND_p50) of tiles/*/fill-gaps/PERIOD.tif with truth/BAND_PERIOD.tif on the cells
/// that are missing in tiles/*/composite/PERIOD.tif, and fills the same composites in other ways beside.
/// Every thread holds one band of one tile with all its periods.
Result<void> compare_gaps(const CompareOptions& options, Comparison& comparison);

}  // namespace ecocube
