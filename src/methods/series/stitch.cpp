// SPDX-License-Identifier: Apache-2.0
#include "methods/series/stitch.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace ecocube::series {

void stitch(std::span<const float> values, std::span<const std::uint16_t> counts, std::size_t pixels, PixelRange range,
            std::span<float> stitched) {
  const std::size_t orbits = pixels == 0 ? 0 : values.size() / pixels;
  assert(values.size() == orbits * pixels && counts.size() == values.size() && stitched.size() == pixels);
  for (std::size_t pixel = range.begin; pixel < range.end; ++pixel) {
    double observations = 0;
    std::size_t with_value = 0, last = 0;
    for (std::size_t orbit = 0; orbit < orbits; ++orbit) {
      if (std::isnan(values[orbit * pixels + pixel])) continue;
      observations += counts[orbit * pixels + pixel];
      ++with_value;
      last = orbit;
    }
    if (with_value < 2) {
      stitched[pixel] = with_value == 0 ? std::numeric_limits<float>::quiet_NaN() : values[last * pixels + pixel];
      continue;
    }
    double sum = 0, weights = 0;
    for (std::size_t orbit = 0; orbit < orbits; ++orbit) {
      const std::size_t at = orbit * pixels + pixel;
      if (std::isnan(values[at])) continue;
      const double share = observations > 0 ? counts[at] / observations : kLeastStitchWeight;
      const double weight = std::clamp(share, kLeastStitchWeight, kMostStitchWeight);
      sum += weight * static_cast<double>(values[at]);
      weights += weight;
    }
    stitched[pixel] = static_cast<float>(sum / weights);
  }
}

}  // namespace ecocube::series
