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
  /// The probability from which on the class is to be mapped so that precision and recall are equal: as many rows are
  /// mapped so as are so. NaN when absent.
  double balanced_threshold = 0;
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
  /// Mean over the rows of the gap between probability and share right of their bin; 0 is best.
  double calibration_error = 0;
};

/// Numbers told held against numbers seen, on rows that the predicting model had not been trained on.
struct RegressionEvaluation {
  /// Prediction intervals of one asked coverage.
  struct Interval {
    double coverage = 0.9;  ///< asked
    double reached = 0;     ///< share of the weight that lies inside, ends included
    double mean_width = 0;  ///< in the units of the response
  };
  struct Quantile {
    double level = 0, value = 0;
  };
  std::string name;        ///< `ensemble`, `forest`, `boosting`
  double r2 = 0;           ///< 1 - sum of squared residuals over that about the mean; may be negative
  double rmse = 0;         ///< root of the mean squared residual
  double mae = 0;          ///< mean absolute residual
  double bias = 0;         ///< mean of told - seen
  double concordance = 0;  ///< Lin's concordance correlation coefficient (CCC)
  double mean = 0;         ///< of the numbers seen
  double deviation = 0;    ///< standard deviation of the numbers seen (of the population)
  double weight = 0;       ///< sum of the weights
  std::size_t rows = 0;
  std::vector<Quantile> residuals;  ///< quantiles of told - seen; ascending
  std::vector<Interval> intervals;  ///< ascending by coverage
};

}  // namespace ecocube
