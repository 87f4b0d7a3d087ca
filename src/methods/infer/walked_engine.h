// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <hwy/aligned_allocator.h>

#include "methods/infer/learner_engine.h"
#include "methods/infer/walked_trees.h"

namespace ecocube {

/// What all engines that walk share: the ranks of a block, and the order in which its chunks go through the trees.
template <class Word>
class WalkedEngine : public LearnerEngine {
 public:
  using Trees = WalkedTrees<Word>;

  struct WalkedRoom : Room {
    std::vector<typename Trees::BiasedRank> planes;  ///< shape [chunk][column][kChunkPixels]
    /// Begins at a cache line; shape [chunk][kChunkPixels][stride].
    hwy::AlignedFreeUniquePtr<typename Trees::Rank[]> rows;
    std::vector<Word> reached;  ///< by one tree; shape [chunk][kChunkPixels], or of one chunk
    std::vector<std::uint32_t> order;
  };

  WalkedEngine(ThresholdRanks ranks, Trees trees) : ranks_(std::move(ranks)), trees_(std::move(trees)) {
    for (std::size_t t = 0; t < trees_.trees(); ++t) largest_ = std::max(largest_, trees_.bytes_of(t));
  }

  std::size_t wanted_chunks() const override {
    if (by_branch()) return 256;
    return trees_.bytes() > kGroupBytes ? 64 : 4;
  }

  void take(const FeatureChunk& features, std::size_t index, Room& room) const override {
    auto& own = static_cast<WalkedRoom&>(room);
    auto* planes = own.planes.data() + index * ranks_.columns() * kChunkPixels;
    ranks_.rank(features, planes);
    trees_.lay_rows(planes, own.rows.get() + index * trees_.stride() * kChunkPixels);
  }

  void work(std::size_t chunks, Room& room) const override {
    auto& own = static_cast<WalkedRoom&>(room);
    clear(chunks, own);
    if (by_branch()) {
      for (std::size_t t = 0; t < trees_.trees(); ++t) {
        trees_.walk_by_branch(t, chunks, own.planes.data(), own.rows.get(), own.reached.data(), own.order);
        for (std::size_t chunk = 0; chunk < chunks; ++chunk)
          add(t, chunk, own.reached.data() + chunk * kChunkPixels, own);
      }
      return;
    }
    for (std::size_t first = 0, end = 0; first < trees_.trees(); first = end) {
      std::size_t bytes = trees_.bytes_of(first);
      for (end = first + 1; end < trees_.trees() && bytes + trees_.bytes_of(end) <= kGroupBytes; ++end)
        bytes += trees_.bytes_of(end);
      for (std::size_t chunk = 0; chunk < chunks; ++chunk) walk_group(first, end, chunk, own);
    }
  }

 protected:
  /// Sets the sums of a block to what they start with.
  virtual void clear(std::size_t chunks, WalkedRoom& room) const = 0;
  /// Adds what a tree says of the pixels of a chunk; trees come in their order.
  virtual void add(std::size_t tree, std::size_t chunk, const Word* reached, WalkedRoom& room) const = 0;

  const Trees& trees() const { return trees_; }

  void size_room(std::size_t chunks, WalkedRoom& room) const {
    const std::size_t pixels = chunks * kChunkPixels;
    room.planes.resize(pixels * ranks_.columns());
    const std::size_t ranks = pixels * trees_.stride() + Trees::kBehind;
    room.rows = hwy::AllocateAligned<typename Trees::Rank>(ranks);
    std::fill_n(room.rows.get(), ranks, typename Trees::Rank{0});
    room.reached.resize(by_branch() ? pixels : kChunkPixels);
  }
  std::size_t bytes_of_walk(std::size_t chunks) const {
    const std::size_t pixels = chunks * kChunkPixels, rank = sizeof(typename Trees::Rank);
    const std::size_t order = by_branch() ? pixels * (sizeof(Word) + 2 * sizeof(std::uint32_t)) : 0;
    return pixels * rank * (ranks_.columns() + trees_.stride()) + order;
  }

 private:
  /// Trees that share the second-level cache with the pixels that walk through them.
  static constexpr std::size_t kGroupBytes = std::size_t{1} << 19;
  /// A tree that does not fit the second-level cache.
  static constexpr std::size_t kLargeBytes = std::size_t{1} << 21;

  bool by_branch() const { return largest_ > kLargeBytes; }

  void walk_group(std::size_t first, std::size_t end, std::size_t chunk, WalkedRoom& room) const {
    const auto* planes = room.planes.data() + chunk * ranks_.columns() * kChunkPixels;
    const auto* rows = room.rows.get() + chunk * trees_.stride() * kChunkPixels;
    for (std::size_t t = first; t < end; ++t) {
      trees_.walk(t, planes, rows, room.reached.data());
      add(t, chunk, room.reached.data(), room);
    }
  }

  ThresholdRanks ranks_;
  Trees trees_;
  std::size_t largest_ = 0;  ///< bytes of a tree
};

}  // namespace ecocube
