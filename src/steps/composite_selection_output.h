// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "methods/series/rank_carrier.h"

namespace ecocube {

/// Figures of a pixel that take all bands of a date together.
enum class SelectionKind { medoid, geometric_median, best_pixel, rank };

/// One layer by selection: a band at the date, or the dates, that all bands or a carrier pick.
struct SelectionOutput {
  SelectionKind kind = SelectionKind::medoid;
  std::size_t band = 0;
  series::RankPart part = series::RankPart::highest;
  std::size_t carrier = 0;                      ///< band, or first band of a normalised difference
  std::optional<std::size_t> carrier_subtract;  ///< (carrier - this) / (carrier + this)
};

}  // namespace ecocube
