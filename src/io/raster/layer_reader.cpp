// SPDX-License-Identifier: Apache-2.0
#include "io/raster/layer_reader.h"

#include <algorithm>
#include <cmath>
#include <list>
#include <map>
#include <mutex>
#include <vector>

#include "base/text.h"
#include "io/raster/grid_mapping.h"
#include "io/raster/raster.h"
#include "methods/resample/resample.h"

namespace ecocube {
namespace {

PixelFrame frame_of(const RasterInfo& info) {
  PixelFrame frame;
  frame.crs = info.crs_wkt;
  std::copy(std::begin(info.geo_transform), std::end(info.geo_transform), std::begin(frame.geo_transform));
  frame.rows = info.rows;
  frame.cols = info.cols;
  return frame;
}

bool is_missing(float stored, const std::optional<double>& no_data) {
  return std::isnan(stored) || (no_data && stored == static_cast<float>(*no_data));
}

}  // namespace

struct LayerReader::State {
  struct OpenFile {
    std::unique_ptr<Raster> raster;
    std::shared_ptr<const GridMapping> mapping;
  };
  /// Where the window that was read last lies in files of one frame: layers of a source mostly share it.
  struct Placed {
    const GridMapping* mapping = nullptr;
    Window window;
    GridMapping::Positions positions;
  };
  Grid grid;
  std::filesystem::path root;
  std::map<std::string, OpenFile> open;
  std::list<std::string> recent;
  std::vector<std::pair<PixelFrame, std::shared_ptr<const GridMapping>>> mappings;
  Placed placed;
  std::vector<float> raw;
  std::vector<std::uint8_t> raw_valid;

  Result<OpenFile*> file(const std::string& path);
  Result<std::shared_ptr<const GridMapping>> mapping_of(const RasterInfo& info);
  const GridMapping::Positions& positions_of(const GridMapping& mapping, const Window& window);
  Result<void> read_part(const Layer& layer, const std::string& path, int band, const Window& window,
                         std::span<float> stored, std::span<std::uint8_t> valid);
  Result<void> read_source(OpenFile& file, int band, const Window& source, const std::optional<double>& no_data);
};

Result<LayerReader::State::OpenFile*> LayerReader::State::file(const std::string& path) {
  const auto found = open.find(path);
  if (found != open.end()) return &found->second;
  if (open.size() >= kMostOpen) {
    open.erase(recent.front());
    recent.pop_front();
  }
  ECOCUBE_TRY_ASSIGN(auto raster, Raster::open(path));
  auto mapping = mapping_of(raster->info());
  if (!mapping) return input_error("raster {}: {}", path, mapping.error().message);
  recent.push_back(path);
  return &(open[path] = OpenFile{std::move(raster), std::move(*mapping)});
}

Result<std::shared_ptr<const GridMapping>> LayerReader::State::mapping_of(const RasterInfo& info) {
  const PixelFrame frame = frame_of(info);
  for (const auto& [known, mapping] : mappings) {
    if (known == frame) return mapping;
  }
  ECOCUBE_TRY_ASSIGN(std::shared_ptr<const GridMapping> made, GridMapping::make(grid, frame));
  mappings.emplace_back(frame, made);
  return made;
}

const GridMapping::Positions& LayerReader::State::positions_of(const GridMapping& mapping, const Window& window) {
  if (placed.mapping != &mapping || placed.window != window) placed = {&mapping, window, mapping.positions(window)};
  return placed.positions;
}

/// Reads a window of the file into `raw` and `raw_valid`.
Result<void> LayerReader::State::read_source(OpenFile& file, int band, const Window& source,
                                             const std::optional<double>& no_data) {
  raw.resize(static_cast<std::size_t>(source.pixels()));
  raw_valid.resize(raw.size());
  ECOCUBE_TRY(file.raster->read(band, source, raw));
  for (std::size_t i = 0; i < raw.size(); ++i) raw_valid[i] = !is_missing(raw[i], no_data);
  return {};
}

Result<void> LayerReader::State::read_part(const Layer& layer, const std::string& path, int band, const Window& window,
                                           std::span<float> stored, std::span<std::uint8_t> valid) {
  ECOCUBE_TRY_ASSIGN(OpenFile * opened, file(path));
  if (band > static_cast<int>(opened->raster->info().bands.size())) {
    return input_error("raster {}: it has {} bands, band {} was asked for", path, opened->raster->info().bands.size(),
                       band);
  }
  std::fill(valid.begin(), valid.end(), std::uint8_t{0});
  std::fill(stored.begin(), stored.end(), 0.0f);
  const GridMapping& mapping = *opened->mapping;
  if (const auto shift = mapping.shift()) {
    const Window wanted{window.row + shift->first, window.col + shift->second, window.rows, window.cols};
    const Window source = intersection(wanted, {0, 0, opened->raster->info().rows, opened->raster->info().cols});
    if (source.empty()) return {};
    ECOCUBE_TRY(read_source(*opened, band, source, layer.encoding.no_data));
    for (std::int64_t row = 0; row < source.rows; ++row) {
      const auto from = static_cast<std::size_t>(row * source.cols);
      const auto to = static_cast<std::size_t>((source.row - wanted.row + row) * window.cols + source.col - wanted.col);
      for (std::size_t i = 0; i < static_cast<std::size_t>(source.cols); ++i) {
        valid[to + i] = raw_valid[from + i];
        stored[to + i] = raw_valid[from + i] ? raw[from + i] : 0.0f;
      }
    }
    return {};
  }
  const GridMapping::Positions& positions = positions_of(mapping, window);
  const Window source = mapping.source_window(positions);
  if (source.empty()) return {};
  ECOCUBE_TRY(read_source(*opened, band, source, layer.encoding.no_data));
  const resample::Pixels pixels{source, raw, raw_valid};
  const resample::Positions at{positions.x, positions.y};
  if (layer.kind != LayerKind::continuous) {
    resample::nearest(pixels, at, stored, valid);
  } else if (mapping.averages()) {
    resample::average(pixels, at, mapping.pixel_width(), mapping.pixel_height(), stored, valid);
  } else {
    resample::bilinear(pixels, at, stored, valid);
  }
  return {};
}

LayerReader::LayerReader(const Grid& grid, std::filesystem::path root) : state_(std::make_unique<State>()) {
  state_->grid = grid;
  state_->root = std::move(root);
}

LayerReader::~LayerReader() = default;

Result<void> LayerReader::read(const Layer& layer, const std::string& tile, const Window& window,
                               std::span<float> stored, std::span<std::uint8_t> valid) {
  std::vector<float> more;
  std::vector<std::uint8_t> more_valid;
  for (std::size_t i = 0; i < layer.files.size(); ++i) {
    std::string path = replace_all(layer.files[i].path, "{tile}", tile);
    const bool remote = path.find("://") != std::string::npos || path.starts_with("/");
    if (!remote) path = (state_->root / path).string();
    if (i == 0) {
      ECOCUBE_TRY(state_->read_part(layer, path, layer.files[i].band, window, stored, valid));
      continue;
    }
    more.resize(stored.size());
    more_valid.resize(stored.size());
    ECOCUBE_TRY(state_->read_part(layer, path, layer.files[i].band, window, more, more_valid));
    for (std::size_t pixel = 0; pixel < stored.size(); ++pixel) {
      if (valid[pixel] || !more_valid[pixel]) continue;
      stored[pixel] = more[pixel];
      valid[pixel] = 1;
    }
  }
  return {};
}

Result<void> LayerReader::read_decoded(const Layer& layer, const std::string& tile, const Window& window,
                                       std::span<float> values, std::span<std::uint8_t> valid) {
  ECOCUBE_TRY(read(layer, tile, window, values, valid));
  if (layer.encoding.scale == 1 && layer.encoding.offset == 0) return {};
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (valid[i]) values[i] = static_cast<float>(layer.encoding.decoded(values[i]));
  }
  return {};
}

}  // namespace ecocube
