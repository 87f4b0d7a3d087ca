// SPDX-License-Identifier: Apache-2.0
#include "methods/train/neighbours.h"

#include "methods/train/standardisation.h"

namespace ecocube {

NearestNeighbours fit_neighbours(const TrainingRows& rows, const NeighboursSettings& settings) {
  const Standardisation standard = standardisation_of(rows);
  NearestNeighbours fitted{static_cast<std::uint32_t>(settings.neighbours),
                           settings.by_distance,
                           {standard.means.begin(), standard.means.end()},
                           {standard.scales.begin(), standard.scales.end()},
                           rows.row_by_row(),
                           rows.seen,
                           rows.responses,
                           {rows.weights.begin(), rows.weights.end()}};
  // In floats, as the question is scaled later, so that a training row lies at distance 0 of itself.
  for (std::size_t i = 0; i < fitted.rows.size(); ++i) {
    const std::size_t feature = i % rows.features;
    fitted.rows[i] = (fitted.rows[i] - fitted.means[feature]) * fitted.scales[feature];
  }
  return fitted;
}

}  // namespace ecocube
