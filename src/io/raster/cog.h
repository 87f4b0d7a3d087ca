// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/cube/grid.h"
#include "data/cube/layer.h"
#include "data/cube/legend.h"

namespace ecocube {

/// What a cloud-optimised GeoTIFF of one layer holds.
struct CogSpec {
  Grid grid;
  Window area;  ///< the pixels of the file; where no part lies there is no data
  Encoding encoding;
  LayerKind kind = LayerKind::continuous;
  std::vector<LegendClass> classes;  ///< colours and names to write into the file; empty: none
  std::string name;                  ///< of the band
  std::string compress = "zstd";     ///< or `deflate`, which older readers know too
  int threads = 1;                   ///< of GDAL; the bytes do not depend on it
};

/// One file that fills a part of the area: band `band` (from 1) of a raster that covers exactly `window`.
struct CogPart {
  std::string path;
  int band = 1;
  Window window;
};

/// Joins the parts, without a copy on the disk, and writes one COG: tiles of 512 pixels, overviews by the most frequent
/// value for classes and source codes and by the mean of valid pixels otherwise; no data, scale, offset, unit, colours
/// and class names inside the file and nothing beside it. `path` is written as it stands; after a failure nothing is
/// left of it.
/// A part that is missing, damaged, or on another grid is an error that names it.
Result<void> write_cog(const std::filesystem::path& path, const CogSpec& spec, const std::vector<CogPart>& parts,
                       const std::function<void(double)>& share_done = {});

/// `3.6.2`
std::string gdal_version();

}  // namespace ecocube
