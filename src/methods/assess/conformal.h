// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "data/model/plain_uncertainty.h"
#include "data/model/uncertainty.h"

namespace ecocube {

/// What a row counts in a calibration.
enum class RowShare : std::uint8_t {
  own,    ///< its weight: the sets hold for the next row
  group,  ///< its share of its group, every group the same: they hold for a row of the next group (Lee, Barber and
          ///< Willett 2023), however many rows the groups of the calibration have
};

/// Answers of the whole ensemble to rows that no model behind them was fitted on, groups kept whole: pooled
/// out-of-fold predictions under grouped folds.
struct ClassAnswers {
  std::span<const double> probabilities;  ///< shape [row][class]
  std::span<const std::uint16_t> seen;    ///< class index; shape [row]
  std::span<const std::uint32_t> groups;  ///< any numbers; shape [row]; empty: every row is its own group
  std::span<const double> weights;        ///< greater than 0; shape [row]; empty: all 1
  std::size_t classes = 0;
};

struct ClassSetOptions {
  SetMethod method = SetMethod::lac;
  bool per_class = false;  ///< a threshold a class (Mondrian): every class is held as often as asked
  RowShare share = RowShare::own;
  bool keep_dominant = true;
  double penalty = 0.01;           ///< raps
  std::uint32_t free_classes = 2;  ///< raps
  std::vector<double> coverages{0.8, 0.9, 0.95};
};

/// Finds the thresholds of class sets: of the scores of the classes seen, the smallest that the asked share of all
/// weight reaches, the weight of one row (or group) more counted in as if it were beyond all (split conformal
/// prediction: the ceil((n + 1) coverage)-th smallest of n equal rows).
/// Too few rows for that: everything is in. Per class, a class of too few rows takes the threshold of all rows.
/// Both reached coverages leave one group out at a time, the thresholds found anew without it.
/// Errors: no rows; shapes that do not fit; a coverage outside 0..1; a probability that is no number.
Result<ClassSets> calibrate_class_sets(const ClassAnswers& answers, const ClassSetOptions& options);

/// How class sets did on rows that had no part in them.
struct SetScore {
  double coverage = 0;              ///< asked
  double reached = 0;               ///< share of the weight whose class is in the set
  double reached_by_threshold = 0;  ///< the same without putting the dominant class in
  double mean_size = 0;             ///< classes a set
  double empty = 0;                 ///< share of the weight without any class before the dominant one is put in
  std::vector<double> by_class;     ///< reached, by the class seen; NaN when absent
};
std::vector<SetScore> score_class_sets(const ClassSets& sets, const ClassAnswers& answers);

/// Answers to rows as above, as numbers in the units that the model is fitted in.
struct NumberAnswers {
  std::span<const double> seen;           ///< shape [row]
  std::span<const double> told;           ///< residual: by the whole ensemble; shape [row]
  std::span<const SampleShares> shares;   ///< levels: plain_shares of the row and the number seen; shape [row]
  std::span<const double> quantiles;      ///< margins: of the quantile forest at interval_quantiles(options), that is
                                          ///< lower, upper of the first coverage, then of the next; shape
                                          ///< [row][2 × coverage]
  std::span<const std::uint32_t> groups;  ///< any numbers; shape [row]; empty: every row is its own group
  std::span<const double> weights;        ///< greater than 0; shape [row]; empty: all 1
};

/// What is moved until intervals hold as often as asked.
enum class Conformal : std::uint8_t {
  levels,    ///< the levels of the forest's quantiles (nested conformal prediction, Gupta, Kuchibhotla and Ramdas 2022;
             ///< Chernozhukov, Wüthrich and Zhu 2021); exact for numbers with many ties as well
  margins,   ///< margins about the forest's quantiles at the asked levels (Romano, Patterson and Candès 2019)
  residual,  ///< a margin about the ensemble's value: as wide everywhere
};

/// Which ends of an interval something is found for.
enum class Ends : std::uint8_t {
  alike,  ///< one number for both ends, from the larger miss of the two
  each,   ///< a number for each end, missed by half of what may be missed
};

struct IntervalOptions {
  Conformal conformal = Conformal::levels;
  Ends ends = Ends::alike;
  RowShare share = RowShare::own;
  std::uint32_t forest = 0;  ///< goes into the intervals
  std::vector<double> coverages{0.8, 0.9, 0.95};
};

/// The quantiles of the forest that Conformal::margins wants: lower and upper of every coverage.
std::vector<double> interval_quantiles(const IntervalOptions& options);

/// Finds prediction intervals as thresholds are found by calibrate_class_sets, pooled over the folds.
/// Errors: as there, and too few rows (or groups, where every group weighs the same) for a finite interval, told with
/// both numbers.
Result<Intervals> calibrate_intervals(const NumberAnswers& answers, const IntervalOptions& options);

}  // namespace ecocube
