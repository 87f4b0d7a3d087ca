// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "steps/series_engine.h"

namespace ecocube {

/// What steps share that turn every pixel's series into a few numbers.

/// Results of the pixels of a range, physical values; what is not set is missing.
class RangeResults {
 public:
  RangeResults(std::size_t outputs, series::PixelRange range)
      : range_(range),
        pixels_(range.end - range.begin),
        values_(outputs * pixels_, std::numeric_limits<float>::quiet_NaN()) {}

  /// One output, shape [pixel of the range].
  std::span<float> plane(std::size_t output) { return {values_.data() + output * pixels_, pixels_}; }
  void set(std::size_t output, std::size_t pixel_of_range, double value) {
    values_[output * pixels_ + pixel_of_range] = static_cast<float>(value);
  }
  void put(SeriesResults& results) {
    const std::vector<std::uint8_t> valid(pixels_, 1);  // NaN is missing anyway
    for (std::size_t output = 0; (output + 1) * pixels_ <= values_.size() && pixels_ > 0; ++output)
      results.put(output, range_, plane(output), valid);
  }

 private:
  series::PixelRange range_;
  std::size_t pixels_;
  std::vector<float> values_;
};

/// Calls `work(pixel_of_range, values, valid)` with the physical values of every pixel of the range, shapes [layer].
/// For kernels without a halo.
template <class Work>
void for_each_pixel_series(const SeriesBlock& block, series::PixelRange range, const Work& work) {
  const std::size_t layers = block.layers().size();
  std::vector<float> planes(layers * series::kLanes), values(layers);
  std::vector<std::uint8_t> plane_valid(planes.size()), valid(layers);
  for (std::size_t begin = range.begin; begin < range.end; begin += series::kLanes) {
    const std::size_t count = std::min(series::kLanes, range.end - begin);
    block.decode({begin, begin + count}, std::span(planes).first(layers * count),
                 std::span(plane_valid).first(layers * count));
    for (std::size_t lane = 0; lane < count; ++lane) {
      for (std::size_t layer = 0; layer < layers; ++layer) {
        values[layer] = planes[layer * count + lane];
        valid[layer] = plane_valid[layer * count + lane];
      }
      work(begin - range.begin + lane, std::span<const float>(values), std::span<const std::uint8_t>(valid));
    }
  }
}

/// Bytes of what for_each_pixel_series and RangeResults hold for a thread; ranges are made to fit a cache.
inline std::uint64_t bytes_of_pixel_series(std::size_t layers) {
  constexpr std::size_t kRangeBytes = std::size_t{1} << 20, kCell = sizeof(float) + 1;
  return layers * (series::kLanes + 1) * kCell + kRangeBytes;
}

/// Encoding of statistics: float32, NaN where missing.
inline Encoding statistic_encoding(const std::string& unit) {
  return {DataType::float32, 1, 0, std::numeric_limits<double>::quiet_NaN(), unit};
}

/// A layer made of a variable: `ndvi_slope`, `Slope of NDVI`.
inline Layer layer_made_of(const SeriesVariable& variable, const std::string& suffix, const std::string& what,
                           const Encoding& encoding) {
  Layer layer;
  const std::string& title = variable.layers.front().long_name;
  layer.variable = variable.name + "_" + suffix;
  layer.long_name = what + " of " + (title.empty() ? variable.name : title);
  layer.encoding = encoding;
  return layer;
}

/// `per year`, or `°C per year` for values with a unit.
inline std::string unit_with(const std::string& unit, const std::string& rest) {
  return unit.empty() ? rest : unit + " " + rest;
}

}  // namespace ecocube
