// SPDX-License-Identifier: Apache-2.0
#include "methods/series/fill_gaps.h"

#include <fmt/format.h>

#include <numeric>

#include "methods/series/gappy_pixels.h"

namespace ecocube::series {

std::string source_text(std::uint8_t code) {
  if (code == kObserved) return "observed";
  if (code == kEmpty) return "empty";
  if (code == kNearbyPixels) return "median of the nearest pixels";
  if (code == kLinear) return "linear interpolation in time";
  if (code == kSeasonalMean) return "mean of the same season";
  static constexpr const char* pools[] = {"median of the same season", "medians of the neighbouring seasons",
                                          "median of all seasons"};
  if (code > 3 * kWholeSeries) return "unknown";
  const int step = (code - 1) / kWholeSeries, window = (code - 1) % kWholeSeries + 1;
  if (window == kWholeSeries) return fmt::format("{} in the whole series", pools[step]);
  return fmt::format("{} within {} year{}", pools[step], window, window == 1 ? "" : "s");
}

std::size_t fill_linear(const GapSeries& series, PixelRange range, const TimeAxis& axis) {
  const std::size_t times = axis.days.size();
  std::vector<std::size_t> cell_of_time(times);
  std::iota(cell_of_time.begin(), cell_of_time.end(), std::size_t{0});
  return fill_gappy_pixels(series, range, times, cell_of_time, kEmpty, [&](const GappyPixel& pixel) {
    std::size_t before = times, filled = 0;  // `times`: none yet
    for (std::size_t time = 0; time < times;) {
      if (!pixel.missing(time)) {
        before = time++;
        continue;
      }
      std::size_t after = time;
      while (after < times && pixel.missing(after)) ++after;
      for (; time < after; ++time, ++filled) {
        if (before == times || after == times) {
          pixel.fill(time, static_cast<double>(pixel.cells()[before == times ? after : before]), kLinear);
          continue;
        }
        const double left = static_cast<double>(pixel.cells()[before]),
                     right = static_cast<double>(pixel.cells()[after]);
        const double share = static_cast<double>(axis.days[time] - axis.days[before]) /
                             static_cast<double>(axis.days[after] - axis.days[before]);
        pixel.fill(time, left + (right - left) * share, kLinear);
      }
    }
    return filled;
  });
}

std::size_t fill_seasonal_mean(const GapSeries& series, PixelRange range, const TimeAxis& axis) {
  const std::vector<std::size_t> cell_of_time = regular_cells(axis);
  const auto slots = static_cast<std::size_t>(axis.slots), years = static_cast<std::size_t>(axis.years);
  return fill_gappy_pixels(series, range, slots * years, cell_of_time, kEmpty, [&](const GappyPixel& pixel) {
    std::size_t filled = 0;
    for (std::size_t time = 0; time < cell_of_time.size(); ++time) {
      if (!pixel.missing(time)) continue;
      double sum = 0, count = 0;
      for (const float value : pixel.cells().subspan(static_cast<std::size_t>(axis.slot[time]) * years, years)) {
        if (std::isnan(value)) continue;
        sum += static_cast<double>(value);
        count += 1;
      }
      if (count == 0) continue;
      pixel.fill(time, sum / count, kSeasonalMean);
      ++filled;
    }
    return filled;
  });
}

std::size_t fill_from_nearby(const GapSeries& series, std::size_t rows, std::size_t cols, std::size_t times_begin,
                             std::size_t times_end, int reach) {
  assert(rows * cols == series.pixels);
  std::vector<float> around;
  std::vector<std::uint8_t> known;
  std::size_t filled = 0;
  const auto farthest = static_cast<std::size_t>(reach);
  for (std::size_t time = times_begin; time < times_end; ++time) {
    const auto values = series.values.subspan(time * series.pixels, series.pixels);
    const auto valid = series.valid.subspan(time * series.pixels, series.pixels);
    if (std::find(valid.begin(), valid.end(), std::uint8_t{0}) == valid.end()) continue;
    known.assign(valid.begin(), valid.end());
    for (std::size_t pixel = 0; pixel < series.pixels; ++pixel) {
      if (known[pixel] != 0) continue;
      const std::size_t row = pixel / cols, col = pixel % cols;
      around.clear();
      for (std::size_t distance = 1; distance <= farthest && around.empty(); ++distance) {
        for (std::size_t r = row - std::min(row, distance); r <= std::min(rows - 1, row + distance); ++r) {
          for (std::size_t c = col - std::min(col, distance); c <= std::min(cols - 1, col + distance); ++c) {
            if (known[r * cols + c] != 0) around.push_back(values[r * cols + c]);
          }
        }
      }
      if (around.empty()) continue;
      std::sort(around.begin(), around.end());
      const std::size_t middle = around.size() / 2;
      const double upper = static_cast<double>(around[middle]),
                   lower = static_cast<double>(around[(around.size() - 1) / 2]);
      values[pixel] = static_cast<float>(0.5 * (lower + upper));
      valid[pixel] = 1;
      series.source[time * series.pixels + pixel] = kNearbyPixels;
      ++filled;
    }
  }
  return filled;
}

}  // namespace ecocube::series
