// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "methods/train/rows.h"

namespace ecocube {

/// What brings the features to mean 0 and deviation 1: (x - mean) * scale. A feature that never changes gets the scale
/// 0, so it says nothing, whatever value it has later.
struct Standardisation {
  std::vector<double> means, scales;  ///< shape [feature]
};

/// Weighted means and deviations, summed as doubles in the order of the rows.
Standardisation standardisation_of(const TrainingRows& rows);

}  // namespace ecocube
