// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/cube/grid.h"
#include "io/raster/projection.h"

namespace ecocube {

/// A raster's own pixels: its CRS and the affine transform from (col, row) to map coordinates as GDAL orders it.
struct PixelFrame {
  std::string crs;
  double geo_transform[6] = {0, 1, 0, 0, 0, -1};
  std::int64_t rows = 0, cols = 0;
  bool operator==(const PixelFrame&) const = default;
};

/// Where the pixels of one grid lie in the pixels of another. The projection is computed exactly on a lattice of some
/// pixels of the target grid, at most 32 and 960 m apart, and interpolated between; the lattice is anchored at the
/// grid's origin, so a pixel's position never depends on the window it is asked for in. The error is below a hundredth
/// of a pixel at 30 m, and smaller yet for coarser ones.
class GridMapping {
 public:
  static Result<std::unique_ptr<GridMapping>> make(const Grid& target, const PixelFrame& source);

  /// Positions of the window's pixel centres in source pixels (see resample::Positions), shape [row][col] each.
  struct Positions {
    std::vector<double> x, y;
  };
  Positions positions(const Window& window) const;

  /// Source pixels that any way of resampling looks at for these positions: the smallest rectangle round all positions
  /// on or next to the source, cut to the source; empty when there are none.
  Window source_window(const Positions& positions) const;

  /// When both grids have the same CRS, pixel size and pixel borders: source (row, col) of the target's (0, 0).
  std::optional<std::pair<std::int64_t, std::int64_t>> shift() const { return shift_; }

  /// Size of a target pixel in source pixels, about the middle of the source.
  double pixel_width() const { return pixel_width_; }
  double pixel_height() const { return pixel_height_; }

  /// Whether numbers are averaged, else interpolated: a target pixel is more than 1.5 source pixels both ways. Pixels
  /// of degrees, narrow in the north, are thus interpolated as long as their height is near the target's.
  bool averages() const;

 private:
  GridMapping() = default;
  void to_source(std::vector<double>& x, std::vector<double>& y) const;
  void find_shift();
  void find_pixel_size();
  std::int64_t margin() const;

  Grid target_;
  std::int64_t step_ = 1;  ///< of the lattice, in target pixels
  PixelFrame source_;
  double inverse_[6] = {};
  std::unique_ptr<Projection> projection_;  ///< none: same CRS
  std::optional<std::pair<std::int64_t, std::int64_t>> shift_;
  double pixel_width_ = 1, pixel_height_ = 1;
};

}  // namespace ecocube
