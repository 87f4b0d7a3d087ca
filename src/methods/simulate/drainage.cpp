// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <queue>

#include "methods/simulate/terrain.h"

namespace ecocube::simulate {
namespace {

struct Front {
  float level;
  std::uint32_t pixel;
  /// The queue gives the lowest first; equal levels go by pixel, so that the order is the same everywhere.
  bool operator<(const Front& other) const { return level != other.level ? level > other.level : pixel > other.pixel; }
};

constexpr int kRowStep[8] = {-1, 0, 0, 1, -1, -1, 1, 1};
constexpr int kColStep[8] = {0, -1, 1, 0, -1, 1, -1, 1};
/// What a filled hollow rises by from pixel to pixel, so that its water finds the way out.
constexpr float kFall = 0.002F;

}  // namespace

Drainage drain(const Frame& frame, std::vector<float>& elevation, const std::vector<Water>& water) {
  Drainage drainage;
  drainage.receiver.resize(frame.pixels());
  drainage.filled.resize(frame.pixels());
  drainage.order.reserve(frame.pixels());
  std::vector<std::uint8_t> reached(frame.pixels());
  std::priority_queue<Front> front;
  const auto columns = static_cast<std::size_t>(frame.cols);
  for (std::size_t pixel = 0; pixel < frame.pixels(); ++pixel) {
    const std::size_t row = pixel / columns, col = pixel % columns;
    const bool edge = row == 0 || col == 0 || row + 1 == static_cast<std::size_t>(frame.rows) || col + 1 == columns;
    if (!edge && water[pixel] != Water::river) continue;
    reached[pixel] = 1;
    drainage.receiver[pixel] = static_cast<std::uint32_t>(pixel);
    front.push({elevation[pixel], static_cast<std::uint32_t>(pixel)});
  }
  while (!front.empty()) {
    const Front lowest = front.top();
    front.pop();
    drainage.order.push_back(lowest.pixel);
    const int row = static_cast<int>(lowest.pixel / columns), col = static_cast<int>(lowest.pixel % columns);
    for (int side = 0; side < 8; ++side) {
      const int r = row + kRowStep[side], c = col + kColStep[side];
      if (r < 0 || c < 0 || r >= frame.rows || c >= frame.cols) continue;
      const std::size_t pixel = frame.at(r, c);
      if (reached[pixel]) continue;
      reached[pixel] = 1;
      drainage.receiver[pixel] = lowest.pixel;
      const float level = lowest.level + kFall;
      if (level > elevation[pixel]) {
        drainage.filled[pixel] = level - elevation[pixel];
        elevation[pixel] = level;
      }
      front.push({elevation[pixel], static_cast<std::uint32_t>(pixel)});
    }
  }
  return drainage;
}

}  // namespace ecocube::simulate
