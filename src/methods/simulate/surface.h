// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "methods/simulate/ground.h"
#include "methods/simulate/material.h"
#include "methods/simulate/world.h"

namespace ecocube::simulate {

/// One 16-day interval: its sun at half past ten and the weather that all of the world shares.
struct Moment {
  int year = 0;
  int interval = 0;       ///< 1..23
  int day_of_year = 0;    ///< its middle, 16 (interval - 1) + 8
  float sun_height = 0;   ///< degrees above the horizon
  float sun_azimuth = 0;  ///< degrees from north, clockwise
  float air = 0;          ///< degrees Celsius at sea level
  float wetness = 0;      ///< of bare soil, 0 dry .. 1 soaked
  bool snowed = false;    ///< snow lies where it is cold enough
};
Moment moment_of(const World& world, int year, int interval);

/// The ground as a perfect sensor without an atmosphere would see it, snow and the shading of slopes included, already
/// spread over neighbouring pixels as an optical system does.
struct Surface {
  std::vector<std::uint16_t> reflectance;  ///< × 40000, shape [row][col][band]
  std::vector<std::uint16_t> kelvin;       ///< × 100, shape [row][col]
  std::vector<std::uint8_t> snow;          ///< share of the pixel, 255 is all; shape [row][col]
};
inline constexpr float kReflectanceScale = 40000;

Surface look_at(const World& world, const std::vector<Ground>& ground, const std::vector<MaterialYear>& materials,
                const Moment& moment);

/// Brightness of a slope in the sun beside level ground; 1 on level ground.
float slope_light(float rise_east, float rise_south, const Moment& moment);

}  // namespace ecocube::simulate
