// SPDX-License-Identifier: Apache-2.0
#include "methods/simulate/settlement.h"

#include <algorithm>
#include <cmath>

#include "methods/simulate/noise.h"

namespace ecocube::simulate {
namespace {

constexpr double kSquareMetresPerTown = 9.0e6;
constexpr double kSiteSpacing = 450;  ///< metres

struct Site {
  double x, y;
  float merit;
};

/// Every place a town might stand, best first: level, near a river but above its floods, not all in a row.
std::vector<Site> rank_sites(std::uint64_t seed, const Frame& frame, const Terrain& terrain) {
  std::vector<Site> sites;
  const int across = static_cast<int>(frame.width() / kSiteSpacing),
            down = static_cast<int>(frame.height() / kSiteSpacing);
  for (int j = 0; j < down; ++j) {
    for (int i = 0; i < across; ++i) {
      const double x = (i + uniform(random_bits(seed, Purpose::town_site, i, j, 0))) * kSiteSpacing;
      const double y = (j + uniform(random_bits(seed, Purpose::town_site, i, j, 1))) * kSiteSpacing;
      const int col = std::min(frame.cols - 1, static_cast<int>(x / frame.metres_across));
      const int row = std::min(frame.rows - 1, static_cast<int>(y / frame.metres_down));
      const std::size_t pixel = frame.at(row, col);
      if (terrain.water[pixel] != Water::none) continue;
      const float steep = std::hypot(terrain.rise_east[pixel], terrain.rise_south[pixel]);
      const float wet = std::max(0.0F, 350 - terrain.valley[pixel]) / 350;
      const float merit = 1.4F * uniform(random_bits(seed, Purpose::town_site, i, j, 2)) - 5 * steep - 0.7F * wet -
                          0.0025F * terrain.elevation[pixel];
      sites.push_back({x, y, merit});
    }
  }
  std::stable_sort(sites.begin(), sites.end(), [](const Site& a, const Site& b) { return a.merit > b.merit; });
  return sites;
}

std::vector<Town> found_towns(std::uint64_t seed, const Frame& frame, const Terrain& terrain) {
  const auto wanted =
      static_cast<std::size_t>(std::max(1.0, std::round(frame.width() * frame.height() / kSquareMetresPerTown)));
  std::vector<Town> towns;
  for (const Site& site : rank_sites(seed, frame, terrain)) {
    if (towns.size() == wanted) break;
    // One town in twelve is a large one; the first always is, as far as the world has room.
    const std::size_t rank = towns.size() % 12;
    const double spread =
        0.8 + 0.4 * uniform(random_bits(seed, Purpose::town_shape, static_cast<std::int64_t>(towns.size())));
    const double radius = std::min(0.2 * std::min(frame.width(), frame.height()),
                                   std::max(170.0, 850 * spread / std::pow(static_cast<double>(rank + 1), 0.62)));
    const bool free = std::all_of(towns.begin(), towns.end(), [&](const Town& other) {
      return std::hypot(other.x - site.x, other.y - site.y) > 1.5 * (other.radius + radius) + 500;
    });
    if (free) towns.push_back({site.x, site.y, radius});
  }
  return towns;
}

/// Lowers `plane` to the distance from (x, y) in radii, bent by noise, over three radii around.
void spread_from(const Frame& frame, const Noise& shape, double x, double y, double radius, std::vector<float>& plane) {
  const double reach = 3 * radius;
  const int first_row = std::max(0, static_cast<int>((y - reach) / frame.metres_down));
  const int last_row = std::min(frame.rows - 1, static_cast<int>((y + reach) / frame.metres_down));
  const int first_col = std::max(0, static_cast<int>((x - reach) / frame.metres_across));
  const int last_col = std::min(frame.cols - 1, static_cast<int>((x + reach) / frame.metres_across));
  for (int row = first_row; row <= last_row; ++row) {
    for (int col = first_col; col <= last_col; ++col) {
      const double px = frame.x_of(col), py = frame.y_of(row);
      const auto distance = static_cast<float>(std::hypot(px - x, py - y) / radius);
      float& cell = plane[frame.at(row, col)];
      cell = std::min(cell, distance + 0.24F * shape.fractal(px / 650, py / 650, 4));
    }
  }
}

}  // namespace

Settlement make_settlement(std::uint64_t seed, const Frame& frame, const Terrain& terrain) {
  Settlement settlement;
  settlement.town.assign(frame.pixels(), Settlement::kFar);
  settlement.industry.assign(frame.pixels(), Settlement::kFar);
  settlement.road.assign(frame.pixels(), 0);
  settlement.towns = found_towns(seed, frame, terrain);
  const Noise shape(seed, Purpose::town_shape);
  for (std::size_t i = 0; i < settlement.towns.size(); ++i) {
    const Town& town = settlement.towns[i];
    spread_from(frame, shape, town.x, town.y, town.radius, settlement.town);
    if (i != 0 && town.radius < 330) continue;
    const double turn = 6.2831853 * uniform(random_bits(seed, Purpose::industry, static_cast<std::int64_t>(i)));
    spread_from(frame, shape, town.x + 1.05 * town.radius * std::cos(turn),
                town.y + 1.05 * town.radius * std::sin(turn), 0.52 * town.radius, settlement.industry);
  }
  draw_roads(frame, terrain, settlement);
  return settlement;
}

}  // namespace ecocube::simulate
