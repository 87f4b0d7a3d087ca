// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/model/training_report.h"
#include "methods/stack/learner_choice.h"

namespace ecocube {

/// Values of one hyper-parameter that tuning tries: numbers, or words.
struct SearchAxis {
  std::string name;
  std::vector<double> numbers;
  std::vector<std::string> words;
};
using SearchSpace = std::vector<SearchAxis>;

enum class TuningMethod : std::uint8_t {
  none,
  grid,     ///< every combination
  random,   ///< `trials` combinations that the seed draws, none twice
  halving,  ///< as many on a share of the rows; the best third goes on to three times as many rows, until all are in
};

struct TuningSettings {
  TuningMethod method = TuningMethod::none;
  int trials = 12;
  std::map<std::string, SearchSpace> spaces;  ///< by learner; those left out take what their declarations propose
};

/// Most combinations of a grid; a larger one is an error.
constexpr std::size_t kMostCombinations = 4096;

/// The space of a learner: `given`, or the values that its hyper-parameters' declarations propose.
SearchSpace search_space(const LearnerInfo& info, const std::map<std::string, SearchSpace>& given);

/// Checks every value of a space against its declaration; errors name learner, hyper-parameter and value.
Result<void> check_search_space(const LearnerInfo& info, const SearchSpace& space);

struct TunedLearner {
  HyperParameters parameters;
  std::vector<TuningTrial> trials;  ///< in the order they were made
};

/// Searches the hyper-parameters of one learner with the least log loss or squared error over the sides of grouped
/// folds. What `choice` says comes first and stays unless another is better; `choice` also says the features.
/// A learner without a space keeps what it has.
///
/// weights  of the measure; shape [row]
Result<TunedLearner> tune_learner(const std::string& learner, const TrainingRows& rows, std::span<const double> weights,
                                  const std::vector<Side>& sides, const LearnerChoice& choice,
                                  const TuningSettings& settings, std::uint64_t seed);

}  // namespace ecocube
