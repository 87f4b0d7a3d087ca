// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace ecocube {

/// What the first directory of a TIFF says of its image and where its blocks are (TIFF 6.0 and BigTIFF).
class TiffDirectory {
 public:
  enum Tag : std::uint16_t {
    kWidth = 256,
    kHeight = 257,
    kBits = 258,
    kCompression = 259,
    kFillOrder = 266,
    kStripOffsets = 273,
    kSamples = 277,
    kRowsPerStrip = 278,
    kStripCounts = 279,
    kPlanar = 284,
    kPredictor = 317,
    kTileOffsets = 324,
    kTileCounts = 325,
    kSampleFormat = 339,
  };

  /// Nothing when the file is no TIFF. A directory or list of blocks beyond the file's end is an error of the input
  /// that says where the file ends; the caller names the file.
  static Result<std::optional<TiffDirectory>> read(const std::string& path);

  std::uint64_t file_bytes() const { return file_bytes_; }
  bool little_endian() const { return little_; }
  bool has_tiles() const { return tags_.contains(kTileOffsets); }
  /// The first number of a tag; `otherwise` when the file does not have it.
  std::uint64_t number(Tag tag, std::uint64_t otherwise) const;
  /// Where the strips or tiles begin and how many bytes each has; a block that was never written has none.
  const std::vector<std::uint64_t>& offsets() const;
  const std::vector<std::uint64_t>& counts() const;
  /// Fails when a block reaches beyond the file's end.
  Result<void> check_blocks() const;

 private:
  friend class TiffDirectoryReader;
  std::uint64_t file_bytes_ = 0;
  bool little_ = true;
  std::map<std::uint16_t, std::vector<std::uint64_t>> tags_;
};

}  // namespace ecocube
