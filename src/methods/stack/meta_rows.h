// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "data/model/meta.h"

namespace ecocube {

/// What a meta learner is fitted on: answers of the base learners to rows that they were not fitted on, and what was
/// seen there. No value is missing.
struct MetaRows {
  std::size_t learners = 0;
  std::size_t classes = 0;          ///< 0: regression
  std::vector<float> learned;       ///< shape [row][learner][answer]
  std::vector<std::uint16_t> seen;  ///< class index; shape [row]; classification
  std::vector<float> responses;     ///< shape [row]; regression
  std::vector<double> weights;      ///< greater than 0; shape [row]

  std::size_t rows() const { return weights.size(); }
  std::size_t answers() const { return classes ? classes : 1; }
  /// Numbers of one row.
  std::size_t inputs() const { return learners * answers(); }
  std::span<const float> row(std::size_t index) const { return std::span(learned).subspan(index * inputs(), inputs()); }
  MetaRows only(std::span<const std::uint32_t> chosen) const;
};

/// A meta learner with the smoothing that fits as many rows, e = 1 / (rows + 1), towards the classes' shares of the
/// weight, (share + 1) / Σ. Weights count in units of their mean. No pool yet.
Meta smoothing_for(const MetaRows& rows);

/// ln of the smoothed probabilities, as combine_learners sees them; shape [row][learner][class].
std::vector<double> log_probabilities(const Meta& meta, const MetaRows& rows);

/// Weighted sum of -ln p(seen class), p clipped to 1e-15, or of squared errors.
double loss_of(const Meta& meta, const MetaRows& rows);

}  // namespace ecocube
