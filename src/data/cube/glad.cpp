// SPDX-License-Identifier: Apache-2.0
#include "data/cube/glad.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "base/text.h"

namespace ecocube {
namespace {

constexpr double kSnapDegrees = 1e-7;
constexpr int kDaysPerInterval = 16;

int wrapped_west(int west) {
  return ((west + 180) % 360 + 360) % 360 - 180;
}

/// 13 with E stays 13; -62 becomes 61 W: the edge of the cell that is nearer to zero.
std::string edge_name(int floor_degrees, char positive, char negative, int digits) {
  const bool is_positive = floor_degrees >= 0;
  return fmt::format("{:0{}}{}", is_positive ? floor_degrees : -(floor_degrees + 1), digits,
                     is_positive ? positive : negative);
}

/// Inverse of edge_name; nothing when `text` is no such name or lies beyond `limit` degrees.
std::optional<int> parse_edge(std::string_view text, char positive, char negative, std::size_t digits, int limit) {
  if (text.size() != digits + 1) return std::nullopt;
  const auto number = text.substr(0, digits);
  const char letter = text.back();
  if (number.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  if (letter != positive && letter != negative) return std::nullopt;
  const int degrees = static_cast<int>(*parse_integer(number));
  if (degrees >= limit) return std::nullopt;
  return letter == positive ? degrees : -(degrees + 1);
}

}  // namespace

std::string GladTile::latitude_part() const {
  return edge_name(south, 'N', 'S', 2);
}

std::string GladTile::name() const {
  return edge_name(west, 'E', 'W', 3) + "_" + latitude_part();
}

Bounds GladTile::cell() const {
  return {static_cast<double>(west), static_cast<double>(south), west + 1.0, south + 1.0};
}

Grid GladTile::grid() const {
  constexpr double margin = kGladMarginPixels * kGladPixel;
  return {"EPSG:4326", kGladPixel, west - margin, south + 1 + margin, kGladTilePixels};
}

GladTile glad_tile_at(const LonLat& place) {
  assert(std::isfinite(place.lon) && std::isfinite(place.lat) && std::abs(place.lat) <= 90);
  return {wrapped_west(static_cast<int>(std::floor(place.lon))), std::min(89, static_cast<int>(std::floor(place.lat)))};
}

std::string glad_tile_name(const LonLat& place) {
  return glad_tile_at(place).name();
}

std::optional<GladTile> parse_glad_tile(std::string_view name) {
  if (name.size() != 8 || name[4] != '_') return std::nullopt;
  const auto west = parse_edge(name.substr(0, 4), 'E', 'W', 3, 180);
  const auto south = parse_edge(name.substr(5), 'N', 'S', 2, 90);
  if (!west || !south) return std::nullopt;
  return GladTile{*west, *south};
}

std::vector<GladTile> glad_tiles_touching(const Bounds& lon_lat) {
  const auto first_of = [](double low) { return static_cast<int>(std::floor(low + kSnapDegrees)); };
  const auto last_of = [](double high) { return static_cast<int>(std::ceil(high - kSnapDegrees)) - 1; };
  const int west = first_of(lon_lat.min_x);
  const int east = std::min(std::max(west, last_of(lon_lat.max_x)), west + 359);
  const int south = std::clamp(first_of(lon_lat.min_y), -90, 89);
  const int north = std::clamp(std::max(south, last_of(lon_lat.max_y)), -90, 89);
  std::vector<GladTile> tiles;
  for (int row = north; row >= south; --row) {
    for (int col = west; col <= east; ++col) tiles.push_back({wrapped_west(col), row});
  }
  return tiles;
}

Day GladInterval::first_day() const {
  return make_day(year, 1, 1) + std::chrono::days(kDaysPerInterval * (number - 1));
}

Day GladInterval::last_day() const {
  if (number == kGladIntervalsPerYear) return make_day(year, 12, 31);
  return first_day() + std::chrono::days(kDaysPerInterval - 1);
}

Day GladInterval::middle_day() const {
  return first_day() + ((last_day() - first_day()) + std::chrono::days(1)) / 2;
}

GladInterval glad_interval(int id) {
  assert(id >= 1);
  return {kGladFirstYear + (id - 1) / kGladIntervalsPerYear, (id - 1) % kGladIntervalsPerYear + 1};
}

GladInterval glad_interval_on(Day day) {
  return {year_of(day), (day_of_year(day) - 1) / kDaysPerInterval + 1};
}

std::vector<GladInterval> glad_intervals_within(Day start, Day end) {
  std::vector<GladInterval> intervals;
  if (start > end || end < make_day(kGladFirstYear, 1, 1)) return intervals;
  const int first = glad_interval_on(std::max(start, make_day(kGladFirstYear, 1, 1))).id();
  for (int id = first; id <= glad_interval_on(end).id(); ++id) {
    const GladInterval interval = glad_interval(id);
    const Day middle = interval.middle_day();
    if (start <= middle && middle <= end) intervals.push_back(interval);
  }
  return intervals;
}

std::string glad_scene_path(const GladTile& tile, int interval_id) {
  return fmt::format("{}/{}/{}.tif", tile.latitude_part(), tile.name(), interval_id);
}

}  // namespace ecocube
