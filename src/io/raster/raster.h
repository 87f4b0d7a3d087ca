// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
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

/// Writes one GeoTIFF in tiles (ZSTD, band by band). All bands share one data type and no-data number.
class RasterWriter {
 public:
  /// Rows of one stored block: writing whole multiples of it from the top is fastest.
  static constexpr int kBlockRows = 128;

  /// `path` is written as it stands (use TaskRun::stage for an atomic appearance).
  static Result<std::unique_ptr<RasterWriter>> create(const std::filesystem::path& path, const Grid& grid, const Window& window,
                                                      const Encoding& encoding, const std::vector<BandSpec>& bands);
  ~RasterWriter();
  RasterWriter(const RasterWriter&) = delete;
  RasterWriter& operator=(const RasterWriter&) = delete;

  /// Writes stored numbers (not physical values) of band `band` (from 0) into `part`, given in grid pixels; where
  /// `valid` is 0 the encoding's no-data number is written. Shapes [row][col]; an empty `valid` means all valid.
  Result<void> write(std::size_t band, const Window& part, std::span<const float> stored, std::span<const std::uint8_t> valid);
  /// Finishes the file. Without it the file is incomplete.
  Result<void> close();

 private:
  RasterWriter() = default;
  std::string path_;
  Window window_;
  Encoding encoding_;
  void* dataset_ = nullptr;
  std::vector<float> line_;
};

}  // namespace ecocube
