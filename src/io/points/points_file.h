// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/table/table.h"

namespace ecocube {

/// Points as CSV: id, x, y, date, label, value, depth, weight, group; what a point lacks is an empty field. Numbers are
/// written with the fewest digits that read back equal.
std::string points_csv(const std::vector<FieldPoint>& points);

/// Writes points as CSV or GeoPackage, by the ending of `path` (`.csv`, `.gpkg`; another is an error); the file is
/// there whole or not at all. `crs`: of the points.
Result<void> write_points(const std::filesystem::path& path, const std::vector<FieldPoint>& points,
                          const std::string& crs);

}  // namespace ecocube
