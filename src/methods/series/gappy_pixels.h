// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "methods/series/fill_gaps.h"

namespace ecocube::series {

/// A pixel with both gaps and valid values, as a gap filler sees it: a copy of what was observed, and its place to
/// write. What is written never shows in `cells`.
class GappyPixel {
 public:
  GappyPixel(const GapSeries& series, std::size_t pixel, std::span<const float> cells,
             std::span<const std::size_t> cell_of_time)
      : cells_(cells), series_(series), pixel_(pixel), cell_of_time_(cell_of_time) {}

  /// Observed values, NaN where missing.
  std::span<const float> cells() const { return cells_; }
  /// Among the pixels of a plane.
  std::size_t number() const { return pixel_; }
  bool missing(std::size_t time) const { return std::isnan(cells_[cell_of_time_[time]]); }
  void fill(std::size_t time, double value, std::uint8_t source) const {
    const std::size_t at = time * series_.pixels + pixel_;
    series_.values[at] = static_cast<float>(value);
    series_.valid[at] = 1;
    series_.source[at] = source;
  }

 private:
  std::span<const float> cells_;
  const GapSeries& series_;
  std::size_t pixel_;
  std::span<const std::size_t> cell_of_time_;
};

/// Calls `fill` for every pixel of `range` with gaps and valid values; it returns the number of values it filled.
/// Before that all source codes are set to observed or `empty_code`. `cell_of_time` says where each layer's value goes
/// among the `cell_count` cells of a pixel. Returns the sum.
template <class Fill>
std::size_t fill_gappy_pixels(const GapSeries& series, PixelRange range, std::size_t cell_count,
                              std::span<const std::size_t> cell_of_time, std::uint8_t empty_code, const Fill& fill) {
  const std::size_t times = cell_of_time.size();
  assert(series.values.size() == times * series.pixels && series.valid.size() == series.values.size());
  assert(series.source.size() == series.values.size() && range.end <= series.pixels);
  constexpr float missing = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> cells(kLanes * cell_count);
  std::array<std::size_t, kLanes> seen{};
  std::size_t filled = 0;
  for (std::size_t first = range.begin; first < range.end; first += kLanes) {
    const std::size_t lanes = std::min(kLanes, range.end - first);
    std::fill(cells.begin(), cells.end(), missing);
    seen.fill(0);
    for (std::size_t time = 0; time < times; ++time) {
      const std::size_t plane = time * series.pixels + first;
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        const bool valid = series.valid[plane + lane] != 0;
        cells[lane * cell_count + cell_of_time[time]] = valid ? series.values[plane + lane] : missing;
        series.source[plane + lane] = valid ? kObserved : empty_code;
        seen[lane] += valid ? 1 : 0;
      }
    }
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      if (seen[lane] == 0 || seen[lane] == times) continue;
      filled += fill(GappyPixel(series, first + lane, {cells.data() + lane * cell_count, cell_count}, cell_of_time));
    }
  }
  return filled;
}

/// Cells of the regular axis, [slot][year]: the values of a slot lie side by side.
inline std::vector<std::size_t> regular_cells(const TimeAxis& axis) {
  std::vector<std::size_t> cells(axis.slot.size());
  for (std::size_t time = 0; time < cells.size(); ++time) {
    assert(axis.slot[time] >= 0 && axis.slot[time] < axis.slots && axis.year[time] >= 0 &&
           axis.year[time] < axis.years);
    cells[time] = static_cast<std::size_t>(axis.slot[time]) * static_cast<std::size_t>(axis.years) +
                  static_cast<std::size_t>(axis.year[time]);
  }
  return cells;
}

/// Where each layer lies among the places of the regular axis, counted from that of the first layer.
inline std::vector<std::size_t> places_of(const TimeAxis& axis) {
  std::vector<std::size_t> places(axis.slot.size());
  for (std::size_t time = 0; time < places.size(); ++time) {
    const int place = (axis.year[time] - axis.year.front()) * axis.slots + axis.slot[time] - axis.slot.front();
    assert(place >= 0 && (time == 0 || static_cast<std::size_t>(place) > places[time - 1]));
    places[time] = static_cast<std::size_t>(place);
  }
  return places;
}

}  // namespace ecocube::series
