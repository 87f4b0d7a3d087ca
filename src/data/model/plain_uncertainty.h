// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "data/model/trees.h"
#include "data/model/uncertainty.h"

namespace ecocube {

// What the measures of uncertainty say of one row, written as plainly as they can be; methods/infer is tested equal to
// these bit by bit. No input is missing. `level` is an index into the levels of the calibration.

/// Marks the classes of the set: 1 inside, 0 outside.
/// lac: class c is in when 1 - p[c] <= threshold. raps: classes come by descending p, the lower index first of equals;
/// class c at place r (from 1) is in when p[1st] + … + p[r-th] + penalty * max(0, r - free_classes) <= threshold.
/// Where the thresholds are one a class, class c is held against its own. Lastly the dominant class (the first of the
/// largest p) is put in where `keep_dominant` says so.
///
/// probabilities  shape [class]; member has its shape
void plain_class_set(const ClassSets& sets, std::size_t level, std::span<const double> probabilities,
                     std::span<std::uint8_t> member);

/// The nonconformity of every class, which the thresholds are held against: 1 - p, or the sums of raps.
void class_set_scores(const ClassSets& sets, std::span<const double> probabilities, std::span<double> scores);

struct PlainInterval {
  double low = 0, high = 0;
};

/// quantile: lower_quantile_value - lower_margin to upper_quantile_value + upper_margin; residual: the same about
/// `value`. Ends that would cross (margins may be negative) both take their middle.
///
/// lower_quantile_value, upper_quantile_value  of the quantile forest at the level's quantiles; unused by residual
PlainInterval plain_interval(const Intervals& intervals, std::size_t level, double value, double lower_quantile_value,
                             double upper_quantile_value);

/// Where a number lies among the pooled leaf samples of a row, as shares of all (all trees weigh the same).
struct SampleShares {
  double below = 0;                ///< of the samples less than the number
  double up_to = 0;                ///< of the samples less than or equal to it
  double lowest = 0, highest = 0;  ///< of the samples
};

/// The inverse of plain_quantiles: the quantile at a level is at most `value` where the level is at most `up_to`, and
/// at least `value` where the level is above `below` (but for rounding).
///
/// forest  keeps samples
/// row     features; shape [feature]
SampleShares plain_shares(const RegressionForest& forest, std::span<const float> row, double value);

/// The dissimilarity index of Meyer and Pebesma (2021), equation 1 to 4: distance to the nearest training row over the
/// mean distance between training rows. Squares are summed in float, feature after feature.
///
/// row  features, physical; shape [feature]
double plain_dissimilarity(const Applicability& area, std::span<const float> row);

/// The largest probability less the second largest, 0..1: near 0, two classes are as likely. 1 for a single class.
double plain_margin(std::span<const double> probabilities);

/// Shannon entropy -Σ p ln p over its largest value ln C, 0..1: 0, one class is certain; 1, all classes are as likely.
/// 0 for a single class.
double plain_entropy(std::span<const double> probabilities);

}  // namespace ecocube
