// SPDX-License-Identifier: Apache-2.0
#include "steps/scene_source.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/text.h"
#include "data/cube/glad.h"
#include "io/catalog/glad_archive.h"
#include "io/catalog/glad_scene.h"
#include "io/raster/projection.h"

namespace ecocube {
namespace {

std::string place_of(const SourceSpec& source) {
  return "sources." + source.name;
}

/// Longitudes and latitudes of each of the cube's tiles.
Result<std::vector<Bounds>> tile_boxes(const Cube& cube) {
  ECOCUBE_TRY_ASSIGN(const auto projection, Projection::between(cube.grid.crs, "EPSG:4326"));
  std::vector<Bounds> boxes;
  for (const Tile& tile : cube.tiles) {
    ECOCUBE_TRY_ASSIGN(const Bounds box, projection->transform_bounds(cube.grid.bounds(tile.window)));
    boxes.push_back(box);
  }
  return boxes;
}

/// The product's bands that the recipe asks for; all continuous ones when it names none.
Result<std::vector<ProductBand>> chosen_bands(const Product& product, const SourceSpec& source) {
  std::vector<ProductBand> chosen;
  std::vector<std::string> known;
  for (const ProductBand& band : product.bands) {
    known.push_back(band.name);
    if (source.bands.empty() && band.kind == LayerKind::continuous) chosen.push_back(band);
  }
  for (const std::string& name : source.bands) {
    const ProductBand* band = product.band_named(name);
    if (!band) return usage_error("bands: {} has no band '{}'{}", product.name, name, suggestion(name, known));
    chosen.push_back(*band);
  }
  if (chosen.empty()) return usage_error("bands: {} has no continuous band; say which to use", product.name);
  for (ProductBand& band : chosen) {
    // Wider integers are held as floats, which is exact up to 2^24.
    const DataType type = band.encoding.type;
    const bool narrow = type == DataType::uint8 || type == DataType::uint16 || type == DataType::int16;
    if (!narrow) band.encoding.type = DataType::float32;
  }
  return chosen;
}

Product glad_product() {
  Product product;
  product.name = "glad";
  product.title = "GLAD Landsat analysis ready data";
  for (std::size_t i = 0; i + 1 < kGladBands.size(); ++i) {
    const bool temperature = static_cast<int>(i) + 1 == kGladTemperatureBand;
    ProductBand band;
    band.name = kGladBands[i];
    band.encoding = {DataType::uint16, temperature ? kGladTemperatureScale : kGladReflectanceScale, 0, 0,
                     temperature ? "K" : ""};
    band.lowest = 1;
    band.highest = temperature ? series::kGladHighestTemperature : series::kGladHighestReflectance;
    product.bands.push_back(std::move(band));
  }
  product.mask_band = kGladBands.back();
  return product;
}

/// Scenes by GLAD tile and interval.
class GladSource : public SceneSource {
 public:
  GladSource(Product product, series::SceneMask mask, GladArchive archive)
      : SceneSource(std::move(mask)), product_(std::move(product)), archive_(std::move(archive)) {
    for (const ProductBand& band : product_.bands) {
      const auto at = std::find(kGladBands.begin(), kGladBands.end(), band.name);
      places_.push_back(static_cast<std::size_t>(at - kGladBands.begin()));
    }
    places_.push_back(kGladBands.size() - 1);
  }

  Result<void> survey(Planning& planning, std::span<const Period> periods) {
    ECOCUBE_TRY_ASSIGN(const std::vector<Bounds> boxes, tile_boxes(planning.cube()));
    std::set<GladTile> tiles;
    for (const Bounds& box : boxes) {
      tiles_.push_back(glad_tiles_touching(box));
      std::sort(tiles_.back().begin(), tiles_.back().end());
      tiles.insert(tiles_.back().begin(), tiles_.back().end());
    }
    std::set<int> intervals;
    for (const Period& period : periods) {
      for (const GladInterval& interval : glad_intervals_within(period.start, period.end))
        intervals.insert(interval.id());
    }
    const std::vector<GladTile> tile_list(tiles.begin(), tiles.end());
    const std::vector<int> interval_list(intervals.begin(), intervals.end());
    ECOCUBE_TRY_ASSIGN(survey_, archive_.survey(tile_list, interval_list));
    if (survey_.missing() > 0) planning.note(survey_.missing_text());
    for (std::size_t i = 0; i < survey_.records.size(); ++i) {
      const GladRecord& record = survey_.records[i];
      if (record.present) index_[{record.tile, record.interval_id}] = i;
    }
    return {};
  }

  const Product& product() const override { return product_; }

  std::vector<TileScene> scenes_of(std::size_t tile, Day first, Day last) const override {
    std::vector<TileScene> scenes;
    const std::vector<GladInterval> intervals = glad_intervals_within(first, last);
    for (const GladTile& glad : tiles_[tile]) {
      for (const GladInterval& interval : intervals) {
        const auto found = index_.find({glad, interval.id()});
        if (found == index_.end()) continue;
        const GladRecord& record = survey_.records[found->second];
        scenes.push_back({fmt::format("{}/{}", glad.name(), interval.id()), record.location, record.identity,
                          glad.name(), "", "", interval.middle_day(), found->second});
      }
    }
    return scenes;
  }

  Result<std::unique_ptr<SceneFile>> open(const TileScene& scene, RasterPool& /*pool*/) const override {
    const GladRecord& record = survey_.records[scene.number];
    ECOCUBE_TRY_ASSIGN(const auto path, archive_.find(record.tile, record.interval_id, record.identity));
    if (!path) return input_error("scene {} has vanished from {}", scene.name, archive_.place());
    ECOCUBE_TRY_ASSIGN(auto file, GladScene::open(*path, record.tile));
    if (places_.size() == kGladBands.size()) return file;
    return std::make_unique<SomeBands>(std::move(file), places_);
  }

  SceneRecoding recoding(const TileScene& /*scene*/, std::size_t /*band*/) const override { return {}; }
  bool mask_costs_all() const override { return true; }
  bool holds_files() const override { return true; }
  std::optional<PixelFrame> frame_of(std::size_t tile) const override {
    const Grid grid = tiles_[tile].front().grid();
    return PixelFrame{
        grid.crs, {grid.origin_x, grid.pixel, 0, grid.origin_y, 0, -grid.pixel}, kGladTilePixels, kGladTilePixels};
  }

 private:
  /// A scene of which only some bands are wanted.
  class SomeBands : public SceneFile {
   public:
    SomeBands(std::unique_ptr<SceneFile> all, std::vector<std::size_t> places)
        : all_(std::move(all)), places_(std::move(places)) {}
    const PixelFrame& frame(std::size_t band) const override { return all_->frame(places_[band]); }
    Window covers(std::size_t band) const override { return all_->covers(places_[band]); }
    Result<void> read(std::span<const std::size_t> bands, const Window& window, std::span<const NumberPlane> planes,
                      std::size_t stride) override {
      std::vector<std::size_t> places;
      for (const std::size_t band : bands) places.push_back(places_[band]);
      return all_->read(places, window, planes, stride);
    }

   private:
    std::unique_ptr<SceneFile> all_;
    std::vector<std::size_t> places_;
  };

  Product product_;
  GladArchive archive_;
  GladSurvey survey_;
  std::vector<std::size_t> places_;           ///< in the file, of the bands and the quality flag
  std::vector<std::vector<GladTile>> tiles_;  ///< that each tile of the cube touches, ascending
  std::map<std::pair<GladTile, int>, std::size_t> index_;
};

/// Scenes of a catalogue.
class CatalogSource : public SceneSource {
 public:
  CatalogSource(Product product, series::SceneMask mask) : SceneSource(std::move(mask)), product_(std::move(product)) {
    for (const ProductBand& band : product_.bands) names_.push_back(band.name);
    for (const auto& band : this->mask().bands()) names_.push_back(band.name);
  }

  Result<void> survey(Planning& planning, const SourceSpec& source, std::span<const Period> periods,
                      const SceneCatalog& catalog) {
    ECOCUBE_TRY_ASSIGN(boxes_, tile_boxes(planning.cube()));
    SceneQuery query{boxes_.front(), periods.front().start, periods.front().end, source.most_cloud_cover};
    for (const Bounds& box : boxes_) {
      query.area = {std::min(query.area.min_x, box.min_x), std::min(query.area.min_y, box.min_y),
                    std::max(query.area.max_x, box.max_x), std::max(query.area.max_y, box.max_y)};
    }
    for (const Period& period : periods) {
      query.first = std::min(query.first, period.start);
      query.last = std::max(query.last, period.end);
    }
    ECOCUBE_TRY_ASSIGN(SceneList found, catalog.find(query));
    for (std::string& note : found.notes) planning.note(std::move(note));
    scenes_ = std::move(found.scenes);
    return {};
  }

  const Product& product() const override { return product_; }

  std::vector<TileScene> scenes_of(std::size_t tile, Day first, Day last) const override {
    std::vector<TileScene> scenes;
    for (std::size_t i = 0; i < scenes_.size(); ++i) {
      const Scene& scene = scenes_[i];
      if (scene.day < first || scene.day > last) continue;
      if (scene.extent && !scene.extent->intersects(boxes_[tile])) continue;
      scenes.push_back({scene.id, scene.id, scene.identity, scene.frame, scene.orbit, scene.time, scene.day, i});
    }
    return scenes;
  }

  Result<std::unique_ptr<SceneFile>> open(const TileScene& scene, RasterPool& pool) const override {
    return open_scene_file(scenes_[scene.number], names_, pool);
  }

  SceneRecoding recoding(const TileScene& scene, std::size_t band) const override {
    const SceneBand* place = scenes_[scene.number].band_named(names_[band]);
    const Encoding& own = product_.bands[band].encoding;
    if (!place || own.scale == 0) return {};
    const double scale = place->scale.value_or(own.scale), offset = place->offset.value_or(own.offset);
    const double add = (offset - own.offset) / own.scale, whole = std::round(add);
    // Scales and offsets are decimal: what is whole but for rounding is meant to be whole.
    return {scale == own.scale ? 1.0 : scale / own.scale, std::abs(add - whole) < 1e-6 ? whole : add};
  }
  bool mask_costs_all() const override { return false; }
  bool holds_files() const override { return false; }
  std::optional<PixelFrame> frame_of(std::size_t /*tile*/) const override { return std::nullopt; }

 private:
  Product product_;
  std::vector<std::string> names_;  ///< of bands and masks, in the order they are opened
  std::vector<Bounds> boxes_;       ///< longitudes and latitudes of each tile of the cube
  std::vector<Scene> scenes_;
};

HttpOptions http_options() {
  HttpOptions http;
  http.credentials = HttpCredentials::from_environment();
  return http;
}

Result<std::unique_ptr<SceneSource>> survey_glad(Planning& planning, const SourceSpec& source,
                                                 std::span<const Period> periods) {
  const auto quality = series::QualityMask::parse(source.mask);
  if (!quality) return within("mask", quality.error());
  Product product = glad_product();
  ECOCUBE_TRY_ASSIGN(product.bands, chosen_bands(product, source));
  ECOCUBE_TRY_ASSIGN(GladArchive archive, GladArchive::open(source.path, planning.cache(), http_options()));
  auto mask = series::SceneMask::of_glad(*quality, product.mask_band);
  auto made = std::make_unique<GladSource>(std::move(product), std::move(mask), std::move(archive));
  ECOCUBE_TRY(made->survey(planning, periods));
  return made;
}

Result<std::unique_ptr<SceneSource>> survey_catalog(Planning& planning, const SourceSpec& source,
                                                    std::span<const Period> periods, const CatalogOpener& open) {
  ECOCUBE_TRY_ASSIGN(const auto catalog, open(source.format, source.path));
  Product product = catalog->product();
  ECOCUBE_TRY_ASSIGN(product.bands, chosen_bands(product, source));
  ECOCUBE_TRY_ASSIGN(auto mask, series::SceneMask::parse(product, source.mask));
  auto made = std::make_unique<CatalogSource>(std::move(product), std::move(mask));
  ECOCUBE_TRY(made->survey(planning, source, periods, *catalog));
  return made;
}

}  // namespace

Result<const SourceSpec*> find_scene_source(const Recipe& recipe, const std::optional<std::string>& name) {
  std::vector<std::string> names;
  const SourceSpec* found = nullptr;
  for (const SourceSpec& source : recipe.sources) {
    if (source.format == "rasters") continue;
    names.push_back(source.name);
    if (!name || source.name == *name) found = &source;
  }
  if (name && !found) return usage_error("source: no archive '{}' under sources{}", *name, suggestion(*name, names));
  if (names.empty()) return usage_error("the recipe has no source of scenes, such as format glad or landsat-c2-l2");
  if (!name && names.size() > 1) return usage_error("source: say which of {}", join(names, ", "));
  return found;
}

Result<std::unique_ptr<SceneSource>> survey_scenes(Planning& planning, const SourceSpec& source,
                                                   std::span<const Period> periods, const CatalogOpener& open) {
  if (planning.cube().tiles.empty() || periods.empty()) return usage_error("the cube has no tiles or no periods");
  auto made = source.format == "glad" ? survey_glad(planning, source, periods)
                                      : survey_catalog(planning, source, periods, open);
  if (!made) return within(place_of(source), made.error());
  return made;
}

Result<std::unique_ptr<SceneSource>> survey_scenes(Planning& planning, const SourceSpec& source,
                                                   std::span<const Period> periods) {
  return survey_scenes(planning, source, periods, [](const std::string& format, const std::string& path) {
    return open_catalog(format, path, http_options());
  });
}

}  // namespace ecocube
