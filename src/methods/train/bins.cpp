// SPDX-License-Identifier: Apache-2.0
#include "methods/train/bins.h"

#include <algorithm>
#include <cmath>

#include "base/parallel.h"

namespace ecocube {
namespace {

struct Distinct {
  float value;
  std::size_t rows;
};

/// Whole numbers that lie within 65536 of each other, as bytes and 16-bit rasters do, are counted instead of sorted.
struct WholeRange {
  bool whole = false;
  float lowest = 0, highest = 0;

  explicit WholeRange(std::span<const float> values) {
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    if (values.empty() || std::abs(*low) > 8e6f || std::abs(*high) > 8e6f || *high - *low >= 65536) return;
    lowest = *low;
    highest = *high;
    whole = std::all_of(values.begin(), values.end(),
                        [](float value) { return static_cast<float>(static_cast<std::int32_t>(value)) == value; });
  }
  std::size_t place_of(float value) const { return static_cast<std::size_t>(value - lowest); }
  std::size_t places() const { return place_of(highest) + 1; }
};

std::vector<Distinct> counted_values(std::span<const float> values, const WholeRange& range) {
  std::vector<std::uint32_t> counts(range.places());
  for (const float value : values) ++counts[range.place_of(value)];
  std::vector<Distinct> distinct;
  for (std::size_t place = 0; place < counts.size(); ++place) {
    if (counts[place]) distinct.push_back({range.lowest + static_cast<float>(place), counts[place]});
  }
  return distinct;
}

std::vector<Distinct> sorted_values(std::span<const float> values) {
  std::vector<float> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  std::vector<Distinct> distinct;
  for (const float value : sorted) {
    if (distinct.empty() || distinct.back().value != value) distinct.push_back({value, 0});
    ++distinct.back().rows;
  }
  return distinct;
}

/// Lowest and highest value of every bin.
BinnedColumn bins_of(std::span<const Distinct> distinct, std::size_t rows) {
  BinnedColumn column;
  std::size_t rows_left = rows, rows_inside = 0;
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
  return column;
}

std::uint8_t bin_of(const BinnedColumn& column, float value) {
  const auto bin = std::lower_bound(column.highest.begin(), column.highest.end(), value) - column.highest.begin();
  return static_cast<std::uint8_t>(bin);
}

/// Blocks of rows keep both sides of the turn in the cache.
std::vector<std::uint8_t> turned(const std::vector<BinnedColumn>& columns, std::size_t rows) {
  std::vector<std::uint8_t> by_row(rows * columns.size());
  parallel_for((rows + 63) / 64, 16, [&](std::size_t begin, std::size_t end) {
    for (std::size_t block = begin; block < end; ++block) {
      const std::size_t first = block * 64, last = std::min(rows, first + 64);
      for (std::size_t f = 0; f < columns.size(); ++f) {
        const std::uint8_t* const bins = columns[f].bin_of.data();
        for (std::size_t row = first; row < last; ++row) by_row[row * columns.size() + f] = bins[row];
      }
    }
  });
  return by_row;
}

}  // namespace

BinnedColumn bin_column(std::span<const float> values) {
  const WholeRange range(values);
  const std::vector<Distinct> distinct = range.whole ? counted_values(values, range) : sorted_values(values);
  BinnedColumn column = bins_of(distinct, values.size());
  column.bin_of.reserve(values.size());
  if (!range.whole) {
    for (const float value : values) column.bin_of.push_back(bin_of(column, value));
    return column;
  }
  std::vector<std::uint8_t> bin_at(range.places());
  for (const Distinct& one : distinct) bin_at[range.place_of(one.value)] = bin_of(column, one.value);
  for (const float value : values) column.bin_of.push_back(bin_at[range.place_of(value)]);
  return column;
}

BinnedRows bin_rows(const TrainingRows& rows) {
  BinnedRows binned{std::vector<BinnedColumn>(rows.features), {}};
  parallel_for(rows.features, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t f = begin; f < end; ++f) binned.columns[f] = bin_column(rows.column(f));
  });
  binned.by_row = turned(binned.columns, rows.rows());
  return binned;
}

float threshold_between(float low, float high) {
  const float middle = static_cast<float>(0.5 * (static_cast<double>(low) + static_cast<double>(high)));
  return middle < high ? middle : low;
}

}  // namespace ecocube
