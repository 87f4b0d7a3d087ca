// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/model/model.h"
#include "methods/train/rows.h"

namespace ecocube {

/// A number or word that a fit depends on. Declared once: options of the step, tuning and checks all come from here.
struct HyperParameter {
  std::string name;     ///< `trees`
  std::string meaning;  ///< for help and docs
  double initial = 0;
  double lowest = 0, highest = 0;         ///< allowed
  bool whole = false;                     ///< only whole numbers
  std::vector<std::string> choices = {};  ///< of a word, the first is the default; empty: a number
  std::vector<double> tuning = {};        ///< numbers that tuning tries unless others are given; empty: left alone
};

/// Values of a learner's hyper-parameters.
class HyperParameters {
 public:
  /// The defaults of `declared`.
  explicit HyperParameters(const std::vector<HyperParameter>& declared);

  /// An unknown name or a value that is not allowed is an error that names both.
  Result<void> set(std::string_view name, double value);
  Result<void> set(std::string_view name, std::string_view word);

  /// `name` is declared as a number or word.
  double number(std::string_view name) const;
  int whole(std::string_view name) const { return static_cast<int>(number(name)); }
  bool flag(std::string_view name) const { return number(name) != 0; }
  const std::string& word(std::string_view name) const;

  const std::vector<HyperParameter>& declared() const { return declared_; }
  /// `trees=85 min_leaf=5`: those that differ from the defaults.
  std::string text() const;

 private:
  const HyperParameter& declaration(std::string_view name) const;
  std::vector<HyperParameter> declared_;
  std::map<std::string, double, std::less<>> numbers_;
  std::map<std::string, std::string, std::less<>> words_;
};

struct LearnerInfo {
  std::string name;     ///< `forest`; prefix of its options
  std::string summary;  ///< one sentence
  bool classifies = false, regresses = false;
  std::vector<HyperParameter> parameters;
};

struct FittedLearner {
  Learner learner;
  double out_of_bag_score = 0;     ///< accuracy or R² of rows that trees did not draw; NaN where there is none
  std::vector<double> importance;  ///< mean decrease of impurity, sums to 1; shape [feature]; empty without trees
  std::vector<float> out_of_bag;   ///< answers of rows that trees did not draw, NaN elsewhere; [row][answer] or empty
};

/// What every learner is: fitted on rows, it becomes a Learner that plain_answer and methods/infer can ask.
/// A fit does not depend on the number of threads; all randomness follows from `seed`.
class LearnerMethod {
 public:
  virtual ~LearnerMethod() = default;
  virtual const LearnerInfo& info() const = 0;
  /// `rows` are of a kind that the learner can do; at least one row. A class without rows gets probability 0 (or next
  /// to it) and is no error; rows of one class only, constant features and single rows are no errors either.
  virtual Result<FittedLearner> fit(const TrainingRows& rows, const HyperParameters& parameters,
                                    std::uint64_t seed) const = 0;
};

}  // namespace ecocube
