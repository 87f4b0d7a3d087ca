// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/model/model.h"
#include "methods/infer/feature_chunk.h"
#include "methods/infer/mapped_pixels.h"
#include "methods/infer/nearest_rows.h"

namespace ecocube {

/// Turns the answers to a chunk into what the map says and puts it where the pixels lie.
class ChunkOutputs {
 public:
  /// What one thread keeps.
  struct Room {
    std::vector<std::uint8_t> bytes;  ///< shape [class][kChunkPixels]
    std::vector<std::uint8_t> dominant, spread;
    std::vector<float> scaled;  ///< features of the chunk; shape [feature][kChunkPixels]
    std::vector<double> one;    ///< probabilities of one pixel; shape [class]
    std::vector<std::uint8_t> members;
    std::vector<NearRow> near;
  };

  /// Sizes the vectors of `mapped`, all missing.
  ChunkOutputs(const Model& model, const WantedOutputs& wanted, std::size_t pixels, MappedPixels& mapped);

  /// The quantiles that `write` needs, of the model's quantile learner: those wanted, then lower and upper ones of the
  /// intervals.
  const std::vector<double>& quantile_levels() const { return quantile_levels_; }
  bool needs_values() const { return wanted_.dissimilarity; }

  /// places     of the chunk's pixels in the map; shape [pixel of the chunk]
  /// learned    shape [learner][answer][kChunkPixels]
  /// answers    shape [answer][kChunkPixels]
  /// quantiles  shape [quantile level][kChunkPixels]
  void write(std::span<const std::uint32_t> places, const FeatureChunk& chunk, const float* learned,
             const double* answers, const float* quantiles, Room& room) const;

 private:
  void put_bytes(std::span<const std::uint32_t> places, const std::uint8_t* plane, std::vector<std::uint8_t>& to,
                 std::size_t band) const;
  template <class Number>
  void put_numbers(std::span<const std::uint32_t> places, const Number& number, std::vector<float>& to,
                   std::size_t band) const;
  void write_classes(std::span<const std::uint32_t> places, const float* learned, const double* probabilities,
                     Room& room) const;
  void write_sets(std::span<const std::uint32_t> places, const double* probabilities, Room& room) const;
  void write_numbers(std::span<const std::uint32_t> places, const float* learned, const double* values,
                     const float* quantiles) const;
  void write_dissimilarity(std::span<const std::uint32_t> places, const FeatureChunk& chunk, Room& room) const;

  const Model& model_;
  const WantedOutputs& wanted_;
  std::size_t pixels_;
  MappedPixels& mapped_;
  std::vector<double> quantile_levels_;
};

}  // namespace ecocube
