// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "methods/simulate/surface.h"
#include "methods/simulate/world.h"

namespace ecocube::simulate {

struct WeatherSettings {
  double cloudiness = 1;  ///< factor on the mean cloud cover of every season
  bool stripes = true;    ///< scan-line gaps of Landsat 7 in some intervals
};

/// What stands between the ground and the sensor in one interval, and what the archive's quality flag says of it.
/// Planes have shape [row][col].
struct Sky {
  std::vector<std::uint8_t> quality;  ///< GLAD's codes, see quality.h
  std::vector<std::uint8_t> cloud;    ///< opacity, 255 hides the ground; thin clouds also where the flag says clear
  std::vector<std::uint8_t> shadow;   ///< share of sunlight that a cloud takes away
};

/// GLAD's quality codes that this world knows.
namespace quality {
inline constexpr std::uint8_t no_data = 0, land = 1, water = 2, cloud = 3, cloud_shadow = 4, slope_shadow = 5, snow = 6,
                              haze = 7, near_cloud = 8, near_shadow = 9, other_shadow = 10, cloud_far_land = 11,
                              cloud_far_water = 12, shadow_far_land = 14, land_again = 15, cloud_far_again = 16,
                              shadow_far_again = 17;
}

Sky sky_of(const World& world, const Surface& surface, const Moment& moment, const WeatherSettings& settings);

/// Mean cloud cover of a day of the year, 0..1.
float usual_cloud_cover(int day_of_year);

}  // namespace ecocube::simulate
