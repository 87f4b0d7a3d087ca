// SPDX-License-Identifier: Apache-2.0
#include "methods/series/gap_assessment_choice.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "methods/series/date_statistics_correlation.h"

namespace ecocube::series {
namespace {

constexpr double kErrorWidth = 0.08;  ///< of a year: how far seasons are alike in their errors
constexpr double kErrorDates = 5;     ///< dates of like season that count as much as all dates
constexpr double kPriorSeen = 2000;   ///< hidden values that all slots count as in one
constexpr double kFirstBonus = 0.06;  ///< log mean square error by which another must beat date regression: 3 % RMSE

/// Mean log square error of a method on dates seen elsewhere, over the ways that hid some; each way counts alike.
/// Infinite where it filled too little to be compared.
double seen_error(std::span<const ErrorTally> tallies, std::size_t method, int slots, int slot) {
  double sum = 0;
  int ways = 0;
  for (const HidingWay way : {HidingWay::random, HidingWay::season_block, HidingWay::cloud}) {
    ErrorSums all;
    for (int s = 0; s < slots; ++s) all.add(tallies[method].sums(way, false, s));
    if (all.count + all.empty == 0) continue;
    if (static_cast<double>(all.empty) > 0.01 * static_cast<double>(all.count + all.empty))
      return std::numeric_limits<double>::infinity();
    const ErrorSums here = tallies[method].sums(way, false, slot);
    const double share = static_cast<double>(here.count) / (static_cast<double>(here.count) + kPriorSeen);
    const auto log_mse = [](const ErrorSums& sums) { return std::log(std::max(1e-30, sums.rmse() * sums.rmse())); };
    sum += (here.count > 0 ? share * log_mse(here) : 0) + (here.count > 0 ? 1 - share : 1) * log_mse(all);
    ++ways;
  }
  return ways > 0 ? sum / ways : std::numeric_limits<double>::infinity();
}

/// The best single method for gaps of a slot on dates seen elsewhere.
std::size_t best_seen(std::span<const ErrorTally> tallies, const GapAssessment& assessment, int slot) {
  const auto drk = static_cast<std::size_t>(std::find(assessment.methods.begin(), assessment.methods.end(), "drk") -
                                            assessment.methods.begin());
  std::size_t best = drk < tallies.size() ? drk : 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t method = 0; method < tallies.size(); ++method) {
    const double error = seen_error(tallies, method, assessment.slots, slot) - (method == drk ? kFirstBonus : 0.0);
    if (error < least) least = error, best = method;
  }
  return best;
}

GapChoice single_choice(const ErrorTally& tally, std::size_t method, std::size_t methods, int slot, bool empty) {
  GapChoice choice;
  choice.weights.assign(methods, 0);
  choice.weights[method] = 1;
  ErrorSums sums;
  for (std::size_t way = 0; way < kHidingWays; ++way) sums.add(tally.sums(static_cast<HidingWay>(way), empty, slot));
  choice.rmse = sums.rmse();
  choice.error = shrunk_quantile(tally.errors_of(slot, empty), tally.errors_of(empty));
  const double factor = shrunk_quantile(tally.ratios_of(slot, empty), tally.ratios_of(empty));
  choice.factor = std::isfinite(factor) ? factor : 1;
  return choice;
}

/// What `auto` would have made of the hidden dates with weights that do not know them.
struct BlendScores {
  std::vector<ErrorSums> sums;             ///< shape [slot]
  std::vector<MagnitudeHistogram> errors;  ///< shape [date]
  std::vector<ErrorSums> gaps;             ///< shape [gap class]
};

BlendScores score_blend(std::span<const DateErrors> errors, std::span<const HiddenDate> dates,
                        std::span<const std::uint8_t> candidates, int slots) {
  BlendScores scores{std::vector<ErrorSums>(static_cast<std::size_t>(slots)),
                     std::vector<MagnitudeHistogram>(dates.size()), std::vector<ErrorSums>(kGapClasses)};
  const bool several = std::any_of(dates.begin(), dates.end(),
                                   [&](const HiddenDate& date) { return date.round != dates.front().round; });
  for (std::size_t d = 0; d < dates.size(); ++d) {
    const HiddenDate& date = dates[d];
    const int except = several ? static_cast<int>(date.round) : -1;
    const DateBlend blend = fit_date_blend(errors, candidates, date.slot, slots, except);
    const double shift = level_shift(blend, errors[d].filled_mean);
    for (std::size_t value = 0; value < date.hidden.size(); ++value) {
      double filled = shift;
      for (std::size_t method = 0; method < blend.pattern.size(); ++method) {
        if (blend.pattern[method] > 0)
          filled += blend.pattern[method] * static_cast<double>(date.filled[method][value]);
      }
      const auto hidden = static_cast<double>(date.hidden[value]);
      scores.sums[static_cast<std::size_t>(date.slot)].add(hidden, filled);
      scores.gaps[date.gap_class[value]].add(hidden, filled);
      if (std::isfinite(filled)) scores.errors[d].add(std::abs(filled - hidden));
    }
  }
  return scores;
}

/// The expected error of a blend on dates of a slot.
double blend_error(const BlendScores& scores, std::span<const HiddenDate> dates, int slot, int slots) {
  MagnitudeHistogram mixed;
  const double of_all = kErrorDates / static_cast<double>(dates.size());
  for (std::size_t d = 0; d < dates.size(); ++d) {
    if (!(scores.errors[d].count() > 0)) continue;
    const double weight = of_all + season_likeness(dates[d].slot, slot, slots, kErrorWidth);
    mixed.add(scores.errors[d], weight / scores.errors[d].count());
  }
  return mixed.quantile(kExpectedShare);
}

void put_scores(HidingWay way, std::span<const ErrorSums> slots, std::span<const ErrorSums> gaps,
                std::vector<GapScore>& lines) {
  const auto put = [&](int slot, int gap, const ErrorSums& sums) {
    if (sums.count + sums.empty > 0) lines.push_back({0, way, slot, gap, -1, sums});
  };
  ErrorSums all;
  for (const ErrorSums& sums : slots) all.add(sums);
  put(-1, -1, all);
  for (std::size_t slot = 0; slot < slots.size(); ++slot) put(static_cast<int>(slot), -1, slots[slot]);
  for (std::size_t gap = 0; gap < gaps.size(); ++gap) put(-1, static_cast<int>(gap), gaps[gap]);
}

/// `auto` on values hidden in one of the ways that leave their dates seen elsewhere: the sums of what it chose. Where a
/// date is nearly empty all the same, the method with the largest weight stands for the blend.
void score_chosen(std::span<const ErrorTally> tallies, HidingWay way, GapAssessment& assessment) {
  std::vector<ErrorSums> slots(static_cast<std::size_t>(assessment.slots)), gaps(kGapClasses);
  for (int slot = 0; slot < assessment.slots; ++slot) {
    for (const bool empty : {false, true}) {
      const auto& weights = assessment.choice(empty, slot).weights;
      const auto method = static_cast<std::size_t>(std::max_element(weights.begin(), weights.end()) - weights.begin());
      for (std::size_t gap = 0; gap < kGapClasses; ++gap) {
        const ErrorSums& sums = tallies[method].sums(way, empty, slot, gap);
        slots[static_cast<std::size_t>(slot)].add(sums);
        gaps[gap].add(sums);
      }
    }
  }
  put_scores(way, slots, gaps, assessment.auto_scores);
}

}  // namespace

void choose(std::span<const ErrorTally> tallies, std::span<const HiddenDate> dates,
            std::span<const std::vector<double>> means, std::span<const int> slot_of_time, GapAssessment& assessment) {
  const int slots = assessment.slots;
  const std::size_t methods = tallies.size();
  assessment.choices.clear(), assessment.auto_scores.clear();
  assessment.level_shifts.assign(slot_of_time.size(), 0.0);
  std::vector<std::size_t> best;
  for (int slot = 0; slot < slots; ++slot) best.push_back(best_seen(tallies, assessment, slot));
  for (int slot = 0; slot < slots; ++slot) {
    const std::size_t method = best[static_cast<std::size_t>(slot)];
    assessment.choices.push_back(single_choice(tallies[method], method, methods, slot, false));
  }
  std::vector<DateErrors> errors;
  for (const HiddenDate& date : dates) errors.push_back(errors_of(date));
  const std::vector<std::uint8_t> candidates = blend_candidates(assessment.methods);
  BlendScores scores;
  if (!dates.empty()) scores = score_blend(errors, dates, candidates, slots);
  for (int slot = 0; slot < slots; ++slot) {
    if (dates.empty()) {
      const std::size_t method = best[static_cast<std::size_t>(slot)];
      assessment.choices.push_back(single_choice(tallies[method], method, methods, slot, true));
      continue;
    }
    DateBlend blend = fit_date_blend(errors, candidates, slot, slots);
    for (std::size_t time = 0; time < slot_of_time.size(); ++time) {
      if (slot_of_time[time] == slot && assessment.nearly_empty[time] != 0)
        assessment.level_shifts[time] = level_shift(blend, means[time]);
    }
    GapChoice choice;
    choice.weights = std::move(blend.pattern);
    choice.level_weights = std::move(blend.level);
    choice.rmse = scores.sums[static_cast<std::size_t>(slot)].rmse();
    choice.error = blend_error(scores, dates, slot, slots);
    assessment.choices.push_back(std::move(choice));
  }
  for (const HidingWay way : {HidingWay::random, HidingWay::season_block, HidingWay::cloud})
    score_chosen(tallies, way, assessment);
  if (!dates.empty()) put_scores(HidingWay::whole_date, scores.sums, scores.gaps, assessment.auto_scores);
}

}  // namespace ecocube::series
