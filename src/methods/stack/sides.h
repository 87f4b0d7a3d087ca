// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ecocube {

using RowList = std::vector<std::uint32_t>;

/// Rows on both sides of one fold.
struct Side {
  RowList fitted_on, asked;
};

/// The sides of every fold. Rows of the fold `without` are on neither side, and that fold has none; -1: all rows.
inline std::vector<Side> sides_of(std::span<const std::uint8_t> fold, int folds, int without = -1) {
  std::vector<Side> sides;
  for (int f = 0; f < folds; ++f) {
    if (f == without) continue;
    Side side;
    for (std::uint32_t row = 0; row < fold.size(); ++row) {
      if (fold[row] != without) (fold[row] == f ? side.asked : side.fitted_on).push_back(row);
    }
    sides.push_back(std::move(side));
  }
  return sides;
}

}  // namespace ecocube
