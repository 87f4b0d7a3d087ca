// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "methods/series/composite_bands.h"
#include "methods/series/pixel_range.h"

namespace ecocube::series {

/// The medoid of each pixel (Flood 2013, Remote Sensing 5:6481): the date whose values have the smallest sum of
/// Euclidean distances, over all bands, to those of all other valid dates. It is an observation, so relations between
/// bands are kept. Of equal sums the earliest date is taken. Bands weigh by their own numbers.
///
/// dates  number of the chosen date, kNoDate for a pixel never seen; shape [pixel]; written in `range` only
void medoid(const BandSeries& series, PixelRange range, std::span<std::uint16_t> dates);

/// The plain version, which is the truth for the one above: the same dates, pixel by pixel. Distances and their sums in
/// double precision, a date's sum in order of the other dates.
void medoid_plain(const BandSeries& series, PixelRange range, std::span<std::uint16_t> dates);

}  // namespace ecocube::series
