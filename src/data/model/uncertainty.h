// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ecocube {

/// How conformal class sets are drawn (the reference figures are in docs/uncertainty.md).
enum class SetMethod : std::uint8_t {
  lac,   ///< classes with 1 - p <= threshold (Sadinle et al. 2019)
  raps,  ///< by descending p while the sum, with a penalty per class beyond `free_classes`, is within it (Angelopoulos
         ///< et al. 2021)
};

/// Class sets that hold the true class with the asked probability. A set without the dominant class says nothing that
/// a map could show, so the dominant class is put in unless `keep_dominant` is false; where it alone is right more
/// often than asked, the sets then hold the true class more often than asked.
struct ClassSets {
  struct Level {
    double coverage = 0.9;            ///< asked
    double reached = 0;               ///< by the sets as given, on the calibration rows, each left out with its group
    double reached_by_threshold = 0;  ///< the same without putting the dominant class in
    std::vector<double> thresholds;   ///< one for all classes, or one a class
    bool operator==(const Level&) const = default;
  };
  SetMethod method = SetMethod::lac;
  bool keep_dominant = true;
  double penalty = 0;              ///< raps: per class beyond free_classes
  std::uint32_t free_classes = 0;  ///< raps
  std::vector<Level> levels;       ///< ascending by coverage
  bool operator==(const ClassSets&) const = default;
};

enum class IntervalMethod : std::uint8_t {
  quantile,  ///< quantiles of the quantile forest, their levels or margins calibrated
  residual,  ///< the ensemble's value ± margins
};

/// Intervals that hold the true number with the asked probability, in the units that the model is fitted in (before
/// the response is transformed back).
struct Intervals {
  struct Level {
    double coverage = 0.9;                          ///< asked
    double reached = 0;                             ///< on the calibration rows, each left out with its group
    double lower_quantile = 0, upper_quantile = 1;  ///< of the quantile forest; unused by residual
    double lower_margin = 0, upper_margin = 0;      ///< added outwards; may be negative
    bool operator==(const Level&) const = default;
  };
  IntervalMethod method = IntervalMethod::quantile;
  std::uint32_t forest = 0;   ///< index of the learner whose quantiles are meant; unused by residual
  std::vector<Level> levels;  ///< ascending by coverage
  bool operator==(const Intervals&) const = default;
};

/// Area of applicability (Meyer and Pebesma 2021): the dissimilarity index of a pixel is its distance to the nearest
/// training row, over the mean distance between training rows, in features scaled by (x - mean) * scale where scale
/// holds the feature's importance; beyond `threshold` the training data say nothing about the pixel.
struct Applicability {
  std::vector<float> means, scales;  ///< shape [feature]; a scale of 0 leaves the feature out
  std::vector<float> rows;           ///< scaled training rows; shape [row][feature]
  double mean_distance = 1;          ///< between two training rows; greater than 0
  double threshold = 1;              ///< of the dissimilarity index
  bool operator==(const Applicability&) const = default;
};

}  // namespace ecocube
