// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ecocube::terrain {

/// Elevations on a rectangle of square pixels, row 0 in the north.
struct Elevations {
  std::span<const float> metres;  ///< NaN where missing; shape [row][col]
  std::size_t rows = 0, cols = 0;
  double pixel = 1;  ///< side of a pixel in metres

  float at(std::size_t row, std::size_t col) const { return metres[row * cols + col]; }
};

/// How steep a pixel is and which way it falls.
struct Gradient {
  double east = 0;   ///< rise per metre to the east
  double north = 0;  ///< rise per metre to the north
};

/// Gradient by the eight neighbours (Horn 1981, Proceedings of the IEEE 69, 14-47). A neighbour that is missing or lies
/// beyond the rectangle is continued in a straight line through the pixel from the neighbour opposite; when that is
/// missing too, a diagonal one from the two beside it, another has the pixel's own elevation.
Gradient gradient_at(const Elevations& ground, std::size_t row, std::size_t col);

/// Degrees, 0 flat to 90 upright.
double slope_of(const Gradient& gradient);

/// Direction of the fall in degrees clockwise from north, 0 to less than 360; -1 where the ground is flat.
double aspect_of(const Gradient& gradient);

/// Where the light comes from.
struct Sun {
  double azimuth = 315;  ///< degrees clockwise from north
  double altitude = 45;  ///< degrees above the horizon
};

/// Share of the sun's light that a matt surface throws back: 0 turned away to 1 facing the sun.
double hillshade_of(const Gradient& gradient, const Sun& sun);

/// Topographic position index (Weiss 2001): the pixel's elevation less the mean of the pixels around it whose centres
/// lie within `radius` pixels, missing ones left out. Positive on ridges, negative in valleys; NaN where the pixel or
/// all around it are missing.
///
/// row_begin, row_end   rows to compute
/// results              shape [row of row_begin..row_end-1][col]
void position_index(const Elevations& ground, int radius, std::size_t row_begin, std::size_t row_end,
                    std::span<float> results);

}  // namespace ecocube::terrain
