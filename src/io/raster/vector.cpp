// SPDX-License-Identifier: Apache-2.0
#include "io/raster/vector.h"

#include <ogr_geometry.h>
#include <ogr_spatialref.h>
#include <ogrsf_frmts.h>

#include <algorithm>

#include "io/raster/gdal_error.h"
#include "io/raster/vector_open.h"

namespace ecocube {

using namespace vector_file;

namespace {

/// True when the coordinates of the layer's geometries come north before east.
bool is_north_first(const OGRSpatialReference* reference) {
  if (!reference) return false;
  const std::vector<int>& mapping = reference->GetDataAxisToSRSAxisMapping();
  OGRAxisOrientation orientation = OAO_Other;
  if (mapping.empty()) return false;
  reference->GetAxis(nullptr, std::abs(mapping[0]) - 1, &orientation);
  return orientation == OAO_North || orientation == OAO_South;
}

std::string wkt_of(const OGRSpatialReference* reference) {
  if (!reference) return "";
  const char* const options[] = {"FORMAT=WKT2_2019", nullptr};
  char* text = nullptr;
  reference->exportToWkt(&text, options);
  const std::string copy = text ? text : "";
  CPLFree(text);
  return copy;
}

struct Place {
  std::optional<MapPoint> point;
  bool is_own = true;
};

/// Where a geometry stands: see read_features.
Place place_of(const OGRGeometry* geometry) {
  if (!geometry || geometry->IsEmpty()) return {};
  const OGRwkbGeometryType type = wkbFlatten(geometry->getGeometryType());
  if (type == wkbPoint) return {MapPoint{geometry->toPoint()->getX(), geometry->toPoint()->getY()}, true};
  OGRPoint point;
  if (type == wkbMultiPoint) {
    const bool one = geometry->toMultiPoint()->getNumGeometries() == 1;
    if (geometry->Centroid(&point) != OGRERR_NONE) return {};
    return {MapPoint{point.getX(), point.getY()}, one};
  }
  OGRGeometry* surface =
      OGRGeometry::FromHandle(OGR_G_PointOnSurface(OGRGeometry::ToHandle(const_cast<OGRGeometry*>(geometry))));
  const std::unique_ptr<OGRGeometry> owner(surface);
  if (!owner || wkbFlatten(owner->getGeometryType()) != wkbPoint || owner->IsEmpty()) return {};
  return {MapPoint{owner->toPoint()->getX(), owner->toPoint()->getY()}, false};
}

/// The centroid of a polygon where it lies inside, else the place on it.
MapPoint centre_of(const OGRGeometry& geometry, const MapPoint& place) {
  OGRPoint centroid;
  if (geometry.Centroid(&centroid) != OGRERR_NONE || !centroid.Within(&geometry)) return place;
  return {centroid.getX(), centroid.getY()};
}

Feature read_row(OGRFeature& source, const std::vector<int>& places, Place& place, bool swap) {
  Feature row;
  row.id = source.GetFID();
  for (int column : places)
    row.fields.emplace_back(source.IsFieldSetAndNotNull(column) ? source.GetFieldAsString(column) : "");
  place = place_of(source.GetGeometryRef());
  row.place = place.point;
  const OGRGeometry* geometry = source.GetGeometryRef();
  if (row.place && geometry->getDimension() == 2) {
    row.centre = centre_of(*geometry, *row.place);
    row.area = OGR_G_Area(OGRGeometry::ToHandle(const_cast<OGRGeometry*>(geometry)));
    if (swap) std::swap(row.centre->x, row.centre->y);
  }
  if (row.place && swap) std::swap(row.place->x, row.place->y);
  return row;
}

}  // namespace

Result<FeatureTable> read_features(const std::string& path, const std::string& layer_name,
                                   const std::vector<std::string>& columns) {
  ECOCUBE_TRY_ASSIGN(const Dataset dataset, open_vector(path));
  ECOCUBE_TRY_ASSIGN(OGRLayer * layer, choose_layer(*dataset, path, layer_name));
  ECOCUBE_TRY_ASSIGN(const std::vector<int> places, find_columns(*layer, path, columns));
  GdalErrors errors;
  FeatureTable table;
  table.layer = layer->GetName();
  table.crs_wkt = wkt_of(layer->GetSpatialRef());
  table.has_geometry = layer->GetGeomType() != wkbNone;
  const bool swap = is_north_first(layer->GetSpatialRef());
  layer->ResetReading();
  while (const OGRFeatureUniquePtr source{layer->GetNextFeature()}) {
    Place place;
    table.rows.push_back(read_row(*source, places, place, swap));
    if (place.point && !place.is_own) ++table.not_points;
  }
  if (errors.any()) return fail(errors.blame(), "vector file {}, layer {}: {}", path, table.layer, errors.text());
  if (table.rows.empty()) return input_error("vector file {}, layer {}: it has no rows", path, table.layer);
  return table;
}

Result<std::vector<std::string>> read_column_names(const std::string& path, const std::string& layer_name) {
  ECOCUBE_TRY_ASSIGN(const Dataset dataset, open_vector(path));
  ECOCUBE_TRY_ASSIGN(OGRLayer * layer, choose_layer(*dataset, path, layer_name));
  OGRFeatureDefn& definition = *layer->GetLayerDefn();
  std::vector<std::string> names;
  for (int i = 0; i < definition.GetFieldCount(); ++i) names.emplace_back(definition.GetFieldDefn(i)->GetNameRef());
  return names;
}

struct Area::State {
  struct Part {
    std::unique_ptr<OGRGeometry> geometry;
    OGRPreparedGeometryUniquePtr prepared;
    OGREnvelope envelope;
  };
  std::vector<Part> parts;
  Bounds bounds;
};

namespace {

OGRPolygon box_of(const Bounds& box) {
  OGRLinearRing ring;
  for (const auto& [x, y] : {std::pair(box.min_x, box.min_y),
                             {box.max_x, box.min_y},
                             {box.max_x, box.max_y},
                             {box.min_x, box.max_y},
                             {box.min_x, box.min_y}}) {
    ring.addPoint(x, y);
  }
  OGRPolygon polygon;
  polygon.addRing(&ring);
  return polygon;
}

}  // namespace

Area::Area(std::unique_ptr<State> state) : state_(std::move(state)) {}
Area::~Area() = default;

const Bounds& Area::bounds() const {
  return state_->bounds;
}

Result<std::unique_ptr<Area>> Area::read(const std::string& path, const std::string& layer_name,
                                         const std::string& crs) {
  ECOCUBE_TRY_ASSIGN(const Dataset dataset, open_vector(path));
  ECOCUBE_TRY_ASSIGN(OGRLayer * layer, choose_layer(*dataset, path, layer_name));
  const std::string where = fmt::format("area file {}, layer {}", path, layer->GetName());
  ECOCUBE_TRY_ASSIGN(const auto transformation, transformation_to(*layer, crs, where));
  GdalErrors errors;
  auto state = std::make_unique<State>();
  OGREnvelope all;
  layer->ResetReading();
  while (const OGRFeatureUniquePtr feature{layer->GetNextFeature()}) {
    const OGRGeometry* source = feature->GetGeometryRef();
    if (!source || source->IsEmpty()) continue;
    if (source->getDimension() != 2)
      return input_error("{}: row {} is no polygon but {}", where, feature->GetFID(), source->getGeometryName());
    State::Part part{transformed(*source, *transformation), nullptr, {}};
    if (!part.geometry)
      return input_error("{}: row {} has no place in {}: {}", where, feature->GetFID(), crs, errors.text());
    part.geometry->getEnvelope(&part.envelope);
    part.prepared.reset(OGRCreatePreparedGeometry(OGRGeometry::ToHandle(part.geometry.get())));
    all.Merge(part.envelope);
    state->parts.push_back(std::move(part));
  }
  if (errors.any()) return input_error("{}: {}", where, errors.text());
  if (state->parts.empty()) return input_error("{}: it has no polygons", where);
  state->bounds = {all.MinX, all.MinY, all.MaxX, all.MaxY};
  return std::unique_ptr<Area>(new Area(std::move(state)));
}

bool Area::intersects(const Bounds& box) const {
  // A little smaller, so that a border in common does not count.
  const double x = 1e-9 * (box.max_x - box.min_x), y = 1e-9 * (box.max_y - box.min_y);
  const Bounds inside{box.min_x + x, box.min_y + y, box.max_x - x, box.max_y - y};
  const OGRPolygon polygon = box_of(inside);
  return std::any_of(state_->parts.begin(), state_->parts.end(), [&](const State::Part& part) {
    const Bounds around{part.envelope.MinX, part.envelope.MinY, part.envelope.MaxX, part.envelope.MaxY};
    if (!around.intersects(inside)) return false;
    return part.prepared ? OGRPreparedGeometryIntersects(part.prepared.get(),
                                                         OGRGeometry::ToHandle(const_cast<OGRPolygon*>(&polygon))) != 0
                         : polygon.Intersects(part.geometry.get()) != 0;
  });
}

}  // namespace ecocube
