// SPDX-License-Identifier: Apache-2.0
#include "data/cube/grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace ecocube {
namespace {

constexpr double kSnap = 1e-6;

std::int64_t floor_snapped(double value) {
  return static_cast<std::int64_t>(std::floor(value + kSnap));
}
std::int64_t ceil_snapped(double value) {
  return static_cast<std::int64_t>(std::ceil(value - kSnap));
}

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

std::optional<std::int64_t> after_letter(std::string_view part, char letter) {
  if (part.size() < 2 || part.front() != letter) return std::nullopt;
  return parse_integer(part.substr(1));
}

}  // namespace

Window intersection(const Window& a, const Window& b) {
  const std::int64_t row = std::max(a.row, b.row), col = std::max(a.col, b.col);
  return {row, col, std::max<std::int64_t>(0, std::min(a.row + a.rows, b.row + b.rows) - row),
          std::max<std::int64_t>(0, std::min(a.col + a.cols, b.col + b.cols) - col)};
}

Bounds Grid::bounds(const Window& window) const {
  return {left(window.col), top(window.row + window.rows), left(window.col + window.cols), top(window.row)};
}

Window Grid::window_of(const Bounds& box) const {
  const std::int64_t col = floor_snapped((box.min_x - origin_x) / pixel);
  const std::int64_t row = floor_snapped((origin_y - box.max_y) / pixel);
  return {row, col, ceil_snapped((origin_y - box.min_y) / pixel) - row,
          ceil_snapped((box.max_x - origin_x) / pixel) - col};
}

std::int64_t Grid::row_of(double y) const {
  return static_cast<std::int64_t>(std::floor((origin_y - y) / pixel));
}
std::int64_t Grid::col_of(double x) const {
  return static_cast<std::int64_t>(std::floor((x - origin_x) / pixel));
}

std::string Tile::name() const {
  return fmt::format("r{:03}_c{:03}", tile_row, tile_col);
}

std::optional<Tile> parse_tile_name(std::string_view name) {
  const auto parts = split(name, '_');
  if (parts.size() != 2) return std::nullopt;
  const auto row = after_letter(parts[0], 'r'), col = after_letter(parts[1], 'c');
  if (!row || !col) return std::nullopt;
  return Tile{*row, *col, {}};
}

std::vector<Tile> tiles_of(const Grid& grid, const Window& area) {
  std::vector<Tile> tiles;
  if (area.empty()) return tiles;
  const std::int64_t side = grid.tile_pixels;
  for (std::int64_t row = floor_divide(area.row, side); row <= floor_divide(area.row + area.rows - 1, side); ++row) {
    for (std::int64_t col = floor_divide(area.col, side); col <= floor_divide(area.col + area.cols - 1, side); ++col) {
      tiles.push_back({row, col, intersection(area, {row * side, col * side, side, side})});
    }
  }
  return tiles;
}

const Tile* Cube::tile_at(std::int64_t tile_row, std::int64_t tile_col) const {
  const auto before = [](const Tile& tile, const std::pair<std::int64_t, std::int64_t>& place) {
    return std::pair(tile.tile_row, tile.tile_col) < place;
  };
  const auto found = std::lower_bound(tiles.begin(), tiles.end(), std::pair(tile_row, tile_col), before);
  return found != tiles.end() && found->tile_row == tile_row && found->tile_col == tile_col ? &*found : nullptr;
}

const Tile* Cube::tile_named(std::string_view tile_name) const {
  const auto place = parse_tile_name(tile_name);
  return place ? tile_at(place->tile_row, place->tile_col) : nullptr;
}

const Tile* Cube::tile_holding(std::int64_t row, std::int64_t col) const {
  const Tile* tile = tile_at(floor_divide(row, grid.tile_pixels), floor_divide(col, grid.tile_pixels));
  return tile && !intersection(tile->window, {row, col, 1, 1}).empty() ? tile : nullptr;
}

}  // namespace ecocube
