// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "methods/simulate/material.h"
#include "methods/simulate/world.h"

namespace ecocube::simulate {

/// What one pixel is made of during one year, and how it differs from others of its kind.
struct Ground {
  Material first = Material::beech, second = Material::beech;
  std::uint8_t share = 255;   ///< of the first material, 0..255
  std::int8_t days_late = 0;  ///< of all that grows
  std::uint8_t vigour = 128;  ///< factor on the share of green, 128 is 1
  std::uint8_t tone = 128;    ///< factor on brightness, 128 is 1
  std::int8_t infrared = 0;   ///< more or less near infrared, 127 is a fifth more
  std::int8_t shortwave = 0;  ///< more or less short-wave infrared, 127 is a fifth more
};

/// The ground of a year, shape [row][col]: crops rotate, towns grow, woods are felled and grow again.
std::vector<Ground> ground_of_year(const World& world, int year);

/// The crop, 0..kCrops-1, that an arable parcel bears in a year.
int crop_of(std::uint32_t parcel, int year);

}  // namespace ecocube::simulate
