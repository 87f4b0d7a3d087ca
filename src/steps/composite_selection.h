// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/cube/scene.h"
#include "methods/series/pixel_range.h"
#include "methods/series/rank_carrier.h"
#include "steps/composite_selection_output.h"

namespace ecocube {

/// Reads `red where ndvi is highest`, `nir mean over upper_quarter of ndvi`; a carrier is a band, `ndvi`, or
/// `nd(nir, swir1)`, the normalised difference of two bands. Errors name the word.
Result<SelectionOutput> parse_metric(const std::string& text, const Product& product);
/// `red_ndvi_highest`
std::string variable_of(const SelectionOutput& output, const std::string& text, const Product& product);

/// Observations of some pixels in physical values.
struct SelectionSeries {
  std::vector<float> values;        ///< shape [time][band][pixel]
  std::vector<std::uint8_t> valid;  ///< shape [time][pixel]: all bands are there
  std::span<const int> days;        ///< days since 1970-01-01; shape [time]
  int first_day = 0, last_day = 0;  ///< of the period
  std::size_t times = 0, bands = 0, pixels = 0;
};

/// Works out the outputs and hands each over: `put(output, pixel, value)`, NaN where there is none. Values are
/// physical.
void select(const SelectionSeries& series, std::span<const SelectionOutput> outputs,
            const std::function<void(std::size_t output, std::size_t pixel, double value)>& put);

}  // namespace ecocube
