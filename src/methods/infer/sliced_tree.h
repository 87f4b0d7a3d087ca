// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/model/trees.h"
#include "methods/infer/feature_chunk.h"
#include "methods/infer/threshold_ranks.h"

namespace ecocube {

/// The first levels of a tree, for all pixels of a chunk at once. Each decision is one compare for 64 pixels and leaves
/// one bit a pixel. Which path a pixel takes follows from these bits by selections, 256 pixels at a time: bit 0 is the
/// root's, bit 1 that of its right or left child as bit 0 says, and so on. No pixel waits for another or for memory. It
/// decides also where the pixel never comes, which pays down to a depth of six to eight.
class SlicedTree {
 public:
  /// Deepest that it can be.
  static constexpr int kMostLevels = 8;

  /// One decision. Its place among the 2^levels - 1: the root 0, children of i at 2 i + 1 and 2 i + 2.
  struct Test {
    std::uint16_t place;
    std::uint16_t column;
    std::int32_t threshold;  ///< rank less the bias, as a byte four times or as 16 bits twice
  };

  /// The top of the tree, `levels` deep.
  ///
  /// bytes  whether paths are asked of ranks as bytes
  SlicedTree(const std::vector<TreeNode>& nodes, int levels, const ThresholdRanks& ranks, bool bytes);

  int levels() const { return levels_; }
  std::span<const Test> tests() const { return tests_; }
  /// The node that each of the 2^levels paths ends in, the leftmost first; one that ends early is named by all that
  /// begin with it.
  std::span<const std::uint32_t> ends() const { return ends_; }

 private:
  int levels_;
  std::vector<Test> tests_;
  std::vector<std::uint32_t> ends_;
};

/// Depth of a tree: decisions on the way to its deepest leaf.
int depth_of(const std::vector<TreeNode>& nodes);

/// Numbers of the paths that the pixels of a chunk take.
///
/// planes  biased ranks; shape [column][kChunkPixels]
/// paths   shape [kChunkPixels]
void paths_of(const SlicedTree& tree, const std::int8_t* planes, std::uint8_t* paths);
void paths_of(const SlicedTree& tree, const std::int16_t* planes, std::uint8_t* paths);

/// Adds to each pixel's sum what its path is worth.
///
/// values  shape [2^levels], with 16 more behind that may be read
/// sums    shape [kChunkPixels]
void add_by_path(const std::uint8_t* paths, const float* values, int levels, float* sums);

}  // namespace ecocube
