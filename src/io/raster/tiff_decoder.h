// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/cube/grid.h"
#include "io/raster/tiff_directory.h"
#include "io/raster/tiff_lzw.h"

namespace ecocube {

/// Unpacks the strips of the plain TIFFs that archives are full of, all bands at once and past GDAL's cache: 16-bit
/// numbers in strips, little-endian, LZW or not compressed, with or without differencing, pixel by pixel or band by
/// band. Whatever else there is belongs to Raster. Not for use by two threads at once.
class TiffDecoder {
 public:
  /// Nothing when the file is not of this kind. The directory must have been found whole.
  static Result<std::unique_ptr<TiffDecoder>> open(const std::string& path, TiffDirectory directory);
  ~TiffDecoder();
  TiffDecoder(const TiffDecoder&) = delete;
  TiffDecoder& operator=(const TiffDecoder&) = delete;

  std::int64_t rows() const { return rows_; }
  std::int64_t cols() const { return cols_; }
  int bands() const { return bands_; }

  /// Reads stored numbers of some bands (from 1). A strip that cannot be unpacked is an error of the input that names
  /// file and rows.
  ///
  /// window  the file's own pixels, inside it
  /// planes  where the numbers of each band go
  /// stride  numbers from one row of a plane to the next
  Result<void> read(std::span<const int> bands, const Window& window, std::span<std::uint16_t* const> planes,
                    std::size_t stride);

 private:
  TiffDecoder() = default;
  bool understands(const TiffDirectory& directory);
  bool looks_modern() const;
  Result<void> unpack(std::size_t strip);
  Result<const std::uint8_t*> packed_bytes(std::size_t strip);
  Failure damaged(std::size_t strip, const std::string& what) const;
  void undo_differences(std::int64_t strip_rows);
  std::size_t strips_of_band() const;

  std::string path_;
  TiffDirectory directory_;
  int file_ = -1;
  std::int64_t rows_ = 0, cols_ = 0, strip_rows_ = 0;
  int bands_ = 0, bands_in_strip_ = 0;
  bool is_packed_ = false, differences_ = false;
  LzwDecoder lzw_;
  std::vector<std::uint8_t> packed_;                 ///< of some strips that follow each other in the file
  std::uint64_t packed_begin_ = 0, packed_end_ = 0;  ///< place of `packed_` in the file
  std::vector<std::uint16_t> numbers_;               ///< one strip, shape [row][col][band in strip]
  std::size_t unpacked_ = SIZE_MAX;                  ///< the strip in `numbers_`
};

}  // namespace ecocube
