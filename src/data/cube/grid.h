// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ecocube {

/// A place in the units of a coordinate reference system; x grows to the east, y to the north.
struct MapPoint {
  double x = 0;
  double y = 0;
};

/// A place on the globe in degrees, WGS 84.
struct LonLat {
  double lon = 0;
  double lat = 0;
};

/// A rectangle in the units of a coordinate reference system.
struct Bounds {
  double min_x = 0;
  double min_y = 0;
  double max_x = 0;
  double max_y = 0;
  bool intersects(const Bounds& other) const {
    return min_x < other.max_x && other.min_x < max_x && min_y < other.max_y && other.min_y < max_y;
  }
  bool operator==(const Bounds&) const = default;
};

/// A rectangle of pixels; row 0, col 0 is the pixel at the grid's origin (its upper left corner).
struct Window {
  std::int64_t row = 0;
  std::int64_t col = 0;
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  std::int64_t pixels() const { return rows * cols; }
  bool empty() const { return rows <= 0 || cols <= 0; }
  bool operator==(const Window&) const = default;
};

Window intersection(const Window& a, const Window& b);

/// The one grid that all layers of a cube share: north-up square pixels.
struct Grid {
  std::string crs;         ///< `EPSG:3035` or WKT
  double pixel = 0;        ///< side of a pixel, in CRS units
  double origin_x = 0;     ///< left edge of column 0
  double origin_y = 0;     ///< upper edge of row 0
  int tile_pixels = 1000;  ///< side of a tile, in pixels

  double left(std::int64_t col) const { return origin_x + static_cast<double>(col) * pixel; }
  double top(std::int64_t row) const { return origin_y - static_cast<double>(row) * pixel; }
  MapPoint centre(std::int64_t row, std::int64_t col) const {
    return {origin_x + (static_cast<double>(col) + 0.5) * pixel, origin_y - (static_cast<double>(row) + 0.5) * pixel};
  }
  Bounds bounds(const Window& window) const;
  /// The pixels that the rectangle touches; edges within a millionth of a pixel of a pixel border snap to it.
  Window window_of(const Bounds& bounds) const;
  /// Row and column of the pixel that holds the point.
  std::int64_t row_of(double y) const;
  std::int64_t col_of(double x) const;
  bool operator==(const Grid&) const = default;
};

/// One unit of work in space: tile row and column of the grid, and its pixels inside the cube's area.
struct Tile {
  std::int64_t tile_row = 0;
  std::int64_t tile_col = 0;
  Window window;  ///< clipped to the area of the cube
  /// `r075_c104`; a minus sign follows the letter for tiles above or left of the origin.
  std::string name() const;
};

/// Reads a tile name; nothing when it is not one.
std::optional<Tile> parse_tile_name(std::string_view name);

/// The tiles of the grid that `area` touches, row by row, each clipped to it.
std::vector<Tile> tiles_of(const Grid& grid, const Window& area);

/// What a cube covers: a grid, the pixels of it, the tiles and the years.
struct Cube {
  std::string name;  ///< short name of the area, used in file names (`eu`)
  Grid grid;
  Window area;
  std::vector<Tile> tiles;  ///< row by row
  std::vector<int> years;   ///< ascending
  const Tile* tile_named(std::string_view tile_name) const;
  /// The tile whose window holds the grid's pixel; none outside the area.
  const Tile* tile_holding(std::int64_t row, std::int64_t col) const;

 private:
  const Tile* tile_at(std::int64_t tile_row, std::int64_t tile_col) const;
};

}  // namespace ecocube
