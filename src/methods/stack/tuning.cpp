// SPDX-License-Identifier: Apache-2.0
#include "methods/stack/tuning.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>

#include "base/parallel.h"
#include "base/random.h"

namespace ecocube {
namespace {

constexpr double kHalvingFactor = 3;
constexpr double kLeastShare = 0.1;

std::size_t length(const SearchAxis& axis) {
  return axis.numbers.empty() ? axis.words.size() : axis.numbers.size();
}

std::size_t combinations(const SearchSpace& space) {
  std::size_t product = 1;
  for (const SearchAxis& axis : space) product = std::min(kMostCombinations * 1000, product * length(axis));
  return product;
}

/// The combination of that number; the last axis runs fastest.
Result<HyperParameters> combination(const SearchSpace& space, HyperParameters parameters, std::size_t number) {
  for (auto axis = space.rbegin(); axis != space.rend(); ++axis) {
    const std::size_t at = number % length(*axis);
    number /= length(*axis);
    if (axis->numbers.empty()) {
      ECOCUBE_TRY(parameters.set(axis->name, std::string_view(axis->words[at])));
    } else {
      ECOCUBE_TRY(parameters.set(axis->name, axis->numbers[at]));
    }
  }
  return parameters;
}

Result<std::vector<HyperParameters>> candidates(const LearnerInfo& info, const SearchSpace& space,
                                                const HyperParameters& first, const TuningSettings& settings,
                                                std::uint64_t seed) {
  const std::size_t count = combinations(space);
  std::vector<HyperParameters> chosen{first};
  std::set<std::size_t> numbers;
  if (settings.method == TuningMethod::grid) {
    if (count > kMostCombinations)
      return usage_error("tuning {}: the grid has more than {} combinations: give fewer values, or tune at random",
                         info.name, kMostCombinations);
    for (std::size_t number = 0; number < count; ++number) numbers.insert(number);
  } else {
    Random random{seed, 0x7c4eULL};
    const std::size_t asked = std::min(count, static_cast<std::size_t>(std::max(1, settings.trials)));
    while (numbers.size() < asked) numbers.insert(random.below(count));
  }
  for (const std::size_t number : numbers) {
    ECOCUBE_TRY_ASSIGN(HyperParameters own, combination(space, first, number));
    if (own.text() != first.text()) chosen.push_back(std::move(own));
  }
  return chosen;
}

/// Some of the rows that a side is fitted on, the same of every candidate.
RowList thinned(const RowList& rows, double share, std::uint64_t seed) {
  if (share >= 1) return rows;
  RowList order(rows.size());
  std::iota(order.begin(), order.end(), 0u);
  Random random{seed, 0x3a1fULL};
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  order.resize(std::max<std::size_t>(1, static_cast<std::size_t>(share * static_cast<double>(rows.size()))));
  std::sort(order.begin(), order.end());
  RowList kept;
  for (const std::uint32_t i : order) kept.push_back(rows[i]);
  return kept;
}

struct Search {
  const std::string& learner;
  const TrainingRows& rows;
  std::span<const double> weights;
  const std::vector<Side>& sides;
  const LearnerChoice& choice;
  std::uint64_t seed;

  /// Mean losses of the candidates, fitted on a share of the rows.
  Result<std::vector<double>> losses(const std::vector<HyperParameters>& all, const std::vector<std::size_t>& which,
                                     double share) const;
};

Result<std::vector<double>> Search::losses(const std::vector<HyperParameters>& all,
                                           const std::vector<std::size_t>& which, double share) const {
  const std::size_t count = which.size() * sides.size();
  std::vector<double> loss(count);
  std::vector<std::optional<Error>> errors(count);
  parallel_for(count, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t s = i % sides.size();
      LearnerChoice own{choice.features, {}};
      own.parameters.insert_or_assign(learner, all[which[i / sides.size()]]);
      const RowList on = thinned(sides[s].fitted_on, share, Random{seed, s}.next());
      const auto fitted = fit_learner(learner, rows.only(on), own, Random{seed, s + 1}.next());
      if (fitted) {
        loss[i] = loss_of_answers(rows, sides[s].asked, weights, predict_rows(fitted->learner, rows, sides[s].asked));
      } else {
        errors[i] = fitted.error();
      }
    }
  });
  for (const auto& error : errors) {
    if (error) return Failure(*error);
  }
  double weight = 0;
  for (const Side& side : sides) {
    for (const std::uint32_t row : side.asked) weight += weights[row];
  }
  std::vector<double> means;
  for (std::size_t w = 0; w < which.size(); ++w) {
    const auto first = loss.begin() + static_cast<std::ptrdiff_t>(w * sides.size());
    means.push_back(mean_loss(rows.regression(),
                              std::accumulate(first, first + static_cast<std::ptrdiff_t>(sides.size()), 0.0), weight));
  }
  return means;
}

/// Shares of the rows that the rounds are fitted on; a grid or random search has one round.
std::vector<double> shares_of_rounds(TuningMethod method, std::size_t count) {
  std::vector<double> shares{1};
  for (double left = static_cast<double>(count); method == TuningMethod::halving && left > kHalvingFactor;
       left /= kHalvingFactor) {
    if (shares.back() / kHalvingFactor < kLeastShare) break;
    shares.push_back(shares.back() / kHalvingFactor);
  }
  std::reverse(shares.begin(), shares.end());
  return shares;
}

}  // namespace

SearchSpace search_space(const LearnerInfo& info, const std::map<std::string, SearchSpace>& given) {
  const auto own = given.find(info.name);
  if (own != given.end()) return own->second;
  SearchSpace space;
  for (const HyperParameter& one : info.parameters) {
    if (!one.tuning.empty()) space.push_back({one.name, one.tuning, {}});
  }
  return space;
}

Result<void> check_search_space(const LearnerInfo& info, const SearchSpace& space) {
  HyperParameters trial(info.parameters);
  for (const SearchAxis& axis : space) {
    if (length(axis) == 0) return usage_error("tuning {}: {} has no values", info.name, axis.name);
    for (const double number : axis.numbers) {
      const auto set = trial.set(axis.name, number);
      if (!set) return within(fmt::format("tuning {}", info.name), set.error());
    }
    for (const std::string& word : axis.words) {
      const auto set = trial.set(axis.name, std::string_view(word));
      if (!set) return within(fmt::format("tuning {}", info.name), set.error());
    }
  }
  return {};
}

Result<TunedLearner> tune_learner(const std::string& learner, const TrainingRows& rows, std::span<const double> weights,
                                  const std::vector<Side>& sides, const LearnerChoice& choice,
                                  const TuningSettings& settings, std::uint64_t seed) {
  ECOCUBE_TRY_ASSIGN(const LearnerMethod* method, learner_method(learner));
  const auto given = choice.parameters.find(learner);
  TunedLearner tuned{given == choice.parameters.end() ? HyperParameters(method->info().parameters) : given->second, {}};
  const SearchSpace space = search_space(method->info(), settings.spaces);
  if (settings.method == TuningMethod::none || space.empty()) return tuned;
  ECOCUBE_TRY(check_search_space(method->info(), space));
  ECOCUBE_TRY_ASSIGN(const auto all, candidates(method->info(), space, tuned.parameters, settings, seed));
  const Search search{learner, rows, weights, sides, choice, seed};
  std::vector<std::size_t> left(all.size());
  std::iota(left.begin(), left.end(), std::size_t{0});
  for (const double share : shares_of_rounds(settings.method, all.size())) {
    ECOCUBE_TRY_ASSIGN(const auto losses, search.losses(all, left, share));
    std::vector<std::size_t> order(left.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return losses[a] < losses[b]; });
    for (std::size_t i = 0; i < left.size(); ++i)
      tuned.trials.push_back({learner, all[left[i]].text(), losses[i], share, share >= 1 && i == order.front()});
    if (share >= 1) order.resize(1);
    order.resize(std::max<std::size_t>(
        1,
        std::min(order.size(), static_cast<std::size_t>(static_cast<double>(left.size()) / kHalvingFactor + 0.999))));
    std::sort(order.begin(), order.end());
    std::vector<std::size_t> kept;
    for (const std::size_t i : order) kept.push_back(left[i]);
    left = std::move(kept);
  }
  tuned.parameters = all[left.front()];
  return tuned;
}

}  // namespace ecocube
