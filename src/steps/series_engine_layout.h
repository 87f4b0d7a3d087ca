// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/raster/raster.h"
#include "steps/series_engine.h"

namespace ecocube {

/// One file that a task writes.
struct SeriesFile {
  std::string name;   ///< below the tile's folder of the step
  Encoding encoding;  ///< data type and number for missing values count for all bands
  std::vector<BandSpec> bands;
};

/// Where an output goes: a file and a band (from 0) of it.
struct SeriesPlace {
  std::size_t file = 0, band = 0;
};

/// How a job's outputs lie in files, and what a task of it holds.
struct SeriesLayout {
  std::vector<SeriesFile> files;
  std::vector<std::vector<SeriesPlace>> places;  ///< shape [group][output]
  std::size_t open_files = 0;                    ///< at once, written and read

  /// Files that are read and kept open at once, at most.
  static constexpr std::size_t kMostRead = 256;
  /// Bytes of inputs and results that a thread works on at once: half a second-level cache.
  static constexpr std::size_t kCacheBytes = std::size_t{1} << 20;

  /// Errors: outputs of one file that differ in data type or in the number for missing values.
  static Result<SeriesLayout> of(const SeriesJob& job);

  /// `tiles/r075_c104/fill-gaps/20150321_20150624.tif`
  static std::string path_of(const SeriesJob& job, const std::string& file, const std::string& tile);

  /// What a task holds with blocks of so many rows, the next block included.
  std::uint64_t bytes_of_block(const SeriesJob& job, const Window& tile, std::int64_t rows) const;
  /// Rows of a block that fit the memory: RasterWriter::kBlockRows if they do.
  std::int64_t rows_per_block(const SeriesJob& job, const Window& tile, std::uint64_t memory) const;
};

/// Pixels that a thread works on at once, so that their planes fit its cache.
std::size_t pixels_per_range(const SeriesGroup& group);

}  // namespace ecocube
