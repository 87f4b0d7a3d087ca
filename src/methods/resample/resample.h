// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "data/cube/grid.h"

namespace ecocube::resample {

/// A rectangle of source pixels. Position (x, y) counts source pixels from the source's upper left corner, so the
/// centre of the pixel in row r, col c is (c + 0.5, r + 0.5).
struct Pixels {
  Window where;                         ///< which rows and cols of the source are here
  std::span<const float> values;        ///< shape [row][col]
  std::span<const std::uint8_t> valid;  ///< same shape
};

/// Where each target pixel's centre lies in the source; NaN: nowhere. Shapes [pixel].
struct Positions {
  std::span<const double> x, y;
};

/// The value of the source pixel that holds the position; missing when that pixel is missing or not here.
void nearest(const Pixels& source, const Positions& at, std::span<float> values, std::span<std::uint8_t> valid);

/// Linear between the four nearest pixel centres; missing ones are left out and the weights of the others scaled to
/// sum to one. Missing where the pixel that holds the position is missing, so gaps neither grow nor shrink.
void bilinear(const Pixels& source, const Positions& at, std::span<float> values, std::span<std::uint8_t> valid);

/// Mean of the source pixels under the target pixel, a box of `width` x `height` source pixels around the position,
/// each weighted by the share of it that lies inside. Missing where valid pixels cover less than half of the box.
void average(const Pixels& source, const Positions& at, double width, double height, std::span<float> values,
             std::span<std::uint8_t> valid);

}  // namespace ecocube::resample
