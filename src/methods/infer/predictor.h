// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "data/model/model.h"
#include "methods/infer/learner_engine.h"
#include "methods/infer/mapped_pixels.h"

namespace ecocube {

/// One feature of many pixels: physical values, or the bytes of its raster where the predictor was told how it stores
/// them.
struct FeaturePlane {
  const float* values = nullptr;        ///< shape [pixel]; no finite number: missing
  const std::uint8_t* bytes = nullptr;  ///< shape [pixel]
  const std::uint8_t* valid = nullptr;  ///< 1 valid, 0 missing; shape [pixel]; none: all are valid
};

/// Applies a model to many pixels. Each learner is compiled into an engine; pixels go through all of them, the meta
/// learner and the outputs in blocks that stay in the caches. Gives exactly what plain_answer gives, for any number of
/// threads and on any machine.
class Predictor {
 public:
  /// model   has passed check_model and must outlive the predictor
  /// stored  of the features that come as bytes, which are then faster; shape [feature], or empty: all come as values
  explicit Predictor(const Model& model, std::vector<std::optional<StoredBytes>> stored = {});
  ~Predictor();

  /// features  shape [feature], in the model's order
  /// wanted    has passed check_wanted
  /// mapped    gets its vectors resized; 255 or NaN where any feature is missing
  void predict(std::span<const FeaturePlane> features, std::size_t pixels, const WantedOutputs& wanted,
               MappedPixels& mapped) const;

  /// Classes or value with their uncertainty, as WantedOutputs has it by default.
  ///
  /// features  physical values, shape [feature][pixel] in the model's order of features
  /// valid     1 valid, 0 missing; shape [feature][pixel]; a value that is no finite number is missing as well
  void predict(std::span<const float> features, std::span<const std::uint8_t> valid, std::size_t pixels,
               MappedPixels& mapped) const;

  /// Answers to rows without missing values, before they are rounded or transformed back; of a predictor whose features
  /// all come as values.
  ///
  /// rows     shape [row][feature]
  /// learned  answers of the base learners; shape [row][learner][answer]
  /// answers  shape [row][answer]
  void predict_rows(std::span<const float> rows, std::span<float> learned, std::span<double> answers) const;

  /// What each thread of predict holds at most, beside features and outputs.
  std::size_t bytes_per_thread() const;

 private:
  struct Scratch;
  struct Block;
  std::unique_ptr<Scratch> make_scratch() const;
  template <class Load, class Take>
  void run_block(std::size_t chunks, Scratch& scratch, const Load& load, const Take& take) const;
  void load_chunk(const Block& block, std::size_t index, bool values, FeatureChunk& chunk) const;
  void predict_block(const Block& block, Scratch& scratch) const;

  const Model& model_;
  std::vector<std::optional<StoredBytes>> stored_;
  std::size_t features_, answers_;
  std::vector<std::unique_ptr<LearnerEngine>> engines_;  ///< shape [learner]
  std::size_t chunks_ = 1;                               ///< of a block
  bool needs_values_ = false;
};

}  // namespace ecocube
