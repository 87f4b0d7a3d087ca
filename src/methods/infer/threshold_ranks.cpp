// SPDX-License-Identifier: Apache-2.0
#include "methods/infer/threshold_ranks.h"

#include <algorithm>
#include <cassert>
#include <limits>

#include "methods/infer/rank_lanes.h"

namespace ecocube {
namespace {

std::vector<float> values_of(const StoredBytes& stored) {
  std::vector<float> values;
  for (int number = 0; number < 256; ++number) values.push_back(stored.physical(static_cast<std::uint8_t>(number)));
  std::sort(values.begin(), values.end());
  return values;
}

}  // namespace

ThresholdRanks::ThresholdRanks(const std::vector<const std::vector<TreeNode>*>& trees, std::size_t features,
                               std::span<const std::optional<StoredBytes>> stored)
    : column_of_(features) {
  std::vector<std::vector<float>> thresholds(features);
  for (const auto* nodes : trees) {
    for (const TreeNode& node : *nodes) {
      if (node.feature != TreeNode::kLeaf) thresholds[static_cast<std::size_t>(node.feature)].push_back(node.threshold);
    }
  }
  for (std::size_t f = 0; f < features; ++f) {
    if (thresholds[f].empty()) continue;
    Column column;
    column.feature = f;
    if (f < stored.size() && stored[f]) {
      column.stored = stored[f];
      column.sorted_values = values_of(*stored[f]);
      for (float& threshold : thresholds[f]) threshold = canonical(column, threshold);
    }
    std::sort(thresholds[f].begin(), thresholds[f].end());
    thresholds[f].erase(std::unique(thresholds[f].begin(), thresholds[f].end()), thresholds[f].end());
    column.thresholds = std::move(thresholds[f]);
    for (std::size_t number = 0; column.stored && number < 256; ++number) {
      const float value = column.stored->physical(static_cast<std::uint8_t>(number));
      const auto below = std::lower_bound(column.thresholds.begin(), column.thresholds.end(), value);
      column.table[number] = static_cast<std::uint16_t>(below - column.thresholds.begin());
    }
    most_ = std::max(most_, column.thresholds.size());
    column_of_[f] = static_cast<std::uint32_t>(columns_.size());
    columns_.push_back(std::move(column));
  }
  assert(most_ < 65535);
}

/// The largest stored value up to the threshold: no stored value lies between them.
float ThresholdRanks::canonical(const Column& column, float threshold) const {
  if (!column.stored) return threshold;
  const auto above = std::upper_bound(column.sorted_values.begin(), column.sorted_values.end(), threshold);
  return above == column.sorted_values.begin() ? -std::numeric_limits<float>::infinity() : *(above - 1);
}

std::uint32_t ThresholdRanks::index_of(std::int32_t feature, float threshold) const {
  const Column& column = columns_[column_of(feature)];
  const float value = canonical(column, threshold);
  return static_cast<std::uint32_t>(std::lower_bound(column.thresholds.begin(), column.thresholds.end(), value) -
                                    column.thresholds.begin());
}

void ThresholdRanks::rank(const FeatureChunk& chunk, std::int8_t* planes) const {
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const Column& column = columns_[c];
    const std::size_t from = column.feature * kChunkPixels;
    if (column.stored) {
      look_up_ranks(column.table, chunk.stored.data() + from, planes + c * kChunkPixels);
    } else {
      search_ranks(column.thresholds, chunk.values.data() + from, planes + c * kChunkPixels);
    }
  }
}

void ThresholdRanks::rank(const FeatureChunk& chunk, std::int16_t* planes) const {
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const Column& column = columns_[c];
    const std::size_t from = column.feature * kChunkPixels;
    if (column.stored) {
      look_up_ranks(column.table, chunk.stored.data() + from, planes + c * kChunkPixels);
    } else {
      search_ranks(column.thresholds, chunk.values.data() + from, planes + c * kChunkPixels);
    }
  }
}

}  // namespace ecocube
