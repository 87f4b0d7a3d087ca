// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ecocube {

/// What a learner is fitted on. No value is missing.
struct TrainingRows {
  std::size_t features = 0;
  std::size_t classes = 0;
  std::vector<float> values;        ///< shape [feature][row]
  std::vector<std::uint16_t> seen;  ///< index of the class seen in the row, below `classes`; shape [row]
  std::vector<double> weights;      ///< greater than 0; shape [row]

  std::size_t rows() const { return seen.size(); }
  std::span<const float> column(std::size_t feature) const { return {values.data() + feature * rows(), rows()}; }
  /// The features of one row; shape [feature].
  void copy_row(std::size_t row, std::span<float> features_of_row) const;
  /// All values with rows outermost; shape [row][feature].
  std::vector<float> row_by_row() const;
  /// The rows that `chosen` names, in its order.
  TrainingRows only(std::span<const std::uint32_t> chosen) const;
};

}  // namespace ecocube
