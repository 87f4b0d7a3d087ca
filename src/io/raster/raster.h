// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/cube/grid.h"
#include "data/cube/layer.h"
#include "data/cube/legend.h"

namespace ecocube {

/// One band of a raster file as the file describes it.
struct RasterBand {
  Encoding encoding;
  std::string description;
};

/// Geometry and bands of a raster file.
struct RasterInfo {
  std::string crs_wkt;
  std::int64_t rows = 0, cols = 0;
  double geo_transform[6] = {};
  std::vector<RasterBand> bands;
  bool north_up() const { return geo_transform[2] == 0 && geo_transform[4] == 0; }
};

/// An open raster file of any format that GDAL reads. Not for use by two threads at once.
class Raster {
 public:
  static Result<std::unique_ptr<Raster>> open(const std::string& path);
  ~Raster();
  Raster(const Raster&) = delete;
  Raster& operator=(const Raster&) = delete;

  const RasterInfo& info() const { return info_; }
  const std::string& path() const { return path_; }
  /// Reads stored numbers of one band (from 1); `window` counts the file's own pixels and must lie inside it.
  /// `values` has shape [row][col].
  Result<void> read(int band, const Window& window, std::span<float> values);
  Result<void> read(int band, const Window& window, std::span<std::uint16_t> values);
  /// The same for rows that lie `stride` numbers apart, without a detour over another type when T is the band's own. T:
  /// uint8, uint16, int16 (all as std::intN_t) or float; numbers that do not fit are rounded and clipped.
  template <class T>
  Result<void> read_rows(int band, const Window& window, T* values, std::size_t stride);

 private:
  Raster() = default;
  std::string path_;
  RasterInfo info_;
  void* dataset_ = nullptr;
};

/// What a new raster file carries per band.
struct BandSpec {
  std::string name;
  LayerKind kind = LayerKind::continuous;
  std::vector<LegendClass> classes;  ///< colours and names to write into the file; empty: none
  /// Scale, offset and unit of this band where they differ from the file's encoding; type and no data never do.
  std::optional<Encoding> encoding = std::nullopt;
};

/// Writes one GeoTIFF in tiles (ZSTD, band by band). All bands share one data type and no-data number. The file's bytes
/// depend on the pixels alone, not on the pieces they come in: a stripe, which is kBlockRows rows of one band as they
/// are stored, goes to the file once it is whole and all bands above it and before it have gone. What comes earlier
/// waits in memory, so write from the top downwards, the bands in order: pieces of kBlockRows rows then never wait.
class RasterWriter {
 public:
  /// Rows of one stored block: pieces of so many rows from the top are fastest and leave nothing waiting.
  static constexpr int kBlockRows = 128;
  /// What GDAL, libtiff and the codec hold for an open file beside pixels.
  static constexpr std::uint64_t kOpenFileBytes = std::uint64_t{1} << 20;

  /// `path` is written as it stands (use TaskRun::stage for an atomic appearance).
  static Result<std::unique_ptr<RasterWriter>> create(const std::filesystem::path& path, const Grid& grid,
                                                      const Window& window, const Encoding& encoding,
                                                      const std::vector<BandSpec>& bands);
  ~RasterWriter();
  RasterWriter(const RasterWriter&) = delete;
  RasterWriter& operator=(const RasterWriter&) = delete;

  /// Writes stored numbers (not physical values) of band `band` (from 0) into `part`, given in grid pixels; where
  /// `valid` is 0 the encoding's no-data number is written. Shapes [row][col]; an empty `valid` means all valid. Each
  /// pixel of a band is written once.
  Result<void> write(std::size_t band, const Window& part, std::span<const float> stored,
                     std::span<const std::uint8_t> valid);
  /// The same for numbers of the file's own type, in which missing ones already are its number for them. T as in
  /// Raster::read_rows; it must be the file's type. Whole stripes in their turn go to the file without waiting.
  template <class T>
  Result<void> write_stored(std::size_t band, const Window& part, std::span<const T> stored);
  /// Bytes of pixels that wait for their turn.
  std::uint64_t waiting_bytes() const;
  /// The most that waits while `window` is written from the top in pieces of `piece_rows` rows, every piece band by
  /// band in order.
  static std::uint64_t most_waiting_bytes(const Window& window, std::int64_t piece_rows, DataType type,
                                          std::size_t bands);
  /// Rows of the largest piece that `bytes_of_piece(rows)` says to fit `memory`, never more than a stripe; when none
  /// fits, the cheaper one of a row and a stripe.
  static std::int64_t rows_within(std::uint64_t memory, const Window& window,
                                  const std::function<std::uint64_t(std::int64_t)>& bytes_of_piece);
  /// Finishes the file; pixels that were never written are no data. Without it the file is incomplete.
  Result<void> close();

 private:
  /// kBlockRows rows of one band, or fewer at the bottom.
  struct Stripe {
    std::vector<std::uint8_t> packed;  ///< numbers of the file's data type, shape [row][col]
    std::int64_t missing = 0;          ///< pixels not yet written
  };
  RasterWriter() = default;
  std::int64_t band_count() const { return static_cast<std::int64_t>(bands_); }
  std::int64_t rows_of(std::int64_t stripe) const;
  Stripe& stripe_at(std::int64_t number);
  Result<void> write_stripe(std::int64_t number, const std::uint8_t* packed);
  Result<void> write_whole_stripes();

  std::string path_;
  Window window_;
  Encoding encoding_;
  std::size_t bands_ = 0;
  void* dataset_ = nullptr;
  std::vector<std::uint8_t> no_data_;    ///< one stored number
  std::map<std::int64_t, Stripe> open_;  ///< by number: bands of the uppermost rows first
  std::int64_t next_ = 0;                ///< first stripe that is not in the file
};

}  // namespace ecocube
