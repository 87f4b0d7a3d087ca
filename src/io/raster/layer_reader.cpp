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
  std::size_t most_open = kMostOpen;
  std::map<std::string, OpenFile> open;
  std::list<std::string> recent;
  std::vector<std::pair<PixelFrame, std::shared_ptr<const GridMapping>>> mappings;
  Placed placed;
  std::vector<float> raw;
  std::vector<std::uint8_t> raw_valid;

  std::string path_of(const LayerFile& file, const std::string& tile) const;
  Result<OpenFile*> file(const std::string& path);
  Result<OpenFile*> file_with(const std::string& path, int band);
  Result<std::shared_ptr<const GridMapping>> mapping_of(const RasterInfo& info);
  const GridMapping::Positions& positions_of(const GridMapping& mapping, const Window& window);
  Result<void> read_part(const Layer& layer, const std::string& path, int band, const Window& window,
                         std::span<float> stored, std::span<std::uint8_t> valid);
  template <class T>
  Result<void> read_stored_part(const Layer& layer, const std::string& path, int band, const Window& window, T* stored,
                                std::size_t stride);
  Result<void> read_source(OpenFile& file, int band, const Window& source, const std::optional<double>& no_data);
};

Result<LayerReader::State::OpenFile*> LayerReader::State::file(const std::string& path) {
  const auto found = open.find(path);
  if (found != open.end()) return &found->second;
  if (open.size() >= most_open) {
    open.erase(recent.front());
    recent.pop_front();
  }
  ECOCUBE_TRY_ASSIGN(auto raster, Raster::open(path));
  auto mapping = mapping_of(raster->info());
  if (!mapping) return input_error("raster {}: {}", path, mapping.error().message);
  recent.push_back(path);
  return &(open[path] = OpenFile{std::move(raster), std::move(*mapping)});
}

/// The file, which must have the band.
Result<LayerReader::State::OpenFile*> LayerReader::State::file_with(const std::string& path, int band) {
  ECOCUBE_TRY_ASSIGN(OpenFile * opened, file(path));
  if (band > static_cast<int>(opened->raster->info().bands.size())) {
    return input_error("raster {}: it has {} bands, band {} was asked for", path, opened->raster->info().bands.size(),
                       band);
  }
  return opened;
}

std::string LayerReader::State::path_of(const LayerFile& file, const std::string& tile) const {
  std::string path = replace_all(file.path, "{tile}", tile);
  const bool remote = path.find("://") != std::string::npos || path.starts_with("/");
  return remote ? path : (root / path).string();
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
  ECOCUBE_TRY_ASSIGN(OpenFile * opened, file_with(path, band));
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
  const bool measured = layer.kind == LayerKind::continuous || layer.kind == LayerKind::error;
  if (!measured || layer.resampling == "nearest") {
    resample::nearest(pixels, at, stored, valid);
  } else if (layer.resampling == "average" || (layer.resampling == "auto" && mapping.averages())) {
    resample::average(pixels, at, mapping.pixel_width(), mapping.pixel_height(), stored, valid);
  } else {
    resample::bilinear(pixels, at, stored, valid);
  }
  return {};
}

/// One file of a layer; pixels beside it are missing.
template <class T>
Result<void> LayerReader::State::read_stored_part(const Layer& layer, const std::string& path, int band,
                                                  const Window& window, T* stored, std::size_t stride) {
  ECOCUBE_TRY_ASSIGN(OpenFile * opened, file_with(path, band));
  const T missing = static_cast<T>(*layer.encoding.no_data);
  const RasterInfo& info = opened->raster->info();
  const auto shift = opened->mapping->shift();
  const auto rows = static_cast<std::size_t>(window.rows), cols = static_cast<std::size_t>(window.cols);
  if (shift && info.bands[static_cast<std::size_t>(band) - 1].encoding.type == layer.encoding.type) {
    const Window wanted{window.row + shift->first, window.col + shift->second, window.rows, window.cols};
    const Window source = intersection(wanted, {0, 0, info.rows, info.cols});
    if (source != wanted) {
      for (std::size_t row = 0; row < rows; ++row) std::fill_n(stored + row * stride, cols, missing);
    }
    if (source.empty()) return {};
    const auto to =
        static_cast<std::size_t>(source.row - wanted.row) * stride + static_cast<std::size_t>(source.col - wanted.col);
    return opened->raster->read_rows(band, source, stored + to, stride);
  }
  std::vector<float> values(rows * cols);
  std::vector<std::uint8_t> valid(values.size());
  ECOCUBE_TRY(read_part(layer, path, band, window, values, valid));
  const Encoding rounding{layer.encoding.type, 1, 0, layer.encoding.no_data, {}};
  for (std::size_t i = 0; i < values.size(); ++i) {
    stored[i / cols * stride + i % cols] =
        valid[i] != 0 ? static_cast<T>(rounding.encoded(static_cast<double>(values[i]))) : missing;
  }
  return {};
}

LayerReader::LayerReader(const Grid& grid, std::filesystem::path root, std::size_t most_open)
    : state_(std::make_unique<State>()) {
  state_->grid = grid;
  state_->root = std::move(root);
  state_->most_open = std::max<std::size_t>(1, most_open);
}

LayerReader::~LayerReader() = default;

Result<void> LayerReader::read(const Layer& layer, const std::string& tile, const Window& window,
                               std::span<float> stored, std::span<std::uint8_t> valid) {
  std::vector<float> more;
  std::vector<std::uint8_t> more_valid;
  for (std::size_t i = 0; i < layer.files.size(); ++i) {
    const std::string path = state_->path_of(layer.files[i], tile);
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

template <class T>
Result<void> LayerReader::read_stored(const Layer& layer, const std::string& tile, const Window& window, T* stored,
                                      std::size_t stride) {
  const auto rows = static_cast<std::size_t>(window.rows), cols = static_cast<std::size_t>(window.cols);
  std::vector<T> more;
  for (std::size_t i = 0; i < layer.files.size(); ++i) {
    const std::string path = state_->path_of(layer.files[i], tile);
    if (i == 0) {
      ECOCUBE_TRY(state_->read_stored_part(layer, path, layer.files[i].band, window, stored, stride));
      continue;
    }
    more.resize(rows * cols);
    ECOCUBE_TRY(state_->read_stored_part(layer, path, layer.files[i].band, window, more.data(), cols));
    for (std::size_t pixel = 0; pixel < more.size(); ++pixel) {
      T& value = stored[pixel / cols * stride + pixel % cols];
      if (is_missing(static_cast<float>(value), layer.encoding.no_data)) value = more[pixel];
    }
  }
  return {};
}

template Result<void> LayerReader::read_stored(const Layer&, const std::string&, const Window&, std::uint8_t*,
                                               std::size_t);
template Result<void> LayerReader::read_stored(const Layer&, const std::string&, const Window&, std::uint16_t*,
                                               std::size_t);
template Result<void> LayerReader::read_stored(const Layer&, const std::string&, const Window&, std::int16_t*,
                                               std::size_t);
template Result<void> LayerReader::read_stored(const Layer&, const std::string&, const Window&, float*, std::size_t);

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
