// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "data/cube/grid.h"

namespace ecocube::simulate {

/// Pixels per degree of the GLAD grid.
inline constexpr std::int64_t kPixelsPerDegree = 4000;

/// What covers the ground; the numbers are the raster values of the CORINE legend.
enum class Cover : std::uint8_t {
  town = 2,        ///< 112 discontinuous urban fabric
  industry = 3,    ///< 121
  road = 4,        ///< 122
  arable = 12,     ///< 211
  pasture = 18,    ///< 231
  broadleaf = 23,  ///< 311
  conifer = 24,    ///< 312
  moor = 27,       ///< 322
  shrub = 29,      ///< 324 transitional woodland-shrub: what stands on a clear-cut
  marsh = 35,      ///< 411
  river = 40,      ///< 511
  lake = 41,       ///< 512
};
inline constexpr std::array<Cover, 12> kCovers = {Cover::town,    Cover::industry,  Cover::road,    Cover::arable,
                                                  Cover::pasture, Cover::broadleaf, Cover::conifer, Cover::moor,
                                                  Cover::shrub,   Cover::marsh,     Cover::river,   Cover::lake};

/// Where the world lies: a rectangle of the GLAD grid (EPSG:4326, 0.00025 degrees), and the size of its pixels on the
/// ground. Metres count from the upper left corner to the east and to the south.
struct Frame {
  std::int64_t first_col = 0;  ///< counted from 180 degrees west
  std::int64_t first_row = 0;  ///< counted from 90 degrees north, downward
  int cols = 0;
  int rows = 0;
  double metres_across = 0;  ///< ground width of a pixel
  double metres_down = 0;    ///< ground height of a pixel

  static Frame around(LonLat centre, int cols, int rows);
  std::size_t pixels() const { return static_cast<std::size_t>(cols) * static_cast<std::size_t>(rows); }
  std::size_t at(int row, int col) const {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(cols) + static_cast<std::size_t>(col);
  }
  /// Middle of a pixel, in metres.
  double x_of(int col) const { return (col + 0.5) * metres_across; }
  double y_of(int row) const { return (row + 0.5) * metres_down; }
  double width() const { return cols * metres_across; }
  double height() const { return rows * metres_down; }
  LonLat centre_of(int row, int col) const;
};

/// The land and all that is decided about it for good. Every plane has shape [row][col].
struct World {
  std::uint64_t seed = 0;
  Frame frame;
  std::vector<float> elevation;             ///< metres
  std::vector<float> rise_east;             ///< metres up per metre to the east
  std::vector<float> rise_south;            ///< metres up per metre to the south
  std::vector<Cover> first_cover;           ///< before towns grew and woods were cut; never shrub
  std::vector<std::uint32_t> parcel;        ///< field, stand or plot: random number that its pixels share
  std::vector<std::int16_t> built_year;     ///< year in which a field became town or industry; kNever: not within reach
  std::vector<Cover> built_as;              ///< town or industry
  std::vector<std::int16_t> cut_year;       ///< year in which a wood was felled; kNever: it stands
  std::vector<std::uint8_t> regrowth;       ///< years after felling until the wood counts as forest again
  std::vector<std::uint8_t> conifer_share;  ///< of a wood's crowns, 0..255

  static constexpr std::int16_t kNever = 32000;
  Cover cover(std::size_t pixel, int year) const;
};

World make_world(std::uint64_t seed, const Frame& frame);

}  // namespace ecocube::simulate
