// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/cube/grid.h"
#include "data/cube/period.h"

namespace ecocube {

/// Names and grids of the GLAD Landsat analysis ready data: one file per 1° tile and 16-day interval
/// (Potapov et al. 2020, Remote Sensing 12(3):426).

inline constexpr double kGladPixel = 0.00025;  ///< degrees
inline constexpr int kGladMarginPixels = 2;    ///< on every side of the 1° cell
inline constexpr int kGladTilePixels = 4004;   ///< rows and columns of a tile, margins included
inline constexpr int kGladIntervalsPerYear = 23;
inline constexpr int kGladFirstYear = 1980;  ///< the year of interval id 1

/// Bands of a file in their order. Reflectance is stored × 40000, temperature in kelvin × 100; 0 is no data.
inline constexpr std::array<std::string_view, 8> kGladBands{"blue",  "green", "red",         "nir",
                                                            "swir1", "swir2", "temperature", "quality"};
inline constexpr double kGladReflectanceScale = 1.0 / 40000;
inline constexpr double kGladTemperatureScale = 0.01;
inline constexpr int kGladTemperatureBand = 7;  ///< from 1
inline constexpr int kGladQualityBand = 8;      ///< from 1

/// A 1° cell, known by its south-west corner in whole degrees.
struct GladTile {
  int west = 0;   ///< -180..179
  int south = 0;  ///< -90..89

  /// `013E_49N`; in the western and southern hemispheres the name is the cell's edge that is nearer to zero.
  std::string name() const;
  /// `49N`: the folder that the tile's own folder lies in.
  std::string latitude_part() const;
  /// The 1° cell, without margins.
  Bounds cell() const;
  /// EPSG:4326, 4004 × 4004 pixels from the cell's north-west corner less the margin.
  Grid grid() const;
  auto operator<=>(const GladTile&) const = default;
};

/// The tile whose cell holds the place; longitudes beyond ±180 go round the globe, the poles count to the last cell.
GladTile glad_tile_at(const LonLat& place);
std::string glad_tile_name(const LonLat& place);
/// Reads a tile name; nothing when it is not one.
std::optional<GladTile> parse_glad_tile(std::string_view name);
/// The tiles whose cells share some area with the rectangle (degrees), north to south, then west to east. Edges within
/// a ten-millionth of a degree of a whole degree snap to it.
std::vector<GladTile> glad_tiles_touching(const Bounds& lon_lat);

/// One of the 23 intervals of a year: 16 days each, the last from day 353 to the year's end.
struct GladInterval {
  int year = 0;
  int number = 1;  ///< 1..23

  /// (year - 1980) × 23 + number
  int id() const { return (year - kGladFirstYear) * kGladIntervalsPerYear + number; }
  Day first_day() const;
  Day last_day() const;
  /// The ninth day, or the one right of the middle for the last interval.
  Day middle_day() const;
  auto operator<=>(const GladInterval&) const = default;
};

/// The interval with this id; ids start at 1.
GladInterval glad_interval(int id);
GladInterval glad_interval_on(Day day);
/// The intervals whose middle day lies within start..end, both included, in order of time. With EcoDataCube's seasons:
/// winter 22, 23 of the year before and 1-5, spring 6-11, summer 12-16, autumn 17-21.
std::vector<GladInterval> glad_intervals_within(Day start, Day end);

/// `49N/013E_49N/1012.tif`, below the root of an archive.
std::string glad_scene_path(const GladTile& tile, int interval_id);

}  // namespace ecocube
