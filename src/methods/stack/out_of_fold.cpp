// SPDX-License-Identifier: Apache-2.0
#include "methods/stack/out_of_fold.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "base/parallel.h"
#include "data/model/plain_prediction.h"
#include "base/random.h"

namespace ecocube {
namespace {

constexpr int kNone = -1;
constexpr int kOverAll = -1;

/// One learner fitted without one or two folds and asked about their rows.
struct Fit {
  std::size_t learner = 0;
  int choice = kOverAll;  ///< whose choice: of all, or of an outer fold
  int first = 0, second = kNone;
  RowList asked;
  std::vector<float> answers;    ///< shape [asked row][answer]
  std::vector<float> quantiles;  ///< shape [asked row][level]
  std::vector<SampleShares> shares;
  std::optional<FittedLearner> kept;
  std::optional<Error> error;
};

using Key = std::tuple<int, int, int, std::size_t>;  // choice, first, second, learner

class OutOfFoldFits {
 public:
  OutOfFoldFits(const TrainingRows& rows, std::span<const std::uint8_t> fold, int folds, const OutOfFoldPlan& plan)
      : rows_(rows), fold_(fold), folds_(folds), plan_(plan) {}

  Result<OutOfFold> run() {
    list();
    parallel_for(fits_.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) fit(fits_[i]);
    });
    for (const Fit& one : fits_) {
      if (one.error) return Failure(*one.error);
    }
    return gather();
  }

 private:
  bool shared() const { return plan_.fold_choices.empty(); }
  int choice_of(int fold) const { return shared() ? kOverAll : fold; }

  void list() {
    for (int f = 0; f < folds_; ++f) add(kOverAll, f, kNone);
    if (!plan_.nested) return;
    for (int f = 0; f < folds_; ++f) {
      if (!shared()) add(f, f, kNone);
      for (int g = shared() ? f + 1 : 0; g < folds_; ++g) {
        if (g != f) add(choice_of(f), f, g);
      }
    }
  }

  void add(int choice, int first, int second) {
    RowList asked;
    for (std::uint32_t row = 0; row < fold_.size(); ++row) {
      // A choice of the first fold's own is not asked about that fold together with another.
      if (fold_[row] == second || (fold_[row] == first && (second == kNone || shared()))) asked.push_back(row);
    }
    for (std::size_t l = 0; l < plan_.learners.size(); ++l) {
      at_.emplace(Key{choice, first, second, l}, fits_.size());
      fits_.push_back({l, choice, first, second, asked, {}, {}, {}, {}, {}});
    }
  }

  std::uint64_t seed_of(const Fit& fit) const {
    return Random{plan_.seed, fit.learner + 1, static_cast<std::uint64_t>(fit.first + 1),
                  static_cast<std::uint64_t>(fit.second + 1), static_cast<std::uint64_t>(fit.choice + 1)}
        .next();
  }

  void fit(Fit& fit) const {
    const LearnerChoice& choice =
        fit.choice == kOverAll ? plan_.choice : plan_.fold_choices[static_cast<std::size_t>(fit.choice)];
    RowList on;
    for (std::uint32_t row = 0; row < fold_.size(); ++row) {
      if (fold_[row] != fit.first && fold_[row] != fit.second) on.push_back(row);
    }
    const bool all_features = choice.features.size() == rows_.features;
    const std::optional<TrainingRows> part =
        all_features ? std::nullopt : std::optional(with_features(rows_, choice.features));
    const TrainingRows& rows = part ? *part : rows_;
    auto fitted = fit_learner(plan_.learners[fit.learner], rows.only(on), choice, seed_of(fit));
    if (!fitted) {
      fit.error = fitted.error();
      return;
    }
    fit.answers = predict_rows(fitted->learner, rows, fit.asked);
    if (fit.second == kNone) ask_quantiles(*fitted, rows, fit);
    if (plan_.keep_learners && fit.choice == kOverAll && fit.second == kNone) fit.kept = std::move(*fitted);
  }

  void ask_quantiles(const FittedLearner& fitted, const TrainingRows& rows, Fit& fit) const {
    const auto* forest = std::get_if<RegressionForest>(&fitted.learner);
    const std::size_t levels = plan_.quantile_levels.size();
    if (!forest || forest->responses.empty() || levels == 0) return;
    fit.quantiles.resize(fit.asked.size() * levels);
    fit.shares.resize(fit.asked.size());
    parallel_for(fit.asked.size(), 64, [&](std::size_t begin, std::size_t end) {
      std::vector<float> features(rows.features);
      for (std::size_t i = begin; i < end; ++i) {
        rows.copy_row(fit.asked[i], features);
        plain_quantiles(*forest, features, plan_.quantile_levels, std::span(fit.quantiles).subspan(i * levels, levels));
        fit.shares[i] = plain_shares(*forest, features, static_cast<double>(rows.responses[fit.asked[i]]));
      }
    });
  }

  const Fit& at(int choice, int first, int second, std::size_t learner) const {
    if (second != kNone && shared() && second < first) std::swap(first, second);
    return fits_[at_.at({choice, first, second, learner})];
  }

  /// Copies the answers of a fit to the rows of one fold.
  void take(const Fit& fit, int fold, std::vector<float>& answers) const {
    const std::size_t count = rows_.answers(), inputs = plan_.learners.size() * count;
    answers.resize(rows_.rows() * inputs);
    for (std::size_t i = 0; i < fit.asked.size(); ++i) {
      if (fold_[fit.asked[i]] != fold) continue;
      std::copy_n(fit.answers.begin() + static_cast<std::ptrdiff_t>(i * count), count,
                  answers.begin() + static_cast<std::ptrdiff_t>(fit.asked[i] * inputs + fit.learner * count));
    }
  }

  OutOfFold gather() {
    OutOfFold result;
    for (int f = 0; f < folds_; ++f) {
      for (std::size_t l = 0; l < plan_.learners.size(); ++l) take(at(kOverAll, f, kNone, l), f, result.outer);
    }
    if (plan_.nested) gather_nested(result);
    gather_quantiles(result);
    if (!plan_.keep_learners) return result;
    result.fitted.resize(static_cast<std::size_t>(folds_));
    for (Fit& fit : fits_) {
      if (fit.kept) result.fitted[static_cast<std::size_t>(fit.first)].push_back(std::move(*fit.kept));
    }
    return result;
  }

  void gather_nested(OutOfFold& result) const {
    result.inner.resize(static_cast<std::size_t>(folds_));
    for (int f = 0; f < folds_; ++f) {
      for (std::size_t l = 0; l < plan_.learners.size(); ++l) {
        if (!shared()) take(at(f, f, kNone, l), f, result.nested);
        for (int g = 0; g < folds_; ++g) {
          if (g != f) take(at(choice_of(f), f, g, l), g, result.inner[static_cast<std::size_t>(f)]);
        }
      }
    }
  }

  /// Every row once: of the first learner that has quantiles, by the fit that the row's nested answer comes from.
  void gather_quantiles(OutOfFold& result) const {
    const std::size_t levels = plan_.quantile_levels.size();
    std::vector<bool> given(rows_.rows());
    for (const Fit& fit : fits_) {
      if (fit.quantiles.empty() || fit.choice != (plan_.nested ? choice_of(fit.first) : kOverAll)) continue;
      result.quantiles.resize(rows_.rows() * levels);
      result.shares.resize(rows_.rows());
      for (std::size_t i = 0; i < fit.asked.size(); ++i) {
        const std::uint32_t row = fit.asked[i];
        if (given[row]) continue;
        for (std::size_t q = 0; q < levels; ++q)
          result.quantiles[row * levels + q] = static_cast<double>(fit.quantiles[i * levels + q]);
        result.shares[row] = fit.shares[i];
        given[row] = true;
      }
    }
  }

  const TrainingRows& rows_;
  std::span<const std::uint8_t> fold_;
  int folds_;
  const OutOfFoldPlan& plan_;
  std::vector<Fit> fits_;
  std::map<Key, std::size_t> at_;
};

}  // namespace

Result<OutOfFold> answer_out_of_fold(const TrainingRows& rows, std::span<const std::uint8_t> fold, int folds,
                                     const OutOfFoldPlan& plan) {
  return OutOfFoldFits(rows, fold, folds, plan).run();
}

}  // namespace ecocube
