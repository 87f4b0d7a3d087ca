// SPDX-License-Identifier: Apache-2.0
#include <cpl_string.h>
#include <gdal.h>

#include <algorithm>
#include <cassert>

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

/// Stored numbers as bytes of their data type, as many as `packed` has room for.
void pack(const std::vector<float>& stored, DataType type, std::vector<std::uint8_t>& packed) {
  GDALCopyWords64(stored.data(), GDT_Float32, sizeof(float), packed.data(), to_gdal(type),
                  static_cast<int>(bytes_of(type)), static_cast<GPtrDiff_t>(stored.size()));
}

std::vector<std::uint8_t> repeated(const std::vector<std::uint8_t>& number, std::int64_t times) {
  std::vector<std::uint8_t> all(number.size() * static_cast<std::size_t>(times));
  for (std::size_t i = 0; i < all.size(); i += number.size())
    std::copy(number.begin(), number.end(), all.begin() + static_cast<std::ptrdiff_t>(i));
  return all;
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
  writer->no_data_.resize(bytes_of(encoding.type));
  pack({static_cast<float>(encoding.no_data.value_or(0))}, encoding.type, writer->no_data_);
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
  return std::min<std::int64_t>(kBlockRows, window_.rows - stripe / band_count() * kBlockRows);
}

RasterWriter::Stripe& RasterWriter::stripe_at(std::int64_t number) {
  Stripe& stripe = open_[number];
  if (stripe.packed.empty()) {
    stripe.missing = rows_of(number) * window_.cols;
    stripe.packed = repeated(no_data_, stripe.missing);
  }
  return stripe;
}

std::uint64_t RasterWriter::waiting_bytes() const {
  std::uint64_t bytes = 0;
  for (const auto& [number, stripe] : open_) bytes += stripe.packed.size();
  return bytes;
}

std::uint64_t RasterWriter::most_waiting_bytes(const Window& window, std::int64_t piece_rows, DataType type,
                                               std::size_t bands) {
  const std::int64_t rows = std::min(piece_rows, window.rows);
  const auto stripe =
      static_cast<std::uint64_t>(std::min<std::int64_t>(kBlockRows, window.rows) * window.cols) * bytes_of(type);
  const auto touched = static_cast<std::uint64_t>((rows + kBlockRows - 1) / kBlockRows);
  // Of a piece that ends with a stripe, the uppermost rows go to the file at once.
  const bool whole = rows == window.rows || rows % kBlockRows == 0;
  return stripe * ((whole ? touched - 1 : touched) * bands + 1);
}

std::int64_t RasterWriter::rows_within(std::uint64_t memory, const Window& window,
                                       const std::function<std::uint64_t(std::int64_t)>& bytes_of_piece) {
  const std::int64_t most = std::min<std::int64_t>(kBlockRows, window.rows);
  if (bytes_of_piece(most) <= memory) return most;
  // Below a stripe more rows always hold more, though a stripe itself may hold less.
  std::int64_t fits = 0, too_many = most;
  while (too_many - fits > 1) {
    const std::int64_t rows = (fits + too_many) / 2;
    (bytes_of_piece(rows) <= memory ? fits : too_many) = rows;
  }
  if (fits > 0) return fits;
  return bytes_of_piece(1) < bytes_of_piece(most) ? 1 : most;
}

Result<void> RasterWriter::write(std::size_t band, const Window& part, std::span<const float> stored,
                                 std::span<const std::uint8_t> valid) {
  const float no_data = static_cast<float>(encoding_.no_data.value_or(0));
  const std::size_t size = no_data_.size(), cols = static_cast<std::size_t>(part.cols);
  // GDAL converts several numbers at once and the last few one by one: whole groups make every pixel alike.
  const std::size_t padded = (cols + 15) / 16 * 16;
  std::vector<float> line(padded, no_data);
  std::vector<std::uint8_t> packed(padded * size);
  for (std::int64_t row = 0; row < part.rows; ++row) {
    const std::int64_t at = part.row - window_.row + row;
    Stripe& stripe = stripe_at(at / kBlockRows * band_count() + static_cast<std::int64_t>(band));
    const auto from = static_cast<std::size_t>(row) * cols;
    for (std::size_t i = 0; i < cols; ++i) line[i] = valid.empty() || valid[from + i] ? stored[from + i] : no_data;
    pack(line, encoding_.type, packed);
    const auto to = static_cast<std::size_t>(at % kBlockRows * window_.cols + part.col - window_.col);
    std::copy_n(packed.data(), cols * size, stripe.packed.data() + to * size);
    stripe.missing -= part.cols;
  }
  return write_whole_stripes();
}

template <class T>
Result<void> RasterWriter::write_stored(std::size_t band, const Window& part, std::span<const T> stored) {
  assert(sizeof(T) == no_data_.size());
  const auto size = static_cast<std::int64_t>(sizeof(T));
  const auto* packed = reinterpret_cast<const std::uint8_t*>(stored.data());
  for (std::int64_t row = 0; row < part.rows;) {
    const std::int64_t at = part.row - window_.row + row;
    const std::int64_t number = at / kBlockRows * band_count() + static_cast<std::int64_t>(band);
    const std::int64_t rows = std::min(part.rows - row, at / kBlockRows * kBlockRows + rows_of(number) - at);
    const std::uint8_t* from = packed + row * part.cols * size;
    row += rows;
    if (number == next_ && rows == rows_of(number) && part.cols == window_.cols && !open_.contains(number)) {
      ECOCUBE_TRY(write_stripe(next_++, from));
      ECOCUBE_TRY(write_whole_stripes());
      continue;
    }
    Stripe& stripe = stripe_at(number);
    for (std::int64_t line = 0; line < rows; ++line) {
      const std::int64_t to = (at % kBlockRows + line) * window_.cols + part.col - window_.col;
      std::copy_n(from + line * part.cols * size, part.cols * size, stripe.packed.data() + to * size);
    }
    stripe.missing -= rows * part.cols;
  }
  return write_whole_stripes();
}

template Result<void> RasterWriter::write_stored(std::size_t, const Window&, std::span<const std::uint8_t>);
template Result<void> RasterWriter::write_stored(std::size_t, const Window&, std::span<const std::uint16_t>);
template Result<void> RasterWriter::write_stored(std::size_t, const Window&, std::span<const std::int16_t>);
template Result<void> RasterWriter::write_stored(std::size_t, const Window&, std::span<const float>);

Result<void> RasterWriter::write_whole_stripes() {
  while (!open_.empty() && open_.begin()->first == next_ && open_.begin()->second.missing == 0) {
    ECOCUBE_TRY(write_stripe(next_, open_.begin()->second.packed.data()));
    open_.erase(open_.begin());
    ++next_;
  }
  return {};
}

/// Past GDAL's block cache, whose order of writing depends on what else it holds.
Result<void> RasterWriter::write_stripe(std::int64_t number, const std::uint8_t* packed) {
  GdalErrors errors;
  GDALRasterBandH band = GDALGetRasterBand(dataset_, static_cast<int>(number % band_count()) + 1);
  const auto size = static_cast<std::int64_t>(no_data_.size());
  const std::vector<std::uint8_t> empty = repeated(no_data_, std::int64_t{kBlockCols} * kBlockRows);
  std::vector<std::uint8_t> block;
  for (std::int64_t col = 0; col < window_.cols; col += kBlockCols) {
    block = empty;
    const std::int64_t cols = std::min<std::int64_t>(kBlockCols, window_.cols - col);
    for (std::int64_t row = 0; row < rows_of(number); ++row) {
      std::copy_n(packed + (row * window_.cols + col) * size, cols * size, block.data() + row * kBlockCols * size);
    }
    const CPLErr outcome =
        GDALWriteBlock(band, static_cast<int>(col / kBlockCols), static_cast<int>(number / band_count()), block.data());
    if (outcome != CE_None || errors.any()) return fail(errors.blame(), "writing raster {}: {}", path_, errors.text());
  }
  return {};
}

Result<void> RasterWriter::close() {
  const std::int64_t stripes = (window_.rows + kBlockRows - 1) / kBlockRows * band_count();
  for (; next_ < stripes; ++next_) {
    ECOCUBE_TRY(write_stripe(next_, stripe_at(next_).packed.data()));
    open_.erase(next_);
  }
  GdalErrors errors;
  GDALFlushCache(dataset_);
  GDALClose(dataset_);
  dataset_ = nullptr;
  if (errors.any()) return fail(Blame::machine, "finishing raster {}: {}", path_, errors.text());
  return {};
}

}  // namespace ecocube
