// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "apps/cli/compare_command.h"

namespace ecocube {

/// Compares tiles/*/predict/YEAR.tif (first band: the dominant class) with truth/landcover_YEAR.tif, by the nearest
/// true pixel at every cube pixel's centre. Pixels that hold a point, of whatever year, are left out.
Result<void> compare_maps(const CompareOptions& options, Comparison& comparison);

}  // namespace ecocube
