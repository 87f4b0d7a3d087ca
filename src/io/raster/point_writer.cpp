// SPDX-License-Identifier: Apache-2.0
#include "io/raster/point_writer.h"

#include <gdal_priv.h>

#include "io/raster/gdal_error.h"
#include "io/raster/vector_open.h"

namespace ecocube {

using namespace vector_file;

namespace {

Result<OGRLayer*> make_layer(GDALDataset& dataset, const std::string& crs, const std::vector<PointColumn>& columns,
                             const GdalErrors& errors) {
  OGRSpatialReference reference;
  reference.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
  if (reference.SetFromUserInput(crs.c_str()) != OGRERR_NONE)
    return usage_error("unknown coordinate reference system '{}'", crs);
  OGRLayer* layer = dataset.CreateLayer("points", &reference, wkbPoint, nullptr);
  if (!layer) return machine_error("{}", errors.text());
  for (const PointColumn& column : columns) {
    OGRFieldDefn field(column.name.c_str(), column.numbers.empty() ? OFTString : OFTReal);
    if (layer->CreateField(&field) != OGRERR_NONE) return machine_error("column {}: {}", column.name, errors.text());
  }
  return layer;
}

Result<void> write_rows(OGRLayer& layer, const std::vector<MapPoint>& places, const std::vector<PointColumn>& columns,
                        const GdalErrors& errors) {
  for (std::size_t row = 0; row < places.size(); ++row) {
    const OGRFeatureUniquePtr feature(OGRFeature::CreateFeature(layer.GetLayerDefn()));
    const OGRPoint point(places[row].x, places[row].y);
    feature->SetGeometry(&point);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const int field = static_cast<int>(i);
      if (columns[i].numbers.empty()) {
        feature->SetField(field, columns[i].texts[row].c_str());
      } else if (columns[i].numbers[row]) {
        feature->SetField(field, *columns[i].numbers[row]);
      }
    }
    if (layer.CreateFeature(feature.get()) != OGRERR_NONE) return fail(errors.blame(), "{}", errors.text());
  }
  return {};
}

}  // namespace

Result<void> write_point_package(const std::filesystem::path& path, const std::string& crs,
                                 const std::vector<MapPoint>& places, const std::vector<PointColumn>& columns) {
  prepare_gdal();
  std::error_code code;
  std::filesystem::remove(path, code);
  GdalErrors errors;
  // The package notes when it was written; the same points must give the same bytes.
  CPLSetThreadLocalConfigOption("OGR_CURRENT_DATE", "2000-01-01T00:00:00.000Z");
  GDALDriver* driver = GetGDALDriverManager()->GetDriverByName("GPKG");
  if (!driver) return machine_error("{}: GDAL was built without GeoPackage", path.string());
  Dataset dataset(driver->Create(path.c_str(), 0, 0, 0, GDT_Unknown, nullptr));
  if (!dataset) return machine_error("{}: {}", path.string(), errors.text());
  auto layer = make_layer(*dataset, crs, columns, errors);
  if (!layer) return within(path.string(), layer.error());
  if ((*layer)->StartTransaction() != OGRERR_NONE) return machine_error("{}: {}", path.string(), errors.text());
  const auto written = write_rows(**layer, places, columns, errors);
  if (!written) return within(path.string(), written.error());
  if ((*layer)->CommitTransaction() != OGRERR_NONE) return machine_error("{}: {}", path.string(), errors.text());
  dataset.reset();
  CPLSetThreadLocalConfigOption("OGR_CURRENT_DATE", nullptr);
  if (errors.any()) return fail(errors.blame(), "{}: {}", path.string(), errors.text());
  return {};
}

}  // namespace ecocube
