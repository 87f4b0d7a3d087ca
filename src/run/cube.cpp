// SPDX-License-Identifier: Apache-2.0
#include "run/cube.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "data/cube/period.h"
#include "io/raster/projection.h"
#include "io/raster/vector.h"

namespace ecocube {
namespace {

Result<Grid> make_grid(const Value& map) {
  Grid grid;
  std::vector<double> origin;
  OptionSet keys;
  keys.add("crs", grid.crs, "EPSG code, such as EPSG:3035, or WKT").required();
  keys.add("pixel", grid.pixel, "side of a pixel in units of the CRS").range(1e-9, 1e9).required();
  keys.add("origin", origin, "x and y of the grid's upper left corner").required();
  keys.add("tile", grid.tile_pixels, "side of a tile in pixels").range(16, 100000);
  ECOCUBE_TRY(keys.read(map, "cube.grid"));
  if (origin.size() != 2) return usage_error("cube.grid.origin: expected two numbers, x and y, got {}", origin.size());
  if (auto known = check_crs(grid.crs); !known) return within("cube.grid.crs", known.error());
  grid.origin_x = origin[0];
  grid.origin_y = origin[1];
  return grid;
}

struct AreaKeys {
  std::vector<double> bbox;
  std::string file, layer;
  std::vector<std::string> tiles;
};

/// Numbers in the units of another CRS give an area of one pixel, or of more tiles than any archive has.
Result<void> check_size(const Cube& cube) {
  constexpr double kMostTiles = 5e6;
  const double side = cube.grid.tile_pixels;
  const double tiles =
      (static_cast<double>(cube.area.rows) / side + 1) * (static_cast<double>(cube.area.cols) / side + 1);
  const Bounds box = cube.grid.bounds(cube.area);
  if (tiles <= kMostTiles && cube.area.pixels() > 1) return {};
  return usage_error("cube.area: {} {} {} {} covers {} x {} pixels of {}; are its numbers in units of {}?", box.min_x,
                     box.min_y, box.max_x, box.max_y, cube.area.cols, cube.area.rows, cube.grid.pixel, cube.grid.crs);
}

Result<void> take_box(const AreaKeys& keys, Cube& cube) {
  const auto& box = keys.bbox;
  if (box.size() != 4)
    return usage_error("cube.area.bbox: expected min x, min y, max x, max y, got {} numbers", box.size());
  if (!(box[0] < box[2] && box[1] < box[3])) {
    return usage_error("cube.area.bbox: [{}, {}, {}, {}] is empty: the order is min x, min y, max x, max y", box[0],
                       box[1], box[2], box[3]);
  }
  cube.area = cube.grid.window_of({box[0], box[1], box[2], box[3]});
  return {};
}

Result<void> take_tiles(const AreaKeys& keys, Cube& cube) {
  std::vector<Tile> wanted;
  for (const std::string& name : keys.tiles) {
    const auto tile = parse_tile_name(name);
    if (!tile) return usage_error("cube.area.tiles: '{}' is no tile name such as r075_c104", name);
    wanted.push_back(*tile);
  }
  if (wanted.empty()) return usage_error("cube.area.tiles: the list is empty");
  const auto rows = std::minmax_element(wanted.begin(), wanted.end(),
                                        [](const Tile& a, const Tile& b) { return a.tile_row < b.tile_row; });
  const auto cols = std::minmax_element(wanted.begin(), wanted.end(),
                                        [](const Tile& a, const Tile& b) { return a.tile_col < b.tile_col; });
  const std::int64_t side = cube.grid.tile_pixels;
  cube.area = {rows.first->tile_row * side, cols.first->tile_col * side,
               (rows.second->tile_row - rows.first->tile_row + 1) * side,
               (cols.second->tile_col - cols.first->tile_col + 1) * side};
  ECOCUBE_TRY(check_size(cube));
  cube.tiles = tiles_of(cube.grid, cube.area);
  std::erase_if(cube.tiles, [&](const Tile& tile) {
    return std::none_of(wanted.begin(), wanted.end(), [&](const Tile& other) {
      return other.tile_row == tile.tile_row && other.tile_col == tile.tile_col;
    });
  });
  return {};
}

Result<void> take_file(const AreaKeys& keys, Cube& cube) {
  auto area = Area::read(keys.file, keys.layer, cube.grid.crs);
  if (!area) return within("cube.area.file", area.error());
  cube.area = cube.grid.window_of((*area)->bounds());
  ECOCUBE_TRY(check_size(cube));
  cube.tiles = tiles_of(cube.grid, cube.area);
  std::erase_if(cube.tiles, [&](const Tile& tile) { return !(*area)->intersects(cube.grid.bounds(tile.window)); });
  return {};
}

}  // namespace

Result<Cube> make_cube(const CubeSpec& spec) {
  Cube cube;
  cube.name = spec.name;
  ECOCUBE_TRY_ASSIGN(cube.grid, make_grid(spec.grid));
  AreaKeys keys;
  OptionSet options;
  options.add("bbox", keys.bbox, "min x, min y, max x, max y in the cube's CRS");
  options.add("file", keys.file, "vector file with polygons");
  options.add("layer", keys.layer, "layer of the vector file");
  options.add("tiles", keys.tiles, "names of tiles");
  ECOCUBE_TRY(options.read(spec.area, "cube.area"));
  const int given = !keys.bbox.empty() + !keys.file.empty() + !keys.tiles.empty();
  if (given != 1) return usage_error("cube.area: give one of bbox, file and tiles, got {}", given);
  if (!keys.bbox.empty()) ECOCUBE_TRY(take_box(keys, cube));
  if (!keys.file.empty()) ECOCUBE_TRY(take_file(keys, cube));
  if (!keys.tiles.empty()) ECOCUBE_TRY(take_tiles(keys, cube));
  ECOCUBE_TRY(check_size(cube));
  if (cube.tiles.empty()) cube.tiles = tiles_of(cube.grid, cube.area);
  if (cube.tiles.empty()) return usage_error("cube.area: no tile of the grid touches it");
  auto years = parse_years(spec.years);
  if (!years) return within("cube.years", years.error());
  cube.years = *years;
  return cube;
}

}  // namespace ecocube
