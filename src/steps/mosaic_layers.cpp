// SPDX-License-Identifier: Apache-2.0
#include "steps/mosaic_layers.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <optional>
#include <set>

#include "base/text.h"
#include "io/raster/layer_reader.h"
#include "io/raster/raster.h"

namespace ecocube {
namespace fs = std::filesystem;

namespace {

std::string tile_path(const std::string& pattern, const Tile& tile, const fs::path& root) {
  return (root / replace_all(pattern, "{tile}", tile.name())).string();
}

std::vector<std::string> band_names(const RasterInfo& info) {
  std::vector<std::string> names;
  for (const RasterBand& band : info.bands) names.push_back(band.description);
  return names;
}

/// The class's code; nothing when the band is of no single class.
std::optional<std::string> class_code(const std::string& name) {
  for (const std::string_view prefix : kClassBandPrefixes) {
    if (name.starts_with(prefix)) return name.substr(prefix.size());
  }
  return std::nullopt;
}

double number_for_no_data(DataType type) {
  const bool floating = type == DataType::float32 || type == DataType::float64;
  return floating ? std::numeric_limits<double>::quiet_NaN() : highest_of(type);
}

/// An error when a valid value is the number that means missing.
Result<void> check_values(const Layer& layer, std::span<const float> stored, std::span<const std::uint8_t> valid) {
  const auto no_data = static_cast<float>(*layer.encoding.no_data);
  for (std::size_t i = 0; i < stored.size(); ++i) {
    if (valid[i] && stored[i] == no_data) {
      return input_error("the value {} is there and would be taken for no data; give the source a no_data of its own",
                         stored[i]);
    }
  }
  return {};
}

}  // namespace

Result<std::vector<Layer>> find_class_bands(const std::vector<std::string>& files, const Cube& cube,
                                            const fs::path& root) {
  std::vector<Layer> found;
  for (const std::string& file : files) {
    std::vector<std::string> names;
    for (const Tile& tile : cube.tiles) {
      ECOCUBE_TRY_ASSIGN(const auto raster, Raster::open(tile_path(file, tile, root)));
      if (!names.empty()) {
        if (band_names(raster->info()) != names)
          return input_error("raster {}: other bands than in tile {}", raster->path(), cube.tiles.front().name());
        continue;
      }
      names = band_names(raster->info());
      for (std::size_t i = 0; i < names.size(); ++i) {
        if (!class_code(names[i])) continue;
        Layer layer;
        layer.variable = names[i];
        if (names[i].starts_with(kSetPrefix)) layer.kind = LayerKind::source;
        layer.encoding = raster->info().bands[i].encoding;
        layer.task = "{tile}";
        layer.files = {{file, static_cast<int>(i) + 1}};
        found.push_back(std::move(layer));
      }
    }
  }
  return found;
}

std::vector<LegendClass> mapped_classes(const Legend& legend, const std::vector<Layer>& class_bands) {
  std::set<std::string> codes;
  for (const Layer& band : class_bands) codes.insert(class_code(band.variable).value_or(""));
  std::vector<LegendClass> classes = legend.classes;
  if (!codes.empty()) std::erase_if(classes, [&](const LegendClass& entry) { return !codes.contains(entry.code); });
  return classes;
}

Result<std::unique_ptr<LayerParts>> LayerParts::of(const Layer& layer, const Cube& cube, const fs::path& root,
                                                   const fs::path& staged) {
  std::unique_ptr<LayerParts> made(new LayerParts);
  made->encoding_ = layer.encoding;
  const bool tiled =
      !layer.task.empty() && layer.files.size() == 1 && layer.files.front().path.find("{tile}") != std::string::npos;
  if (tiled) {
    for (const Tile& tile : cube.tiles)
      made->parts_.push_back({tile_path(layer.files.front().path, tile, root), layer.files.front().band, tile.window});
    return made;
  }
  made->copied_ = staged.string() + ".copy.tif";
  ECOCUBE_TRY(made->copy(layer, cube, root));
  return made;
}

LayerParts::~LayerParts() {
  std::error_code ignored;
  if (!copied_.empty()) fs::remove(copied_, ignored);
}

Result<void> LayerParts::copy(Layer layer, const Cube& cube, const fs::path& root) {
  if (!layer.encoding.no_data) layer.encoding.no_data = number_for_no_data(layer.encoding.type);
  encoding_ = layer.encoding;
  LayerReader reader(cube.grid, root);
  ECOCUBE_TRY_ASSIGN(auto writer, RasterWriter::create(copied_, cube.grid, cube.area, layer.encoding,
                                                       {{layer.variable, layer.kind, {}}}));
  std::vector<float> stored;
  std::vector<std::uint8_t> valid;
  for (std::int64_t row = 0; row < cube.area.rows; row += RasterWriter::kBlockRows) {
    const Window stripe{cube.area.row + row, cube.area.col,
                        std::min<std::int64_t>(RasterWriter::kBlockRows, cube.area.rows - row), cube.area.cols};
    for (const Tile& tile : cube.tiles) {
      const Window block = intersection(stripe, tile.window);
      if (block.empty()) continue;
      stored.assign(static_cast<std::size_t>(block.pixels()), 0);
      valid.assign(stored.size(), 0);
      ECOCUBE_TRY(reader.read(layer, tile.name(), block, stored, valid));
      ECOCUBE_TRY(check_values(layer, stored, valid));
      ECOCUBE_TRY(writer->write(0, block, stored, valid));
    }
  }
  ECOCUBE_TRY(writer->close());
  parts_ = {{copied_.string(), 1, cube.area}};
  return {};
}

void clear_leftovers(const fs::path& staged, const std::string& name) {
  constexpr std::string_view kStart = ".partial-";
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(staged.parent_path(), code)) {
    const std::string other = entry.path().filename().string();
    const std::size_t place = other.find("-" + name + ".");
    if (!other.starts_with(kStart) || place == std::string::npos || place < kStart.size()) continue;
    const auto process = parse_integer(std::string_view(other).substr(kStart.size(), place - kStart.size()));
    const bool lives =
        process && *process != ::getpid() && (::kill(static_cast<pid_t>(*process), 0) == 0 || errno == EPERM);
    std::error_code ignored;
    if (process && !lives) fs::remove(entry.path(), ignored);
  }
}

}  // namespace ecocube
