// SPDX-License-Identifier: Apache-2.0
#include "methods/stack/meta_learner.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <optional>

#include "base/parallel.h"
#include "base/text.h"
#include "methods/stack/linear_pool.h"
#include "methods/stack/log_pool.h"
#include "methods/stack/value_pool.h"
#include "methods/train/logistic.h"

namespace ecocube {
namespace {

constexpr std::array kLadderLambdas{300.0, 30.0, 3.0};
constexpr double kShareOfFolds = 0.75;

const std::vector<std::string> kClassification{"published", "linear-pool", "log-pool-without-bias", "log-pool",
                                               "anchored-pool"};
const std::vector<std::string> kRegression{"convex-pool", "ridge-stack", "best"};

bool is_in(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// All candidates of the ladder, fitted on the same rows; the anchored pools start from one another.
Result<std::vector<Meta>> fit_candidates(const MetaRows& rows) {
  std::vector<Meta> candidates;
  if (!rows.classes) {
    candidates.push_back(plain_mean());
    candidates.push_back(fit_convex_pool(rows));
    candidates.push_back(fit_ridge_stack(rows));
    return candidates;
  }
  for (const bool with_biases : {false, true}) {
    ECOCUBE_TRY_ASSIGN(Meta pool, fit_log_pool(rows, with_biases));
    candidates.push_back(std::move(pool));
  }
  // Of two classes a map from class to class is nothing but weights that may be negative: it gains next to nothing on
  // rows like these and misleads in new regions (docs/steps/train.md has the figures).
  if (rows.classes == 2) return candidates;
  const Meta pool = candidates.back();
  for (const double lambda : kLadderLambdas) {
    const Meta* before = candidates.size() > 2 ? &candidates.back() : nullptr;
    ECOCUBE_TRY_ASSIGN(Meta anchored, fit_anchored_pool(rows, pool, lambda, before));
    candidates.push_back(std::move(anchored));
  }
  return candidates;
}

/// One fold left out: the losses of all candidates on its rows.
struct LeftOut {
  std::vector<std::uint32_t> fitted_on, asked;
  std::vector<double> losses;
  std::optional<Error> error;
};

std::vector<LeftOut> fold_by_fold(std::span<const std::uint8_t> fold) {
  std::map<std::uint8_t, LeftOut> folds;
  for (const std::uint8_t f : fold) folds.try_emplace(f);
  for (std::uint32_t i = 0; i < fold.size(); ++i) {
    for (auto& [f, side] : folds) (f == fold[i] ? side.asked : side.fitted_on).push_back(i);
  }
  std::vector<LeftOut> sides;
  for (auto& [f, side] : folds) sides.push_back(std::move(side));
  return sides;
}

Result<void> score(const MetaRows& rows, std::vector<LeftOut>& sides) {
  parallel_for(sides.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t s = begin; s < end; ++s) {
      const auto candidates = fit_candidates(rows.only(sides[s].fitted_on));
      if (!candidates) {
        sides[s].error = candidates.error();
        continue;
      }
      const MetaRows asked = rows.only(sides[s].asked);
      for (const Meta& meta : *candidates) sides[s].losses.push_back(loss_of(meta, asked));
    }
  });
  for (const LeftOut& side : sides) {
    if (side.error) return within("meta learner", *side.error);
  }
  return {};
}

/// Climbs: notes what was found of every candidate and returns the number of the one to take.
std::size_t climb(const std::vector<LeftOut>& sides, double total, std::vector<MetaCandidate>& notes) {
  std::size_t current = 0;
  for (std::size_t k = 0; k < notes.size(); ++k) {
    double loss = 0, of_current = 0;
    for (const LeftOut& side : sides) {
      loss += side.losses[k];
      of_current += side.losses[current];
      notes[k].better_folds += side.losses[k] < side.losses[current] ? 1 : 0;
    }
    notes[k].loss = loss / total;
    notes[k].folds = sides.size();
    const bool mostly = static_cast<double>(notes[k].better_folds) >= kShareOfFolds * static_cast<double>(sides.size());
    if (k > 0 && loss < of_current && mostly) current = k;
  }
  notes[current].chosen = true;
  return current;
}

Result<FittedMeta> fit_ladder(const MetaRows& rows, std::span<const std::uint8_t> fold) {
  ECOCUBE_TRY_ASSIGN(const std::vector<Meta> candidates, fit_candidates(rows));
  FittedMeta fitted{candidates.front(), {}};
  std::vector<LeftOut> sides = fold_by_fold(fold);
  if (sides.size() < 2) return fitted;
  ECOCUBE_TRY(score(rows, sides));
  for (const Meta& meta : candidates) fitted.candidates.push_back({meta.name, 0, 0, 0, false});
  const double total = std::accumulate(rows.weights.begin(), rows.weights.end(), 0.0);
  fitted.meta = candidates[climb(sides, total, fitted.candidates)];
  return fitted;
}

Result<Meta> fit_published(const MetaRows& rows, double c) {
  auto fitted = fit_logistic(rows.learned, rows.seen, rows.weights, rows.classes, {.c = c, .standardise = false});
  if (!fitted) return within("meta learner", fitted.error());
  return Meta{"published", 0, {}, std::move(*fitted)};
}

Result<Meta> fit_named(const MetaRows& rows, const MetaSettings& settings) {
  if (settings.kind == "mean") return plain_mean();
  if (settings.kind == "published") return fit_published(rows, settings.c);
  if (settings.kind == "linear-pool") return fit_linear_pool(rows);
  if (settings.kind == "convex-pool") return fit_convex_pool(rows);
  if (settings.kind == "ridge-stack") return fit_ridge_stack(rows);
  if (settings.kind == "best") return fit_best_single(rows);
  ECOCUBE_TRY_ASSIGN(Meta pool, fit_log_pool(rows, settings.kind != "log-pool-without-bias"));
  if (settings.kind != "anchored-pool") return pool;
  return fit_anchored_pool(rows, pool, settings.lambda);
}

}  // namespace

const std::vector<std::string>& meta_kinds() {
  static const std::vector<std::string> kinds = [] {
    std::vector<std::string> all{"ladder", "mean"};
    all.insert(all.end(), kClassification.begin(), kClassification.end());
    all.insert(all.end(), kRegression.begin(), kRegression.end());
    return all;
  }();
  return kinds;
}

Result<void> check_meta_kind(const std::string& kind, bool regression) {
  if (!is_in(meta_kinds(), kind))
    return usage_error("unknown meta learner '{}'{}", kind, suggestion(kind, meta_kinds()));
  const auto& wrong = regression ? kClassification : kRegression;
  if (!is_in(wrong, kind)) return {};
  return usage_error("meta learner '{}' does {} alone; for {} there are ladder, mean, {}", kind,
                     regression ? "classification" : "regression", regression ? "regression" : "classification",
                     join(regression ? kRegression : kClassification, ", "));
}

Result<FittedMeta> fit_meta(const MetaRows& rows, std::span<const std::uint8_t> fold, const MetaSettings& settings) {
  ECOCUBE_TRY(check_meta_kind(settings.kind, rows.classes == 0));
  if (settings.kind == "ladder") return fit_ladder(rows, fold);
  ECOCUBE_TRY_ASSIGN(Meta meta, fit_named(rows, settings));
  return FittedMeta{std::move(meta), {}};
}

MetaSettings settings_of(const Meta& chosen, const MetaSettings& asked) {
  MetaSettings settings = asked;
  if (asked.kind != "ladder") return settings;
  if (chosen.name == "log pool without bias") settings.kind = "log-pool-without-bias";
  if (chosen.name == "log pool") settings.kind = "log-pool";
  if (chosen.name == "convex pool") settings.kind = "convex-pool";
  if (chosen.name == "ridge stack") settings.kind = "ridge-stack";
  if (chosen.name == "mean") settings.kind = "mean";
  for (const double lambda : kLadderLambdas) {
    if (chosen.name != anchored_name(lambda)) continue;
    settings.kind = "anchored-pool";
    settings.lambda = lambda;
  }
  return settings;
}

}  // namespace ecocube
