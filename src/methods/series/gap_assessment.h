// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "methods/series/date_statistics.h"
#include "methods/series/fill_gaps.h"

namespace ecocube::series {

/// How wrong a gap filler is, measured by hiding observed values from it, and which filler that makes the best one.

/// How observed values are hidden.
enum class HidingWay {
  random,        ///< single values anywhere
  season_block,  ///< squares of 32 pixels miss one or two seasons in a row, every other time a winter
  cloud,         ///< blobs on one date in three
  whole_date,    ///< everything on a date
};
inline constexpr std::size_t kHidingWays = 4;
/// `random`, `season-block`, `cloud`, `whole-date`
std::string_view name_of(HidingWay way);

/// How many layers in a row a pixel misses: 1, 2-3, 4-6, 7 and more.
inline constexpr std::size_t kGapClasses = 4;
std::size_t gap_class_of(std::size_t layers_missing);
/// `1`, `2-3`, `4-6`, `7+`
std::string_view name_of_gap_class(std::size_t gap_class);

/// What a filler makes of a chip, shapes [time][row][col].
struct FilledChip {
  std::vector<float> values;
  std::vector<std::uint8_t> valid;
  std::vector<float> expected_error;  ///< empty when the filler tells none
};

/// A filler to be assessed. It gets all chips at once, with the hidden values missing in `valid`, and may learn from
/// nothing else.
struct AssessedFiller {
  std::string name;
  std::function<std::vector<FilledChip>(std::span<const SampleChip>)> fill;
};

/// Sums over hidden values; the measures follow from them. `error` is filled - hidden.
struct ErrorSums {
  std::size_t count = 0, empty = 0;  ///< values that were filled, and that stayed empty
  double error = 0, square = 0, magnitude = 0;
  double value = 0, value_square = 0;  ///< of the hidden values
  void add(double hidden, double filled);
  void add(const ErrorSums& other);
  /// NaN where nothing was filled; r2 also where all hidden values are alike.
  double rmse() const;
  double mae() const;
  double bias() const;
  double r2() const;
};

/// One line of the table: a filler's errors in one way of hiding, over all values or a part of them.
struct GapScore {
  std::size_t method = 0;
  HidingWay way = HidingWay::random;
  int slot = -1;       ///< -1: all
  int gap_class = -1;  ///< -1: all
  int region = -1;     ///< a chip; -1: all
  ErrorSums sums;
};

/// What errors to expect of a filler for gaps of one slot and class, on dates seen elsewhere or nearly empty ones.
struct ExpectedError {
  std::size_t count = 0;  ///< hidden values it rests on
  double rmse = 0;
  double error = 0;   ///< 68 % of the errors are smaller, data units; few values are shrunk towards all slots
  double factor = 1;  ///< the same in units of the error that the filler tells itself, where it tells one
};

/// What `auto` does with gaps of one slot, on dates seen elsewhere or on nearly empty ones: the mean of the methods'
/// values with these weights; a weight of 1 is a single method. On a nearly empty date the mean over all pixels has
/// weights of its own, so its level shift is added to every value.
struct GapChoice {
  std::vector<double> weights;             ///< sum 1, shape [method]
  double rmse = 0;                         ///< measured, data units
  double error = 0;                        ///< 68 % of the errors are smaller
  double factor = 1;                       ///< as in ExpectedError, where a single method was chosen
  std::vector<double> level_weights = {};  ///< of the date's mean, sum 1; empty where `weights` are
};

/// The measured table of one variable.
struct GapAssessment {
  std::vector<std::string> methods;
  int slots = 1;
  std::size_t pixels = 0;                  ///< of the sample
  std::vector<std::uint8_t> nearly_empty;  ///< dates with fewer than 20 values or 0.5 % of the pixels, shape [time]
  std::vector<GapScore> scores;
  std::vector<ExpectedError> expected;  ///< shape [method][seen, nearly empty][slot][gap class]
  std::vector<GapChoice> choices;       ///< shape [seen, nearly empty][slot]
  std::vector<double> level_shifts;     ///< added to blends on nearly empty dates, data units; shape [time]
  std::vector<GapScore> auto_scores;    ///< of `auto`; on whole dates chosen without the hidden ones; `method` unused

  const ExpectedError& expected_error(std::size_t method, bool date_nearly_empty, int slot,
                                      std::size_t gap_class) const;
  const GapChoice& choice(bool date_nearly_empty, int slot) const;
};

struct AssessOptions {
  double share = 0.10;     ///< of the values hidden at random, and of the dates hidden at once
  std::uint64_t seed = 1;  ///< names the hidden values
  std::vector<HidingWay> ways{HidingWay::random, HidingWay::season_block, HidingWay::cloud, HidingWay::whole_date};
  std::size_t most_date_pixels = 4000;   ///< pixels that whole dates are hidden on: every n-th of the sample
  std::function<void(double)> progress;  ///< told the share that is done, 0..1; may be empty
};

/// Hides values of the sample, fills them with every method and scores the hidden ones. Statistics that a filler learns
/// are learned from what is left. Whole dates are hidden in turn, some at once, until each that is seen on 30 % of the
/// pixels was, since one date's errors are all alike. Deterministic.
///
/// chips    at least one; values not looked at where `valid` is 0
/// fillers  at least one; names that differ
GapAssessment assess_gaps(std::span<const SampleChip> chips, const TimeAxis& axis,
                          std::span<const AssessedFiller> fillers, const AssessOptions& options);

}  // namespace ecocube::series
