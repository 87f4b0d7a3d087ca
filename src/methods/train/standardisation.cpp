// SPDX-License-Identifier: Apache-2.0
#include "methods/train/standardisation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/parallel.h"

namespace ecocube {

Standardisation standardisation_of(const TrainingRows& rows) {
  Standardisation found{std::vector<double>(rows.features), std::vector<double>(rows.features)};
  const double total = std::accumulate(rows.weights.begin(), rows.weights.end(), 0.0);
  parallel_for(rows.features, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t f = begin; f < end; ++f) {
      const auto column = rows.column(f);
      const auto [lowest, highest] = std::minmax_element(column.begin(), column.end());
      if (*lowest == *highest) {  // rounding must not make a deviation of it
        found.means[f] = static_cast<double>(*lowest);
        continue;
      }
      double sum = 0, squares = 0;
      for (std::size_t row = 0; row < rows.rows(); ++row) sum += rows.weights[row] * static_cast<double>(column[row]);
      const double mean = sum / total;
      for (std::size_t row = 0; row < rows.rows(); ++row) {
        const double apart = static_cast<double>(column[row]) - mean;
        squares += rows.weights[row] * apart * apart;
      }
      found.means[f] = mean;
      found.scales[f] = 1 / std::sqrt(squares / total);
    }
  });
  return found;
}

}  // namespace ecocube
