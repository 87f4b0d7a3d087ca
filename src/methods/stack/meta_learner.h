// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/model/training_report.h"
#include "methods/stack/meta_rows.h"

namespace ecocube {

struct MetaSettings {
  std::string kind = "ladder";  ///< one of meta_kinds()
  double c = 1;                 ///< `published`: inverse strength of the ridge
  double lambda = 30;           ///< `anchored-pool`: strength of the ridge
};

/// `ladder`, `mean`, then those that do classification (`published`, `linear-pool`, `log-pool-without-bias`,
/// `log-pool`, `anchored-pool`) or regression (`convex-pool`, `ridge-stack`, `best`) alone.
const std::vector<std::string>& meta_kinds();

/// An unknown kind, or one that does not do this, is an error that names those that do.
Result<void> check_meta_kind(const std::string& kind, bool regression);

struct FittedMeta {
  Meta meta;
  std::vector<MetaCandidate> candidates;  ///< of the ladder, in its order; empty for a kind that was asked for by name
};

/// Fits the meta learner of the asked kind. The ladder climbs from simple to rich: every candidate is scored by
/// leaving out one of the inner folds at a time, and a richer one replaces the current one only when its loss is
/// lower over all rows and in at least three quarters of the folds. Classification: log pool without bias, log pool,
/// and of more than two classes anchored pool with lambda 300, 30, 3, by log loss; regression: mean, convex pool, ridge
/// stack, by squared error.
/// With rows in fewer than two folds the first candidate is taken.
///
/// fold  of every row; no base learner that answered a row was fitted on rows of its fold; shape [row]
Result<FittedMeta> fit_meta(const MetaRows& rows, std::span<const std::uint8_t> fold, const MetaSettings& settings);

/// The settings that ask by name for what the ladder chose.
MetaSettings settings_of(const Meta& chosen, const MetaSettings& asked);

}  // namespace ecocube
