// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "methods/train/rows.h"

namespace ecocube {

/// One column in at most 255 bins, ascending. A column of at most 255 distinct values has one bin a value, so nothing
/// is lost; otherwise the bins hold about equally many rows, equal values never in two bins.
struct BinnedColumn {
  std::vector<float> lowest;         ///< smallest value in the bin; shape [bin]
  std::vector<float> highest;        ///< largest value in the bin; shape [bin]
  std::vector<std::uint8_t> bin_of;  ///< shape [row]
};

/// The bins of all features, kept both ways: a node of many rows reads a column, one of few rows reads its rows.
struct BinnedRows {
  std::vector<BinnedColumn> columns;  ///< shape [feature]
  std::vector<std::uint8_t> by_row;   ///< shape [row][feature]
};

constexpr std::size_t kMaximumBins = 255;

/// `values` are finite; shape [row].
BinnedColumn bin_column(std::span<const float> values);

/// All features, several at a time. Holds 2 bytes for each value.
BinnedRows bin_rows(const TrainingRows& rows);

/// The number midway between two: low <= threshold < high, for any finite low < high.
float threshold_between(float low, float high);

}  // namespace ecocube
