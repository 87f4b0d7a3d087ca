// SPDX-License-Identifier: Apache-2.0
#include "steps/scene_reader.h"

#include <algorithm>
#include <cmath>

#include "methods/resample/resample.h"

namespace ecocube {
namespace {

constexpr int kAllBands[] = {1, 2, 3, 4, 5, 6, 7, kGladQualityBand};
constexpr int kQualityBand[] = {kGladQualityBand};

PixelFrame frame_of(const GladTile& tile) {
  const Grid grid = tile.grid();
  PixelFrame frame;
  frame.crs = grid.crs;
  const double transform[6] = {grid.origin_x, grid.pixel, 0, grid.origin_y, 0, -grid.pixel};
  std::copy(std::begin(transform), std::end(transform), std::begin(frame.geo_transform));
  frame.rows = frame.cols = kGladTilePixels;
  return frame;
}

/// The part of the block that lies on the scene's tile when both grids have the same pixels.
Window shifted(const Window& block, const std::pair<std::int64_t, std::int64_t>& shift) {
  return {block.row + shift.first, block.col + shift.second, block.rows, block.cols};
}

/// The smallest window that holds both.
Window around(const Window& a, const Window& b) {
  const std::int64_t row = std::min(a.row, b.row), col = std::min(a.col, b.col);
  return {row, col, std::max(a.row + a.rows, b.row + b.rows) - row, std::max(a.col + a.cols, b.col + b.cols) - col};
}

/// Never more than asked for: std::vector would double what it has.
template <class T>
void set_size(std::vector<T>& values, std::size_t size) {
  if (values.capacity() < size) {
    std::vector<T>().swap(values);
    values.reserve(size);
  }
  values.resize(size);
}

bool inside(const Window& window, std::int64_t row, std::int64_t col) {
  return row >= window.row && col >= window.col && row < window.row + window.rows && col < window.col + window.cols;
}

}  // namespace

void Observation::reset(std::size_t pixels) {
  values.assign(kBands * pixels, 0);
  valid.assign(kBands * pixels, 0);
  clear = covered = 0;
}

void SceneReader::set_block(const Window& block) {
  block_ = block;
  placed_ = nullptr;
}

/// Computes the block's positions unless they are there already.
void SceneReader::place(const GridMapping& mapping) {
  if (placed_ == &mapping) return;
  positions_ = {};
  positions_ = mapping.positions(block_);
  placed_ = &mapping;
}

Window SceneReader::whole_source(const GridMapping& mapping) const {
  constexpr std::int64_t kRows = 64;
  Window whole;
  for (std::int64_t row = 0; row < tile_.rows; row += kRows) {
    const Window part = mapping.source_window(
        mapping.positions({tile_.row + row, tile_.col, std::min(kRows, tile_.rows - row), tile_.cols}));
    whole = whole.empty() ? part : part.empty() ? whole : around(whole, part);
  }
  return whole;
}

Result<const SceneReader::TileView*> SceneReader::view_of(const GladTile& tile) {
  TileView& view = views_[tile];
  if (!view.mapping) {
    ECOCUBE_TRY_ASSIGN(view.mapping, GridMapping::make(grid_, frame_of(tile)));
    if (!view.mapping->shift()) view.whole = whole_source(*view.mapping);
  }
  const auto shift = view.mapping->shift();
  if (!shift && !view.whole.empty()) place(*view.mapping);
  if (view.block == block_) return &view;
  view.block = block_;
  if (shift) {
    view.source = intersection(shifted(block_, *shift), {0, 0, kGladTilePixels, kGladTilePixels});
  } else if (!view.whole.empty()) {
    view.source = view.mapping->source_window(positions_);
    // All columns that the tile takes, or what is read beside a turned block would depend on its rows.
    if (!view.source.empty()) view.source = {view.source.row, view.whole.col, view.source.rows, view.whole.cols};
  }
  return &view;
}

/// Marks the clear source pixels from the last plane of `stored_` and counts the block's clear and covered pixels.
Result<void> SceneReader::read_quality(GladScene& scene, const TileView& view, Observation& seen) {
  const auto pixels = static_cast<std::size_t>(view.source.pixels());
  const std::span<const std::uint16_t> quality{stored_.data() + stored_.size() - pixels, pixels};
  set_size(clear_, pixels);
  mask_.mark_clear(quality, clear_);
  const Window covered = intersection(scene.covers(), view.source);
  const auto tally = [&](std::int64_t row, std::int64_t col) {
    if (!inside(covered, row, col)) return;
    ++seen.covered;
    seen.clear += clear_[static_cast<std::size_t>((row - view.source.row) * view.source.cols + col - view.source.col)];
  };
  if (view.mapping->shift()) {
    for (std::int64_t row = covered.row; row < covered.row + covered.rows; ++row) {
      for (std::int64_t col = covered.col; col < covered.col + covered.cols; ++col) tally(row, col);
    }
    return {};
  }
  for (std::size_t i = 0; i < positions_.x.size(); ++i) {
    if (std::isnan(positions_.x[i])) continue;
    tally(static_cast<std::int64_t>(std::floor(positions_.y[i])),
          static_cast<std::int64_t>(std::floor(positions_.x[i])));
  }
  return {};
}

Result<void> SceneReader::count(GladScene& scene, const GladTile& tile, Observation& seen) {
  ECOCUBE_TRY_ASSIGN(const TileView* view, view_of(tile));
  if (view->source.empty()) return {};
  set_size(stored_, static_cast<std::size_t>(view->source.pixels()));
  ECOCUBE_TRY(scene.read(kQualityBand, view->source, stored_));
  return read_quality(scene, *view, seen);
}

Result<void> SceneReader::read(GladScene& scene, const GladTile& tile, Observation& seen) {
  ECOCUBE_TRY_ASSIGN(const TileView* view, view_of(tile));
  if (view->source.empty()) return {};
  const auto pixels = static_cast<std::size_t>(view->source.pixels());
  set_size(stored_, pixels * std::size(kAllBands));
  ECOCUBE_TRY(scene.read(kAllBands, view->source, stored_));
  ECOCUBE_TRY(read_quality(scene, *view, seen));
  set_size(good_, pixels);
  set_size(source_values_, pixels);
  for (std::size_t band = 0; band < Observation::kBands; ++band) {
    const std::span<const std::uint16_t> plane{stored_.data() + band * pixels, pixels};
    const bool temperature = static_cast<int>(band) + 1 == kGladTemperatureBand;
    series::mark_valid(plane, clear_, temperature ? series::kTemperatureRange : series::kReflectanceRange, good_);
    std::copy(plane.begin(), plane.end(), source_values_.begin());
    if (view->mapping->shift()) {
      take_copy(*view, band, seen);
    } else {
      take_warped(*view, band, seen);
    }
  }
  return {};
}

void SceneReader::take_copy(const TileView& view, std::size_t band, Observation& seen) const {
  const Window wanted = shifted(block_, *view.mapping->shift());
  const std::size_t plane = band * static_cast<std::size_t>(block_.pixels());
  for (std::int64_t row = 0; row < view.source.rows; ++row) {
    const auto from = static_cast<std::size_t>(row * view.source.cols);
    const std::size_t to = plane + static_cast<std::size_t>((view.source.row - wanted.row + row) * block_.cols +
                                                            view.source.col - wanted.col);
    for (std::size_t i = 0; i < static_cast<std::size_t>(view.source.cols); ++i) {
      if (!good_[from + i] || seen.valid[to + i]) continue;
      seen.values[to + i] = source_values_[from + i];
      seen.valid[to + i] = 1;
    }
  }
}

void SceneReader::take_warped(const TileView& view, std::size_t band, Observation& seen) {
  const auto pixels = static_cast<std::size_t>(block_.pixels());
  set_size(warped_, pixels);
  set_size(warped_valid_, pixels);
  const resample::Pixels source{view.source, source_values_, good_};
  const resample::Positions at{positions_.x, positions_.y};
  if (view.mapping->averages()) {
    resample::average(source, at, view.mapping->pixel_width(), view.mapping->pixel_height(), warped_, warped_valid_);
  } else {
    resample::bilinear(source, at, warped_, warped_valid_);
  }
  const std::size_t plane = band * pixels;
  for (std::size_t i = 0; i < pixels; ++i) {
    if (!warped_valid_[i] || seen.valid[plane + i]) continue;
    seen.values[plane + i] = warped_[i];
    seen.valid[plane + i] = 1;
  }
}

}  // namespace ecocube
