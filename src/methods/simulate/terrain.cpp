// SPDX-License-Identifier: Apache-2.0
#include "methods/simulate/terrain.h"

#include <algorithm>
#include <cmath>

#include "base/parallel.h"
#include "methods/simulate/noise.h"

namespace ecocube::simulate {
namespace {

constexpr double kRiverSpacing = 13000;    ///< metres from one large river to the next
constexpr float kHalfRiver = 52;           ///< metres
constexpr float kBrookCatchment = 1.6e6F;  ///< square metres that feed a brook wide enough to see
constexpr float kLakeDepth = 3.5F;         ///< metres

/// Metres from the middle of the nearest large river; they run from east to west and wind.
float river_distance(const Noise& course, const Frame& frame, double x, double y) {
  const double offset = 0.52 * std::min(frame.height(), kRiverSpacing);
  const double bent_x = x + 330 * course.fractal(x / 1900 + 50, y / 1900, 2);
  const double bent_y = y + 300 * course.fractal(x / 1700, y / 1700 + 80, 2);
  const double line = std::floor((bent_y - offset) / kRiverSpacing + 0.5);
  const double middle =
      offset + line * kRiverSpacing + 0.13 * kRiverSpacing * course.fractal(bent_x / 6500, 31.7 * line, 1);
  return static_cast<float>(std::abs(bent_y - middle));
}

void raise_land(std::uint64_t seed, const Frame& frame, Terrain& terrain) {
  const Noise course(seed, Purpose::river_course), hills(seed, Purpose::hills), floor(seed, Purpose::valley_floor);
  const Noise pits(seed, Purpose::pits);
  parallel_for(static_cast<std::size_t>(frame.rows), 16, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      for (int col = 0; col < frame.cols; ++col) {
        const std::size_t pixel = frame.at(static_cast<int>(row), col);
        const double x = frame.x_of(col), y = frame.y_of(static_cast<int>(row));
        const float bank =
            river_distance(course, frame, x, y) - kHalfRiver * (1 + 0.25F * course.fractal(x / 700, y / 700, 1));
        const float ridges = 1.6F - std::abs(hills.fractal(x / 3800, y / 3800, 5, 0.42F));
        const float slope = smooth_step(500, 3600, bank + 450 * floor.fractal(x / 2600, y / 2600, 2));
        const float height = 60 + 120 * ridges + 75 * hills.fractal(x / 6000 + 40, y / 6000, 4);
        terrain.elevation[pixel] = 14 + 0.0008F * static_cast<float>(x) + std::max(2.0F, height) * slope +
                                   1.6F * floor.fractal(x / 420, y / 420, 3) + 0.0009F * bank;
        terrain.valley[pixel] = std::max(0.0F, bank);
        const bool pit = bank > 160 && bank < 1500 && slope < 0.12F && pits.fractal(x / 720, y / 720, 3, 0.35F) > 1.75F;
        terrain.water[pixel] = bank <= 0 ? Water::river : (pit ? Water::lake : Water::none);
        if (bank <= 0) terrain.elevation[pixel] = 11 + 0.0008F * static_cast<float>(x);
      }
    }
  });
}

/// Marks the pixels within `radius` metres of a pixel's middle.
void stamp(const Frame& frame, int row, int col, double radius, std::vector<Water>& water) {
  const int reach_down = static_cast<int>(radius / frame.metres_down),
            reach_across = static_cast<int>(radius / frame.metres_across);
  for (int r = std::max(0, row - reach_down); r <= std::min(frame.rows - 1, row + reach_down); ++r) {
    for (int c = std::max(0, col - reach_across); c <= std::min(frame.cols - 1, col + reach_across); ++c) {
      const double dx = (c - col) * frame.metres_across, dy = (r - row) * frame.metres_down;
      Water& cell = water[frame.at(r, c)];
      if (dx * dx + dy * dy <= radius * radius && cell == Water::none) cell = Water::river;
    }
  }
}

/// Lets brooks run where enough land drains to one place; they widen downstream.
void draw_brooks(const Frame& frame, const Drainage& drainage, Terrain& terrain) {
  const auto cell = static_cast<float>(frame.metres_across * frame.metres_down);
  std::vector<float> area(frame.pixels(), cell);
  for (auto at = drainage.order.rbegin(); at != drainage.order.rend(); ++at) {
    if (drainage.receiver[*at] != *at) area[drainage.receiver[*at]] += area[*at];
  }
  for (std::size_t pixel = 0; pixel < area.size(); ++pixel) {
    if (area[pixel] < kBrookCatchment || terrain.water[pixel] == Water::lake) continue;
    const auto columns = static_cast<std::size_t>(frame.cols);
    const double radius = std::min(30.0, 9 + 5 * std::sqrt(static_cast<double>(area[pixel]) / 1e6));
    stamp(frame, static_cast<int>(pixel / columns), static_cast<int>(pixel % columns), radius, terrain.water);
  }
}

/// Turns a third of the deep hollows into lakes, unless they are smaller than two hectares; the others have silted up.
void flood_hollows(std::uint64_t seed, const Frame& frame, const std::vector<float>& filled,
                   std::vector<Water>& water) {
  const auto smallest = static_cast<std::size_t>(20000 / (frame.metres_across * frame.metres_down));
  std::vector<std::uint8_t> seen(frame.pixels());
  std::vector<std::size_t> hollow;
  for (std::size_t start = 0; start < filled.size(); ++start) {
    if (seen[start] || filled[start] < kLakeDepth) continue;
    hollow.assign(1, start);
    seen[start] = 1;
    for (std::size_t next = 0; next < hollow.size(); ++next) {
      const int row = static_cast<int>(hollow[next] / static_cast<std::size_t>(frame.cols));
      const int col = static_cast<int>(hollow[next] % static_cast<std::size_t>(frame.cols));
      const auto visit = [&](int r, int c) {
        if (r < 0 || c < 0 || r >= frame.rows || c >= frame.cols) return;
        const std::size_t pixel = frame.at(r, c);
        if (seen[pixel] || filled[pixel] < kLakeDepth) return;
        seen[pixel] = 1;
        hollow.push_back(pixel);
      };
      visit(row - 1, col), visit(row + 1, col), visit(row, col - 1), visit(row, col + 1);
    }
    const float chance =
        uniform(random_bits(seed, Purpose::pits, frame.first_row, frame.first_col, static_cast<std::int64_t>(start)));
    if (hollow.size() < smallest || chance > 0.33F) continue;
    for (const std::size_t pixel : hollow) water[pixel] = Water::lake;
  }
}

void measure_slopes(const Frame& frame, Terrain& terrain) {
  parallel_for(static_cast<std::size_t>(frame.rows), 64, [&](std::size_t begin, std::size_t end) {
    for (int row = static_cast<int>(begin); row < static_cast<int>(end); ++row) {
      const int above = std::max(0, row - 1), below = std::min(frame.rows - 1, row + 1);
      for (int col = 0; col < frame.cols; ++col) {
        const int left = std::max(0, col - 1), right = std::min(frame.cols - 1, col + 1);
        const std::size_t pixel = frame.at(row, col);
        terrain.rise_east[pixel] = (terrain.elevation[frame.at(row, right)] - terrain.elevation[frame.at(row, left)]) /
                                   static_cast<float>(std::max(1, right - left) * frame.metres_across);
        terrain.rise_south[pixel] =
            (terrain.elevation[frame.at(below, col)] - terrain.elevation[frame.at(above, col)]) /
            static_cast<float>(std::max(1, below - above) * frame.metres_down);
      }
    }
  });
}

}  // namespace

Terrain make_terrain(std::uint64_t seed, const Frame& frame) {
  Terrain terrain;
  terrain.elevation.resize(frame.pixels());
  terrain.rise_east.resize(frame.pixels());
  terrain.rise_south.resize(frame.pixels());
  terrain.water.resize(frame.pixels());
  terrain.valley.resize(frame.pixels());
  raise_land(seed, frame, terrain);
  const Drainage drainage = drain(frame, terrain.elevation, terrain.water);
  flood_hollows(seed, frame, drainage.filled, terrain.water);
  draw_brooks(frame, drainage, terrain);
  measure_slopes(frame, terrain);
  return terrain;
}

}  // namespace ecocube::simulate
