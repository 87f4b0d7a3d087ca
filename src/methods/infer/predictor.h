// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/model/model.h"
#include "methods/infer/tree_walk.h"

namespace ecocube {

/// What a map says of each pixel; 255 where any feature is missing.
struct MappedPixels {
  static constexpr std::uint8_t kNoData = 255;
  std::vector<std::uint8_t> dominant;              ///< raster value of the most probable class; [pixel]
  std::vector<std::uint8_t> dominant_probability;  ///< 0..100; [pixel]
  std::vector<std::uint8_t> dominant_uncertainty;  ///< 0..50; [pixel]
  std::vector<std::uint8_t> probability;           ///< 0..100, a pixel's classes sum to 100; [class][pixel]
  std::vector<std::uint8_t> uncertainty;           ///< 0..50, spread of the base learners; [class][pixel]
};

/// Applies a model to many pixels: blocks of pixels, several at a time, each block through all trees. Gives exactly
/// what plain_probabilities gives, for any number of threads.
class Predictor {
 public:
  /// `model` has passed check_model and must outlive the predictor.
  explicit Predictor(const Model& model);

  /// features  physical values, shape [feature][pixel] in the model's order of features
  /// valid     1 valid, 0 missing; shape [feature][pixel]; a value that is no finite number is missing as well
  /// mapped    gets its vectors resized
  void predict(std::span<const float> features, std::span<const std::uint8_t> valid, std::size_t pixels,
               MappedPixels& mapped) const;

  /// Ensemble probabilities of rows without missing values, before rounding.
  ///
  /// rows           shape [row][feature]
  /// learned        probabilities of the base learners; shape [row][learner][class]
  /// probabilities  shape [row][class]
  void predict_rows(std::span<const float> rows, std::span<float> learned, std::span<double> probabilities) const;

 private:
  struct Scratch;
  void predict_block(std::span<const float> features, std::span<const std::uint8_t> valid, std::size_t pixels,
                     std::size_t begin, std::size_t end, Scratch& scratch, MappedPixels& mapped) const;
  void learn_forest(const Forest& forest, std::size_t learner, std::span<const float> rows,
                    std::span<float> learned) const;
  void learn_boosting(const Boosting& boosting, std::size_t learner, std::span<const float> rows,
                      std::span<float> learned) const;
  void learn_logistic(const Logistic& logistic, std::size_t learner, std::span<const float> rows,
                      std::span<float> learned) const;
  void map_pixel(std::span<const float> learned, std::span<const double> probabilities, std::size_t pixel,
                 std::size_t pixels, MappedPixels& mapped) const;

  const Model& model_;
  std::size_t features_, classes_;
  std::size_t inputs_;                        ///< learners × classes
  std::vector<std::vector<TreeWalk>> walks_;  ///< shape [learner][tree]
};

}  // namespace ecocube
