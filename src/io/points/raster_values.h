// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/cube/grid.h"

namespace ecocube {

/// Numbers from `least` to `most`, both included.
struct ValueSpan {
  double least = 0, most = 0;
};

bool lies_within(double value, std::span<const ValueSpan> spans);

/// The physical values (scale and offset applied) of the pixels that hold some places; NaN outside the raster and where
/// it says no data. Each block of the file is read once.
///
/// band    from 1
/// crs     of the places
Result<std::vector<double>> raster_values_at(const std::string& path, int band, const std::string& crs,
                                             const std::vector<MapPoint>& places);

}  // namespace ecocube
