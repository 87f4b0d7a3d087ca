// SPDX-License-Identifier: Apache-2.0
#include "io/catalog/scene_file.h"

#include <algorithm>

#include "base/text.h"
#include "io/catalog/tiff_check.h"

namespace ecocube {
namespace {

std::string readable_path(const std::string& path) {
  return path.starts_with("http://") || path.starts_with("https://") ? "/vsicurl/" + path : path;
}

PixelFrame frame_of(const RasterInfo& info) {
  PixelFrame frame;
  frame.crs = info.crs_wkt;
  std::copy(std::begin(info.geo_transform), std::end(info.geo_transform), std::begin(frame.geo_transform));
  frame.rows = info.rows;
  frame.cols = info.cols;
  return frame;
}

DataType type_of(const std::uint8_t*) {
  return DataType::uint8;
}
DataType type_of(const std::uint16_t*) {
  return DataType::uint16;
}
DataType type_of(const std::int16_t*) {
  return DataType::int16;
}
DataType type_of(const float*) {
  return DataType::float32;
}

/// Whether numbers of a file's type come through whole. Negative codes do not exist, so signed masks may be read as
/// unsigned.
bool holds_all(DataType held, DataType in_file) {
  if (held == DataType::float32 || held == in_file) return true;
  if (held == DataType::uint16 && in_file == DataType::int16) return true;
  const bool whole = in_file != DataType::float32 && in_file != DataType::float64;
  return whole && lowest_of(in_file) >= lowest_of(held) && highest_of(in_file) <= highest_of(held);
}

/// A scene whose bands lie in rasters, each in a file of its own or several in one.
class RasterScene : public SceneFile {
 public:
  RasterScene(std::string id, RasterPool& pool) : id_(std::move(id)), pool_(pool) {}

  Result<void> add(const SceneBand& band) {
    auto raster = pool_.take(readable_path(band.path));
    if (!raster) return within(fmt::format("scene {}", id_), raster.error());
    const RasterInfo& info = (*raster)->info();
    Result<void> fits;
    if (info.crs_wkt.empty()) {
      fits = input_error("scene {}: {} has no coordinate reference system", id_, band.path);
    } else if (band.band < 1 || band.band > static_cast<int>(info.bands.size())) {
      fits = input_error("scene {}: {} has {} bands, band {} was to hold '{}'", id_, band.path, info.bands.size(),
                         band.band, band.name);
    } else {
      const DataType type = info.bands[static_cast<std::size_t>(band.band) - 1].encoding.type;
      bands_.push_back({readable_path(band.path), band.band, frame_of(info), type});
    }
    pool_.give_back(std::move(*raster));
    return fits;
  }

  const PixelFrame& frame(std::size_t band) const override { return bands_[band].frame; }
  Window covers(std::size_t band) const override { return {0, 0, bands_[band].frame.rows, bands_[band].frame.cols}; }

  Result<void> read(std::span<const std::size_t> bands, const Window& window, std::span<const NumberPlane> planes,
                    std::size_t stride) override {
    for (std::size_t i = 0; i < bands.size(); ++i) {
      const Place& place = bands_[bands[i]];
      const DataType held = std::visit([](const auto* numbers) { return type_of(numbers); }, planes[i]);
      if (!holds_all(held, place.type)) {
        return input_error("scene {}: {} holds {} numbers, its product's description says {}", id_, place.path,
                           name_of(place.type), name_of(held));
      }
      auto raster = pool_.take(place.path);
      if (!raster) return within(fmt::format("scene {}", id_), raster.error());
      const auto read = std::visit(
          [&](auto* numbers) { return (*raster)->read_rows(place.number, window, numbers, stride); }, planes[i]);
      pool_.give_back(std::move(*raster));
      if (!read) return within(fmt::format("scene {}", id_), read.error());
    }
    return {};
  }

 private:
  struct Place {
    std::string path;
    int number = 1;
    PixelFrame frame;
    DataType type = DataType::uint8;
  };
  std::string id_;
  RasterPool& pool_;
  std::vector<Place> bands_;
};

}  // namespace

Result<std::unique_ptr<Raster>> RasterPool::take(const std::string& path) {
  bool looked_through = false;
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(idle_.rbegin(), idle_.rend(), [&](const auto& one) { return one->path() == path; });
    if (found != idle_.rend()) {
      auto raster = std::move(*found);
      idle_.erase(std::next(found).base());
      return raster;
    }
    looked_through = whole_.contains(path);
  }
  ECOCUBE_TRY_ASSIGN(auto raster, Raster::open(path));
  if (looked_through || path.starts_with("/vsi")) return raster;
  const auto whole = check_tiff_is_whole(path);
  if (!whole) return within(path, whole.error());
  const std::lock_guard lock(mutex_);
  whole_.insert(path);
  return raster;
}

void RasterPool::give_back(std::unique_ptr<Raster> raster) {
  std::unique_ptr<Raster> closed;
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(raster));
  if (idle_.size() <= most_open_) return;
  closed = std::move(idle_.front());
  idle_.pop_front();
}

Result<std::unique_ptr<SceneFile>> open_scene_file(const Scene& scene, const std::vector<std::string>& bands,
                                                   RasterPool& pool) {
  auto file = std::make_unique<RasterScene>(scene.id, pool);
  for (const std::string& name : bands) {
    const SceneBand* band = scene.band_named(name);
    if (!band) {
      std::vector<std::string> known;
      for (const SceneBand& one : scene.bands) known.push_back(one.name);
      return input_error("scene {}: it has no band '{}' (it has: {})", scene.id, name, join(known, ", "));
    }
    ECOCUBE_TRY(file->add(*band));
  }
  return file;
}

}  // namespace ecocube
