// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data/model/model.h"
#include "methods/train/rows.h"

namespace ecocube {

struct NeighboursSettings {
  int neighbours = 15;
  bool by_distance = true;  ///< near ones count more
};

/// k nearest neighbours (see NearestNeighbours) among all rows, features standardised; a feature that never changes
/// does not count. At least one row.
NearestNeighbours fit_neighbours(const TrainingRows& rows, const NeighboursSettings& settings);

}  // namespace ecocube
