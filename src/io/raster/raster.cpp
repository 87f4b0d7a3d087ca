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

template <class T>
GDALDataType gdal_type();
template <>
GDALDataType gdal_type<std::uint8_t>() {
  return GDT_Byte;
}
template <>
GDALDataType gdal_type<std::uint16_t>() {
  return GDT_UInt16;
}
template <>
GDALDataType gdal_type<std::int16_t>() {
  return GDT_Int16;
}
template <>
GDALDataType gdal_type<float>() {
  return GDT_Float32;
}

Result<void> read_band(GDALDatasetH dataset, const std::string& path, int band, const Window& window, void* values,
                       GDALDataType type, std::size_t row_bytes) {
  GdalErrors errors;
  const CPLErr outcome = GDALRasterIOEx(
      GDALGetRasterBand(dataset, band), GF_Read, static_cast<int>(window.col), static_cast<int>(window.row),
      static_cast<int>(window.cols), static_cast<int>(window.rows), values, static_cast<int>(window.cols),
      static_cast<int>(window.rows), type, 0, static_cast<GSpacing>(row_bytes), nullptr);
  if (outcome != CE_None || errors.any()) {
    return fail(errors.blame(), "reading raster {}, band {}, rows {}..{}: {}", path, band, window.row,
                window.row + window.rows - 1, errors.text());
  }
  return {};
}

}  // namespace

template <class T>
Result<void> Raster::read_rows(int band, const Window& window, T* values, std::size_t stride) {
  return read_band(dataset_, path_, band, window, values, gdal_type<T>(), stride * sizeof(T));
}

template Result<void> Raster::read_rows(int, const Window&, std::uint8_t*, std::size_t);
template Result<void> Raster::read_rows(int, const Window&, std::uint16_t*, std::size_t);
template Result<void> Raster::read_rows(int, const Window&, std::int16_t*, std::size_t);
template Result<void> Raster::read_rows(int, const Window&, float*, std::size_t);

Result<void> Raster::read(int band, const Window& window, std::span<float> values) {
  return read_rows(band, window, values.data(), static_cast<std::size_t>(window.cols));
}

Result<void> Raster::read(int band, const Window& window, std::span<std::uint16_t> values) {
  return read_rows(band, window, values.data(), static_cast<std::size_t>(window.cols));
}

}  // namespace ecocube
