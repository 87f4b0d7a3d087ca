// SPDX-License-Identifier: Apache-2.0
#include "io/raster/raster.h"

#include <cpl_string.h>
#include <gdal.h>

#include <algorithm>
#include <cmath>

#include "io/raster/gdal_error.h"
#include "io/raster/projection.h"

namespace ecocube {
namespace {

GDALDataType to_gdal(DataType type) {
  switch (type) {
    case DataType::uint8: return GDT_Byte;
    case DataType::uint16: return GDT_UInt16;
    case DataType::int16: return GDT_Int16;
    case DataType::uint32: return GDT_UInt32;
    case DataType::int32: return GDT_Int32;
    case DataType::float32: return GDT_Float32;
    case DataType::float64: return GDT_Float64;
  }
  return GDT_Byte;
}

std::optional<DataType> from_gdal(GDALDataType type) {
  switch (type) {
    case GDT_Byte: return DataType::uint8;
    case GDT_UInt16: return DataType::uint16;
    case GDT_Int16: return DataType::int16;
    case GDT_UInt32: return DataType::uint32;
    case GDT_Int32: return DataType::int32;
    case GDT_Float32: return DataType::float32;
    case GDT_Float64: return DataType::float64;
    default: return std::nullopt;
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

Blame blame_of(const GdalErrors& errors) { return errors.machine() ? Blame::machine : Blame::input; }

/// Colours and names of a legend inside the TIFF itself: a colour table, and one metadata item a class.
void write_classes(GDALRasterBandH band, const std::vector<LegendClass>& classes) {
  GDALColorTableH table = GDALCreateColorTable(GPI_RGB);
  for (const LegendClass& entry : classes) {
    const GDALColorEntry color{entry.color.red, entry.color.green, entry.color.blue, 255};
    GDALSetColorEntry(table, entry.value, &color);
  }
  GDALSetRasterColorTable(band, table);
  GDALDestroyColorTable(table);
}

}  // namespace

Result<std::unique_ptr<Raster>> Raster::open(const std::string& path) {
  GdalErrors errors;
  GDALDatasetH dataset = GDALOpenEx(path.c_str(), GDAL_OF_RASTER | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR, nullptr, nullptr, nullptr);
  if (!dataset) return fail(blame_of(errors), "opening raster {}: {}", path, errors.text());
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

Result<void> read_band(GDALDatasetH dataset, const std::string& path, int band, const Window& window, void* values, GDALDataType type) {
  GdalErrors errors;
  const CPLErr outcome = GDALRasterIO(GDALGetRasterBand(dataset, band), GF_Read, static_cast<int>(window.col), static_cast<int>(window.row),
                                      static_cast<int>(window.cols), static_cast<int>(window.rows), values, static_cast<int>(window.cols),
                                      static_cast<int>(window.rows), type, 0, 0);
  if (outcome != CE_None || errors.any()) {
    return fail(blame_of(errors), "reading raster {}, band {}, rows {}..{}: {}", path, band, window.row, window.row + window.rows - 1,
                errors.text());
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

Result<std::unique_ptr<RasterWriter>> RasterWriter::create(const std::filesystem::path& path, const Grid& grid, const Window& window,
                                                           const Encoding& encoding, const std::vector<BandSpec>& bands) {
  GdalErrors errors;
  GDALDriverH driver = GDALGetDriverByName("GTiff");
  CPLStringList options;
  options.SetNameValue("TILED", "YES");
  options.SetNameValue("BLOCKXSIZE", "256");
  options.SetNameValue("BLOCKYSIZE", std::to_string(kBlockRows).c_str());
  options.SetNameValue("COMPRESS", "ZSTD");
  options.SetNameValue("ZSTD_LEVEL", "1");
  options.SetNameValue("INTERLEAVE", "BAND");
  options.SetNameValue("BIGTIFF", "IF_SAFER");
  const bool floating = encoding.type == DataType::float32 || encoding.type == DataType::float64;
  options.SetNameValue("PREDICTOR", floating ? "3" : "2");
  GDALDatasetH dataset = GDALCreate(driver, path.c_str(), static_cast<int>(window.cols), static_cast<int>(window.rows),
                                    static_cast<int>(bands.size()), to_gdal(encoding.type), options.List());
  if (!dataset) return fail(blame_of(errors), "creating raster {}: {}", path.string(), errors.text());
  std::unique_ptr<RasterWriter> writer(new RasterWriter);
  writer->dataset_ = dataset;
  writer->path_ = path.string();
  writer->window_ = window;
  writer->encoding_ = encoding;
  double transform[6] = {grid.left(window.col), grid.pixel, 0, grid.top(window.row), 0, -grid.pixel};
  GDALSetGeoTransform(dataset, transform);
  GDALSetProjection(dataset, crs_wkt(grid.crs).c_str());
  for (std::size_t i = 0; i < bands.size(); ++i) {
    GDALRasterBandH band = GDALGetRasterBand(dataset, static_cast<int>(i) + 1);
    GDALSetDescription(band, bands[i].name.c_str());
    if (encoding.no_data) GDALSetRasterNoDataValue(band, *encoding.no_data);
    const Encoding& own = bands[i].encoding ? *bands[i].encoding : encoding;
    if (own.scale != 1 || own.offset != 0) {
      GDALSetRasterScale(band, own.scale);
      GDALSetRasterOffset(band, own.offset);
    }
    if (!own.unit.empty()) GDALSetRasterUnitType(band, own.unit.c_str());
    if (!bands[i].classes.empty() && bands.size() == 1) write_classes(band, bands[i].classes);
  }
  if (errors.any()) return fail(blame_of(errors), "creating raster {}: {}", path.string(), errors.text());
  return writer;
}

RasterWriter::~RasterWriter() {
  if (!dataset_) return;
  GdalErrors errors;
  GDALClose(dataset_);
}

Result<void> RasterWriter::write(std::size_t band, const Window& part, std::span<const float> stored, std::span<const std::uint8_t> valid) {
  const std::size_t count = static_cast<std::size_t>(part.pixels());
  const float missing = static_cast<float>(encoding_.no_data.value_or(0));
  line_.assign(stored.begin(), stored.begin() + static_cast<std::ptrdiff_t>(count));
  if (!valid.empty()) {
    for (std::size_t i = 0; i < count; ++i) line_[i] = valid[i] ? line_[i] : missing;
  }
  GdalErrors errors;
  const CPLErr outcome =
      GDALRasterIO(GDALGetRasterBand(dataset_, static_cast<int>(band) + 1), GF_Write, static_cast<int>(part.col - window_.col),
                   static_cast<int>(part.row - window_.row), static_cast<int>(part.cols), static_cast<int>(part.rows), line_.data(),
                   static_cast<int>(part.cols), static_cast<int>(part.rows), GDT_Float32, 0, 0);
  if (outcome != CE_None || errors.any()) return fail(blame_of(errors), "writing raster {}: {}", path_, errors.text());
  return {};
}

Result<void> RasterWriter::close() {
  GdalErrors errors;
  GDALFlushCache(dataset_);
  GDALClose(dataset_);
  dataset_ = nullptr;
  if (errors.any()) return fail(Blame::machine, "finishing raster {}: {}", path_, errors.text());
  return {};
}

}  // namespace ecocube
