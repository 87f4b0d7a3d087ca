// SPDX-License-Identifier: Apache-2.0
#include "methods/terrain/relief.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace ecocube::terrain {
namespace {

constexpr double kDegrees = 180 / std::numbers::pi;

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
  const Neighbourhood near(ground, row, col);
  const double west = near.at(-1, -1) + 2 * near.at(0, -1) + near.at(1, -1);
  const double east = near.at(-1, 1) + 2 * near.at(0, 1) + near.at(1, 1);
  const double north = near.at(-1, -1) + 2 * near.at(-1, 0) + near.at(-1, 1);
  const double south = near.at(1, -1) + 2 * near.at(1, 0) + near.at(1, 1);
  return {(east - west) / (8 * ground.pixel), (north - south) / (8 * ground.pixel)};
}

double slope_of(const Gradient& gradient) {
  return std::atan(std::sqrt(gradient.east * gradient.east + gradient.north * gradient.north)) * kDegrees;
}

double aspect_of(const Gradient& gradient) {
  if (gradient.east == 0 && gradient.north == 0) return -1;
  const double degrees = std::atan2(-gradient.east, -gradient.north) * kDegrees;
  return degrees < 0 ? degrees + 360 : degrees;
}

double hillshade_of(const Gradient& gradient, const Sun& sun) {
  const double azimuth = sun.azimuth / kDegrees, altitude = sun.altitude / kDegrees;
  // The cosine between the surface's normal (-east, -north, 1) and the direction of the sun.
  const double towards = -gradient.east * std::cos(altitude) * std::sin(azimuth) -
                         gradient.north * std::cos(altitude) * std::cos(azimuth) + std::sin(altitude);
  const double length = std::sqrt(1 + gradient.east * gradient.east + gradient.north * gradient.north);
  return std::max(0.0, towards / length);
}

void position_index(const Elevations& ground, int radius, std::size_t row_begin, std::size_t row_end,
                    std::span<float> results) {
  assert(results.size() == (row_end - row_begin) * ground.cols && row_end <= ground.rows);
  const auto cols = static_cast<std::ptrdiff_t>(ground.cols), rows = static_cast<std::ptrdiff_t>(ground.rows);
  // Sums of each row from its left end on, so that a disc costs two look-ups a row.
  std::vector<double> sums(ground.rows * (ground.cols + 1));
  std::vector<double> counts(sums.size());
  for (std::ptrdiff_t row = 0; row < rows; ++row) {
    for (std::ptrdiff_t col = 0; col < cols; ++col) {
      const auto at = static_cast<std::size_t>(row * (cols + 1) + col);
      const float metres = ground.metres[static_cast<std::size_t>(row * cols + col)];
      const bool known = !std::isnan(metres);
      sums[at + 1] = sums[at] + (known ? static_cast<double>(metres) : 0);
      counts[at + 1] = counts[at] + (known ? 1 : 0);
    }
  }
  for (auto row = static_cast<std::ptrdiff_t>(row_begin); row < static_cast<std::ptrdiff_t>(row_end); ++row) {
    for (std::ptrdiff_t col = 0; col < cols; ++col) {
      const float own = ground.metres[static_cast<std::size_t>(row * cols + col)];
      double sum = 0, count = 0;
      for (std::ptrdiff_t down = -radius; down <= radius; ++down) {
        if (row + down < 0 || row + down >= rows) continue;
        const auto half = static_cast<std::ptrdiff_t>(std::sqrt(static_cast<double>(radius * radius - down * down)));
        const std::ptrdiff_t base = (row + down) * (cols + 1);
        const auto first = static_cast<std::size_t>(base + std::max<std::ptrdiff_t>(0, col - half));
        const auto last = static_cast<std::size_t>(base + std::min(cols, col + half + 1));
        sum += sums[last] - sums[first];
        count += counts[last] - counts[first];
      }
      const bool known = !std::isnan(own) && count > 1;
      results[(static_cast<std::size_t>(row) - row_begin) * ground.cols + static_cast<std::size_t>(col)] =
          known ? static_cast<float>(static_cast<double>(own) - (sum - static_cast<double>(own)) / (count - 1))
                : std::numeric_limits<float>::quiet_NaN();
    }
  }
}

}  // namespace ecocube::terrain
