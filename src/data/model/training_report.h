// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "data/cube/legend.h"
#include "data/model/evaluation.h"
#include "data/model/model.h"

namespace ecocube {

struct RankedFeature {
  std::string feature;
  double importance = 0;  ///< mean decrease of impurity, all features sum to 1; or the loss gained by shuffling
  double deviation = 0;   ///< of the latter over the repeats; 0 for the former
};

/// A rung of the ladder of meta learners and how it did on the folds left out.
struct MetaCandidate {
  std::string name;              ///< `log pool`, `anchored pool (300)`, `convex pool`
  double loss = 0;               ///< log loss or mean square error (transformed scale), over all rows
  std::size_t better_folds = 0;  ///< folds where it was better than the rung that stood before it
  std::size_t folds = 0;
  bool chosen = false;
};

/// Values of a learner's hyper-parameters that tuning tried.
struct TuningTrial {
  std::string learner;
  std::string parameters;  ///< `trees=200 min_leaf=3`; empty: the defaults
  double loss = 0;         ///< log loss or root mean square error (transformed scale) over the folds
  double share = 1;        ///< of the rows it was fitted on; below 1 in the first rounds of successive halving
  bool chosen = false;
};

/// One step of the elimination of features.
struct EliminationStep {
  std::size_t features = 0;          ///< how many were left
  std::vector<std::string> dropped;  ///< taken out after this step, least important first
  double loss = 0;                   ///< log loss or root mean square error (transformed scale), mean over the folds
  double standard_error = 0;         ///< of that mean
  bool chosen = false;
};

/// Where and when a row of the table was seen, for maps and tables of what is left unexplained.
struct RowPlace {
  std::string id;
  std::optional<double> x, y;  ///< in the CRS of the table
  std::string date;            ///< ISO; empty: unknown
};

/// What the ensemble and its learners said of each training row while they had not seen it. With the nested score no
/// base learner, no choice of hyper-parameters or features and no meta learner had seen the row's fold; without it the
/// meta learner was fitted on the other folds' answers.
struct OutOfFoldRows {
  std::vector<RowPlace> places;           ///< shape [row]; empty: unknown
  std::vector<std::uint32_t> table_rows;  ///< which row of the data that training was given; shape [row]
  std::vector<std::uint8_t> folds;        ///< shape [row]
  std::vector<std::uint32_t> groups;      ///< shape [row]
  std::vector<double> weights;            ///< as given, before classes are balanced; shape [row]
  std::vector<std::uint16_t> seen_class;  ///< index into the report's classes; shape [row]; classification
  std::vector<double> seen;               ///< in the response's unit; shape [row]; regression
  std::vector<double> answers;            ///< probabilities, or one number in the response's unit; [row][answer]
  std::vector<float> learned;             ///< of the base learners, numbers transformed; [row][learner][answer]
  std::vector<double> quantile_levels;    ///< 0..1; empty: no quantile forest
  std::vector<double> quantiles;          ///< of the quantile forest, in the response's unit; [row][level]

  std::size_t rows() const { return folds.size(); }
};

/// All that training has to say about a model; written as JSON and HTML. One of two kinds, as the model is: it
/// classifies (`classes`, `nested`, `published`, `learner_scores`) or regresses (`response`, `nested_numbers`,
/// `published_numbers`, `learner_numbers`).
struct TrainingReport {
  std::string title;
  std::vector<LegendClass> classes;  ///< in the model's class order; empty: regression
  std::optional<Response> response;
  std::vector<std::string> learners;
  std::vector<std::string> features;  ///< those that the model asks for
  std::size_t rows = 0, groups = 0, folds = 0;
  double block = 0;                      ///< side of the spatial blocks in CRS units; 0: groups as given
  std::string grouping;                  ///< what keeps rows together, for people: `squares of 30000`, `years`
  bool spatial = true;                   ///< whether rows near each other stay together; false: random folds
  std::vector<std::size_t> fold_rows;    ///< shape [fold]
  std::vector<std::size_t> fold_groups;  ///< shape [fold]
  std::vector<std::string> notes;        ///< dropped classes and rows, in sentences

  Evaluation nested;                       ///< the accuracy: outer folds that nothing has seen
  Evaluation published;                    ///< as published: meta learner scored on folds that made its features
  Evaluation plain_mean;                   ///< the learners' mean, out-of-fold
  std::vector<Evaluation> learner_scores;  ///< out-of-fold, one per base learner
  RegressionEvaluation nested_numbers, published_numbers, plain_mean_numbers;  ///< in the response's unit
  std::vector<RegressionEvaluation> learner_numbers;

  std::string meta;                            ///< name of the meta learner in the model
  std::vector<MetaCandidate> meta_candidates;  ///< of the ladder over all folds; empty: the kind was asked for
  std::vector<std::string> fold_metas;         ///< what the ladder chose inside each outer fold; empty: not nested
  std::vector<TuningTrial> tuning;             ///< over all folds; empty: not tuned
  std::vector<EliminationStep> elimination;    ///< over all folds, most features first; empty: all are kept

  double out_of_bag_accuracy = 0;                     ///< of the forest, accuracy or R²; NaN without one
  std::vector<RankedFeature> importance;              ///< mean decrease of impurity; descending
  std::vector<RankedFeature> permutation_importance;  ///< of the ensemble under the folds; descending; empty: not asked
  OutOfFoldRows out_of_fold;
  std::vector<std::pair<std::string, std::string>> settings;  ///< name and value of every option
};

}  // namespace ecocube
