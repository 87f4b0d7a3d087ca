// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

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

/// Metres from one pixel to the next.
struct ReliefScale {
  double east = 1, north = 1;
};

inline constexpr double kDegrees = 57.295779513082321;  ///< of a radian

/// Gradient by the eight neighbours (Horn 1981, Proceedings of the IEEE 69, 14-47). A neighbour that is missing or lies
/// beyond the rectangle is continued in a straight line through the pixel from the neighbour opposite; when that is
/// missing too, a diagonal one from the two beside it, another has the pixel's own elevation.
Gradient gradient_at(const Elevations& ground, std::size_t row, std::size_t col);
/// The same where pixels are not square.
Gradient gradient_at(const Elevations& ground, std::size_t row, std::size_t col, const ReliefScale& scale);

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

/// The direction towards the sun: a share `across` the ground, of which `east` and `north`, and a share `up`.
struct SunDirection {
  double across = 0, east = 0, north = 0, up = 0;
};
SunDirection direction_of(const Sun& sun);

/// What is wanted of some pixels of a row, shapes [col]; spans that are empty are not computed.
struct ReliefRow {
  std::span<float> slope, aspect, hillshade;
  std::size_t cols() const { return std::max({slope.size(), aspect.size(), hillshade.size()}); }
};

/// Slope, aspect and hillshade, as told above, of the pixels of a row from column `col_begin` on; NaN where the
/// elevation is missing. `ground.pixel` has no say.
void relief_of_row(const Elevations& ground, std::size_t row, std::size_t col_begin, const ReliefScale& scale,
                   const Sun& sun, const ReliefRow& results);

/// The plain version, which the fast one equals bit for bit.
void relief_of_row_plain(const Elevations& ground, std::size_t row, std::size_t col_begin, const ReliefScale& scale,
                         const Sun& sun, const ReliefRow& results);

/// Topographic position index (Weiss 2001): the pixel's elevation less the mean of the pixels around it whose centres
/// lie within `radius` pixels, missing ones left out. Positive on ridges, negative in valleys; NaN where the pixel or
/// all around it are missing.
///
/// row_begin, row_end   rows to compute
/// results              shape [row of row_begin..row_end-1][col]
void position_index(const Elevations& ground, int radius, std::size_t row_begin, std::size_t row_end,
                    std::span<float> results);

/// The plain version, which the fast one equals bit for bit.
void position_index_plain(const Elevations& ground, int radius, std::size_t row_begin, std::size_t row_end,
                          std::span<float> results);

/// Sums of each row from its left end on, so that a disc costs two look-ups a row.
struct PositionSums {
  PositionSums(const Elevations& ground, int radius);
  /// The position index of a pixel.
  float at(std::size_t row, std::size_t col) const;

  /// A row of the disc: so many rows further down it reaches so many columns to both sides.
  struct Reach {
    std::ptrdiff_t down;
    std::size_t half;
  };
  std::size_t rows, cols;
  std::span<const float> metres;
  std::vector<Reach> reaches;
  std::vector<double> sums, counts;  ///< of elevations and of their number, shape [row][col + 1]
};

}  // namespace ecocube::terrain
