// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "data/model/plain_uncertainty.h"
#include "methods/assess/conformal.h"
#include "methods/assess/conformal_checks.h"
#include "methods/assess/conformal_scores.h"

namespace ecocube {
namespace {

/// The scores of the classes seen, of all rows and of each class.
struct SeenScores {
  std::vector<double> scores;                 ///< shape [row]
  std::vector<std::uint8_t> dominant;         ///< 1: the class seen is the dominant one; shape [row]
  std::vector<std::uint32_t> place_in_class;  ///< position of the row among those of its class; shape [row]
  std::optional<ConformalScores> all;
  std::vector<ConformalScores> by_class;  ///< empty: one threshold for all

  /// The threshold of a class; `without` as ConformalScores counts groups.
  double threshold(double coverage, std::size_t c, std::size_t without_of_class, std::size_t without) const {
    if (by_class.empty()) return all->threshold(coverage, without);
    const double own = by_class[c].threshold(coverage, without_of_class);
    return own < ConformalScores::kNoThreshold ? own : all->threshold(coverage, without);
  }
};

double row_score(const ClassSets& sets, const ClassAnswers& answers, std::size_t row, std::vector<double>& scratch) {
  class_set_scores(sets, answers.probabilities.subspan(row * answers.classes, answers.classes), scratch);
  return scratch[answers.seen[row]];
}

SeenScores seen_scores(const ClassSets& sets, const ClassAnswers& answers, const ClassSetOptions& options) {
  const std::size_t rows = answers.seen.size();
  SeenScores result;
  std::vector<double> scratch(answers.classes);
  std::vector<std::vector<std::uint32_t>> rows_of(answers.classes);
  for (std::size_t row = 0; row < rows; ++row) {
    const auto own = answers.probabilities.subspan(row * answers.classes, answers.classes);
    result.scores.push_back(row_score(sets, answers, row, scratch));
    result.dominant.push_back(std::max_element(own.begin(), own.end()) - own.begin() == answers.seen[row]);
    result.place_in_class.push_back(static_cast<std::uint32_t>(rows_of[answers.seen[row]].size()));
    rows_of[answers.seen[row]].push_back(static_cast<std::uint32_t>(row));
  }
  std::vector<std::uint32_t> every(rows);
  std::iota(every.begin(), every.end(), 0u);
  result.all.emplace(every, result.scores, answers.groups, answers.weights, options.share);
  if (!options.per_class) return result;
  for (const std::vector<std::uint32_t>& chosen : rows_of) {
    std::vector<double> scores;
    for (const std::uint32_t row : chosen) scores.push_back(result.scores[row]);
    result.by_class.emplace_back(chosen, scores, answers.groups, answers.weights, options.share);
  }
  return result;
}

/// More than any score of a class.
double highest_score(const ClassSets& sets, std::size_t classes) {
  return 2 + sets.penalty * static_cast<double>(classes);
}

ClassSets::Level calibrate_level(const ClassSets& sets, const ClassAnswers& answers, const SeenScores& seen,
                                 double coverage) {
  constexpr std::size_t kNone = ConformalScores::kNone;
  ClassSets::Level level;
  level.coverage = coverage;
  const std::size_t thresholds = seen.by_class.empty() ? 1 : answers.classes;
  for (std::size_t c = 0; c < thresholds; ++c) {
    level.thresholds.push_back(
        std::min(seen.threshold(coverage, c, kNone, kNone), highest_score(sets, answers.classes)));
  }
  std::vector<double> known;  // by class and group, since every row of a group asks for the same threshold
  const std::size_t groups = seen.all->groups();
  known.assign(thresholds * groups, std::numeric_limits<double>::quiet_NaN());
  double total = 0, inside = 0, given = 0;
  for (std::size_t row = 0; row < answers.seen.size(); ++row) {
    const std::size_t c = seen.by_class.empty() ? 0 : answers.seen[row], group = seen.all->group_of(row);
    const std::size_t own = seen.by_class.empty() ? kNone : seen.by_class[c].group_of(seen.place_in_class[row]);
    double& threshold = known[c * groups + group];
    if (std::isnan(threshold)) threshold = seen.threshold(coverage, c, own, group);
    const double share = seen.all->share_of(row);
    const bool in = seen.scores[row] <= threshold;
    total += share;
    if (in) inside += share;
    if (in || (sets.keep_dominant && seen.dominant[row])) given += share;
  }
  level.reached_by_threshold = inside / total;
  level.reached = given / total;
  return level;
}

Result<void> check_answers(const ClassAnswers& answers) {
  const std::size_t rows = answers.seen.size();
  if (answers.probabilities.size() != rows * answers.classes)
    return input_error("class sets: {} probabilities do not fit {} rows of {} classes", answers.probabilities.size(),
                       rows, answers.classes);
  for (std::size_t i = 0; i < answers.probabilities.size(); ++i) {
    const double p = answers.probabilities[i];
    if (!(p >= 0 && p <= 1)) return input_error("class sets: row {} has {} for a probability", i / answers.classes, p);
  }
  for (std::size_t row = 0; row < rows; ++row) {
    if (answers.seen[row] >= answers.classes)
      return input_error("class sets: row {} was seen as class {} of {}", row, answers.seen[row], answers.classes);
  }
  return {};
}

}  // namespace

Result<ClassSets> calibrate_class_sets(const ClassAnswers& answers, const ClassSetOptions& options) {
  ECOCUBE_TRY(check_calibration("class sets", answers.seen.size(), answers.groups, answers.weights, options.coverages));
  ECOCUBE_TRY(check_answers(answers));
  ClassSets sets;
  sets.method = options.method;
  sets.keep_dominant = options.keep_dominant;
  if (options.method == SetMethod::raps) {
    if (!(options.penalty >= 0 && options.penalty < 1e6))
      return usage_error("class sets: a penalty of {} is not at least 0", options.penalty);
    sets.penalty = options.penalty;
    sets.free_classes = options.free_classes;
  }
  const SeenScores seen = seen_scores(sets, answers, options);
  for (const double coverage : ascending(options.coverages)) {
    sets.levels.push_back(calibrate_level(sets, answers, seen, coverage));
  }
  return sets;
}

std::vector<SetScore> score_class_sets(const ClassSets& sets, const ClassAnswers& answers) {
  std::vector<SetScore> result;
  ClassSets bare = sets;
  bare.keep_dominant = false;
  std::vector<std::uint8_t> member(answers.classes), by_threshold(answers.classes);
  for (std::size_t level = 0; level < sets.levels.size(); ++level) {
    SetScore score;
    score.coverage = sets.levels[level].coverage;
    std::vector<double> class_weights(answers.classes);
    score.by_class.assign(answers.classes, 0.0);
    double total = 0;
    for (std::size_t row = 0; row < answers.seen.size(); ++row) {
      const auto own = answers.probabilities.subspan(row * answers.classes, answers.classes);
      const double weight = answers.weights.empty() ? 1 : answers.weights[row];
      const std::size_t seen = answers.seen[row];
      plain_class_set(sets, level, own, member);
      plain_class_set(bare, level, own, by_threshold);
      total += weight;
      class_weights[seen] += weight;
      score.mean_size += weight * static_cast<double>(std::count(member.begin(), member.end(), 1));
      if (std::count(by_threshold.begin(), by_threshold.end(), 1) == 0) score.empty += weight;
      if (by_threshold[seen]) score.reached_by_threshold += weight;
      if (!member[seen]) continue;
      score.reached += weight;
      score.by_class[seen] += weight;
    }
    for (double* sum : {&score.reached, &score.reached_by_threshold, &score.mean_size, &score.empty}) *sum /= total;
    for (std::size_t c = 0; c < answers.classes; ++c) score.by_class[c] /= class_weights[c];  // 0 / 0: absent
    result.push_back(std::move(score));
  }
  return result;
}

}  // namespace ecocube
