// SPDX-License-Identifier: Apache-2.0
#include "methods/train/rows.h"

namespace ecocube {

void TrainingRows::copy_row(std::size_t row, std::span<float> features_of_row) const {
  for (std::size_t f = 0; f < features; ++f) features_of_row[f] = values[f * rows() + row];
}

std::vector<float> TrainingRows::row_by_row() const {
  std::vector<float> turned(values.size());
  for (std::size_t f = 0; f < features; ++f) {
    for (std::size_t row = 0; row < rows(); ++row) turned[row * features + f] = values[f * rows() + row];
  }
  return turned;
}

TrainingRows TrainingRows::only(std::span<const std::uint32_t> chosen) const {
  TrainingRows part{features, classes, {}, {}, {}, {}};
  part.values.reserve(features * chosen.size());
  for (std::size_t f = 0; f < features; ++f) {
    for (const std::uint32_t row : chosen) part.values.push_back(values[f * rows() + row]);
  }
  for (const std::uint32_t row : chosen) {
    if (regression()) {
      part.responses.push_back(responses[row]);
    } else {
      part.seen.push_back(seen[row]);
    }
    part.weights.push_back(weights[row]);
  }
  return part;
}

}  // namespace ecocube
