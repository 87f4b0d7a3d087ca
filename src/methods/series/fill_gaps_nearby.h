// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <vector>

namespace ecocube::series {

/// What the pixels around one that is missing say, as in fill_from_nearby: the median of the values within the smallest
/// square, at most `reach` pixels to each side, that holds any. Nothing when there is none.
///
/// plane    one layer, shape [row][col]; `no_data` (and NaN) where missing
/// around   room for the values met; its content is of no use to the caller
template <class T>
std::optional<double> nearby_median(const T* plane, T no_data, std::size_t rows, std::size_t cols, std::size_t row,
                                    std::size_t col, std::size_t reach, std::vector<T>& around) {
  const auto known = [&](T value) {
    if constexpr (std::is_floating_point_v<T>) return !std::isnan(value) && value != no_data;
    return value != no_data;
  };
  around.clear();
  for (std::size_t distance = 1; distance <= reach && around.empty(); ++distance) {
    const std::size_t left = col - std::min(col, distance), right = std::min(cols - 1, col + distance);
    for (std::size_t r = row - std::min(row, distance); r <= std::min(rows - 1, row + distance); ++r) {
      for (std::size_t c = left; c <= right; ++c) {
        if (known(plane[r * cols + c])) around.push_back(plane[r * cols + c]);
      }
    }
  }
  if (around.empty()) return std::nullopt;
  std::sort(around.begin(), around.end());
  return 0.5 * (static_cast<double>(around[(around.size() - 1) / 2]) + static_cast<double>(around[around.size() / 2]));
}

}  // namespace ecocube::series
