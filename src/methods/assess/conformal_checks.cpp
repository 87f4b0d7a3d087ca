// SPDX-License-Identifier: Apache-2.0
#include "methods/assess/conformal_checks.h"

#include <algorithm>
#include <cmath>

namespace ecocube {

Result<void> check_calibration(std::string_view what, std::size_t rows, std::span<const std::uint32_t> groups,
                               std::span<const double> weights, std::span<const double> coverages) {
  if (rows == 0) return input_error("{}: no rows to calibrate on", what);
  if (!groups.empty() && groups.size() != rows)
    return input_error("{}: groups of {} rows do not fit {} rows", what, groups.size(), rows);
  if (!weights.empty() && weights.size() != rows)
    return input_error("{}: weights of {} rows do not fit {} rows", what, weights.size(), rows);
  for (std::size_t row = 0; row < weights.size(); ++row) {
    if (!(weights[row] > 0 && std::isfinite(weights[row])))
      return input_error("{}: row {} weighs {}; a weight is greater than 0", what, row, weights[row]);
  }
  if (coverages.empty()) return usage_error("{}: no coverage is asked", what);
  for (const double coverage : coverages) {
    if (!(coverage > 0 && coverage < 1))
      return usage_error("{}: a coverage of {} is not between 0 and 1", what, coverage);
  }
  return {};
}

std::vector<double> ascending(std::vector<double> coverages) {
  std::sort(coverages.begin(), coverages.end());
  coverages.erase(std::unique(coverages.begin(), coverages.end()), coverages.end());
  return coverages;
}

}  // namespace ecocube
