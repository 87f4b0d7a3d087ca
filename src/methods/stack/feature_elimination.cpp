// SPDX-License-Identifier: Apache-2.0
#include "methods/stack/feature_elimination.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "base/parallel.h"
#include "base/random.h"

namespace ecocube {
namespace {

/// One fold: the loss there, and what the features were worth.
struct FoldResult {
  double loss = 0, weight = 0;
  std::vector<double> importance;  ///< shape [feature]
  std::optional<Error> error;
};

/// The loss gained when one feature of the asked rows is shuffled among them.
std::vector<double> shuffled_losses(const FittedLearner& fitted, const TrainingRows& rows, const RowList& asked,
                                    std::span<const double> weights, double loss, std::uint64_t seed) {
  std::vector<double> gained(rows.features);
  TrainingRows part = rows.only(asked);
  RowList all(asked.size());
  std::iota(all.begin(), all.end(), 0u);
  std::vector<double> own;
  for (const std::uint32_t row : asked) own.push_back(weights[row]);
  for (std::size_t f = 0; f < rows.features; ++f) {
    const auto column = std::span(part.values).subspan(f * part.rows(), part.rows());
    const std::vector<float> before(column.begin(), column.end());
    Random random{seed, f};
    for (std::size_t i = column.size(); i > 1; --i) std::swap(column[i - 1], column[random.below(i)]);
    gained[f] = loss_of_answers(part, all, own, predict_rows(fitted.learner, part, all)) - loss;
    std::copy(before.begin(), before.end(), column.begin());
  }
  return gained;
}

FoldResult run_fold(const TrainingRows& rows, std::span<const double> weights, const Side& side,
                    const LearnerChoice& choice, const EliminationSettings& settings, std::uint64_t seed) {
  FoldResult result;
  auto fitted = fit_learner(settings.learner, rows.only(side.fitted_on), choice, seed);
  if (!fitted) {
    result.error = fitted.error();
    return result;
  }
  result.loss = loss_of_answers(rows, side.asked, weights, predict_rows(fitted->learner, rows, side.asked));
  for (const std::uint32_t row : side.asked) result.weight += weights[row];
  result.importance = settings.method == EliminationMethod::permutation
                          ? shuffled_losses(*fitted, rows, side.asked, weights, result.loss, seed)
                          : fitted->importance;
  if (result.importance.empty())
    result.error =
        Error{Blame::usage,
              fmt::format("elimination of features: learner {} tells no importance; forest does", settings.learner)};
  return result;
}

Result<std::vector<FoldResult>> run_folds(const TrainingRows& rows, std::span<const double> weights,
                                          const std::vector<Side>& sides, const LearnerChoice& choice,
                                          const EliminationSettings& settings, std::uint64_t seed) {
  std::vector<FoldResult> results(sides.size());
  parallel_for(sides.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t s = begin; s < end; ++s)
      results[s] = run_fold(rows, weights, sides[s], choice, settings, Random{seed, s + 1}.next());
  });
  for (const FoldResult& result : results) {
    if (result.error) return Failure(*result.error);
  }
  return results;
}

EliminationStep step_of(bool regression, const std::vector<FoldResult>& results, std::size_t features) {
  EliminationStep step;
  step.features = features;
  const auto count = static_cast<double>(results.size());
  for (const FoldResult& one : results) step.loss += mean_loss(regression, one.loss, one.weight) / count;
  double squares = 0;
  for (const FoldResult& one : results) {
    const double apart = mean_loss(regression, one.loss, one.weight) - step.loss;
    squares += apart * apart;
  }
  step.standard_error = results.size() > 1 ? std::sqrt(squares / (count - 1) / count) : 0;
  return step;
}

/// Places in the current list, least important first.
std::vector<std::size_t> by_importance(const std::vector<FoldResult>& results, std::size_t features) {
  std::vector<double> worth(features);
  for (const FoldResult& result : results) {
    for (std::size_t f = 0; f < features; ++f) worth[f] += result.importance[f];
  }
  std::vector<std::size_t> order(features);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return worth[a] < worth[b]; });
  return order;
}

std::size_t smallest_within_error(std::vector<EliminationStep>& steps) {
  std::size_t best = 0;
  for (std::size_t s = 1; s < steps.size(); ++s) {
    if (steps[s].loss < steps[best].loss) best = s;
  }
  std::size_t chosen = best;
  for (std::size_t s = best; s < steps.size(); ++s) {
    if (steps[s].loss <= steps[best].loss + steps[best].standard_error) chosen = s;
  }
  steps[chosen].chosen = true;
  return chosen;
}

}  // namespace

Result<EliminatedFeatures> eliminate_features(const TrainingRows& rows, const std::vector<std::string>& names,
                                              std::span<const double> weights, const std::vector<Side>& sides,
                                              const LearnerChoice& choice, const EliminationSettings& settings,
                                              std::uint64_t seed) {
  EliminatedFeatures found;
  std::vector<std::vector<std::uint32_t>> sets{choice.features};
  const auto least = static_cast<std::size_t>(std::max(1, settings.least));
  while (true) {
    const std::vector<std::uint32_t>& now = sets.back();
    ECOCUBE_TRY_ASSIGN(const auto results, run_folds(with_features(rows, now), weights, sides, choice, settings, seed));
    EliminationStep step = step_of(rows.regression(), results, now.size());
    const auto share = static_cast<std::size_t>(settings.share * static_cast<double>(now.size()));
    const std::size_t going = now.size() > least ? std::min(now.size() - least, std::max<std::size_t>(1, share)) : 0;
    std::vector<std::size_t> order = by_importance(results, now.size());
    for (std::size_t i = 0; i < going; ++i) step.dropped.push_back(names[now[order[i]]]);
    found.steps.push_back(std::move(step));
    if (going == 0) break;
    std::vector<std::uint32_t> next;
    order.erase(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(going));
    std::sort(order.begin(), order.end());
    for (const std::size_t place : order) next.push_back(now[place]);
    sets.push_back(std::move(next));
  }
  found.kept = sets[smallest_within_error(found.steps)];
  return found;
}

}  // namespace ecocube
