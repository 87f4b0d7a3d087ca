// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ecocube {

/// What a learner is fitted on: rows of features with the class (classification) or number (regression) seen there. No
/// value is missing.
struct TrainingRows {
  std::size_t features = 0;
  std::size_t classes = 0;    ///< 0: regression
  std::vector<float> values;  ///< shape [feature][row]
  std::vector<std::uint16_t>
      seen;                      ///< index of the class seen in the row, below `classes`; shape [row]; classification
  std::vector<double> weights;   ///< greater than 0; shape [row]
  std::vector<float> responses;  ///< the number seen in the row, finite; shape [row]; regression

  std::size_t rows() const { return weights.size(); }
  bool regression() const { return classes == 0; }
  /// Numbers that a learner answers with: the classes, or 1.
  std::size_t answers() const { return classes ? classes : 1; }
  std::span<const float> column(std::size_t feature) const { return {values.data() + feature * rows(), rows()}; }
  /// The features of one row; shape [feature].
  void copy_row(std::size_t row, std::span<float> features_of_row) const;
  /// All values with rows outermost; shape [row][feature].
  std::vector<float> row_by_row() const;
  /// The rows that `chosen` names, in its order.
  TrainingRows only(std::span<const std::uint32_t> chosen) const;
};

}  // namespace ecocube
