// SPDX-License-Identifier: Apache-2.0
#include "io/raster/grid_mapping.h"

#include <algorithm>
#include <cmath>

namespace ecocube {
namespace {

constexpr std::int64_t kMostStep = 32;
/// Between points so far apart the projections in use bend by less than half a metre.
constexpr double kLatticeMetres = 960;
constexpr double kSnap = 1e-3;  ///< of a pixel
constexpr double kAveraging = 1.5;

std::int64_t floor_to(std::int64_t step, std::int64_t value) {
  return (value >= 0 ? value / step : -((-value + step - 1) / step)) * step;
}

/// The widest power of two of pixels that the lattice may span, so that coarse pixels are placed as exactly as fine.
std::int64_t lattice_step(const Grid& target) {
  constexpr double metres_per_degree = 111320;
  const double pixel = target.pixel * (is_geographic(target.crs) ? metres_per_degree : 1);
  std::int64_t step = kMostStep;
  while (step > 1 && static_cast<double>(step) * pixel > kLatticeMetres) step /= 2;
  return step;
}

bool invert(const double (&forward)[6], double (&inverse)[6]) {
  const double determinant = forward[1] * forward[5] - forward[2] * forward[4];
  if (determinant == 0 || !std::isfinite(determinant)) return false;
  inverse[1] = forward[5] / determinant;
  inverse[2] = -forward[2] / determinant;
  inverse[4] = -forward[4] / determinant;
  inverse[5] = forward[1] / determinant;
  inverse[0] = -(inverse[1] * forward[0] + inverse[2] * forward[3]);
  inverse[3] = -(inverse[4] * forward[0] + inverse[5] * forward[3]);
  return true;
}

}  // namespace

Result<std::unique_ptr<GridMapping>> GridMapping::make(const Grid& target, const PixelFrame& source) {
  std::unique_ptr<GridMapping> mapping(new GridMapping);
  mapping->target_ = target;
  mapping->step_ = lattice_step(target);
  mapping->source_ = source;
  if (source.crs.empty()) return input_error("it has no coordinate reference system");
  if (!invert(source.geo_transform, mapping->inverse_)) return input_error("its geotransform cannot be inverted");
  if (!same_crs(target.crs, source.crs)) {
    ECOCUBE_TRY_ASSIGN(mapping->projection_, Projection::between(target.crs, source.crs));
  }
  mapping->find_shift();
  mapping->find_pixel_size();
  return mapping;
}

void GridMapping::to_source(std::vector<double>& x, std::vector<double>& y) const {
  if (projection_) projection_->transform(x, y);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double map_x = x[i], map_y = y[i];
    x[i] = inverse_[0] + inverse_[1] * map_x + inverse_[2] * map_y;
    y[i] = inverse_[3] + inverse_[4] * map_x + inverse_[5] * map_y;
  }
}

void GridMapping::find_shift() {
  const auto& transform = source_.geo_transform;
  const double tolerance = kSnap * target_.pixel / 1000;
  if (projection_ || transform[2] != 0 || transform[4] != 0) return;
  if (std::abs(transform[1] - target_.pixel) > tolerance || std::abs(-transform[5] - target_.pixel) > tolerance) return;
  const double col = (target_.origin_x - transform[0]) / target_.pixel,
               row = (transform[3] - target_.origin_y) / target_.pixel;
  if (std::abs(col - std::round(col)) > kSnap || std::abs(row - std::round(row)) > kSnap) return;
  shift_ = {std::llround(row), std::llround(col)};
}

void GridMapping::find_pixel_size() {
  if (shift_) return;
  // The middle of the source, seen from the target and back again one target pixel further.
  const auto& transform = source_.geo_transform;
  const double col = static_cast<double>(source_.cols) / 2, row = static_cast<double>(source_.rows) / 2;
  std::vector<double> x{transform[0] + transform[1] * col + transform[2] * row},
      y{transform[3] + transform[4] * col + transform[5] * row};
  if (projection_) {
    const auto back = Projection::between(source_.crs, target_.crs);
    if (!back) return;
    (*back)->transform(x, y);
  }
  std::vector<double> xs{x[0], x[0] + target_.pixel, x[0]}, ys{y[0], y[0], y[0] - target_.pixel};
  to_source(xs, ys);
  const double width = std::hypot(xs[1] - xs[0], ys[1] - ys[0]), height = std::hypot(xs[2] - xs[0], ys[2] - ys[0]);
  if (std::isfinite(width) && std::isfinite(height)) {
    pixel_width_ = width;
    pixel_height_ = height;
  }
}

GridMapping::Positions GridMapping::positions(const Window& window) const {
  const std::int64_t first_row = floor_to(step_, window.row), first_col = floor_to(step_, window.col);
  const std::size_t node_rows = static_cast<std::size_t>((window.row + window.rows - 1 - first_row) / step_ + 2);
  const std::size_t node_cols = static_cast<std::size_t>((window.col + window.cols - 1 - first_col) / step_ + 2);
  std::vector<double> node_x, node_y;
  for (std::size_t r = 0; r < node_rows; ++r) {
    for (std::size_t c = 0; c < node_cols; ++c) {
      const MapPoint centre = target_.centre(first_row + static_cast<std::int64_t>(r) * step_,
                                             first_col + static_cast<std::int64_t>(c) * step_);
      node_x.push_back(centre.x);
      node_y.push_back(centre.y);
    }
  }
  to_source(node_x, node_y);

  Positions all;
  all.x.reserve(static_cast<std::size_t>(window.pixels()));
  all.y.reserve(static_cast<std::size_t>(window.pixels()));
  const auto between = [&](const std::vector<double>& node, std::size_t at, double right, double down) {
    const double upper = node[at] + (node[at + 1] - node[at]) * right;
    const double lower = node[at + node_cols] + (node[at + node_cols + 1] - node[at + node_cols]) * right;
    return upper + (lower - upper) * down;
  };
  for (std::int64_t row = window.row; row < window.row + window.rows; ++row) {
    const std::size_t r = static_cast<std::size_t>((row - first_row) / step_);
    const double down = static_cast<double>((row - first_row) % step_) / static_cast<double>(step_);
    for (std::int64_t col = window.col; col < window.col + window.cols; ++col) {
      const std::size_t c = static_cast<std::size_t>((col - first_col) / step_);
      const double right = static_cast<double>((col - first_col) % step_) / static_cast<double>(step_);
      all.x.push_back(between(node_x, r * node_cols + c, right, down));
      all.y.push_back(between(node_y, r * node_cols + c, right, down));
    }
  }
  return all;
}

bool GridMapping::averages() const {
  return std::min(pixel_width_, pixel_height_) > kAveraging;
}

/// Source pixels beside the one that holds a position: half a target pixel, and one more for rounding and neighbours.
std::int64_t GridMapping::margin() const {
  return static_cast<std::int64_t>(std::ceil(std::max({pixel_width_, pixel_height_, 2.0}) / 2)) + 1;
}

Window GridMapping::source_window(const Positions& positions) const {
  const std::int64_t around = margin();
  const auto beside = static_cast<double>(around);
  double min_x = INFINITY, min_y = INFINITY, max_x = -INFINITY, max_y = -INFINITY;
  for (std::size_t i = 0; i < positions.x.size(); ++i) {
    const double x = positions.x[i], y = positions.y[i];
    const bool near = x >= -beside && y >= -beside && x <= static_cast<double>(source_.cols) + beside &&
                      y <= static_cast<double>(source_.rows) + beside;
    if (!near) continue;
    min_x = std::min(min_x, x);
    max_x = std::max(max_x, x);
    min_y = std::min(min_y, y);
    max_y = std::max(max_y, y);
  }
  if (!(min_x <= max_x)) return {};
  const auto col = static_cast<std::int64_t>(std::floor(min_x)) - around,
             row = static_cast<std::int64_t>(std::floor(min_y)) - around;
  const auto col_end = static_cast<std::int64_t>(std::floor(max_x)) + around + 1,
             row_end = static_cast<std::int64_t>(std::floor(max_y)) + around + 1;
  return intersection({row, col, row_end - row, col_end - col}, {0, 0, source_.rows, source_.cols});
}

}  // namespace ecocube
