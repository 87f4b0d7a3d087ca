// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "data/model/model.h"
#include "methods/infer/feature_chunk.h"

namespace ecocube {

/// One learner compiled for many pixels; it answers bit for bit what plain_answer answers. Pixels come in blocks of
/// several chunks. A learner whose trees are too large for the nearest caches works on the whole block at once, tree
/// after tree, so that a tree is fetched once a block.
class LearnerEngine {
 public:
  /// What one thread keeps while it works on a block.
  class Room {
   public:
    virtual ~Room() = default;
  };

  virtual ~LearnerEngine() = default;

  /// room for blocks of up to `chunks` chunks
  virtual std::unique_ptr<Room> make_room(std::size_t chunks) const = 0;
  virtual std::size_t bytes_of_room(std::size_t chunks) const = 0;
  /// Chunks that a block should hold for this learner.
  virtual std::size_t wanted_chunks() const { return 1; }
  /// Whether it needs physical values of features that come as stored bytes too.
  virtual bool needs_values() const { return false; }

  /// Takes chunk `index` of the block; the order is 0, 1, 2 ...
  virtual void take(const FeatureChunk&, std::size_t /*index*/, Room&) const {}
  /// Works on the chunks taken.
  virtual void work(std::size_t /*chunks*/, Room&) const {}
  /// Answers to chunk `index`; shape [answer][kChunkPixels].
  virtual void answer(const FeatureChunk& features, std::size_t index, Room& room, float* answers) const = 0;
  /// Quantiles of chunk `index`, as plain_quantiles; shape [level][kChunkPixels]. Only of forests made for it.
  virtual void quantiles(std::size_t /*index*/, Room&, std::span<const double> /*levels*/, float* /*quantiles*/) const {
  }
};

/// The engine that suits a learner, which must outlive it.
///
/// stored     of the features that come as bytes; shape [feature]
/// quantiles  whether a regression forest is asked for quantiles, too
std::unique_ptr<LearnerEngine> make_engine(const Learner& learner, std::size_t features, std::size_t answers,
                                           std::span<const std::optional<StoredBytes>> stored, bool quantiles = false);

}  // namespace ecocube
