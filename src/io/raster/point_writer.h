// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/cube/grid.h"

namespace ecocube {

/// A column of a file of points: one text or number a point.
struct PointColumn {
  std::string name;
  std::vector<std::string> texts;
  std::vector<std::optional<double>> numbers;  ///< when not empty the column holds numbers; none: null
};

/// Writes points as a GeoPackage with one layer called `points`, in place; a file that is there is replaced.
///
/// crs      of the places, x to the east
/// columns  each as long as `places`
Result<void> write_point_package(const std::filesystem::path& path, const std::string& crs,
                                 const std::vector<MapPoint>& places, const std::vector<PointColumn>& columns);

}  // namespace ecocube
