// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "methods/series/fill_gaps.h"

namespace ecocube::series {

/// Places of the layers on the regular axis: year · slots + slot.
std::vector<int> axis_places(const TimeAxis& axis);

/// Least squares with unknowns that must not be negative (Lawson and Hanson 1974, ch. 23).
/// matrix   shape [row][unknown]
std::vector<double> non_negative_least_squares(std::span<const double> matrix, std::span<const double> right,
                                               std::size_t unknowns);

/// The correlation between dates that lag and season alone predict: the mean over the other pairs of dates of the same
/// lag, weights falling with the distance of their seasons, shrunk by 0.3 pairs towards a positive definite function
/// of the lag (waves of the year and exponentials, fitted with non-negative weights).
///
/// correlation, weight   measured correlation and how much it counts (0: unknown), shape [time][time]
std::vector<double> structured_correlation(std::span<const double> correlation, std::span<const double> weight,
                                           const TimeAxis& axis);

/// The nearest correlation matrix whose eigenvalues are `smallest` or more, by lifting those below and scaling the
/// diagonal back to 1. Shape [size][size].
void make_positive_definite(std::span<double> correlation, std::size_t size, double smallest);

/// How much what happened in one slot of the year says about another, 0..1: exp(-½ (distance / width)²), in years and
/// round the year.
double season_likeness(int one, int other, int slots, double width);

}  // namespace ecocube::series
