// SPDX-License-Identifier: Apache-2.0
#include "io/raster/projection.h"

#include <cpl_conv.h>
#include <ogr_spatialref.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "io/raster/gdal_error.h"

namespace ecocube {
namespace {

constexpr int kPieces = 64;

Result<OGRSpatialReference> reference(const std::string& crs) {
  GdalErrors errors;
  OGRSpatialReference parsed;
  parsed.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
  if (crs.empty() || parsed.SetFromUserInput(crs.c_str()) != OGRERR_NONE) {
    const std::string shown = crs.size() > 60 ? crs.substr(0, 60) + "…" : crs;
    return usage_error("unknown coordinate reference system '{}'{}", shown, errors.any() ? ": " + errors.text() : "");
  }
  return parsed;
}

OGRCoordinateTransformation* transformation_of(void* opaque) {
  return static_cast<OGRCoordinateTransformation*>(opaque);
}

/// Points along the rectangle's edges, counter-clockwise from the lower left; the last is the first.
std::vector<MapPoint> outline(const Bounds& box, int pieces) {
  std::vector<MapPoint> points;
  const MapPoint corners[] = {{box.min_x, box.min_y},
                              {box.max_x, box.min_y},
                              {box.max_x, box.max_y},
                              {box.min_x, box.max_y},
                              {box.min_x, box.min_y}};
  for (int edge = 0; edge < 4; ++edge) {
    for (int i = 0; i < pieces; ++i) {
      const double t = static_cast<double>(i) / pieces;
      points.push_back({corners[edge].x + t * (corners[edge + 1].x - corners[edge].x),
                        corners[edge].y + t * (corners[edge + 1].y - corners[edge].y)});
    }
  }
  points.push_back(points.front());
  return points;
}

std::string exported(char* text) {
  const std::string copy = text ? text : "";
  CPLFree(text);
  return copy;
}

}  // namespace

Result<std::unique_ptr<Projection>> Projection::between(const std::string& from_crs, const std::string& to_crs) {
  prepare_gdal();
  ECOCUBE_TRY_ASSIGN(const OGRSpatialReference from, reference(from_crs));
  ECOCUBE_TRY_ASSIGN(const OGRSpatialReference to, reference(to_crs));
  GdalErrors errors;
  std::unique_ptr<Projection> projection(new Projection);
  projection->transformation_ = OGRCreateCoordinateTransformation(&from, &to);
  if (!projection->transformation_)
    return usage_error("no transformation from {} to {}: {}", from_crs, to_crs, errors.text());
  return projection;
}

Projection::~Projection() {
  OGRCoordinateTransformation::DestroyCT(transformation_of(transformation_));
}

void Projection::transform(std::span<double> x, std::span<double> y) const {
  GdalErrors errors;
  std::vector<int> done(x.size());
  transformation_of(transformation_)->Transform(static_cast<int>(x.size()), x.data(), y.data(), nullptr, done.data());
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (done[i] && std::isfinite(x[i]) && std::isfinite(y[i])) continue;
    x[i] = y[i] = std::numeric_limits<double>::quiet_NaN();
  }
}

std::vector<MapPoint> Projection::transform_outline(const Bounds& bounds, int pieces) const {
  std::vector<MapPoint> points = outline(bounds, pieces);
  std::vector<double> x, y;
  for (const MapPoint& point : points) {
    x.push_back(point.x);
    y.push_back(point.y);
  }
  transform(x, y);
  for (std::size_t i = 0; i < points.size(); ++i) points[i] = {x[i], y[i]};
  return points;
}

Result<Bounds> Projection::transform_bounds(const Bounds& bounds) const {
  constexpr double kFar = std::numeric_limits<double>::infinity();
  Bounds box{kFar, kFar, -kFar, -kFar};
  for (const MapPoint& point : transform_outline(bounds, kPieces)) {
    if (std::isnan(point.x)) continue;
    box = {std::min(box.min_x, point.x), std::min(box.min_y, point.y), std::max(box.max_x, point.x),
           std::max(box.max_y, point.y)};
  }
  if (!(box.min_x <= box.max_x)) {
    return input_error("the box {} {} {} {} has no place in the target coordinate reference system", bounds.min_x,
                       bounds.min_y, bounds.max_x, bounds.max_y);
  }
  return box;
}

Result<void> check_crs(const std::string& crs) {
  ECOCUBE_TRY(reference(crs));
  return {};
}

bool same_crs(const std::string& a, const std::string& b) {
  if (a == b) return true;
  const auto first = reference(a), second = reference(b);
  if (!first || !second) return false;
  const char* const options[] = {"IGNORE_DATA_AXIS_TO_SRS_AXIS_MAPPING=YES",
                                 "CRITERION=EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS", nullptr};
  if (first->IsSame(&*second, options)) return true;
  // Names and datum ensembles differ between writers; a code found with certainty, or equal parameters, decide.
  if (const int code = epsg_code(a)) {
    if (code == epsg_code(b)) return true;
  }
  const auto in_numbers = [](const OGRSpatialReference& crs) {
    return exported([&] {
      char* text = nullptr;
      crs.exportToProj4(&text);
      return text;
    }());
  };
  const std::string numbers = in_numbers(*first);
  return !numbers.empty() && numbers == in_numbers(*second);
}

int epsg_code(const std::string& crs) {
  auto parsed = reference(crs);
  if (!parsed) return 0;
  const char* authority = parsed->GetAuthorityName(nullptr);
  const char* code = parsed->GetAuthorityCode(nullptr);
  if (authority && code && std::string(authority) == "EPSG") return std::atoi(code);
  GdalErrors errors;
  if (parsed->AutoIdentifyEPSG() == OGRERR_NONE && parsed->GetAuthorityCode(nullptr))
    return std::atoi(parsed->GetAuthorityCode(nullptr));
  return 0;
}

bool is_geographic(const std::string& crs) {
  const auto parsed = reference(crs);
  return parsed && parsed->IsGeographic();
}

std::string crs_wkt(const std::string& crs) {
  const auto parsed = reference(crs);
  if (!parsed) return "";
  const char* const options[] = {"FORMAT=WKT2_2019", nullptr};
  char* text = nullptr;
  parsed->exportToWkt(&text, options);
  return exported(text);
}

std::string crs_projjson(const std::string& crs) {
  const auto parsed = reference(crs);
  if (!parsed) return "";
  char* text = nullptr;
  parsed->exportToPROJJSON(&text, nullptr);
  return exported(text);
}

}  // namespace ecocube
