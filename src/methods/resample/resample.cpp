// SPDX-License-Identifier: Apache-2.0
#include "methods/resample/resample.h"

#include <algorithm>
#include <cmath>

namespace ecocube::resample {
namespace {

/// Index of a source pixel in the arrays, or -1 when it is not here or missing.
std::int64_t index_of(const Pixels& source, std::int64_t row, std::int64_t col) {
  const std::int64_t r = row - source.where.row, c = col - source.where.col;
  if (r < 0 || c < 0 || r >= source.where.rows || c >= source.where.cols) return -1;
  const std::int64_t index = r * source.where.cols + c;
  return source.valid[static_cast<std::size_t>(index)] ? index : -1;
}

std::int64_t floored(double value) {
  return static_cast<std::int64_t>(std::floor(value));
}

void set(std::span<float> values, std::span<std::uint8_t> valid, std::size_t i, bool known, double value) {
  valid[i] = known;
  values[i] = known ? static_cast<float>(value) : 0.0f;
}

}  // namespace

void nearest(const Pixels& source, const Positions& at, std::span<float> values, std::span<std::uint8_t> valid) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::int64_t index = std::isnan(at.x[i]) ? -1 : index_of(source, floored(at.y[i]), floored(at.x[i]));
    set(values, valid, i, index >= 0, index >= 0 ? source.values[static_cast<std::size_t>(index)] : 0);
  }
}

void bilinear(const Pixels& source, const Positions& at, std::span<float> values, std::span<std::uint8_t> valid) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(at.x[i]) || index_of(source, floored(at.y[i]), floored(at.x[i])) < 0) {
      set(values, valid, i, false, 0);
      continue;
    }
    const double x = at.x[i] - 0.5, y = at.y[i] - 0.5;
    const std::int64_t col = floored(x), row = floored(y);
    const double right = x - static_cast<double>(col), down = y - static_cast<double>(row);
    const double weights[2][2] = {{(1 - down) * (1 - right), (1 - down) * right}, {down * (1 - right), down * right}};
    double sum = 0, total = 0;
    for (int r = 0; r < 2; ++r) {
      for (int c = 0; c < 2; ++c) {
        const std::int64_t index = index_of(source, row + r, col + c);
        if (index < 0) continue;
        sum += weights[r][c] * source.values[static_cast<std::size_t>(index)];
        total += weights[r][c];
      }
    }
    set(values, valid, i, total > 0, sum / total);
  }
}

void average(const Pixels& source, const Positions& at, double width, double height, std::span<float> values,
             std::span<std::uint8_t> valid) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(at.x[i])) {
      set(values, valid, i, false, 0);
      continue;
    }
    const double left = at.x[i] - width / 2, top = at.y[i] - height / 2;
    double sum = 0, total = 0;
    for (std::int64_t row = floored(top); static_cast<double>(row) < top + height; ++row) {
      const double inside_rows =
          std::min(top + height, static_cast<double>(row + 1)) - std::max(top, static_cast<double>(row));
      for (std::int64_t col = floored(left); static_cast<double>(col) < left + width; ++col) {
        const std::int64_t index = index_of(source, row, col);
        if (index < 0) continue;
        const double share = inside_rows * (std::min(left + width, static_cast<double>(col + 1)) -
                                            std::max(left, static_cast<double>(col)));
        sum += share * source.values[static_cast<std::size_t>(index)];
        total += share;
      }
    }
    // A hair below one half, so that an exact half counts whatever the rounding of its shares.
    set(values, valid, i, total >= width * height * (0.5 - 1e-9), sum / total);
  }
}

}  // namespace ecocube::resample
