// SPDX-License-Identifier: Apache-2.0
#include "methods/series/date_kriging.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace ecocube::series {

DateKriging::DateKriging(std::span<const DistanceTerm> correlation, int radius)
    : radius_(radius), tells_(!correlation.empty()), side_(2 * static_cast<std::size_t>(radius) + 1) {
  for (int row = -radius; row <= radius; ++row) {
    for (int col = -radius; col <= radius; ++col) {
      const int square = row * row + col * col;
      if (square == 0 || square > radius * radius) continue;
      spiral_.push_back({static_cast<std::int16_t>(row), static_cast<std::int16_t>(col),
                         static_cast<float>(std::sqrt(static_cast<double>(square)))});
    }
  }
  std::stable_sort(spiral_.begin(), spiral_.end(),
                   [](const Offset& one, const Offset& other) { return one.distance < other.distance; });
  for (int distance = 0; distance <= radius; ++distance) {
    const auto first = std::find_if(spiral_.begin(), spiral_.end(), [&](const Offset& offset) {
      return offset.distance >= static_cast<float>(distance);
    });
    ring_.push_back(static_cast<std::size_t>(first - spiral_.begin()));
  }
  correlation_.resize(side_ * side_);
  for (std::size_t row = 0; row < side_; ++row) {
    for (std::size_t col = 0; col < side_; ++col) {
      const double distance = std::sqrt(static_cast<double>(row * row + col * col));
      double sum = 0;
      for (const DistanceTerm& term : correlation) sum += term.weight * std::exp(-distance / term.range);
      correlation_[row * side_ + col] = static_cast<float>(sum);
    }
  }
  // What distinguishes even two pixels in one place: it keeps the systems well conditioned.
  correlation_[0] = 1.02F;
}

void DateKriging::find(const std::uint8_t* valid, std::size_t rows, std::size_t cols, std::size_t row, std::size_t col,
                       int from, Neighbours& found) const {
  found.count = 0;
  found.nearest = static_cast<float>(radius_);
  const auto radius = static_cast<std::size_t>(radius_);
  const bool inside = row >= radius && col >= radius && row + radius < rows && col + radius < cols;
  const auto height = static_cast<std::ptrdiff_t>(rows), width = static_cast<std::ptrdiff_t>(cols);
  const auto row_at = static_cast<std::ptrdiff_t>(row), col_at = static_cast<std::ptrdiff_t>(col);
  for (std::size_t place = ring_[static_cast<std::size_t>(from)]; place < spiral_.size(); ++place) {
    const Offset& offset = spiral_[place];
    const std::ptrdiff_t at_row = row_at + offset.row, at_col = col_at + offset.col;
    if (!inside && (at_row < 0 || at_col < 0 || at_row >= height || at_col >= width)) continue;
    const std::ptrdiff_t pixel = at_row * width + at_col;
    if (valid[pixel] == 0) continue;
    if (found.count == 0) found.nearest = offset.distance;
    found.pixel[found.count] = static_cast<std::uint32_t>(pixel);
    found.row[found.count] = offset.row;
    found.col[found.count] = offset.col;
    if (++found.count == Neighbours::kMost) break;
  }
}

void DateKriging::set_lane(const Neighbours& neighbours, SymmetricSystems& systems, std::size_t lane) const {
  constexpr std::size_t lanes = SymmetricSystems::kLanes;
  float* cell = systems.matrix.data() + lane;
  for (std::size_t one = 0; one < neighbours.count; ++one) {
    const int row = neighbours.row[one], col = neighbours.col[one];
    systems.right[one * lanes + lane] =
        correlation_[static_cast<std::size_t>(std::abs(row)) * side_ + static_cast<std::size_t>(std::abs(col))];
    for (std::size_t other = 0; other <= one; ++other, cell += lanes) {
      const auto rows = static_cast<std::size_t>(std::abs(row - neighbours.row[other]));
      const auto cols = static_cast<std::size_t>(std::abs(col - neighbours.col[other]));
      *cell = correlation_[rows * side_ + cols];
    }
  }
  for (std::size_t one = neighbours.count; one < systems.size; ++one) {
    systems.right[one * lanes + lane] = 0;
    for (std::size_t other = 0; other <= one; ++other, cell += lanes) *cell = other == one ? 1.0F : 0.0F;
  }
}

}  // namespace ecocube::series
