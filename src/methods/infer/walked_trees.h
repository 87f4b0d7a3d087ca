// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>
#include <vector>

#include "methods/infer/heavy_paths.h"
#include "methods/infer/sliced_tree.h"
#include "methods/infer/threshold_ranks.h"

namespace ecocube {

/// Deep trees of one learner, laid out to be walked by many pixels at once. The first levels are decided for all pixels
/// together (SlicedTree); below them each pixel goes its way, 16 side by side, because one walk alone would wait for
/// memory at every node.
///
/// A node is one word: number of its left child, then 2^n - 1 - threshold rank, then column, n bits each (n is 8 in a
/// word of 32 bits and 16 in one of 64). The right child follows the left one. Adding the pixel's rank above the column
/// carries into the child's number exactly where the rank is greater than the threshold, so a step is a look-up, an
/// addition and a shift. A leaf names itself as its left child and nothing carries; its column holds the payload.
///
/// Where ranks are bytes of few columns, machines that permute bytes across registers take many steps at once instead
/// (HeavyPaths).
template <class Word>
class WalkedTrees {
 public:
  static constexpr bool kNarrow = std::is_same_v<Word, std::uint32_t>;
  using Rank = std::conditional_t<kNarrow, std::uint8_t, std::uint16_t>;
  using BiasedRank = std::make_signed_t<Rank>;
  static constexpr int kBits = 8 * sizeof(Rank);
  /// Payload of a leaf that needs more than a payload tells.
  static constexpr std::uint32_t kNoPayload = 255;

  /// Word of 32 bits serve ranks of a byte, 256 columns and trees of 65,535 nodes.
  static bool serves(const std::vector<const std::vector<TreeNode>*>& trees, const ThresholdRanks& ranks);

  /// payload  what the leaf of a tree says at once, 0..254, or kNoPayload
  WalkedTrees(const std::vector<const std::vector<TreeNode>*>& trees, const ThresholdRanks& ranks,
              const std::function<std::uint32_t(std::size_t tree, std::uint32_t leaf)>& payload);

  std::size_t trees() const { return trees_.size(); }
  std::size_t bytes() const { return words_.size() * sizeof(Word); }
  std::size_t bytes_of(std::size_t tree) const { return trees_[tree].words * sizeof(Word); }
  /// Ranks of a pixel that lie together; a buffer of rows needs kBehind more at its end.
  std::size_t stride() const { return stride_; }
  static constexpr std::size_t kBehind = 256;

  /// Ranks of a chunk with pixels outermost; shape [kChunkPixels][stride]. Rows that begin at cache lines are faster.
  void lay_rows(const BiasedRank* planes, Rank* rows) const;

  /// Words of the leaves that the pixels of a chunk fall into; shape [kChunkPixels].
  void walk(std::size_t tree, const BiasedRank* planes, const Rank* rows, Word* reached) const;

  /// Walks many chunks through one tree in an order in which pixels of the same branch follow each other: for trees
  /// that the second-level cache cannot hold.
  ///
  /// planes   shape [chunk][column][kChunkPixels]
  /// rows     shape [chunk][kChunkPixels][stride]
  /// reached  shape [chunk][kChunkPixels]
  void walk_by_branch(std::size_t tree, std::size_t chunks, const BiasedRank* planes, const Rank* rows, Word* reached,
                      std::vector<std::uint32_t>& room) const;

  static std::uint32_t payload(Word leaf) { return static_cast<std::uint32_t>(leaf & ((Word{1} << kBits) - 1)); }
  /// Place of a leaf in arrays of size `places()`.
  std::size_t place(std::size_t tree, Word leaf) const {
    return trees_[tree].base + static_cast<std::size_t>(leaf >> (2 * kBits));
  }
  std::size_t places() const { return words_.size(); }
  /// Number of the leaf at each place; shape [place].
  const std::vector<std::uint32_t>& leaves() const { return leaves_; }

 private:
  struct Tree {
    std::size_t base = 0;  ///< of its words
    std::size_t words = 0;
    SlicedTree top;
    std::vector<Word> starts;         ///< by path; shape [2^levels]
    std::optional<HeavyPaths> paths;  ///< below the top
    int steps = 0;  ///< below the top that all pixels take before some leave: the mean depth of the leaves
  };
  static bool is_leaf(Word word) { return ((word >> kBits) & ((Word{1} << kBits) - 1)) == 0; }
  void add_tree(const std::vector<TreeNode>& nodes, std::size_t index, const ThresholdRanks& ranks,
                const std::function<std::uint32_t(std::size_t, std::uint32_t)>& payload);
  void step_to_leaves(const Tree& tree, const Rank* rows, Word* reached) const;
  template <std::size_t kStride>
  static std::size_t walk_all(const Word* words, const Rank* rows, std::size_t stride, int steps, std::uint32_t* list,
                              Word* reached);
  std::size_t walk_listed(const Word* words, const Rank* rows, int steps, std::uint32_t* list, std::size_t count,
                          Word* reached) const;

  std::size_t columns_, stride_;
  std::vector<Tree> trees_;
  std::vector<Word> words_;
  std::vector<std::uint32_t> leaves_;
};

extern template class WalkedTrees<std::uint32_t>;
extern template class WalkedTrees<std::uint64_t>;

}  // namespace ecocube
