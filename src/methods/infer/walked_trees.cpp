// SPDX-License-Identifier: Apache-2.0
#include "methods/infer/walked_trees.h"

#include <algorithm>
#include <numeric>

namespace ecocube {
namespace {

/// Levels decided for all pixels together.
constexpr int kTopLevels = 6;
/// Levels below which a subtree lies together.
constexpr int kLevelsByBreadth = 8;
/// Pixels that walk side by side.
constexpr std::size_t kLanes = 16;
/// Steps after which the pixels that have arrived leave the others. Leaving costs about as much as two steps.
constexpr int kStepsBetween = 8;

/// New numbers of the nodes: the root 0, then pairs of siblings from 2 on, so that no pair is cut by a cache line; the
/// upper levels by breadth, each subtree below by depth.
std::vector<std::uint32_t> numbers_of(const std::vector<TreeNode>& nodes) {
  std::vector<std::uint32_t> numbers(nodes.size(), 0);
  std::uint32_t next = 2;
  const auto number_children = [&](const TreeNode& node) {
    numbers[node.child] = next++;
    numbers[node.child + 1] = next++;
  };
  std::vector<std::uint32_t> level{0}, below;
  for (int depth = 0; depth < kLevelsByBreadth; ++depth) {
    below.clear();
    for (const std::uint32_t at : level) {
      if (nodes[at].feature == TreeNode::kLeaf) continue;
      number_children(nodes[at]);
      below.insert(below.end(), {nodes[at].child, nodes[at].child + 1});
    }
    level.swap(below);
  }
  for (const std::uint32_t top : level) {
    std::vector<std::uint32_t> open{top};
    while (!open.empty()) {
      const TreeNode& node = nodes[open.back()];
      open.pop_back();
      if (node.feature == TreeNode::kLeaf) continue;
      number_children(node);
      open.insert(open.end(), {node.child + 1, node.child});
    }
  }
  return numbers;
}

/// Distances between rows that the walk is compiled for; wider rows lie as they come.
std::size_t stride_of(std::size_t columns) {
  for (const std::size_t stride : {std::size_t{32}, std::size_t{64}, std::size_t{128}, std::size_t{256}}) {
    if (columns <= stride) return stride;
  }
  return (columns + 15) / 16 * 16;
}

/// Mean depth of the leaves.
double leaf_depth(const std::vector<TreeNode>& nodes) {
  std::vector<std::uint32_t> depths(nodes.size(), 0);
  double sum = 0, leaves = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].feature == TreeNode::kLeaf) {
      sum += depths[i];
      ++leaves;
    } else {
      depths[nodes[i].child] = depths[nodes[i].child + 1] = depths[i] + 1;
    }
  }
  return sum / leaves;
}

}  // namespace

template <class Word>
bool WalkedTrees<Word>::serves(const std::vector<const std::vector<TreeNode>*>& trees, const ThresholdRanks& ranks) {
  if constexpr (!kNarrow) return true;
  const bool small = std::all_of(trees.begin(), trees.end(), [](const auto* nodes) { return nodes->size() < 65535; });
  return small && ranks.narrow() && ranks.columns() <= 256;
}

template <class Word>
WalkedTrees<Word>::WalkedTrees(const std::vector<const std::vector<TreeNode>*>& trees, const ThresholdRanks& ranks,
                               const std::function<std::uint32_t(std::size_t, std::uint32_t)>& payload)
    : columns_(ranks.columns()), stride_(stride_of(ranks.columns())) {
  for (std::size_t t = 0; t < trees.size(); ++t) add_tree(*trees[t], t, ranks, payload);
}

template <class Word>
void WalkedTrees<Word>::add_tree(const std::vector<TreeNode>& nodes, std::size_t index, const ThresholdRanks& ranks,
                                 const std::function<std::uint32_t(std::size_t, std::uint32_t)>& payload) {
  const std::vector<std::uint32_t> numbers = numbers_of(nodes);
  const int levels = std::min(kTopLevels, depth_of(nodes));
  Tree tree{words_.size(), (nodes.size() + 1 + 15) / 16 * 16, SlicedTree(nodes, levels, ranks, kNarrow), {}, {}, 0};
  words_.resize(tree.base + tree.words);
  leaves_.resize(words_.size());
  constexpr Word kMost = (Word{1} << kBits) - 1;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const TreeNode& node = nodes[i];
    const std::size_t place = tree.base + numbers[i];
    if (node.feature == TreeNode::kLeaf) {
      words_[place] = Word{numbers[i]} << (2 * kBits) | Word{payload(index, node.child)};
      leaves_[place] = node.child;
    } else {
      const Word threshold = kMost - ranks.index_of(node.feature, node.threshold);
      words_[place] = Word{numbers[node.child]} << (2 * kBits) | threshold << kBits | ranks.column_of(node.feature);
    }
  }
  std::vector<std::uint32_t> ends;
  for (const std::uint32_t end : tree.top.ends()) ends.push_back(numbers[end]);
  for (const std::uint32_t end : ends) tree.starts.push_back(words_[tree.base + end]);
  if constexpr (kNarrow) {
    if (columns_ <= HeavyPaths::kMostColumns) tree.paths.emplace(std::span(words_).subspan(tree.base), ends);
  }
  tree.steps = std::max(0, static_cast<int>(leaf_depth(nodes)) - levels);
  trees_.push_back(std::move(tree));
}

template <class Word>
void WalkedTrees<Word>::lay_rows(const BiasedRank* planes, Rank* rows) const {
  constexpr Rank kBias = Rank{1} << (kBits - 1);
  for (std::size_t first = 0; first < columns_; first += 8) {
    const std::size_t some = std::min<std::size_t>(8, columns_ - first);
    const BiasedRank* from = planes + first * kChunkPixels;
    Rank* to = rows + first;
    if (some == 8) {
      for (std::size_t pixel = 0; pixel < kChunkPixels; ++pixel) {
        for (std::size_t c = 0; c < 8; ++c)
          to[pixel * stride_ + c] = static_cast<Rank>(from[c * kChunkPixels + pixel]) ^ kBias;
      }
    } else {
      for (std::size_t pixel = 0; pixel < kChunkPixels; ++pixel) {
        for (std::size_t c = 0; c < some; ++c)
          to[pixel * stride_ + c] = static_cast<Rank>(from[c * kChunkPixels + pixel]) ^ kBias;
      }
    }
  }
}

/// One step of a pixel whose ranks are `row`.
#define ECOCUBE_STEP(word, row) words[static_cast<std::size_t>(((word) >> kBits) + (row)[(word)&kColumn]) >> kBits]

/// Lets the listed pixels walk so many steps; returns how many have not arrived, which stay in the list.
///
/// list  with kLanes places behind its end
template <class Word>
std::size_t WalkedTrees<Word>::walk_listed(const Word* words, const Rank* rows, int steps, std::uint32_t* list,
                                           std::size_t count, Word* reached) const {
  constexpr Word kColumn = (Word{1} << kBits) - 1;
  std::fill_n(list + count, kLanes, list[0]);
  std::size_t left = 0;
  for (std::size_t first = 0; first < count; first += kLanes) {
    Word at[kLanes];
    const Rank* row[kLanes];
    for (std::size_t i = 0; i < kLanes; ++i) {
      at[i] = reached[list[first + i]];
      row[i] = rows + list[first + i] * stride_;
    }
    for (int step = 0; step < steps; ++step) {
#pragma GCC unroll 16
      for (std::size_t i = 0; i < kLanes; ++i) at[i] = ECOCUBE_STEP(at[i], row[i]);
    }
    const std::size_t some = std::min(kLanes, count - first);
    for (std::size_t i = 0; i < some; ++i) {
      const std::uint32_t pixel = list[first + i];
      reached[pixel] = at[i];
      list[left] = pixel;
      left += is_leaf(at[i]) ? 0 : 1;
    }
  }
  return left;
}

/// Lets all pixels of a chunk walk so many steps; lists those that have not arrived and returns how many.
///
/// kStride  distance between the rows where it is known beforehand, 0 where it is `stride`
template <class Word>
template <std::size_t kStride>
std::size_t WalkedTrees<Word>::walk_all(const Word* words, const Rank* rows, std::size_t stride, int steps,
                                        std::uint32_t* list, Word* reached) {
  constexpr Word kColumn = (Word{1} << kBits) - 1;
  const std::size_t apart = kStride ? kStride : stride;
  std::size_t left = 0;
  for (std::size_t first = 0; first < kChunkPixels; first += kLanes) {
    Word at[kLanes];
    const Rank* row = rows + first * apart;
    std::copy_n(reached + first, kLanes, at);
    for (int step = 0; step < steps; ++step) {
#pragma GCC unroll 16
      for (std::size_t i = 0; i < kLanes; ++i) at[i] = ECOCUBE_STEP(at[i], row + i * apart);
    }
    for (std::size_t i = 0; i < kLanes; ++i) {
      reached[first + i] = at[i];
      list[left] = static_cast<std::uint32_t>(first + i);
      left += is_leaf(at[i]) ? 0 : 1;
    }
  }
  return left;
}

template <class Word>
void WalkedTrees<Word>::walk(std::size_t index, const BiasedRank* planes, const Rank* rows, Word* reached) const {
  const Tree& tree = trees_[index];
  std::uint8_t ends[kChunkPixels];
  paths_of(tree.top, planes, ends);
  if constexpr (kNarrow) {
    if (tree.paths && follow_paths(*tree.paths, ends, rows, stride_, reached)) return;
  }
  for (std::size_t pixel = 0; pixel < kChunkPixels; ++pixel) reached[pixel] = tree.starts[ends[pixel]];
  step_to_leaves(tree, rows, reached);
}

/// Lets the pixels of a chunk walk from the end of the top, one step after the other.
template <class Word>
void WalkedTrees<Word>::step_to_leaves(const Tree& tree, const Rank* rows, Word* reached) const {
  const Word* words = words_.data() + tree.base;
  std::uint32_t list[kChunkPixels + kLanes];
  const auto walk_all_rows = [&] {
    switch (stride_) {
      case 32:
        return walk_all<32>(words, rows, stride_, tree.steps, list, reached);
      case 64:
        return walk_all<64>(words, rows, stride_, tree.steps, list, reached);
      case 128:
        return walk_all<128>(words, rows, stride_, tree.steps, list, reached);
      case 256:
        return walk_all<256>(words, rows, stride_, tree.steps, list, reached);
      default:
        return walk_all<0>(words, rows, stride_, tree.steps, list, reached);
    }
  };
  for (std::size_t left = walk_all_rows(); left > 0;)
    left = walk_listed(words, rows, kStepsBetween, list, left, reached);
}

template <class Word>
void WalkedTrees<Word>::walk_by_branch(std::size_t index, std::size_t chunks, const BiasedRank* planes,
                                       const Rank* rows, Word* reached, std::vector<std::uint32_t>& room) const {
  const Tree& tree = trees_[index];
  const Word* words = words_.data() + tree.base;
  const std::size_t pixels = chunks * kChunkPixels;
  for (std::size_t chunk = 0; chunk < chunks; ++chunk) {
    std::uint8_t ends[kChunkPixels];
    paths_of(tree.top, planes + chunk * columns_ * kChunkPixels, ends);
    for (std::size_t pixel = 0; pixel < kChunkPixels; ++pixel)
      reached[chunk * kChunkPixels + pixel] = tree.starts[ends[pixel]];
  }
  room.resize(2 * (pixels + kLanes));
  std::uint32_t* list = room.data();
  std::uint32_t* sorted = list + pixels + kLanes;
  std::iota(list, list + pixels, 0u);
  // Six more levels in the order of the pixels, then by the node reached: subtrees lie in the order of these nodes.
  std::size_t left = walk_listed(words, rows, kTopLevels, list, pixels, reached);
  const auto number = [&](std::uint32_t pixel) { return static_cast<std::uint32_t>(reached[pixel] >> (2 * kBits)); };
  constexpr std::size_t kBuckets = 4096;
  const std::size_t per_bucket = tree.words / kBuckets + 1;
  std::uint32_t starts[kBuckets + 1] = {};
  for (std::size_t i = 0; i < left; ++i) ++starts[number(list[i]) / per_bucket + 1];
  std::partial_sum(starts, starts + kBuckets + 1, starts);
  for (std::size_t i = 0; i < left; ++i) sorted[starts[number(list[i]) / per_bucket]++] = list[i];
  while (left > 0) left = walk_listed(words, rows, kStepsBetween, sorted, left, reached);
}

#undef ECOCUBE_STEP

template class WalkedTrees<std::uint32_t>;
template class WalkedTrees<std::uint64_t>;

}  // namespace ecocube
