// SPDX-License-Identifier: Apache-2.0
#include "methods/train/tree_search.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

#include "methods/train/tree_sums.h"

namespace ecocube {
namespace {

/// Only a split better by more than rounding takes over from an earlier one.
constexpr double kBetter = 0x1p-40;

/// A number from low to high, never high itself; the upper 24 bits of `random` decide.
float drawn_between(float low, float high, std::uint64_t random) {
  const double share = static_cast<double>(random >> 40) * 0x1p-24;
  const double from = static_cast<double>(low), to = static_cast<double>(high);
  const auto drawn = static_cast<float>(from + share * (to - from));
  return drawn < high ? std::max(low, drawn) : low;
}

}  // namespace

template <class Sums>
Split SplitSearch<Sums>::best_of(std::span<Item> items, std::size_t node) {
  assert(items.size() >= 2 * settings_.min_leaf);
  Split best;
  draw_.start(settings_, node);
  std::size_t tried = 0;
  std::uint32_t features[kSortLanes];
  while (draw_.left() > 0 && (tried < settings_.features_per_split || !best.found)) {
    const std::size_t wanted = std::max<std::size_t>(tried, settings_.features_per_split) - tried;
    const std::size_t count = std::min({std::max<std::size_t>(1, wanted), kSortLanes, draw_.left()});
    for (std::size_t i = 0; i < count; ++i) features[i] = draw_.next();
    tried += try_features(items, {features, count}, best);
  }
  return best;
}

/// Returns how many of the features are not constant.
template <class Sums>
std::size_t SplitSearch<Sums>::try_features(std::span<Item> items, std::span<const std::uint32_t> features,
                                            Split& best) {
  const bool plain = settings_.scan == SplitScan::plain;
  if (!plain && !settings_.random_thresholds && items.size() <= kFewRows) return try_lanes(items, features, best);
  std::size_t tried = 0;
  for (const std::uint32_t feature : features) {
    if (settings_.random_thresholds) {
      tried += try_random_threshold(items, feature, best);
    } else {
      tried += plain ? try_plainly(items, feature, best) : try_counting(items, feature, best);
    }
  }
  return tried;
}

template <class Sums>
void SplitSearch<Sums>::take(const Sweep& sweep, std::uint32_t feature, std::size_t left_bin, std::size_t right_bin,
                             Split& best) const {
  const BinnedColumn& column = rows_.columns[feature];
  best.found = true;
  best.feature = feature;
  best.left_bin = static_cast<std::uint8_t>(left_bin);
  best.threshold = threshold_between(column.highest[left_bin], column.lowest[right_bin]);
  best.score = sweep.score();
  best.bar = best.score + std::abs(best.score) * kBetter;
}

template <class Sums>
bool SplitSearch<Sums>::try_plainly(std::span<const Item> items, std::uint32_t feature, Split& best) {
  by_bin_.clear();
  for (std::uint32_t i = 0; i < items.size(); ++i) by_bin_.emplace_back(rows_.columns[feature].bin_of[items[i].row], i);
  std::sort(by_bin_.begin(), by_bin_.end());
  if (by_bin_.front().first == by_bin_.back().first) return false;
  Sweep sweep = sums_.sweep();
  for (std::size_t i = 0; i + 1 < items.size(); ++i) {
    sweep.move(items[by_bin_[i].second]);
    const std::uint8_t bin = by_bin_[i].first, next = by_bin_[i + 1].first;
    if (bin != next && may_part(i + 1, items.size()) && sweep.beats(best.bar)) take(sweep, feature, bin, next, best);
  }
  return true;
}

template <class Sums>
bool SplitSearch<Sums>::try_counting(std::span<Item> items, std::uint32_t feature, Split& best) {
  const std::size_t count = items.size(), bins = rows_.columns[feature].lowest.size();
  const bool fits = count * rows_.columns.size() <= kColumnsBlock && count <= kMostSlots;
  if (fits && !columns_block_.holds(items)) copy_columns(items);
  bins_.resize(count);
  sorted_.resize(count);
  std::uint8_t* const bin_of = bins_.data();
  Item* const sorted = sorted_.data();
  // A loop of its own, so that many reads wait for memory together.
  with_bins(items, feature, [&](const auto& read) {
    for (std::size_t i = 0; i < count; ++i) bin_of[i] = read(items[i]);
  });
  std::uint32_t ends[256] = {};
  for (std::size_t i = 0; i < count; ++i) ++ends[bin_of[i]];
  if (ends[bin_of[0]] == count) return false;
  for (std::uint32_t bin = 0, before = 0; bin < bins; ++bin) before += std::exchange(ends[bin], before);
  for (std::size_t i = 0; i < count; ++i) sorted[ends[bin_of[i]]++] = items[i];

  Sweep sweep = sums_.sweep();
  std::size_t moved = 0, last = 0;
  for (std::size_t bin = 0; bin < bins && moved < count; ++bin) {
    if (ends[bin] == moved) continue;
    if (moved > 0 && may_part(moved, count) && sweep.beats(best.bar)) take(sweep, feature, last, bin, best);
    for (; moved < ends[bin]; ++moved) sweep.move(sorted[moved]);
    last = bin;
  }
  return true;
}

template <class Sums>
void SplitSearch<Sums>::copy_rows(std::span<Item> items) {
  const std::size_t features = rows_.columns.size();
  rows_block_.bins.resize(kFewRows * features);
  for (std::size_t i = 0; i < items.size(); ++i) {
    std::memcpy(rows_block_.bins.data() + i * features, rows_.by_row.data() + items[i].row * features, features);
    items[i].slot = static_cast<decltype(items[i].slot)>(i);
  }
  rows_block_.begin = items.data();
  rows_block_.end = items.data() + items.size();
}

template <class Sums>
void SplitSearch<Sums>::copy_columns(std::span<Item> items) {
  const std::size_t features = rows_.columns.size(), count = items.size();
  columns_block_.bins.resize(kColumnsBlock);
  std::uint8_t* const bins = columns_block_.bins.data();
  for (std::size_t first = 0; first < count; first += 64) {  // so that both sides of the turn stay in the cache
    const std::size_t last = std::min(first + 64, count);
    for (std::size_t f = 0; f < features; ++f) {
      for (std::size_t i = first; i < last; ++i) bins[f * count + i] = rows_.by_row[items[i].row * features + f];
    }
  }
  for (std::size_t i = 0; i < count; ++i) items[i].slot = static_cast<decltype(items[i].slot)>(i);
  columns_block_.slots = count;
  columns_block_.begin = items.data();
  columns_block_.end = items.data() + count;
}

template <class Sums>
template <class Use>
void SplitSearch<Sums>::with_bins(std::span<const Item> items, std::size_t feature, const Use& use) const {
  if (few(items) && rows_block_.holds(items)) {
    const std::uint8_t* const bins = rows_block_.bins.data() + feature;
    const std::size_t features = rows_.columns.size();
    use([=](const Item& item) { return bins[item.slot * features]; });
  } else if (!few(items) && columns_block_.holds(items)) {
    const std::uint8_t* const bins = columns_block_.bins.data() + feature * columns_block_.slots;
    use([=](const Item& item) { return bins[item.slot]; });
  } else {
    const std::uint8_t* const bins = rows_.columns[feature].bin_of.data();
    use([=](const Item& item) { return bins[item.row]; });
  }
}

template <class Sums>
std::size_t SplitSearch<Sums>::try_lanes(std::span<Item> items, std::span<const std::uint32_t> features, Split& best) {
  if (!rows_block_.holds(items)) copy_rows(items);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::uint8_t* const bins = rows_block_.bins.data() + items[i].slot * rows_.columns.size();
    for (std::size_t lane = 0; lane < features.size(); ++lane)
      keys_[i * kSortLanes + lane] = static_cast<std::uint16_t>(bins[features[lane]] << 8 | i);
  }
  sort_lanes(keys_, items.size());
  std::size_t tried = 0;
  for (std::size_t lane = 0; lane < features.size(); ++lane) {
    if (keys_[lane] >> 8 == keys_[(items.size() - 1) * kSortLanes + lane] >> 8) continue;
    ++tried;
    sweep_lane(items, keys_ + lane, features[lane], best);
  }
  return tried;
}

/// keys  of one lane, so kSortLanes apart
template <class Sums>
void SplitSearch<Sums>::sweep_lane(std::span<const Item> items, const std::uint16_t* keys, std::uint32_t feature,
                                   Split& best) {
  const std::size_t last = items.size() - settings_.min_leaf;
  Sweep sweep = sums_.sweep();
  std::size_t moved = 0;
  for (; moved + 1 < settings_.min_leaf; ++moved) sweep.move(items[keys[moved * kSortLanes] & 255u]);
  double bar = best.bar;
  std::uint32_t key = keys[moved * kSortLanes];
  while (moved < last) {
    sweep.move(items[key & 255u]);
    const std::uint32_t next = keys[++moved * kSortLanes];
    // One jump that is hardly ever taken instead of two of which one is hard to foresee.
    if (static_cast<int>((key ^ next) > 255u) & static_cast<int>(sweep.beats(bar))) {
      take(sweep, feature, key >> 8, next >> 8, best);
      bar = best.bar;
    }
    key = next;
  }
}

template <class Sums>
bool SplitSearch<Sums>::try_random_threshold(std::span<const Item> items, std::uint32_t feature, Split& best) {
  const BinnedColumn& column = rows_.columns[feature];
  bins_.resize(items.size());
  std::uint8_t low = 255, high = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    bins_[i] = column.bin_of[items[i].row];
    low = std::min(low, bins_[i]);
    high = std::max(high, bins_[i]);
  }
  if (low == high) return false;
  const float drawn = drawn_between(column.lowest[low], column.highest[high], draw_.random().next());
  // The threshold may fall inside a bin, which cannot be divided: it then moves behind that bin.
  const auto above = std::upper_bound(column.highest.begin() + low, column.highest.begin() + high, drawn);
  const auto left_bin = std::max<std::size_t>(low + 1u, static_cast<std::size_t>(above - column.highest.begin())) - 1;
  Sweep sweep = sums_.sweep();
  std::size_t left = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (bins_[i] > left_bin) continue;
    sweep.move(items[i]);
    ++left;
  }
  if (!may_part(left, items.size()) || !sweep.beats(best.bar)) return true;
  take(sweep, feature, left_bin, left_bin + 1, best);
  if (drawn >= column.highest[left_bin] && drawn < column.lowest[left_bin + 1]) best.threshold = drawn;
  return true;
}

template <class Sums>
std::size_t SplitSearch<Sums>::divide(std::span<Item> items, const Split& split) {
  right_.resize(items.size());
  std::size_t left = 0, right = 0;
  with_bins(items, split.feature, [&](const auto& bin_of) {
    for (const Item& item : items) {
      // Both are written, one is kept: no jump to foresee. `left` never overtakes the item being read.
      const bool goes_left = bin_of(item) <= split.left_bin;
      const Item copy = item;
      items[left] = copy;
      right_[right] = copy;
      left += goes_left;
      right += !goes_left;
    }
  });
  std::copy_n(right_.begin(), right, items.begin() + static_cast<std::ptrdiff_t>(left));
  return left;
}

template class SplitSearch<GiniSums>;
template class SplitSearch<EntropySums>;
template class SplitSearch<VarianceSums>;

}  // namespace ecocube
