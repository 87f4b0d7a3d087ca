// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/model/evaluation.h"
#include "data/model/model.h"
#include "methods/train/folds.h"
#include "methods/train/learners.h"
#include "methods/train/rows.h"

namespace ecocube {

struct EnsembleSettings {
  std::vector<std::string> learners{"forest", "boosting"};
  bool meta = true;   ///< a logistic meta learner; false: the learners' mean
  double meta_c = 1;  ///< inverse strength of the meta learner's ridge
  int folds = 5;
  std::size_t min_rows = 2;  ///< classes of fewer rows are left out
  bool balanced = false;  ///< rows weigh as if every class had the same weight; the measures keep the rows' own weights
  bool nested = true;     ///< also score on outer folds that nothing has seen
  std::uint64_t seed = 1;
  LearnerSettings learner_settings;
};

struct EnsembleData {
  std::vector<std::string> features;  ///< names; shape [feature]
  std::vector<LegendClass> classes;   ///< ascending by raster value; rows.seen counts in it
  TrainingRows rows;                  ///< the unit of the weights is open: they are scaled to the mean 1
  Groups groups;                      ///< rows that never sit on both sides of a fold
};

struct TrainedEnsemble {
  Model model;
  TrainingReport report;  ///< without title, block and settings, which the caller knows
};

/// Stacks base learners (Witjes et al. 2022): class probabilities of every base learner on grouped folds that it has
/// not been fitted on; a meta learner on them; base learners fitted again on all rows.
/// Two scores of the whole: `published`, where the meta learner is scored on the folds that made its inputs, which is
/// mildly optimistic; and `nested`, where each fold is predicted by an ensemble whose base learners, inner folds and
/// meta learner have seen nothing of it. Independent fits run at once; the result does not depend on how many.
Result<TrainedEnsemble> train_ensemble(EnsembleData data, const EnsembleSettings& settings);

}  // namespace ecocube
