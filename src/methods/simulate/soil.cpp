// SPDX-License-Identifier: Apache-2.0
#include "methods/simulate/soil.h"

#include <algorithm>
#include <cmath>

#include "methods/simulate/noise.h"

namespace ecocube::simulate {
namespace {

/// Horizons lie as deep as the soil has made them, not at agreed depths: the least and the most of their thickness.
constexpr struct { int least, most; } kHorizons[] = {{4, 16}, {12, 30}, {15, 35}, {20, 40}, {25, 45}};
constexpr float kClayError = 0.08F, kCarbonError = 0.1F;  ///< of the laboratory, as a share

/// Grams per kilogram in the topsoil under a cover that has long been there.
float settled_carbon(Cover cover) {
  switch (cover) {
    case Cover::pasture:
      return 34;
    case Cover::broadleaf:
      return 42;
    case Cover::conifer:
      return 50;
    case Cover::moor:
      return 75;
    case Cover::marsh:
      return 160;
    case Cover::shrub:
      return 40;
    case Cover::arable:
      return 17;
    default:
      return 12;
  }
}

}  // namespace

bool has_soil(Cover cover) {
  return cover != Cover::river && cover != Cover::lake && cover != Cover::town && cover != Cover::industry &&
         cover != Cover::road;
}

SoilAt soil_at(const World& world, int row, int col, int year, double depth) {
  const Frame& frame = world.frame;
  const std::size_t pixel = frame.at(row, col);
  const auto below = static_cast<float>(depth);
  const float slope = std::hypot(world.rise_east[pixel], world.rise_south[pixel]);
  const Noise parent(world.seed, Purpose::clay);
  const float rock = parent.fractal(frame.x_of(col) / 1800, frame.y_of(row) / 1800, 4);
  // Fine earth gathers where it is low and flat; `relief` is 1 there and 0 on steep and high ground.
  const float relief = 1.0F - smooth_step(0.0F, 0.18F, slope);
  const float low = 1.0F - smooth_step(10.0F, 110.0F, world.elevation[pixel]);
  SoilAt soil;
  soil.clay = std::clamp(6.0F + 18.0F * low * relief + 9.0F * (rock + 1.0F) + 0.07F * below, 1.0F, 70.0F);
  // Half of the way to the new equilibrium is gone after eight years.
  const Cover now = world.cover(pixel, year), before = world.cover(pixel, year - 8);
  const float topsoil = 0.5F * (settled_carbon(now) + settled_carbon(before)) * (0.85F + 0.006F * soil.clay);
  soil.carbon = 2.0F + topsoil * std::exp(-below / 28.0F);
  return soil;
}

std::vector<SoilHorizon> soil_profiles(const World& world, std::size_t profiles, const std::vector<int>& years) {
  const Frame& frame = world.frame;
  std::vector<SoilHorizon> horizons;
  int dug = 0;
  const auto draws = static_cast<std::int64_t>(profiles) * 50;
  for (std::int64_t draw = 0; draw < draws && dug < static_cast<int>(profiles); ++draw) {
    const auto drawn = [&](int which) { return random_bits(world.seed, Purpose::profile, draw, which); };
    const auto row = static_cast<int>(drawn(1) % static_cast<std::uint64_t>(frame.rows));
    const auto col = static_cast<int>(drawn(2) % static_cast<std::uint64_t>(frame.cols));
    const int year = years[drawn(3) % years.size()];
    if (!has_soil(world.cover(frame.at(row, col), year))) continue;
    ++dug;
    const Day date = make_day(year, 3, 1) + std::chrono::days(static_cast<int>(240 * uniform(drawn(4))));
    int upper = 0, layer = 0;
    for (const auto& [least, most] : kHorizons) {
      const int lower = upper + least + static_cast<int>(static_cast<float>(most - least) * uniform(drawn(30 + layer)));
      const SoilAt soil = soil_at(world, row, col, year, (upper + lower) / 2.0);
      horizons.push_back({dug, frame.centre_of(row, col), date, upper, lower,
                          std::max(0.5F, soil.clay * (1.0F + kClayError * bell(drawn(10 + layer)))),
                          std::max(0.1F, soil.carbon * (1.0F + kCarbonError * bell(drawn(20 + layer))))});
      upper = lower;
      ++layer;
    }
  }
  return horizons;
}

}  // namespace ecocube::simulate
