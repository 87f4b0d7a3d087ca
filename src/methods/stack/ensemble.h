// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/model/model.h"
#include "data/model/training_report.h"
#include "methods/assess/conformal.h"
#include "methods/stack/feature_elimination.h"
#include "methods/stack/meta_learner.h"
#include "methods/stack/tuning.h"
#include "methods/train/folds.h"
#include "methods/train/learners.h"
#include "methods/train/rows.h"

namespace ecocube {

struct EnsembleSettings {
  std::vector<std::string> learners{"forest", "boosting"};
  MetaSettings meta;
  int folds = 5;             ///< to deal the groups to, where no folds are given
  std::size_t min_rows = 2;  ///< classes of fewer rows are left out
  bool balanced = false;     ///< rows weigh as if every class had the same weight; the measures keep their own weights
  bool nested = true;        ///< also score on outer folds that nothing has seen; needs 3 folds
  double calibration = 0;    ///< share of the groups held out to calibrate on; 0: the out-of-fold answers serve
  std::uint64_t seed = 1;
  std::map<std::string, HyperParameters> parameters;  ///< by learner; those left out take the defaults
  TuningSettings tuning;
  EliminationSettings elimination;
  int permutation_repeats = 0;          ///< of the permutation importance; 0: not worked out
  std::optional<ClassSetOptions> sets;  ///< class sets to calibrate; classification
  std::optional<IntervalOptions>
      intervals;               ///< intervals to calibrate; regression; without a quantile forest: residual
  bool applicability = false;  ///< whether the model gets an area of applicability
};

struct EnsembleData {
  std::vector<std::string> features;  ///< names; shape [feature]
  std::vector<std::string> units;     ///< of the features, or empty: unknown
  std::vector<LegendClass> classes;   ///< ascending by raster value; rows.seen counts in it; empty: regression
  std::optional<Response> response;   ///< of regression; rows.responses are on its transformed scale
  TrainingRows rows;                  ///< values may be missing (NaN); the unit of the weights is open
  std::vector<RowPlace> places;       ///< shape [row], or empty: unknown
  Groups groups;                      ///< rows that never sit on both sides of a fold
  std::vector<std::uint8_t> folds;    ///< as given, shape [row]; empty: the groups are dealt to folds
};

struct TrainedEnsemble {
  Model model;
  TrainingReport report;  ///< without title, block, grouping and settings, which the caller knows
};

/// Stacks base learners (Wolpert 1992; Witjes et al. 2022), for classes or for numbers: answers of every base learner
/// to grouped folds that it has not been fitted on; a meta learner on them; base learners fitted again on all rows.
/// Two scores of the whole: `published`, where the meta learner of a fold is fitted on answers of learners that have
/// seen that fold, which errs by a few percent; and `nested`, where each fold is predicted by an ensemble whose base
/// learners, hyper-parameters, features and meta learner have seen nothing of it. Inside an outer fold the inner folds
/// are the other outer folds, so that they are grouped as the outer ones are, and a learner fitted without two folds
/// serves for both: F + F (F - 1) / 2 fits a learner for F folds, besides the last one on all rows. With tuning or
/// elimination of features every outer fold makes its own choice: F + F (F - 1) fits and the trials.
///
/// Rows with a missing value or without weight are left out and counted; so are constant features and classes of too
/// few rows. Rows with the same features at the same place are kept in one fold. A negative weight, fewer than two
/// classes, numbers that are all equal and folds that split a group are errors.
/// Independent fits run at once; the result does not depend on how many.
Result<TrainedEnsemble> train_ensemble(EnsembleData data, const EnsembleSettings& settings);

}  // namespace ecocube
