// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "methods/series/indices.h"
#include "methods/series/rank_carrier.h"

namespace ecocube {

/// Figures of a pixel that take all bands of a date together.
enum class SelectionKind {
  medoid,
  geometric_median,
  euclidean_deviation,    ///< from the geometric median, as the two below
  spectral_deviation,     ///< angle
  bray_curtis_deviation,  ///< relative
  best_pixel,
  best_day,  ///< day of the year of the best pixel's date
  rank,
};

/// What ranks the dates of a metric: an index where there is one, else a band, else the normalised difference of two.
struct SelectionCarrier {
  std::string name;  ///< for the layer: `ndvi`, `red`, `nd_nir_swir1`
  const series::Index* index = nullptr;
  std::vector<std::size_t> bands;  ///< in the order that the index takes them
};

/// One layer by selection: a band at the date, or the dates, that all bands or a carrier pick.
struct SelectionOutput {
  SelectionKind kind = SelectionKind::medoid;
  std::size_t band = 0;  ///< of no meaning for deviations and days
  series::RankPart part = series::RankPart::highest;
  SelectionCarrier carrier;
  /// Whether its values are those of the band; else it has an encoding of its own.
  bool is_of_band() const {
    return kind == SelectionKind::medoid || kind == SelectionKind::geometric_median ||
           kind == SelectionKind::best_pixel || kind == SelectionKind::rank;
  }
};

}  // namespace ecocube
