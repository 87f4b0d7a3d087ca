// SPDX-License-Identifier: Apache-2.0
#include "methods/terrain/relief.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <vector>

#include "methods/terrain/arctangent.h"

namespace ecocube::terrain {
namespace {

/// The 3 x 3 pixels around one, without gaps.
class Neighbourhood {
 public:
  Neighbourhood(const Elevations& ground, std::size_t row, std::size_t col) : ground_(ground), row_(row), col_(col) {}

  double at(int down, int right) const {
    const double centre = static_cast<double>(ground_.at(row_, col_));
    double there = 0, opposite = 0;
    if (known(down, right, there)) return there;
    if (known(-down, -right, opposite)) return 2 * centre - opposite;
    return down != 0 && right != 0 ? at(down, 0) + at(0, right) - centre : centre;
  }

 private:
  bool known(int down, int right, double& metres) const {
    const auto row = static_cast<std::ptrdiff_t>(row_) + down, col = static_cast<std::ptrdiff_t>(col_) + right;
    if (row < 0 || col < 0 || row >= static_cast<std::ptrdiff_t>(ground_.rows) ||
        col >= static_cast<std::ptrdiff_t>(ground_.cols))
      return false;
    metres = static_cast<double>(ground_.at(static_cast<std::size_t>(row), static_cast<std::size_t>(col)));
    return !std::isnan(metres);
  }

  const Elevations& ground_;
  std::size_t row_, col_;
};

}  // namespace

Gradient gradient_at(const Elevations& ground, std::size_t row, std::size_t col) {
  return gradient_at(ground, row, col, {ground.pixel, ground.pixel});
}

Gradient gradient_at(const Elevations& ground, std::size_t row, std::size_t col, const ReliefScale& scale) {
  const Neighbourhood near(ground, row, col);
  const double west = near.at(-1, -1) + 2 * near.at(0, -1) + near.at(1, -1);
  const double east = near.at(-1, 1) + 2 * near.at(0, 1) + near.at(1, 1);
  const double north = near.at(-1, -1) + 2 * near.at(-1, 0) + near.at(-1, 1);
  const double south = near.at(1, -1) + 2 * near.at(1, 0) + near.at(1, 1);
  return {(east - west) / (8 * scale.east), (north - south) / (8 * scale.north)};
}

double slope_of(const Gradient& gradient) {
  return arctangent(std::sqrt(gradient.east * gradient.east + gradient.north * gradient.north), 1) * kDegrees;
}

double aspect_of(const Gradient& gradient) {
  if (gradient.east == 0 && gradient.north == 0) return -1;
  const double degrees = arctangent(-gradient.east, -gradient.north) * kDegrees;
  return degrees < 0 ? degrees + 360 : degrees;
}

SunDirection direction_of(const Sun& sun) {
  const double azimuth = sun.azimuth / kDegrees, altitude = sun.altitude / kDegrees;
  return {std::cos(altitude), std::sin(azimuth), std::cos(azimuth), std::sin(altitude)};
}

double hillshade_of(const Gradient& gradient, const Sun& sun) {
  const SunDirection direction = direction_of(sun);
  // The cosine between the surface's normal (-east, -north, 1) and the direction of the sun.
  const double towards = -gradient.east * direction.across * direction.east -
                         gradient.north * direction.across * direction.north + direction.up;
  const double length = std::sqrt(1 + gradient.east * gradient.east + gradient.north * gradient.north);
  return std::max(0.0, towards / length);
}

void relief_of_row_plain(const Elevations& ground, std::size_t row, std::size_t col_begin, const ReliefScale& scale,
                         const Sun& sun, const ReliefRow& results) {
  for (std::size_t i = 0; i < results.cols(); ++i) {
    const bool told = !std::isnan(ground.at(row, col_begin + i));
    const Gradient gradient = told ? gradient_at(ground, row, col_begin + i, scale) : Gradient{};
    const auto put = [&](std::span<float> plane, const auto& measure) {
      if (!plane.empty()) plane[i] = told ? static_cast<float>(measure()) : std::numeric_limits<float>::quiet_NaN();
    };
    put(results.slope, [&] { return slope_of(gradient); });
    put(results.aspect, [&] { return aspect_of(gradient); });
    put(results.hillshade, [&] { return hillshade_of(gradient, sun); });
  }
}

PositionSums::PositionSums(const Elevations& ground, int radius)
    : rows(ground.rows), cols(ground.cols), metres(ground.metres), sums(rows * (cols + 1)), counts(sums.size()) {
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t col = 0; col < cols; ++col) {
      const std::size_t at = row * (cols + 1) + col;
      const float height = ground.at(row, col);
      const bool known = !std::isnan(height);
      sums[at + 1] = sums[at] + (known ? static_cast<double>(height) : 0);
      counts[at + 1] = counts[at] + (known ? 1 : 0);
    }
  }
  for (int down = -radius; down <= radius; ++down) {
    const auto half = std::sqrt(static_cast<double>(radius * radius - down * down));
    reaches.push_back({down, static_cast<std::size_t>(half)});
  }
}

float PositionSums::at(std::size_t row, std::size_t col) const {
  const float own = metres[row * cols + col];
  double sum = 0, count = 0;
  for (const Reach& reach : reaches) {
    const std::ptrdiff_t there = static_cast<std::ptrdiff_t>(row) + reach.down;
    if (there < 0 || there >= static_cast<std::ptrdiff_t>(rows)) continue;
    const std::size_t base = static_cast<std::size_t>(there) * (cols + 1);
    const std::size_t first = base + col - std::min(col, reach.half),
                      last = base + std::min(cols, col + reach.half + 1);
    sum += sums[last] - sums[first];
    count += counts[last] - counts[first];
  }
  if (std::isnan(own) || count <= 1) return std::numeric_limits<float>::quiet_NaN();
  return static_cast<float>(static_cast<double>(own) - (sum - static_cast<double>(own)) / (count - 1));
}

void position_index_plain(const Elevations& ground, int radius, std::size_t row_begin, std::size_t row_end,
                          std::span<float> results) {
  assert(results.size() == (row_end - row_begin) * ground.cols && row_end <= ground.rows);
  const PositionSums sums(ground, radius);
  for (std::size_t row = row_begin; row < row_end; ++row) {
    for (std::size_t col = 0; col < ground.cols; ++col)
      results[(row - row_begin) * ground.cols + col] = sums.at(row, col);
  }
}

}  // namespace ecocube::terrain
