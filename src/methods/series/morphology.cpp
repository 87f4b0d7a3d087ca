// SPDX-License-Identifier: Apache-2.0
#include "methods/series/morphology.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <vector>

#include "methods/series/mask_words.h"

namespace ecocube::series {
namespace {

/// Of a pixel: a centre at the radius itself lies within it, whatever the rounding.
constexpr double kEdge = 1e-9;
constexpr std::uint16_t kNone = std::numeric_limits<std::uint16_t>::max();

/// Columns to the nearest marked pixel of the same row.
void distances_in_row(const std::uint8_t* marked, std::int64_t cols, std::uint16_t* distance) {
  std::uint16_t since = kNone;
  for (std::int64_t col = 0; col < cols; ++col) {
    since = marked[col] != 0 ? std::uint16_t{0} : since >= kNone - 1 ? kNone : static_cast<std::uint16_t>(since + 1);
    distance[col] = since;
  }
  since = kNone;
  for (std::int64_t col = cols - 1; col >= 0; --col) {
    since = marked[col] != 0 ? std::uint16_t{0} : since >= kNone - 1 ? kNone : static_cast<std::uint16_t>(since + 1);
    distance[col] = std::min(distance[col], since);
  }
}

/// Columns that the disc reaches `rows_off` rows from its centre.
std::uint16_t half_width(double radius, std::int64_t rows_off, const PixelRaster& raster) {
  const double down = static_cast<double>(rows_off) * raster.pixel_height;
  const double width = std::sqrt(std::max(0.0, radius * radius - down * down)) / raster.pixel_width + kEdge;
  return static_cast<std::uint16_t>(std::min<double>(width, kNone - 2));
}

}  // namespace

std::int64_t reach_rows(double radius, const PixelRaster& raster) {
  return static_cast<std::int64_t>(radius / raster.pixel_height + kEdge);
}

std::int64_t reach_cols(double radius, const PixelRaster& raster) {
  return static_cast<std::int64_t>(radius / raster.pixel_width + kEdge);
}

void grow(std::span<const std::uint8_t> marked, const PixelRaster& raster, double radius,
          std::span<std::uint8_t> grown) {
  const std::int64_t rows = raster.rows, cols = raster.cols, reach = std::min(reach_rows(radius, raster), rows - 1);
  assert(marked.size() == static_cast<std::size_t>(rows * cols) && grown.size() == marked.size());
  std::vector<std::uint16_t> distance(marked.size());
  for (std::int64_t row = 0; row < rows; ++row)
    distances_in_row(marked.data() + row * cols, cols, distance.data() + row * cols);
  std::fill(grown.begin(), grown.end(), std::uint8_t{0});
  for (std::int64_t off = -reach; off <= reach; ++off) {
    const std::uint16_t width = half_width(radius, off, raster);
    for (std::int64_t row = std::max<std::int64_t>(0, -off); row < std::min(rows, rows - off); ++row) {
      const std::uint16_t* from = distance.data() + (row + off) * cols;
      std::uint8_t* to = grown.data() + row * cols;
      for (std::int64_t col = 0; col < cols; ++col) to[col] |= from[col] <= width ? 1 : 0;
    }
  }
}

void erode_and_dilate(std::span<std::uint8_t> marks, const PixelRaster& raster, double erode, double dilate) {
  std::vector<std::uint8_t> from(marks.size()), to(marks.size());
  const auto is_cloud = [&](std::size_t i) { return (marks[i] & kMasked) != 0 && (marks[i] & kFill) == 0; };
  if (erode > 0) {
    for (std::size_t i = 0; i < marks.size(); ++i) from[i] = (marks[i] & (kMasked | kFill)) == 0 ? 1 : 0;
    grow(from, raster, erode, to);
    for (std::size_t i = 0; i < marks.size(); ++i) {
      if (is_cloud(i) && to[i] != 0) marks[i] = static_cast<std::uint8_t>(marks[i] & ~kMasked);
    }
  }
  if (dilate > 0) {
    for (std::size_t i = 0; i < marks.size(); ++i) from[i] = is_cloud(i) ? 1 : 0;
    grow(from, raster, dilate, to);
    for (std::size_t i = 0; i < marks.size(); ++i) marks[i] |= to[i] != 0 ? kMasked : 0;
  }
}

}  // namespace ecocube::series
