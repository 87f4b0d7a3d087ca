// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "methods/series/composite_bands.h"
#include "methods/series/pixel_range.h"

namespace ecocube::series {

struct GeometricMedianOptions {
  double tolerance = 1e-4;     ///< ends when a step is shorter than this, in units of the values
  int most_iterations = 1000;  ///< and at the latest after so many
};

/// Where results go; spans may be empty for what is not wanted. Missing ones are NaN. Deviations are medians over the
/// valid dates of the distance between a date's values x and the geometric median m (Roberts, Dunn & Mueller 2018).
struct GeometricMedianResults {
  std::span<float> median;       ///< shape [band][pixel]
  std::span<float> euclidean;    ///< `emad`: |x - m|; shape [pixel]
  std::span<float> spectral;     ///< `smad`: 1 - cosine of the angle between x and m (none where x is 0)
  std::span<float> bray_curtis;  ///< `bcmad`: sum |x - m| / sum |x + m| (none where both are 0)
};

/// The geometric median of each pixel over its valid dates: the point, over all bands at once, with the smallest sum of
/// Euclidean distances (Roberts, Mueller & McIntyre 2017, IEEE TGRS 55:6254). Weiszfeld's iteration from the mean, as
/// corrected by Vardi & Zhang (2000, PNAS 97:1423) for points on an observation; the Open Data Cube's annual composite.
void geometric_median(const BandSeries& series, PixelRange range, const GeometricMedianOptions& options,
                      const GeometricMedianResults& results);

/// The plain version, which is the truth for the one above: the same numbers, pixel by pixel. Double precision, sums in
/// order of time and band.
void geometric_median_plain(const BandSeries& series, PixelRange range, const GeometricMedianOptions& options,
                            const GeometricMedianResults& results);

/// The three deviations of one pixel after another, as both versions take them.
class Deviations {
 public:
  /// values  of the valid dates, shape [date][band]
  /// median  shape [band]; of a pixel never seen it plays no part
  void write(std::span<const double> values, std::span<const double> median, std::size_t pixel,
             const GeometricMedianResults& results);

 private:
  std::vector<double> euclidean_, spectral_, bray_curtis_;  ///< distances of the valid dates
};

}  // namespace ecocube::series
