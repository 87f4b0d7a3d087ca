// SPDX-License-Identifier: Apache-2.0
#include "methods/series/gap_assessment_choice.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ecocube::series {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kDateWidth = 0.08;  ///< of a year: how far seasons are alike
constexpr double kPriorDates = 20;   ///< dates of like season that count as much as all dates
constexpr double kEqualDates = 5;    ///< dates that speak for no difference between methods
constexpr double kPower = 24;        ///< of the inverse mean square error: 5 % more error is a tenth of the weight
constexpr double kLeastWeight = 0.02;
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
  std::vector<MagnitudeHistogram> errors;  ///< shape [slot]
  std::vector<ErrorSums> gaps;             ///< shape [gap class]
};

BlendScores score_blend(std::span<const std::vector<double>> errors, std::span<const HiddenDate> dates, int slots) {
  BlendScores scores{std::vector<ErrorSums>(static_cast<std::size_t>(slots)),
                     std::vector<MagnitudeHistogram>(static_cast<std::size_t>(slots)),
                     std::vector<ErrorSums>(kGapClasses)};
  const bool several = std::any_of(dates.begin(), dates.end(),
                                   [&](const HiddenDate& date) { return date.round != dates.front().round; });
  for (const HiddenDate& date : dates) {
    const int except = several ? static_cast<int>(date.round) : -1;
    const std::vector<double> weights = date_weights(errors, dates, date.slot, slots, except);
    const auto slot = static_cast<std::size_t>(date.slot);
    for (std::size_t value = 0; value < date.hidden.size(); ++value) {
      const auto hidden = static_cast<double>(date.hidden[value]);
      const double filled = weighted_fill(date, value, weights);
      scores.sums[slot].add(hidden, filled);
      scores.gaps[date.gap_class[value]].add(hidden, filled);
      if (std::isfinite(filled)) scores.errors[slot].add(std::abs(filled - hidden));
    }
  }
  return scores;
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

std::vector<double> log_square_errors(const HiddenDate& date) {
  const std::size_t methods = date.filled.size();
  std::vector<double> sums(methods, 0.0);
  for (std::size_t value = 0; value < date.hidden.size(); ++value) {
    const auto square = [&](std::size_t method) {
      const double error = static_cast<double>(date.filled[method][value]) - static_cast<double>(date.hidden[value]);
      return error * error;
    };
    double worst = 0;
    for (std::size_t method = 0; method < methods; ++method) {
      if (std::isfinite(date.filled[method][value])) worst = std::max(worst, square(method));
    }
    for (std::size_t method = 0; method < methods; ++method)
      sums[method] += std::isfinite(date.filled[method][value]) ? square(method) : worst;
  }
  const double count = std::max(1.0, static_cast<double>(date.hidden.size()));
  for (double& sum : sums) sum = std::log(std::max(1e-30, sum / count));
  return sums;
}

std::vector<double> date_weights(std::span<const std::vector<double>> errors, std::span<const HiddenDate> dates,
                                 int slot, int slots, int except) {
  const std::size_t methods = errors.front().size();
  std::vector<double> all(methods, 0.0), near(methods, 0.0);
  double counted = 0, kernels = 0;
  for (std::size_t d = 0; d < dates.size(); ++d) {
    if (static_cast<int>(dates[d].round) == except) continue;
    const int apart = std::abs(dates[d].slot - slot);
    const double years = static_cast<double>(std::min(apart, slots - apart)) / slots;
    const double kernel = std::exp(-0.5 * (years / kDateWidth) * (years / kDateWidth));
    for (std::size_t method = 0; method < methods; ++method) {
      all[method] += errors[d][method];
      near[method] += kernel * errors[d][method];
    }
    counted += 1, kernels += kernel;
  }
  const double own = kernels * kernels / (kernels * kernels + kPriorDates * kPriorDates);
  std::vector<double> mixed(methods);
  for (std::size_t method = 0; method < methods; ++method)
    mixed[method] = (kernels > 0 ? own * near[method] / kernels : 0) + (1 - own) * all[method] / counted;
  const double least = *std::min_element(mixed.begin(), mixed.end());
  const double trust = counted / (counted + kEqualDates);
  std::vector<double> weights(methods);
  const auto normalise = [&] {
    double sum = 0;
    for (const double weight : weights) sum += weight;
    for (double& weight : weights) weight /= sum;
  };
  for (std::size_t method = 0; method < methods; ++method)
    weights[method] = std::exp(-kPower * trust * (mixed[method] - least));
  normalise();
  for (double& weight : weights) weight = weight < kLeastWeight ? 0 : weight;
  normalise();
  return weights;
}

double weighted_fill(const HiddenDate& date, std::size_t value, std::span<const double> weights) {
  double sum = 0, weight = 0;
  for (std::size_t method = 0; method < weights.size(); ++method) {
    const float filled = date.filled[method][value];
    if (weights[method] <= 0 || !std::isfinite(filled)) continue;
    sum += weights[method] * static_cast<double>(filled), weight += weights[method];
  }
  return weight > 0 ? sum / weight : kNone;
}

void choose(std::span<const ErrorTally> tallies, std::span<const HiddenDate> dates, GapAssessment& assessment) {
  const int slots = assessment.slots;
  const std::size_t methods = tallies.size();
  assessment.choices.clear(), assessment.auto_scores.clear();
  for (int slot = 0; slot < slots; ++slot) {
    const std::size_t best = best_seen(tallies, assessment, slot);
    assessment.choices.push_back(single_choice(tallies[best], best, methods, slot, false));
  }
  std::vector<std::vector<double>> errors;
  for (const HiddenDate& date : dates) errors.push_back(log_square_errors(date));
  BlendScores blend;
  if (!dates.empty()) blend = score_blend(errors, dates, slots);
  MagnitudeHistogram every;
  for (const MagnitudeHistogram& one : blend.errors) every.add(one);
  for (int slot = 0; slot < slots; ++slot) {
    if (dates.empty()) {
      const std::size_t best = best_seen(tallies, assessment, slot);
      assessment.choices.push_back(single_choice(tallies[best], best, methods, slot, true));
      continue;
    }
    GapChoice choice;
    choice.weights = date_weights(errors, dates, slot, slots);
    choice.rmse = blend.sums[static_cast<std::size_t>(slot)].rmse();
    choice.error = shrunk_quantile(blend.errors[static_cast<std::size_t>(slot)], every);
    assessment.choices.push_back(std::move(choice));
  }
  for (const HidingWay way : {HidingWay::random, HidingWay::season_block, HidingWay::cloud})
    score_chosen(tallies, way, assessment);
  if (!dates.empty()) put_scores(HidingWay::whole_date, blend.sums, blend.gaps, assessment.auto_scores);
}

}  // namespace ecocube::series
