// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "base/options.h"
#include "methods/stack/ensemble.h"

namespace ecocube {

/// The options of an ensemble, declared once for the step `train` and the command `learn`: learners and their
/// hyper-parameters, meta learner, folds, tuning, features, uncertainty.
class EnsembleOptions {
 public:
  EnsembleOptions() = default;
  // The declared options are bound to the members.
  EnsembleOptions(const EnsembleOptions&) = delete;
  EnsembleOptions& operator=(const EnsembleOptions&) = delete;

  void declare(OptionSet& options);

  /// What was set, checked. Errors name the option.
  ///
  /// regression  whether a number is learnt: then class sets have no meaning, otherwise intervals have none
  Result<EnsembleSettings> settings(bool regression) const;

 private:
  /// The option of one hyper-parameter of one learner, and where its value goes.
  struct LearnerOption {
    std::string learner;
    HyperParameter parameter;
    double number = 0;
    std::int64_t whole = 0;
    std::string word;
  };

  void declare_learners(OptionSet& options);
  void declare_choices(OptionSet& options);
  void declare_uncertainty(OptionSet& options);
  Result<void> take_learners(EnsembleSettings& settings) const;
  Result<void> take_tuning(EnsembleSettings& settings) const;
  void take_uncertainty(EnsembleSettings& settings, bool regression) const;

  EnsembleSettings initial_;
  std::deque<LearnerOption> learner_options_;  ///< bound to the options, so none may move
  int min_rows_ = 5;
  std::int64_t seed_ = 1;
  std::string tune_ = "none", select_ = "none", sets_ = "lac", intervals_ = "levels";
  Value tune_space_;
  int permutation_repeats_ = 1;
  bool sets_per_class_ = false, equal_groups_ = false, applicability_ = false;
  std::vector<double> coverages_{0.8, 0.9, 0.95};
};

}  // namespace ecocube
