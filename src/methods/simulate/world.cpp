// SPDX-License-Identifier: Apache-2.0
#include "methods/simulate/world.h"

#include <cmath>
#include <numbers>

#include "methods/simulate/land_cover.h"
#include "methods/simulate/settlement.h"
#include "methods/simulate/terrain.h"

namespace ecocube::simulate {

Frame Frame::around(LonLat centre, int cols, int rows) {
  constexpr double metres_per_degree = 111320;
  constexpr auto scale = static_cast<double>(kPixelsPerDegree);
  Frame frame;
  frame.cols = cols;
  frame.rows = rows;
  frame.first_col = std::llround((centre.lon + 180) * scale) - cols / 2;
  frame.first_row = std::llround((90 - centre.lat) * scale) - rows / 2;
  frame.metres_down = metres_per_degree / scale;
  frame.metres_across = frame.metres_down * std::cos(centre.lat * std::numbers::pi / 180);
  return frame;
}

LonLat Frame::centre_of(int row, int col) const {
  constexpr auto scale = static_cast<double>(kPixelsPerDegree);
  return {(static_cast<double>(first_col + col) + 0.5) / scale - 180,
          90 - (static_cast<double>(first_row + row) + 0.5) / scale};
}

Cover World::cover(std::size_t pixel, int year) const {
  if (year >= built_year[pixel]) return built_as[pixel];
  const int since_cut = year - cut_year[pixel];
  if (since_cut >= 0 && since_cut < regrowth[pixel]) return Cover::shrub;
  return first_cover[pixel];
}

World make_world(std::uint64_t seed, const Frame& frame) {
  World world;
  world.seed = seed;
  world.frame = frame;
  Terrain terrain = make_terrain(seed, frame);
  const Settlement settlement = make_settlement(seed, frame, terrain);
  cover_land(terrain, settlement, world);
  world.elevation = std::move(terrain.elevation);
  world.rise_east = std::move(terrain.rise_east);
  world.rise_south = std::move(terrain.rise_south);
  return world;
}

}  // namespace ecocube::simulate
