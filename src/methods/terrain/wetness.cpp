// SPDX-License-Identifier: Apache-2.0
#include "methods/terrain/wetness.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <queue>

namespace ecocube::terrain {
namespace {

struct Step {
  std::ptrdiff_t down, right;
  double length;   ///< in pixels
  double contour;  ///< width of the contour that the flow crosses, in pixels
};

constexpr double kDiagonal = std::numbers::sqrt2;
constexpr std::array<Step, 8> kSteps{{{-1, 0, 1, 0.5},
                                      {0, 1, 1, 0.5},
                                      {1, 0, 1, 0.5},
                                      {0, -1, 1, 0.5},
                                      {-1, 1, kDiagonal, kDiagonal / 4},
                                      {1, 1, kDiagonal, kDiagonal / 4},
                                      {1, -1, kDiagonal, kDiagonal / 4},
                                      {-1, -1, kDiagonal, kDiagonal / 4}}};
constexpr double kFall = 1e-4;  // metres a pixel across a filled hollow

/// Calls `visit(neighbour, step)` for the neighbours of a pixel inside the rectangle; true when some lie outside.
template <class Visit>
bool for_neighbours(const Elevations& ground, std::size_t pixel, const Visit& visit) {
  const auto row = static_cast<std::ptrdiff_t>(pixel / ground.cols),
             col = static_cast<std::ptrdiff_t>(pixel % ground.cols);
  bool at_edge = false;
  for (const Step& step : kSteps) {
    const std::ptrdiff_t there_row = row + step.down, there_col = col + step.right;
    if (there_row < 0 || there_col < 0 || there_row >= static_cast<std::ptrdiff_t>(ground.rows) ||
        there_col >= static_cast<std::ptrdiff_t>(ground.cols)) {
      at_edge = true;
      continue;
    }
    visit(static_cast<std::size_t>(there_row) * ground.cols + static_cast<std::size_t>(there_col), step);
  }
  return at_edge;
}

/// A pixel in the flood; the lowest comes first, of equal ones the one with the smallest number.
struct Wet {
  double metres;
  std::size_t pixel;
  bool operator>(const Wet& other) const {
    return metres != other.metres ? metres > other.metres : pixel > other.pixel;
  }
};

}  // namespace

std::vector<double> filled_elevations(const Elevations& ground) {
  const std::size_t pixels = ground.rows * ground.cols;
  std::vector<double> filled(ground.metres.begin(), ground.metres.end());
  std::vector<std::uint8_t> seen(pixels);
  std::priority_queue<Wet, std::vector<Wet>, std::greater<>> flood;
  for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
    if (std::isnan(filled[pixel])) continue;
    bool outlet = false;
    const bool at_edge =
        for_neighbours(ground, pixel, [&](std::size_t there, const Step&) { outlet |= std::isnan(filled[there]); });
    if (!outlet && !at_edge) continue;
    seen[pixel] = 1;
    flood.push({filled[pixel], pixel});
  }
  while (!flood.empty()) {
    const Wet lowest = flood.top();
    flood.pop();
    for_neighbours(ground, lowest.pixel, [&](std::size_t there, const Step& step) {
      if (seen[there] || std::isnan(filled[there])) return;
      seen[there] = 1;
      filled[there] = std::max(filled[there], lowest.metres + kFall * step.length);
      flood.push({filled[there], there});
    });
  }
  return filled;
}

std::vector<double> contributing_area(const Elevations& ground, std::span<const double> filled) {
  const std::size_t pixels = filled.size();
  std::vector<std::size_t> downhill;
  for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
    if (!std::isnan(filled[pixel])) downhill.push_back(pixel);
  }
  std::sort(downhill.begin(), downhill.end(),
            [&](std::size_t a, std::size_t b) { return filled[a] != filled[b] ? filled[a] > filled[b] : a < b; });
  std::vector<double> area(pixels, ground.pixel * ground.pixel);
  for (const std::size_t pixel : downhill) {
    std::array<std::pair<std::size_t, double>, kSteps.size()> shares;
    std::size_t count = 0;
    double sum = 0;
    for_neighbours(ground, pixel, [&](std::size_t there, const Step& step) {
      const double fall = filled[pixel] - filled[there];
      if (!(fall > 0)) return;
      const double share = std::pow(fall / (step.length * ground.pixel), 1.1) * step.contour;
      shares[count++] = {there, share};
      sum += share;
    });
    for (std::size_t i = 0; i < count; ++i) area[shares[i].first] += area[pixel] * shares[i].second / sum;
  }
  return area;
}

void wetness_index(const Elevations& ground, std::span<float> results) {
  assert(results.size() == ground.rows * ground.cols);
  constexpr double least_slope = 0.001;
  const std::vector<double> area = contributing_area(ground, filled_elevations(ground));
  for (std::size_t pixel = 0; pixel < results.size(); ++pixel) {
    results[pixel] = std::numeric_limits<float>::quiet_NaN();
    if (std::isnan(ground.metres[pixel])) continue;
    const Gradient gradient = gradient_at(ground, pixel / ground.cols, pixel % ground.cols);
    const double slope = std::sqrt(gradient.east * gradient.east + gradient.north * gradient.north);
    results[pixel] = static_cast<float>(std::log(area[pixel] / ground.pixel / std::max(slope, least_slope)));
  }
}

}  // namespace ecocube::terrain
