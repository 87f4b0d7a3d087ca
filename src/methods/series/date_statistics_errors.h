// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "methods/series/date_regression_predictor.h"
#include "methods/series/date_statistics_sample.h"

namespace ecocube::series {

/// A sample with all dates standardised and completed.
struct CompletedSample {
  const DateSample& sample;
  std::span<const float> values;        ///< completed, shape [time][pixel]
  std::span<const std::uint8_t> known;  ///< dates that are not nearly empty, shape [time]
  const DatePredictor& predictor;
};

/// The correlation of the residuals of two pixels under one predictor by their distance, from random pairs along rows
/// and columns: exponentials with non-negative weights, together below 0.98. Empty when there are too few pairs.
std::vector<DistanceTerm> fit_distance(const CompletedSample& completed);

/// Fits the factors of the expected error: observed values are left out, alone and with all pixels around them up to
/// distances drawn at random, as if under a cloud.
/// statistics   distance is read; regression_error and kriging_error are written
void fit_errors(const CompletedSample& completed, DateStatistics& statistics);

/// The factor for a prediction with that variance: linear between the classes, by the logarithm of the variance.
double error_factor(std::span<const ErrorFactor> factors, double variance);

}  // namespace ecocube::series
