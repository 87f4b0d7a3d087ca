// SPDX-License-Identifier: Apache-2.0
#include "methods/series/cloud_distance.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace ecocube::series {
namespace {

constexpr double kNowhere = std::numeric_limits<double>::infinity();

/// Squared metres to the nearest masked pixel of the same column; infinite where there is none.
std::vector<double> squares_by_column(std::span<const std::uint8_t> mask, const PixelPlane& plane) {
  std::vector<double> squares(mask.size(), kNowhere);
  std::vector<std::size_t> steps(plane.cols);
  constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  const auto scan_row = [&](std::size_t row) {
    for (std::size_t col = 0; col < plane.cols; ++col) {
      const std::size_t at = row * plane.cols + col;
      if (mask[at] != 0) {
        steps[col] = 0;
      } else if (steps[col] != none) {
        ++steps[col];
      }
      if (steps[col] == none) continue;
      const double metres = static_cast<double>(steps[col]) * plane.metres_down;
      squares[at] = std::min(squares[at], metres * metres);
    }
  };
  steps.assign(plane.cols, none);
  for (std::size_t row = 0; row < plane.rows; ++row) scan_row(row);
  steps.assign(plane.cols, none);
  for (std::size_t row = plane.rows; row-- > 0;) scan_row(row);
  return squares;
}

/// The lowest of the parabolas squares[i] + (metres × (col - i))², one a column, over every column of a row.
class LowerEnvelope {
 public:
  LowerEnvelope(std::size_t cols, double metres) : metres_square_(metres * metres), places_(cols), from_(cols) {}

  /// Writes the roots, at most `farthest`.
  void write_roots(std::span<const double> squares, double farthest, std::span<float> distances) {
    std::size_t parabolas = 0;
    for (std::size_t col = 0; col < squares.size(); ++col) {
      if (squares[col] == kNowhere) continue;
      double begins = -kNowhere;
      while (parabolas > 0) {
        begins = crossing(squares, places_[parabolas - 1], col);
        if (begins > from_[parabolas - 1]) break;
        --parabolas;
        begins = -kNowhere;
      }
      places_[parabolas] = col, from_[parabolas] = begins;
      ++parabolas;
    }
    std::size_t current = 0;
    for (std::size_t col = 0; col < squares.size(); ++col) {
      while (current + 1 < parabolas && from_[current + 1] < static_cast<double>(col)) ++current;
      const double metres = parabolas == 0 ? kNowhere : std::sqrt(height(squares, places_[current], col));
      distances[col] = static_cast<float>(std::min(metres, farthest));
    }
  }

 private:
  double height(std::span<const double> squares, std::size_t place, std::size_t col) const {
    const double cols = static_cast<double>(col) - static_cast<double>(place);
    return squares[place] + metres_square_ * (cols * cols);
  }
  /// Where the parabola of the later column becomes the lower one.
  double crossing(std::span<const double> squares, std::size_t earlier, std::size_t later) const {
    const auto a = static_cast<double>(earlier), b = static_cast<double>(later);
    return (squares[later] - squares[earlier]) / (2 * metres_square_ * (b - a)) + (a + b) / 2;
  }

  double metres_square_;
  std::vector<std::size_t> places_;  ///< columns of the parabolas that are lowest somewhere, left to right
  std::vector<double> from_;         ///< where each begins to be the lowest
};

}  // namespace

std::vector<float> cloud_distance(std::span<const std::uint8_t> mask, const PixelPlane& plane, double farthest) {
  assert(mask.size() == plane.rows * plane.cols && plane.metres_across > 0 && plane.metres_down > 0);
  const std::vector<double> squares = squares_by_column(mask, plane);
  std::vector<float> distances(mask.size());
  LowerEnvelope envelope(plane.cols, plane.metres_across);
  for (std::size_t row = 0; row < plane.rows; ++row) {
    envelope.write_roots(std::span(squares).subspan(row * plane.cols, plane.cols), farthest,
                         std::span(distances).subspan(row * plane.cols, plane.cols));
  }
  return distances;
}

}  // namespace ecocube::series
