// SPDX-License-Identifier: Apache-2.0
#include <numeric>

#include "methods/series/fill_gaps.h"
#include "methods/series/gappy_pixels.h"

namespace ecocube::series {
namespace {

/// Calls `fill(pixel, time, before, after)` for every gap: the nearest layers with valid values to both sides, one of
/// them `times` where there is none.
template <class Fill>
std::size_t fill_between(const GapSeries& series, PixelRange range, const TimeAxis& axis, const Fill& fill) {
  const std::size_t times = axis.days.size();
  std::vector<std::size_t> cell_of_time(times);
  std::iota(cell_of_time.begin(), cell_of_time.end(), std::size_t{0});
  return fill_gappy_pixels(series, range, times, cell_of_time, kEmpty, [&](const GappyPixel& pixel) {
    std::size_t before = times, filled = 0;
    for (std::size_t time = 0; time < times;) {
      if (!pixel.missing(time)) {
        before = time++;
        continue;
      }
      std::size_t after = time;
      while (after < times && pixel.missing(after)) ++after;
      for (; time < after; ++time, ++filled) fill(pixel, time, before, after);
    }
    return filled;
  });
}

}  // namespace

std::size_t fill_linear(const GapSeries& series, PixelRange range, const TimeAxis& axis) {
  const std::size_t times = axis.days.size();
  return fill_between(
      series, range, axis, [&](const GappyPixel& pixel, std::size_t time, std::size_t before, std::size_t after) {
        if (before == times || after == times) {
          pixel.fill(time, static_cast<double>(pixel.cells()[before == times ? after : before]), kLinear);
          return;
        }
        const double left = static_cast<double>(pixel.cells()[before]),
                     right = static_cast<double>(pixel.cells()[after]);
        const double share = static_cast<double>(axis.days[time] - axis.days[before]) /
                             static_cast<double>(axis.days[after] - axis.days[before]);
        pixel.fill(time, left + (right - left) * share, kLinear);
      });
}

std::size_t fill_nearest_in_time(const GapSeries& series, PixelRange range, const TimeAxis& axis) {
  const std::size_t times = axis.days.size();
  return fill_between(
      series, range, axis, [&](const GappyPixel& pixel, std::size_t time, std::size_t before, std::size_t after) {
        const bool later = before == times ||
                           (after != times && axis.days[after] - axis.days[time] < axis.days[time] - axis.days[before]);
        pixel.fill(time, static_cast<double>(pixel.cells()[later ? after : before]), kNearestInTime);
      });
}

}  // namespace ecocube::series
