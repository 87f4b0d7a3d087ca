// SPDX-License-Identifier: Apache-2.0
#include "methods/series/fill_gaps.h"

#include <fmt/format.h>

#include <utility>

#include "methods/series/gappy_pixels.h"

namespace ecocube::series {

std::string source_text(std::uint8_t code) {
  static constexpr std::pair<std::uint8_t, const char*> others[] = {
      {kObserved, "observed"},
      {kSwag, "seasonally weighted average"},
      {kHarmonic, "waves of the year"},
      {kNearestInTime, "nearest in time"},
      {kLinear, "linear interpolation in time"},
      {kSeasonalMean, "mean of the same season"},
      {kTemporalBlend, "blend of temporal fillers"},
      {kDateRegression, "regression on other dates"},
      {kDateRegressionKriging, "regression on other dates and kriging"},
      {kNearbyPixels, "median of the nearest pixels"},
      {kEmpty, "empty"},
  };
  for (const auto& [known, text] : others) {
    if (known == code) return text;
  }
  static constexpr const char* pools[] = {"median of the same season", "medians of the neighbouring seasons",
                                          "median of all seasons"};
  if (code > 3 * kWholeSeries) return "unknown";
  const int step = (code - 1) / kWholeSeries, window = (code - 1) % kWholeSeries + 1;
  if (window == kWholeSeries) return fmt::format("{} in the whole series", pools[step]);
  return fmt::format("{} within {} year{}", pools[step], window, window == 1 ? "" : "s");
}

std::span<const std::string_view> fill_method_names() {
  static constexpr std::string_view names[] = {"tmwm",     "swag",    "linear", "seasonal-mean",
                                               "harmonic", "nearest", "blend"};
  return names;
}

std::size_t fill_series(const FillMethod& method, const GapSeries& series, PixelRange range, const TimeAxis& axis) {
  if (method.name == "tmwm") return fill_tmwm(series, range, axis, method.tmwm);
  if (method.name == "swag") return fill_swag(series, range, axis, method.swag);
  if (method.name == "linear") return fill_linear(series, range, axis);
  if (method.name == "seasonal-mean") return fill_seasonal_mean(series, range, axis);
  if (method.name == "harmonic") return fill_harmonic(series, range, axis, method.harmonic);
  if (method.name == "nearest") return fill_nearest_in_time(series, range, axis);
  assert(method.name == "blend");
  return fill_temporal_blend(series, range, axis);
}

std::size_t fill_seasonal_mean(const GapSeries& series, PixelRange range, const TimeAxis& axis) {
  const std::vector<std::size_t> cell_of_time = regular_cells(axis);
  const auto slots = static_cast<std::size_t>(axis.slots), years = static_cast<std::size_t>(axis.years);
  std::vector<double> means(slots);  // NaN: never seen
  return fill_gappy_pixels(series, range, slots * years, cell_of_time, kEmpty, [&](const GappyPixel& pixel) {
    for (std::size_t slot = 0; slot < slots; ++slot) {
      double sum = 0, count = 0;
      for (const float value : pixel.cells().subspan(slot * years, years)) {
        if (std::isnan(value)) continue;
        sum += static_cast<double>(value);
        count += 1;
      }
      means[slot] = sum / count;
    }
    std::size_t filled = 0;
    for (std::size_t time = 0; time < cell_of_time.size(); ++time) {
      const double mean = means[static_cast<std::size_t>(axis.slot[time])];
      if (!pixel.missing(time) || std::isnan(mean)) continue;
      pixel.fill(time, mean, kSeasonalMean);
      ++filled;
    }
    return filled;
  });
}

std::size_t fill_temporal_blend(const GapSeries& series, PixelRange range, const TimeAxis& axis) {
  const std::size_t width = range.end - range.begin, times = axis.slot.size();
  std::vector<float> values(width * times);
  std::vector<std::uint8_t> valid(width * times), source(width * times);
  const GapSeries copy{values, valid, source, width};
  for (std::size_t time = 0; time < times; ++time) {
    const std::size_t from = time * series.pixels + range.begin, to = time * width;
    std::copy_n(series.values.data() + from, width, values.data() + to);
    std::copy_n(series.valid.data() + from, width, valid.data() + to);
  }
  const std::size_t filled = fill_harmonic(series, range, axis, {});
  fill_swag(copy, {0, width}, axis, {.att_seas = 45, .att_env = 46, .future = 1});
  for (std::size_t time = 0; time < times; ++time) {
    for (std::size_t pixel = 0; pixel < width; ++pixel) {
      const std::size_t at = time * series.pixels + range.begin + pixel, other = time * width + pixel;
      if (source[other] != kSwag) continue;
      series.values[at] =
          static_cast<float>(0.5 * (static_cast<double>(series.values[at]) + static_cast<double>(values[other])));
      series.source[at] = kTemporalBlend;
    }
  }
  return filled;
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
