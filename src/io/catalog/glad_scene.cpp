// SPDX-License-Identifier: Apache-2.0
#include "io/catalog/glad_scene.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <vector>

#include "io/raster/projection.h"

namespace ecocube {
namespace {

/// Share of a pixel that a file may lie off its tile's grid, from rounding in its header.
constexpr double kOffGrid = 0.02;

Result<void> check_bands(const RasterInfo& info) {
  if (info.bands.size() != kGladBands.size()) {
    return input_error("it has {} {} instead of {}", info.bands.size(), info.bands.size() == 1 ? "band" : "bands",
                       kGladBands.size());
  }
  for (std::size_t i = 0; i < info.bands.size(); ++i) {
    const DataType type = info.bands[i].encoding.type;
    if (type != DataType::uint16)
      return input_error("band {} holds {} instead of uint16 numbers", i + 1, name_of(type));
  }
  return {};
}

/// Degrees of another datum would shift the pixels: the middle of the tile must stay where it is.
Result<void> check_reference(const RasterInfo& info, const Bounds& cell) {
  if (info.crs_wkt.empty()) return input_error("it has no coordinate reference system");
  if (!is_geographic(info.crs_wkt)) return input_error("its coordinate reference system is not in degrees");
  if (same_crs(info.crs_wkt, "EPSG:4326")) return {};
  ECOCUBE_TRY_ASSIGN(const auto projection, Projection::between(info.crs_wkt, "EPSG:4326"));
  double x[] = {cell.min_x + 0.5}, y[] = {cell.min_y + 0.5};
  projection->transform(x, y);
  const double shift = std::max(std::abs(x[0] - cell.min_x - 0.5), std::abs(y[0] - cell.min_y - 0.5));
  if (!(shift < 0.1 * kGladPixel)) return input_error("its coordinate reference system is not WGS 84");
  return {};
}

Result<Window> place_on_tile(const RasterInfo& info, const GladTile& tile) {
  const double* transform = info.geo_transform;
  const double pixel_x = transform[1], pixel_y = -transform[5];
  const double tolerance = kOffGrid * kGladPixel / kGladTilePixels;
  if (!info.north_up() || std::abs(pixel_x - kGladPixel) > tolerance || std::abs(pixel_y - kGladPixel) > tolerance) {
    return input_error("its pixels are {:.8g} x {:.8g} instead of {} degrees{}", pixel_x, pixel_y, kGladPixel,
                       info.north_up() ? "" : " and turned");
  }
  const Grid grid = tile.grid();
  const double col = (transform[0] - grid.origin_x) / kGladPixel, row = (grid.origin_y - transform[3]) / kGladPixel;
  const Window window{std::llround(row), std::llround(col), info.rows, info.cols};
  const Window whole{0, 0, kGladTilePixels, kGladTilePixels};
  if (intersection(window, whole) != window) {
    const double right = transform[0] + pixel_x * static_cast<double>(info.cols),
                 bottom = transform[3] - pixel_y * static_cast<double>(info.rows);
    const Bounds allowed = grid.bounds(whole);
    return input_error(
        "its {} x {} pixels from {:.5f} {:.5f} to {:.5f} {:.5f} reach beyond the tile's {:.4f} {:.4f} to {:.4f} {:.4f}",
        info.cols, info.rows, transform[0], bottom, right, transform[3], allowed.min_x, allowed.min_y, allowed.max_x,
        allowed.max_y);
  }
  const double off = std::max(std::abs(col - std::round(col)), std::abs(row - std::round(row)));
  if (off > kOffGrid) return input_error("its pixels lie {:.2f} of a pixel off the tile's grid", off);
  return window;
}

}  // namespace

Result<std::unique_ptr<GladScene>> GladScene::open(const std::string& path, const GladTile& tile) {
  const std::string complaint = fmt::format("{} is no GLAD scene of tile {}", path, tile.name()),
                    reading = fmt::format("reading GLAD scene {}", path);
  auto raster = Raster::open(path);
  if (!raster) return within(complaint, raster.error());
  const RasterInfo& info = (*raster)->info();
  Result<void> fits = check_bands(info);
  if (fits) fits = check_reference(info, tile.cell());
  if (!fits) return within(complaint, fits.error());
  const auto window = place_on_tile(info, tile);
  if (!window) return within(complaint, window.error());
  auto directory = TiffDirectory::read(path);
  if (!directory) return within(reading, directory.error());
  std::unique_ptr<GladScene> scene(new GladScene);
  if (*directory) {
    const auto whole = (*directory)->check_blocks();
    if (!whole) return within(reading, whole.error());
    auto decoder = TiffDecoder::open(path, std::move(**directory));
    if (!decoder) return within(reading, decoder.error());
    scene->decoder_ = std::move(*decoder);
  }
  scene->path_ = path;
  if (!scene->decoder_) scene->raster_ = std::move(*raster);
  const Grid grid = tile.grid();
  scene->frame_ = {
      grid.crs, {grid.origin_x, grid.pixel, 0, grid.origin_y, 0, -grid.pixel}, kGladTilePixels, kGladTilePixels};
  scene->covers_ = *window;
  return scene;
}

Result<void> GladScene::read_numbers(std::span<const int> bands, const Window& window,
                                     std::span<std::uint16_t* const> planes, std::size_t stride) {
  const Window in_file{window.row - covers_.row, window.col - covers_.col, window.rows, window.cols};
  if (decoder_) return decoder_->read(bands, in_file, planes, stride);
  for (std::size_t i = 0; i < bands.size(); ++i) ECOCUBE_TRY(raster_->read_rows(bands[i], in_file, planes[i], stride));
  return {};
}

Result<void> GladScene::read(std::span<const std::size_t> bands, const Window& window,
                             std::span<const NumberPlane> planes, std::size_t stride) {
  std::vector<int> numbers;
  std::vector<std::uint16_t*> targets;
  for (std::size_t i = 0; i < bands.size(); ++i) {
    numbers.push_back(static_cast<int>(bands[i]) + 1);
    targets.push_back(std::get<std::uint16_t*>(planes[i]));
  }
  return read_numbers(numbers, window, targets, stride);
}

Result<void> GladScene::read(std::span<const int> bands, const Window& window, std::span<std::uint16_t> values) {
  const auto plane = static_cast<std::size_t>(window.pixels()), cols = static_cast<std::size_t>(window.cols);
  assert(values.size() == plane * bands.size());
  const Window part = intersection(window, covers_);
  if (part != window) std::fill(values.begin(), values.end(), std::uint16_t{0});
  if (part.empty()) return {};
  const auto first = static_cast<std::size_t>((part.row - window.row) * window.cols + part.col - window.col);
  std::vector<std::uint16_t*> targets;
  for (std::size_t i = 0; i < bands.size(); ++i) targets.push_back(values.data() + i * plane + first);
  return read_numbers(bands, part, targets, cols);
}

}  // namespace ecocube
