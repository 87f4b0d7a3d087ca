// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "data/model/trees.h"
#include "methods/infer/feature_chunk.h"

namespace ecocube {

/// Features as the trees of one learner see them. A tree asks only on which side of a threshold a value lies, so the
/// value may be replaced by its rank, the number of the feature's thresholds below it: x > threshold i exactly where
/// rank(x) > i. With at most 255 thresholds a feature the ranks fit a byte. A column is a feature that some tree asks
/// for.
class ThresholdRanks {
 public:
  /// trees   nodes of all trees of the learner
  /// stored  of the features that come as bytes; shape [feature]. Thresholds between the same two of their 256 values
  ///         count as one.
  ThresholdRanks(const std::vector<const std::vector<TreeNode>*>& trees, std::size_t features,
                 std::span<const std::optional<StoredBytes>> stored);

  std::size_t columns() const { return columns_.size(); }
  /// Every rank fits a byte.
  bool narrow() const { return most_ <= 255; }
  std::uint32_t column_of(std::int32_t feature) const { return column_of_[static_cast<std::size_t>(feature)]; }
  /// Index of a threshold that a tree holds among those of its column.
  std::uint32_t index_of(std::int32_t feature, float threshold) const;

  /// Ranks of a chunk less `bias`, which turns them into signed numbers; shape [column][kChunkPixels].
  void rank(const FeatureChunk& chunk, std::int8_t* planes) const;   ///< where narrow; bias 128
  void rank(const FeatureChunk& chunk, std::int16_t* planes) const;  ///< bias 32768

 private:
  struct Column {
    std::size_t feature = 0;
    std::optional<StoredBytes> stored;
    std::vector<float> thresholds;           ///< distinct, ascending
    std::vector<float> sorted_values;        ///< of the 256 stored numbers, ascending
    std::array<std::uint16_t, 256> table{};  /// rank by stored number
  };
  float canonical(const Column& column, float threshold) const;

  std::vector<Column> columns_;
  std::vector<std::uint32_t> column_of_;  ///< shape [feature]
  std::size_t most_ = 0;                  ///< thresholds of a column
};

}  // namespace ecocube
