// SPDX-License-Identifier: Apache-2.0
#include "io/raster/vector_open.h"

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "io/raster/gdal_error.h"

namespace ecocube::vector_file {

constexpr double kPiecesAlongAPolygon = 64;

Result<Dataset> open_vector(const std::string& path) {
  std::error_code code;
  if (!path.starts_with("/vsi") && !std::filesystem::exists(path, code))
    return input_error("vector file {}: no such file", path);
  GdalErrors errors;
  Dataset dataset(GDALDataset::Open(path.c_str(), GDAL_OF_VECTOR | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR));
  if (!dataset) return fail(errors.blame(), "vector file {}: {}", path, errors.text());
  return dataset;
}

Result<OGRLayer*> choose_layer(GDALDataset& dataset, const std::string& path, const std::string& name) {
  std::vector<std::string> known;
  for (OGRLayer* layer : dataset.GetLayers()) known.emplace_back(layer->GetName());
  if (known.empty()) return input_error("vector file {}: it has no layers", path);
  if (name.empty() && known.size() > 1)
    return usage_error("vector file {}: it has {} layers; choose one of {}", path, known.size(), join(known, ", "));
  if (name.empty()) return dataset.GetLayer(0);
  const auto found = std::find(known.begin(), known.end(), name);
  if (found == known.end()) return usage_error("vector file {}: no layer '{}'{}", path, name, suggestion(name, known));
  return dataset.GetLayer(static_cast<int>(found - known.begin()));
}

Result<std::vector<int>> find_columns(OGRLayer& layer, const std::string& path,
                                      const std::vector<std::string>& columns) {
  OGRFeatureDefn& definition = *layer.GetLayerDefn();
  std::vector<std::string> known;
  for (int i = 0; i < definition.GetFieldCount(); ++i) known.emplace_back(definition.GetFieldDefn(i)->GetNameRef());
  std::vector<int> places;
  for (const std::string& column : columns) {
    const auto found = std::find(known.begin(), known.end(), column);
    if (found == known.end())
      return usage_error("vector file {}, layer {}: no column '{}'{}", path, layer.GetName(), column,
                         suggestion(column, known));
    places.push_back(static_cast<int>(found - known.begin()));
  }
  return places;
}

Result<std::unique_ptr<OGRCoordinateTransformation>> transformation_to(OGRLayer& layer, const std::string& crs,
                                                                       const std::string& where) {
  if (!layer.GetSpatialRef()) return input_error("{}: it has no coordinate reference system", where);
  GdalErrors errors;
  OGRSpatialReference target;
  target.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
  if (target.SetFromUserInput(crs.c_str()) != OGRERR_NONE)
    return usage_error("unknown coordinate reference system '{}'", crs);
  std::unique_ptr<OGRCoordinateTransformation> made(OGRCreateCoordinateTransformation(layer.GetSpatialRef(), &target));
  if (!made) return input_error("{}: no transformation to {}: {}", where, crs, errors.text());
  return made;
}

/// The polygon in the other system, its edges cut first; nothing when it has no place there.
std::unique_ptr<OGRGeometry> transformed(const OGRGeometry& source, OGRCoordinateTransformation& transformation) {
  std::unique_ptr<OGRGeometry> geometry(source.hasCurveGeometry() ? source.getLinearGeometry() : source.clone());
  OGREnvelope envelope;
  geometry->getEnvelope(&envelope);
  geometry->segmentize(std::max(envelope.MaxX - envelope.MinX, envelope.MaxY - envelope.MinY) / kPiecesAlongAPolygon);
  if (geometry->transform(&transformation) != OGRERR_NONE) return nullptr;
  // A ring that crosses itself would make every later test fail in silence.
  if (!geometry->IsValid()) geometry.reset(geometry->MakeValid());
  return geometry;
}

}  // namespace ecocube::vector_file
