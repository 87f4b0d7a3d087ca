// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numeric>

#include "methods/assess/conformal.h"
#include "methods/assess/conformal_checks.h"
#include "methods/assess/conformal_scores.h"

namespace ecocube {
namespace {

// The leaf samples' shares are summed with rounding; a level a hair outside keeps the row that decided it inside.
constexpr double kHair = 1e-9;

/// How far a row's number is missed on either side by an interval at its narrowest; at most 0 when inside.
struct Misses {
  std::vector<double> below, above;  ///< shape [row]
};

/// As levels: minus the level at which the quantile still holds the number, or, beyond all leaf samples, the distance
/// to them.
Misses misses_of_levels(const NumberAnswers& answers) {
  Misses misses;
  for (std::size_t row = 0; row < answers.seen.size(); ++row) {
    const SampleShares& own = answers.shares[row];
    misses.below.push_back(own.up_to > 0 ? -own.up_to : own.lowest - answers.seen[row]);
    misses.above.push_back(own.below < 1 ? -(1 - own.below) : answers.seen[row] - own.highest);
  }
  return misses;
}

Misses misses_of(const NumberAnswers& answers, const IntervalOptions& options, std::size_t level) {
  if (options.conformal == Conformal::levels) return misses_of_levels(answers);
  Misses misses;
  const std::size_t columns = 2 * options.coverages.size();
  for (std::size_t row = 0; row < answers.seen.size(); ++row) {
    const bool residual = options.conformal == Conformal::residual;
    const double low = residual ? answers.told[row] : answers.quantiles[row * columns + 2 * level];
    const double high = residual ? answers.told[row] : answers.quantiles[row * columns + 2 * level + 1];
    misses.below.push_back(low - answers.seen[row]);
    misses.above.push_back(answers.seen[row] - high);
  }
  return misses;
}

/// The same miss allowed at both ends, or one for each end.
struct EndScores {
  std::vector<double> scores[2];  ///< second unused where ends are alike
  std::vector<ConformalScores> sorted;
  double coverage = 0;  ///< of one list of scores
};

EndScores end_scores(Misses misses, const NumberAnswers& answers, const IntervalOptions& options, double coverage) {
  EndScores result;
  result.coverage = coverage;
  if (options.ends == Ends::each) {
    result.coverage = (1 + coverage) / 2;
    result.scores[1] = std::move(misses.above);
  } else {
    for (std::size_t row = 0; row < misses.below.size(); ++row)
      misses.below[row] = std::max(misses.below[row], misses.above[row]);
  }
  result.scores[0] = std::move(misses.below);
  std::vector<std::uint32_t> every(answers.seen.size());
  std::iota(every.begin(), every.end(), 0u);
  for (const std::vector<double>& scores : result.scores) {
    if (!scores.empty()) result.sorted.emplace_back(every, scores, answers.groups, answers.weights, options.share);
  }
  return result;
}

double reached(const EndScores& ends) {
  const ConformalScores& first = ends.sorted.front();
  std::vector<std::vector<double>> thresholds;
  for (const ConformalScores& sorted : ends.sorted) {
    thresholds.emplace_back();
    for (std::size_t group = 0; group < first.groups(); ++group)
      thresholds.back().push_back(sorted.threshold(ends.coverage, group));
  }
  double total = 0, inside = 0;
  for (std::size_t row = 0; row < ends.scores[0].size(); ++row) {
    const std::size_t group = first.group_of(row);
    bool in = true;
    for (std::size_t end = 0; end < ends.sorted.size(); ++end) {
      in = in && ends.scores[end][row] <= thresholds[end][group];
    }
    total += first.share_of(row);
    if (in) inside += first.share_of(row);
  }
  return inside / total;
}

void set_end(bool levels, double threshold, double& level, double& margin) {
  if (!levels) {
    margin = threshold;
    return;
  }
  level = std::clamp(-threshold - kHair, 0.0, 0.5);
  margin = std::max(threshold, 0.0);
}

Result<Intervals::Level> calibrate_level(const NumberAnswers& answers, const IntervalOptions& options,
                                         std::size_t number) {
  Intervals::Level level;
  level.coverage = options.coverages[number];
  level.lower_quantile = (1 - level.coverage) / 2;
  level.upper_quantile = 1 - level.lower_quantile;
  const EndScores ends = end_scores(misses_of(answers, options, number), answers, options, level.coverage);
  const double below = ends.sorted.front().threshold(ends.coverage);
  const double above = ends.sorted.back().threshold(ends.coverage);
  if (std::max(below, above) >= ConformalScores::kNoThreshold) {
    const bool by_group = options.share == RowShare::group;
    return input_error("intervals: a coverage of {} needs at least {} {}, but there are {}", level.coverage,
                       std::ceil(ends.coverage / (1 - ends.coverage) - kHair), by_group ? "groups" : "rows",
                       by_group ? ends.sorted.front().groups() : answers.seen.size());
  }
  const bool levels = options.conformal == Conformal::levels;
  double upper_level = 1 - level.upper_quantile;
  set_end(levels, below, level.lower_quantile, level.lower_margin);
  set_end(levels, above, upper_level, level.upper_margin);
  level.upper_quantile = 1 - upper_level;
  level.reached = reached(ends);
  return level;
}

Result<void> check_answers(const NumberAnswers& answers, const IntervalOptions& options) {
  const std::size_t rows = answers.seen.size();
  const auto check = [&](bool used, std::size_t size, std::size_t each, std::string_view name) -> Result<void> {
    if (used && size != rows * each) return input_error("intervals: {} {} do not fit {} rows", size, name, rows);
    return {};
  };
  ECOCUBE_TRY(check(options.conformal == Conformal::residual, answers.told.size(), 1, "numbers told"));
  ECOCUBE_TRY(check(options.conformal == Conformal::levels, answers.shares.size(), 1, "shares"));
  ECOCUBE_TRY(check(options.conformal == Conformal::margins, answers.quantiles.size(), 2 * options.coverages.size(),
                    "quantiles"));
  const auto finite = [](double value) { return std::isfinite(value); };
  for (const std::span<const double> numbers : {answers.seen, answers.told, answers.quantiles}) {
    if (!std::all_of(numbers.begin(), numbers.end(), finite))
      return input_error("intervals: a number to calibrate on is not finite");
  }
  for (const SampleShares& own : answers.shares) {
    if (!(own.below >= 0 && own.up_to >= own.below && finite(own.lowest) && finite(own.highest)))
      return input_error("intervals: shares below {} and up to {} are none", own.below, own.up_to);
  }
  return {};
}

}  // namespace

std::vector<double> interval_quantiles(const IntervalOptions& options) {
  std::vector<double> quantiles;
  for (const double coverage : options.coverages) {
    quantiles.push_back((1 - coverage) / 2);
    quantiles.push_back((1 + coverage) / 2);
  }
  return quantiles;
}

Result<Intervals> calibrate_intervals(const NumberAnswers& answers, const IntervalOptions& options) {
  ECOCUBE_TRY(check_calibration("intervals", answers.seen.size(), answers.groups, answers.weights, options.coverages));
  ECOCUBE_TRY(check_answers(answers, options));
  Intervals intervals;
  intervals.method = options.conformal == Conformal::residual ? IntervalMethod::residual : IntervalMethod::quantile;
  intervals.forest = options.forest;
  for (std::size_t number = 0; number < options.coverages.size(); ++number) {
    ECOCUBE_TRY_ASSIGN(Intervals::Level level, calibrate_level(answers, options, number));
    intervals.levels.push_back(level);
  }
  std::stable_sort(intervals.levels.begin(), intervals.levels.end(),
                   [](const Intervals::Level& a, const Intervals::Level& b) { return a.coverage < b.coverage; });
  return intervals;
}

}  // namespace ecocube
