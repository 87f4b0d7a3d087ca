// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/points/class_table.h"
#include "io/points/point_groups.h"
#include "io/points/points.h"

namespace ecocube {

/// How a map of land cover, such as CORINE, becomes points.
struct CorineRules {
  std::string label;        ///< column of the class; empty: the one called code_… or clc…
  int band = 1;             ///< of a raster
  int year = 0;             ///< the map's; its points are dated 30 June
  double minimum_area = 0;  ///< hectares; smaller polygons and patches give no point
  std::string table;        ///< CSV of the map's codes → class; empty: the codes are the classes
  ClassTableColumns table_columns{{"code"}, "label", ""};
  bool unlisted_is_error = false;
};

/// True for a path that GDAL opens as a raster rather than polygons, told by its ending.
bool is_raster_file(const std::string& path);

/// One point for each polygon of a vector file, or for each patch of equal pixels that touch by their edges of a
/// raster: the centroid where it lies inside, else a point on the polygon, or the centre of the patch's pixel nearest
/// to the centroid. Dated 30 June of the year. Errors name the file, the row and the code; what is left out is counted.
Result<PointSet> read_corine(const std::vector<std::string>& files, const std::string& layer, const std::string& crs,
                             const CorineRules& rules, const GroupRule& groups, const std::string& target_crs);

}  // namespace ecocube
