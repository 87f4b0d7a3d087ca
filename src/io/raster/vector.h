// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/cube/grid.h"

namespace ecocube {

/// One row of a vector file.
struct Feature {
  std::int64_t id = 0;
  std::optional<MapPoint> place;    ///< in the layer's CRS, x to the east; none: no geometry
  std::vector<std::string> fields;  ///< text of the columns asked for; empty where null
  /// Of a polygon: its centroid where that lies inside, else the same as `place`; in the layer's CRS. None otherwise.
  std::optional<MapPoint> centre;
  double area = 0;  ///< of a polygon, in square units of the layer's CRS
};

/// Rows of one layer of a vector file in the file's order.
struct FeatureTable {
  std::string layer;
  std::string crs_wkt;  ///< empty: the file does not say
  std::vector<Feature> rows;
  bool has_geometry = false;
  std::size_t not_points = 0;  ///< rows whose place stands for several points, a line or a polygon
};

/// Reads any vector format that OGR knows. A point is its own place, several points are placed at their centroid,
/// lines and polygons at a point that lies on them. Dates come as `2018/06/30 00:00:00`.
///
/// layer    empty: the only layer
/// columns  names of the wanted columns; one that is not there is an error with the nearest known one
/// A missing file, an unknown layer, a choice of layers, no rows: errors that name the file.
Result<FeatureTable> read_features(const std::string& path, const std::string& layer,
                                   const std::vector<std::string>& columns);

/// Names of the columns of a layer in the file's order; `layer` as in read_features.
Result<std::vector<std::string>> read_column_names(const std::string& path, const std::string& layer);

/// The polygons of a vector layer, brought into a CRS. Not for use by two threads at once.
class Area {
 public:
  /// Edges are cut into short pieces before they are transformed, so that they stay where the file has them. A file
  /// without polygons or without a CRS is an error.
  static Result<std::unique_ptr<Area>> read(const std::string& path, const std::string& layer, const std::string& crs);
  ~Area();
  Area(const Area&) = delete;
  Area& operator=(const Area&) = delete;

  const Bounds& bounds() const;
  /// True when some part of the rectangle's inside belongs to the area.
  bool intersects(const Bounds& box) const;

 private:
  struct State;
  explicit Area(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace ecocube
