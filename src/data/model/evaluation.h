// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "data/cube/legend.h"

namespace ecocube {

/// How well one class is told from the others.
struct ClassScore {
  double precision = 0;  ///< user's accuracy: of what was mapped so, the share that is so; NaN when never predicted
  double recall = 0;     ///< producer's accuracy: of what is so, the share that was mapped so; NaN when absent
  double f1 = 0;
  double log_loss = 0;    ///< one class against the rest
  double true_skill = 0;  ///< sensitivity + specificity - 1
  double precision_recall_area = 0;
  double weight = 0;  ///< sum of the weights of the rows of this class
  std::size_t rows = 0;
};

/// Predictions held against what was seen, on rows that the predicting model had not been trained on.
struct Evaluation {
  std::string name;                 ///< `ensemble`, `forest`, `boosting`
  std::vector<double> confusion;    ///< sums of weights, shape [seen class][predicted class]
  std::vector<ClassScore> classes;  ///< in the model's class order
  double overall_accuracy = 0;      ///< weighted
  double weighted_f1 = 0;
  double macro_f1 = 0;
  double log_loss = 0;        ///< weighted mean of -ln p(seen class), p clipped to 1e-15
  double log_loss_ratio = 0;  ///< log loss over that of the class shares
  double r2_log_loss = 0;     ///< 1 - log_loss_ratio
  /// Reliability: predictions of the dominant class in ten bins of its probability.
  struct Bin {
    double mean_probability = 0, share_right = 0, weight = 0;
  };
  std::vector<Bin> reliability;
};

struct FeatureImportance {
  std::string feature;
  double importance = 0;  ///< mean decrease of impurity, all features sum to 1
};

/// All that training has to say about a model; written as JSON and HTML.
struct TrainingReport {
  std::string title;
  std::vector<LegendClass> classes;  ///< in the model's class order
  std::vector<std::string> learners;
  std::vector<std::string> features;
  std::size_t rows = 0, groups = 0, folds = 0;
  double block = 0;                           ///< side of the spatial blocks in CRS units; 0: groups as given
  std::vector<std::string> notes;             ///< dropped classes and rows, in sentences
  Evaluation nested;                          ///< the accuracy: outer folds that nothing has seen
  Evaluation published;                       ///< as published: meta learner scored on the folds that made its features
  std::vector<Evaluation> learner_scores;     ///< out-of-fold, one per base learner
  double out_of_bag_accuracy = 0;             ///< of the forest; NaN without one
  std::vector<FeatureImportance> importance;  ///< descending
  std::vector<std::pair<std::string, std::string>> settings;  ///< name and value of every option
};

}  // namespace ecocube
