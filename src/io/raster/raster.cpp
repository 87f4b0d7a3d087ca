// SPDX-License-Identifier: Apache-2.0
#include "io/raster/raster.h"

#include <gdal.h>

#include "io/raster/gdal_error.h"

namespace ecocube {
namespace {

std::optional<DataType> from_gdal(GDALDataType type) {
  switch (type) {
    case GDT_Byte:
      return DataType::uint8;
    case GDT_UInt16:
      return DataType::uint16;
    case GDT_Int16:
      return DataType::int16;
    case GDT_UInt32:
      return DataType::uint32;
    case GDT_Int32:
      return DataType::int32;
    case GDT_Float32:
      return DataType::float32;
    case GDT_Float64:
      return DataType::float64;
    default:
      return std::nullopt;
  }
}

Result<RasterBand> describe_band(GDALDatasetH dataset, int number, const std::string& path) {
  GDALRasterBandH band = GDALGetRasterBand(dataset, number);
  RasterBand described;
  const auto type = from_gdal(GDALGetRasterDataType(band));
  if (!type) {
    return input_error("raster {}: band {} holds {} values, which are not read", path, number,
                       GDALGetDataTypeName(GDALGetRasterDataType(band)));
  }
  described.encoding.type = *type;
  int has = 0;
  const double scale = GDALGetRasterScale(band, &has);
  if (has) described.encoding.scale = scale;
  const double offset = GDALGetRasterOffset(band, &has);
  if (has) described.encoding.offset = offset;
  const double no_data = GDALGetRasterNoDataValue(band, &has);
  if (has) described.encoding.no_data = no_data;
  described.encoding.unit = GDALGetRasterUnitType(band);
  described.description = GDALGetDescription(band);
  return described;
}

}  // namespace

Result<std::unique_ptr<Raster>> Raster::open(const std::string& path) {
  GdalErrors errors;
  GDALDatasetH dataset =
      GDALOpenEx(path.c_str(), GDAL_OF_RASTER | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR, nullptr, nullptr, nullptr);
  if (!dataset) return fail(errors.blame(), "opening raster {}: {}", path, errors.text());
  std::unique_ptr<Raster> raster(new Raster);
  raster->dataset_ = dataset;
  raster->path_ = path;
  RasterInfo& info = raster->info_;
  info.rows = GDALGetRasterYSize(dataset);
  info.cols = GDALGetRasterXSize(dataset);
  info.crs_wkt = GDALGetProjectionRef(dataset);
  if (GDALGetGeoTransform(dataset, info.geo_transform) != CE_None) {
    info.geo_transform[1] = 1;
    info.geo_transform[5] = 1;
  }
  for (int number = 1; number <= GDALGetRasterCount(dataset); ++number) {
    ECOCUBE_TRY_ASSIGN(RasterBand band, describe_band(dataset, number, path));
    info.bands.push_back(std::move(band));
  }
  return raster;
}

Raster::~Raster() {
  if (dataset_) GDALClose(dataset_);
}

namespace {

Result<void> read_band(GDALDatasetH dataset, const std::string& path, int band, const Window& window, void* values,
                       GDALDataType type) {
  GdalErrors errors;
  const CPLErr outcome =
      GDALRasterIO(GDALGetRasterBand(dataset, band), GF_Read, static_cast<int>(window.col),
                   static_cast<int>(window.row), static_cast<int>(window.cols), static_cast<int>(window.rows), values,
                   static_cast<int>(window.cols), static_cast<int>(window.rows), type, 0, 0);
  if (outcome != CE_None || errors.any()) {
    return fail(errors.blame(), "reading raster {}, band {}, rows {}..{}: {}", path, band, window.row,
                window.row + window.rows - 1, errors.text());
  }
  return {};
}

}  // namespace

Result<void> Raster::read(int band, const Window& window, std::span<float> values) {
  return read_band(dataset_, path_, band, window, values.data(), GDT_Float32);
}

Result<void> Raster::read(int band, const Window& window, std::span<std::uint16_t> values) {
  return read_band(dataset_, path_, band, window, values.data(), GDT_UInt16);
}

}  // namespace ecocube
