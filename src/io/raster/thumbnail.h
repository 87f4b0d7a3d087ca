// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "data/cube/layer.h"
#include "data/cube/legend.h"

namespace ecocube {

/// Draws the first band of a raster small, its longer side at most `longest_side` pixels, as a PNG that is transparent
/// where there is no data. With classes each takes its colour, and a value that is none of them is transparent;
/// without, values take a colour ramp from their 2nd to their 98th percentile.
Result<void> write_thumbnail(const std::filesystem::path& png, const std::filesystem::path& raster, LayerKind kind,
                             const std::vector<LegendClass>& classes, int longest_side = 512);

}  // namespace ecocube
