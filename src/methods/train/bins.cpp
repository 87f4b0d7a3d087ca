// SPDX-License-Identifier: Apache-2.0
#include "methods/train/bins.h"

#include <algorithm>

#include "base/parallel.h"

namespace ecocube {
namespace {

struct Distinct {
  float value;
  std::size_t rows;
};

std::vector<Distinct> distinct_values(std::span<const float> values) {
  std::vector<float> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  std::vector<Distinct> distinct;
  for (const float value : sorted) {
    if (distinct.empty() || distinct.back().value != value) distinct.push_back({value, 0});
    ++distinct.back().rows;
  }
  return distinct;
}

}  // namespace

BinnedColumn bin_column(std::span<const float> values) {
  const std::vector<Distinct> distinct = distinct_values(values);
  BinnedColumn column;
  std::size_t rows_left = values.size(), rows_inside = 0;
  for (std::size_t i = 0; i < distinct.size(); ++i) {
    const std::size_t bins_left = kMaximumBins - column.lowest.size(), values_left = distinct.size() - i;
    // Each further bin takes its fair share of the rows that are left, so a frequent value does not starve the rest.
    const bool open = column.lowest.size() != column.highest.size();
    if (!open) column.lowest.push_back(distinct[i].value);
    rows_inside += distinct[i].rows;
    const std::size_t still_to_open = open ? bins_left : bins_left - 1;
    const bool full = rows_inside * (still_to_open + 1) >= rows_left;
    if (values_left == 1 || values_left - 1 <= still_to_open || (full && still_to_open > 0)) {
      column.highest.push_back(distinct[i].value);
      rows_left -= rows_inside;
      rows_inside = 0;
    }
  }
  column.bin_of.reserve(values.size());
  for (const float value : values) {
    const auto bin = std::lower_bound(column.highest.begin(), column.highest.end(), value) - column.highest.begin();
    column.bin_of.push_back(static_cast<std::uint8_t>(bin));
  }
  return column;
}

std::vector<BinnedColumn> bin_columns(const TrainingRows& rows) {
  std::vector<BinnedColumn> columns(rows.features);
  parallel_for(rows.features, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t f = begin; f < end; ++f) columns[f] = bin_column(rows.column(f));
  });
  return columns;
}

float threshold_between(float low, float high) {
  const float middle = static_cast<float>(0.5 * (static_cast<double>(low) + static_cast<double>(high)));
  return middle < high ? middle : low;
}

}  // namespace ecocube
