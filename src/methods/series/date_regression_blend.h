// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "methods/series/date_regression_predictor.h"
#include "methods/series/date_statistics.h"

namespace ecocube::series {

/// Most dates that predict a nearly empty one, and the ridge: the structured correlation says less of each date than
/// the measured one, so more of them are asked and each counts less.
inline constexpr std::size_t kStructuredDates = 32;
inline constexpr double kStructuredRidge = 1.0;

/// Two-sided seasonally weighted average, as the members of blends have it.
SwagOptions blend_swag();

/// What the blend needs of the cube.
struct BlendTables {
  const TimeAxis& axis;
  std::span<const double> mean;    ///< shape [time]
  std::span<const double> spread;  ///< shape [time]
  const DatePredictor& structured;
};

/// Predicts some dates of some pixels by those members that are asked for.
///
/// values, valid   observed, shape [time][pixel]
/// dates           those to be predicted, at which `valid` must be 0 for the cells that matter
/// returns         data units, NaN where a member was not asked or tells nothing; shape [member][date][pixel]
std::vector<float> predict_by_members(const BlendTables& tables, std::span<const float> values,
                                      std::span<const std::uint8_t> valid, std::size_t pixels,
                                      std::span<const std::size_t> dates, const std::array<bool, kBlendMembers>& asked);

}  // namespace ecocube::series
