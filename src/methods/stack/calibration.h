// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "data/model/plain_uncertainty.h"
#include "methods/stack/ensemble.h"

namespace ecocube {

/// Answers of the ensemble to rows that no model behind them was fitted on, and what was seen there.
struct CalibrationRows {
  std::vector<double> answers;      ///< probabilities, or numbers on the transformed scale; shape [row][answer]
  std::vector<std::uint16_t> seen;  ///< shape [row]; classification
  std::vector<double> responses;    ///< transformed; shape [row]; regression
  std::vector<std::uint32_t> groups;
  std::vector<double> weights;
  std::vector<double> quantiles;  ///< at quantile_levels_for(settings); shape [row][level]; empty: no quantile forest
  std::vector<SampleShares> shares;  ///< of the same forest, about the number seen; shape [row], or empty as well
};

/// The quantiles that the intervals of the settings ask of a quantile forest; empty: none.
std::vector<double> quantile_levels_for(const EnsembleSettings& settings);

/// Gives the model the class sets or intervals that the settings ask for. Without quantiles intervals come from the
/// absolute residuals.
Result<void> calibrate(Model& model, const CalibrationRows& rows, const EnsembleSettings& settings);

/// Sharpens or softens what the meta learner says by one exponent on its probabilities: exact for pools of logarithms
/// and the published stack, whose scores are multiplied, and for the linear pool. False: a plain mean has no place for
/// it and stays as it is.
bool sharpen(Meta& meta, double exponent);

}  // namespace ecocube
