// SPDX-License-Identifier: Apache-2.0
#include <cpl_string.h>
#include <gdal.h>

#include <algorithm>

#include "io/raster/gdal_error.h"
#include "io/raster/projection.h"
#include "io/raster/raster.h"

namespace ecocube {
namespace {

constexpr int kBlockCols = 256;

GDALDataType to_gdal(DataType type) {
  switch (type) {
    case DataType::uint8:
      return GDT_Byte;
    case DataType::uint16:
      return GDT_UInt16;
    case DataType::int16:
      return GDT_Int16;
    case DataType::uint32:
      return GDT_UInt32;
    case DataType::int32:
      return GDT_Int32;
    case DataType::float32:
      return GDT_Float32;
    case DataType::float64:
      return GDT_Float64;
  }
  return GDT_Byte;
}

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

Result<std::unique_ptr<RasterWriter>> RasterWriter::create(const std::filesystem::path& path, const Grid& grid,
                                                           const Window& window, const Encoding& encoding,
                                                           const std::vector<BandSpec>& bands) {
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
  if (!dataset) return fail(errors.blame(), "creating raster {}: {}", path.string(), errors.text());
  std::unique_ptr<RasterWriter> writer(new RasterWriter);
  writer->dataset_ = dataset;
  writer->path_ = path.string();
  writer->window_ = window;
  writer->encoding_ = encoding;
  writer->bands_ = bands.size();
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
  if (errors.any()) return fail(errors.blame(), "creating raster {}: {}", path.string(), errors.text());
  return writer;
}

RasterWriter::~RasterWriter() {
  if (!dataset_) return;
  GdalErrors errors;
  GDALClose(dataset_);
}

std::int64_t RasterWriter::rows_of(std::int64_t stripe) const {
  return std::min<std::int64_t>(kBlockRows, window_.rows - stripe * kBlockRows);
}

RasterWriter::Stripe& RasterWriter::stripe_at(std::int64_t number) {
  Stripe& stripe = open_[number];
  if (stripe.values.empty()) {
    stripe.missing = rows_of(number) * window_.cols * static_cast<std::int64_t>(bands_);
    stripe.values.assign(static_cast<std::size_t>(stripe.missing), static_cast<float>(encoding_.no_data.value_or(0)));
  }
  return stripe;
}

Result<void> RasterWriter::write(std::size_t band, const Window& part, std::span<const float> stored,
                                 std::span<const std::uint8_t> valid) {
  const float no_data = static_cast<float>(encoding_.no_data.value_or(0));
  for (std::int64_t row = 0; row < part.rows; ++row) {
    const std::int64_t at = part.row - window_.row + row, number = at / kBlockRows;
    Stripe& stripe = stripe_at(number);
    const std::int64_t band_row = static_cast<std::int64_t>(band) * rows_of(number) + at % kBlockRows;
    const auto from = static_cast<std::size_t>(row * part.cols);
    const auto to = static_cast<std::size_t>(band_row * window_.cols + part.col - window_.col);
    for (std::size_t i = 0; i < static_cast<std::size_t>(part.cols); ++i) {
      stripe.values[to + i] = valid.empty() || valid[from + i] ? stored[from + i] : no_data;
    }
    stripe.missing -= part.cols;
  }
  return write_whole_stripes();
}

Result<void> RasterWriter::write_whole_stripes() {
  while (!open_.empty() && open_.begin()->first == next_ && open_.begin()->second.missing == 0) {
    ECOCUBE_TRY(write_stripe(next_, open_.begin()->second));
    open_.erase(open_.begin());
    ++next_;
  }
  return {};
}

/// Past GDAL's block cache, whose order of writing depends on what else it holds.
Result<void> RasterWriter::write_stripe(std::int64_t number, const Stripe& stripe) {
  GdalErrors errors;
  const GDALDataType type = to_gdal(encoding_.type);
  const float no_data = static_cast<float>(encoding_.no_data.value_or(0));
  std::vector<float> block(static_cast<std::size_t>(kBlockCols) * kBlockRows);
  std::vector<std::uint8_t> packed(block.size() * bytes_of(encoding_.type));
  const std::int64_t rows = rows_of(number);
  for (std::size_t band = 0; band < bands_; ++band) {
    for (std::int64_t col = 0; col < window_.cols; col += kBlockCols) {
      std::fill(block.begin(), block.end(), no_data);
      const std::int64_t cols = std::min<std::int64_t>(kBlockCols, window_.cols - col);
      for (std::int64_t row = 0; row < rows; ++row) {
        const auto from = stripe.values.begin() + (static_cast<std::int64_t>(band) * rows + row) * window_.cols + col;
        std::copy(from, from + cols, block.begin() + row * kBlockCols);
      }
      GDALCopyWords64(block.data(), GDT_Float32, sizeof(float), packed.data(), type,
                      static_cast<int>(bytes_of(encoding_.type)), static_cast<GPtrDiff_t>(block.size()));
      const CPLErr outcome =
          GDALWriteBlock(GDALGetRasterBand(dataset_, static_cast<int>(band) + 1), static_cast<int>(col / kBlockCols),
                         static_cast<int>(number), packed.data());
      if (outcome != CE_None || errors.any())
        return fail(errors.blame(), "writing raster {}: {}", path_, errors.text());
    }
  }
  return {};
}

Result<void> RasterWriter::close() {
  for (std::int64_t number = next_; number * kBlockRows < window_.rows; ++number) {
    ECOCUBE_TRY(write_stripe(number, stripe_at(number)));
    open_.erase(number);
  }
  next_ = window_.rows;
  GdalErrors errors;
  GDALFlushCache(dataset_);
  GDALClose(dataset_);
  dataset_ = nullptr;
  if (errors.any()) return fail(Blame::machine, "finishing raster {}: {}", path_, errors.text());
  return {};
}

}  // namespace ecocube
