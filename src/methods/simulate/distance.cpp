// SPDX-License-Identifier: Apache-2.0
#include "methods/simulate/distance.h"

#include <algorithm>
#include <cmath>

namespace ecocube::simulate {

std::vector<std::uint16_t> metres_to(const Frame& frame, const std::vector<std::uint8_t>& mask) {
  constexpr std::uint16_t far = 60000;
  const auto across = static_cast<int>(std::lround(frame.metres_across)),
             down = static_cast<int>(std::lround(frame.metres_down));
  const auto slant = static_cast<int>(std::lround(std::hypot(frame.metres_across, frame.metres_down)));
  std::vector<std::uint16_t> metres(frame.pixels());
  for (std::size_t pixel = 0; pixel < metres.size(); ++pixel) metres[pixel] = mask[pixel] != 0 ? 0 : far;
  const auto lower = [&](int row, int col, int from_row, int from_col, int step) {
    if (from_row < 0 || from_row >= frame.rows || from_col < 0 || from_col >= frame.cols) return;
    std::uint16_t& here = metres[frame.at(row, col)];
    const int there = metres[frame.at(from_row, from_col)] + step;
    if (there < here) here = static_cast<std::uint16_t>(there);
  };
  for (int row = 0; row < frame.rows; ++row) {
    for (int col = 0; col < frame.cols; ++col) {
      lower(row, col, row, col - 1, across), lower(row, col, row - 1, col, down);
      lower(row, col, row - 1, col - 1, slant), lower(row, col, row - 1, col + 1, slant);
    }
  }
  for (int row = frame.rows - 1; row >= 0; --row) {
    for (int col = frame.cols - 1; col >= 0; --col) {
      lower(row, col, row, col + 1, across), lower(row, col, row + 1, col, down);
      lower(row, col, row + 1, col + 1, slant), lower(row, col, row + 1, col - 1, slant);
    }
  }
  return metres;
}

}  // namespace ecocube::simulate
