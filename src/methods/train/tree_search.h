// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "base/random.h"
#include "methods/train/tree.h"
#include "methods/train/tree_sort_simd.h"

namespace ecocube {

struct Split {
  bool found = false;
  std::size_t feature = 0;
  std::uint8_t left_bin = 0;  ///< last bin on the left
  float threshold = 0;
  double score = 0;                                       ///< as the sums define it
  double bar = -std::numeric_limits<double>::infinity();  ///< what a better split has to exceed
};

/// The features of a node in random order, and the other random numbers that its split needs.
class FeatureDraw {
 public:
  explicit FeatureDraw(std::size_t features) : order_(features) { std::iota(order_.begin(), order_.end(), 0u); }

  void start(const TreeSettings& settings, std::size_t node) {
    while (!swaps_.empty()) {  // so that no node depends on those before it
      std::swap(order_[swaps_.size() - 1], order_[swaps_.back()]);
      swaps_.pop_back();
    }
    random_ = Random{settings.seed, settings.tree, node};
  }
  std::size_t left() const { return order_.size() - swaps_.size(); }
  std::uint32_t next() {
    const std::size_t place = swaps_.size();
    swaps_.push_back(static_cast<std::uint32_t>(place + random_.below(left())));
    std::swap(order_[place], order_[swaps_.back()]);
    return order_[place];
  }
  Random& random() { return random_; }

 private:
  std::vector<std::uint32_t> order_, swaps_;
  Random random_{};
};

/// Looks for the best split of one node after another, and divides its rows. Rows of a bin move from right to left in
/// the order in which the node holds them, so scores do not depend on how the rows are sorted: in a node of many rows
/// by counting them into their bins, in one of few rows by a network that sorts 16 features at once. A subtree works on
/// a copy of its rows' bins once that fits the second-level cache, and on a smaller one once that fits the first.
template <class Sums>
class SplitSearch {
 public:
  using Item = typename Sums::Item;
  using Sweep = typename Sums::Sweep;
  /// Most rows that are sorted by the network: their places are the lower byte of a key.
  static constexpr std::size_t kFewRows = 256;
  /// Bytes of a copy of columns.
  static constexpr std::size_t kColumnsBlock = std::size_t{1} << 19;
  static constexpr std::size_t kMostSlots = 65536;

  /// `rows` and `sums` outlive the search.
  SplitSearch(const BinnedRows& rows, Sums& sums, const TreeSettings& settings)
      : rows_(rows), sums_(sums), settings_(settings), draw_(rows.columns.size()) {}

  /// The best split of a node whose sums are loaded. Nothing is found where all features are constant or no split
  /// leaves enough rows on both sides.
  Split best_of(std::span<Item> items, std::size_t node);

  /// Items of the left side first, each side in its old order; returns how many go left.
  std::size_t divide(std::span<Item> items, const Split& split);

 private:
  std::size_t try_features(std::span<Item> items, std::span<const std::uint32_t> features, Split& best);
  bool try_plainly(std::span<const Item> items, std::uint32_t feature, Split& best);
  bool try_counting(std::span<Item> items, std::uint32_t feature, Split& best);
  std::size_t try_lanes(std::span<Item> items, std::span<const std::uint32_t> features, Split& best);
  void sweep_lane(std::span<const Item> items, const std::uint16_t* keys, std::uint32_t feature, Split& best);
  bool try_random_threshold(std::span<const Item> items, std::uint32_t feature, Split& best);

  /// Bins of the rows of one subtree. Its items know their slots here until a smaller block takes them.
  struct Block {
    std::vector<std::uint8_t> bins;
    const Item* begin = nullptr;
    const Item* end = nullptr;
    std::size_t slots = 0;
    bool holds(std::span<const Item> items) const {
      return items.data() >= begin && items.data() + items.size() <= end;
    }
  };
  bool few(std::span<const Item> items) const { return items.size() <= kFewRows; }
  void copy_rows(std::span<Item> items);
  void copy_columns(std::span<Item> items);
  /// Calls `use(bin_of)`, where bin_of(item) is the bin of a feature, read from where that is fastest.
  template <class Use>
  void with_bins(std::span<const Item> items, std::size_t feature, const Use& use) const;
  bool may_part(std::size_t left, std::size_t all) const {
    return left >= settings_.min_leaf && all - left >= settings_.min_leaf;
  }
  void take(const Sweep& sweep, std::uint32_t feature, std::size_t left_bin, std::size_t right_bin, Split& best) const;

  const BinnedRows& rows_;
  Sums& sums_;
  TreeSettings settings_;
  FeatureDraw draw_;
  std::vector<std::uint8_t> bins_;
  std::vector<Item> sorted_, right_;
  std::vector<std::pair<std::uint8_t, std::uint32_t>> by_bin_;
  Block rows_block_;                                            ///< of at most kFewRows; shape [slot][feature]
  Block columns_block_;                                         ///< shape [feature][slot]
  alignas(64) std::uint16_t keys_[kFewRows * kSortLanes] = {};  ///< bin << 8 | place in the node; shape [place][lane]
};

}  // namespace ecocube
