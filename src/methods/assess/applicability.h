// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.h"
#include "data/model/uncertainty.h"

namespace ecocube {

struct ApplicabilityOptions {
  /// Rows kept. Of more, this many are drawn by the seed, and everything is worked out on those: work grows with its
  /// square, the model file and the time per pixel with itself.
  std::size_t most_rows = 5000;
  std::uint64_t seed = 1;
};

/// Finds the area of applicability (Meyer and Pebesma 2021, Methods in Ecology and Evolution 12:1620): features less
/// their mean, over their standard deviation, times their importance; the mean distance between two rows; and as the
/// threshold the largest dissimilarity index that is not an outlier (beyond the upper quartile by more than 1.5 times
/// the distance of the quartiles) among the rows, each held against rows outside its own fold.
/// Features that are constant or of no importance are left out; if all are of no importance, all weigh the same.
///
/// values      none missing; shape [row][feature]
/// importance  shape [feature]; below 0 counts as 0
/// folds       any numbers, two at least; shape [row]
/// Errors: fewer than two rows or folds; rows that are all alike; shapes that do not fit; a value that is no number.
Result<Applicability> find_applicability(std::span<const float> values, std::span<const double> importance,
                                         std::span<const std::uint32_t> folds, const ApplicabilityOptions& options);

}  // namespace ecocube
