// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/cube/scene.h"
#include "methods/series/best_pixel.h"
#include "steps/composite_selection_output.h"

namespace ecocube {

/// Reads `red where ndvi is highest`, `nir mean over upper_quarter of ndvi`; a carrier is a band, an index of
/// series::all_indices whose bands the product has, or `nd(nir, swir1)`, the normalised difference of two bands. Errors
/// name the word.
Result<SelectionOutput> parse_metric(const std::string& text, const Product& product);
/// `red_ndvi_highest`
std::string variable_of(const SelectionOutput& metric, const Product& product);

/// Observations of some pixels in physical values.
struct SelectionSeries {
  std::vector<float> values;        ///< shape [time][band][pixel]
  std::vector<std::uint8_t> valid;  ///< shape [time][pixel]: all bands are there
  std::vector<float> cloud_metres;  ///< to the nearest cloud, shape [time][pixel]; empty when that has no weight
  std::vector<float> haze;          ///< haze-optimised transform, shape [time][pixel]; empty when that has no weight
  std::span<const int> days;        ///< days since 1970-01-01; shape [time]
  series::BestPixelOptions best;    ///< of the period
  std::size_t times = 0, bands = 0, pixels = 0;

  /// Bytes that `select` and the series itself hold for a pixel.
  static std::uint64_t bytes_per_pixel(std::size_t times, std::size_t bands);
};

/// The haze-optimised transform as FORCE takes it, blue - 0.5 red - 0.08, of all observations that are valid.
void add_haze(SelectionSeries& series, std::size_t blue, std::size_t red);

/// Works out the outputs and hands each over: `put(output, pixel, value)`, NaN where there is none. Values are
/// physical.
void select(const SelectionSeries& series, std::span<const SelectionOutput> outputs,
            const std::function<void(std::size_t output, std::size_t pixel, double value)>& put);

}  // namespace ecocube
