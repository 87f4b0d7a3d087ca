// SPDX-License-Identifier: Apache-2.0
#include "methods/simulate/species.h"

#include <algorithm>
#include <cmath>

#include "methods/simulate/noise.h"

namespace ecocube::simulate {
namespace {

constexpr float kRoughPlace = 0.03F;  ///< share of occurrences whose place is told by the nearest village

bool is_wood(Cover cover) {
  return cover == Cover::broadleaf || cover == Cover::conifer;
}

/// Near a road, somebody passes by.
bool beside_road(const World& world, int row, int col, int year) {
  constexpr int kReach = 6;
  const Frame& frame = world.frame;
  for (int r = std::max(0, row - kReach); r <= std::min(frame.rows - 1, row + kReach); r += 2) {
    for (int c = std::max(0, col - kReach); c <= std::min(frame.cols - 1, col + kReach); c += 2) {
      if (world.cover(frame.at(r, c), year) == Cover::road) return true;
    }
  }
  return false;
}

}  // namespace

std::vector<float> potential_of_species(const World& world) {
  const Frame& frame = world.frame;
  const auto [lowest, highest] = std::minmax_element(world.elevation.begin(), world.elevation.end());
  const float span = std::max(1.0F, *highest - *lowest);
  const Noise soil(world.seed, Purpose::species);
  std::vector<float> potential(frame.pixels());
  for (int row = 0; row < frame.rows; ++row) {
    for (int col = 0; col < frame.cols; ++col) {
      const std::size_t pixel = frame.at(row, col);
      const float height = (world.elevation[pixel] - *lowest) / span;
      const float slope = std::hypot(world.rise_east[pixel], world.rise_south[pixel]);
      const float ground = soil.fractal(frame.x_of(col) / 2500, frame.y_of(row) / 2500, 3);
      // Best at six tenths of the world's height, on gentle slopes.
      const float score = 3.0F - 14.0F * (height - 0.6F) * (height - 0.6F) * 4.0F + 8.0F * std::min(slope, 0.15F) +
                          1.2F * ground - 1.5F;
      potential[pixel] = 1.0F / (1.0F + std::exp(-score));
    }
  }
  return potential;
}

std::vector<float> realized_species(const World& world, const std::vector<float>& potential, int year) {
  std::vector<float> realized(potential.size());
  for (std::size_t pixel = 0; pixel < potential.size(); ++pixel) {
    if (!is_wood(world.cover(pixel, year))) continue;
    const float broadleaf = 1.0F - static_cast<float>(world.conifer_share[pixel]) / 255.0F;
    realized[pixel] = potential[pixel] * broadleaf;
  }
  return realized;
}

std::vector<Occurrence> occurrences(const World& world, const std::vector<float>& potential, std::size_t count,
                                    const std::vector<int>& years) {
  const Frame& frame = world.frame;
  std::vector<Occurrence> found;
  const auto draws = static_cast<std::int64_t>(count) * 400;
  for (std::int64_t draw = 0; draw < draws && found.size() < count; ++draw) {
    const auto drawn = [&](int which) { return random_bits(world.seed, Purpose::occurrence, draw, which); };
    const auto row = static_cast<int>(drawn(1) % static_cast<std::uint64_t>(frame.rows));
    const auto col = static_cast<int>(drawn(2) % static_cast<std::uint64_t>(frame.cols));
    const int year = years[drawn(3) % years.size()];
    const std::size_t pixel = frame.at(row, col);
    if (!is_wood(world.cover(pixel, year))) continue;
    if (uniform(drawn(4)) < 0.5F && !beside_road(world, row, col, year)) continue;
    const float broadleaf = 1.0F - static_cast<float>(world.conifer_share[pixel]) / 255.0F;
    std::size_t species = uniform(drawn(5)) < potential[pixel] * broadleaf ? 0 : 1;
    if (species == 1 && uniform(drawn(6)) > broadleaf) species = 2;
    Occurrence one;
    one.place = frame.centre_of(row, col);
    one.date = make_day(year, 4, 1) + std::chrono::days(static_cast<int>(200 * uniform(drawn(7))));
    one.species = kTreeSpecies[species];
    if (uniform(drawn(8)) < kRoughPlace) one.uncertainty = 5000;
    found.push_back(std::move(one));
  }
  return found;
}

}  // namespace ecocube::simulate
