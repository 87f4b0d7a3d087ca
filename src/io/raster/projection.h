// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/cube/grid.h"

namespace ecocube {

/// Transforms places between two coordinate reference systems, x (east) before y (north) on both sides whatever the
/// authority says. Not for use by two threads at once.
class Projection {
 public:
  static Result<std::unique_ptr<Projection>> between(const std::string& from_crs, const std::string& to_crs);
  ~Projection();
  Projection(const Projection&) = delete;
  Projection& operator=(const Projection&) = delete;

  /// In place. Places that have no counterpart become NaN.
  void transform(std::span<double> x, std::span<double> y) const;
  /// The box around the rectangle's image, from edges cut into 64 pieces each so that curved edges stay inside.
  Result<Bounds> transform_bounds(const Bounds& bounds) const;
  /// The rectangle's outline, densified to `pieces` an edge and transformed; closed, counter-clockwise.
  std::vector<MapPoint> transform_outline(const Bounds& bounds, int pieces) const;

 private:
  Projection() = default;
  void* transformation_ = nullptr;
};

/// Error that names the CRS when it is unknown.
Result<void> check_crs(const std::string& crs);
/// True when both describe the same system, also when one is WKT without an authority's code.
bool same_crs(const std::string& a, const std::string& b);
/// EPSG code when the text names or matches one with certainty, else 0.
int epsg_code(const std::string& crs);
/// True when the CRS is in degrees.
bool is_geographic(const std::string& crs);
std::string crs_wkt(const std::string& crs);
/// PROJJSON text of the CRS.
std::string crs_projjson(const std::string& crs);

}  // namespace ecocube
