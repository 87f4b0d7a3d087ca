// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/cube/scene.h"
#include "io/catalog/scene_catalog.h"
#include "io/catalog/scene_file.h"
#include "methods/series/mask_words.h"
#include "run/step.h"

namespace ecocube {

/// A scene that may meet a tile within a span of days.
struct TileScene {
  std::string name;      ///< for messages and keys: `006E_51N/1012`, or the scene's id
  std::string location;  ///< path, URL or id
  std::string identity;  ///< changes when the content may have
  std::string frame;     ///< scenes of one frame cover the same ground
  std::string orbit;
  std::string time;  ///< ISO, when known
  Day day;
  std::size_t number = 0;  ///< in the source's list
};

/// Stored numbers of a scene in terms of its product's encoding: stored × multiply + add.
struct SceneRecoding {
  double multiply = 1, add = 0;
  bool changes() const { return multiply != 1 || add != 0; }
};

/// The scenes of one entry under sources: GLAD's archive or any product's catalogue. Serves all tasks at once.
class SceneSource {
 public:
  virtual ~SceneSource() = default;
  /// The product with the bands to be used, all of uint8, uint16, int16 or float32.
  virtual const Product& product() const = 0;
  const series::SceneMask& mask() const { return mask_; }
  /// Scenes of a tile of the cube within the days, both included, in the order in which the first one wins where
  /// several of one day overlap and no other rule says otherwise.
  virtual std::vector<TileScene> scenes_of(std::size_t tile, Day first, Day last) const = 0;
  /// Opens a scene with the product's bands in order and then those of the mask.
  virtual Result<std::unique_ptr<SceneFile>> open(const TileScene& scene, RasterPool& pool) const = 0;
  virtual SceneRecoding recoding(const TileScene& scene, std::size_t band) const = 0;
  /// Whether reading the mask costs as much as reading all bands.
  virtual bool mask_costs_all() const = 0;
  /// Whether an open scene holds a file of its own, so that only some can be open at once.
  virtual bool holds_files() const = 0;
  /// Bounds of the pixels that all scenes may have, for planning: pixels of one scene under a window of the cube's
  /// grid. Nothing when only the files tell.
  virtual std::optional<PixelFrame> frame_of(std::size_t tile) const = 0;

 protected:
  explicit SceneSource(series::SceneMask mask) : mask_(std::move(mask)) {}

 private:
  series::SceneMask mask_;
};

using CatalogOpener =
    std::function<Result<std::unique_ptr<SceneCatalog>>(const std::string& format, const std::string& path)>;

/// The source of scenes that a step means: `name` under sources, or the only one when there is no name. Sources of
/// format `rasters` do not count.
Result<const SourceSpec*> find_scene_source(const Recipe& recipe, const std::optional<std::string>& name);

/// Finds out what there is for the cube's tiles within the periods; what is missing becomes a note of the plan. Errors
/// begin with `sources.NAME`.
Result<std::unique_ptr<SceneSource>> survey_scenes(Planning& planning, const SourceSpec& source,
                                                   std::span<const Period> periods);
/// The same with a catalogue of the caller's making.
Result<std::unique_ptr<SceneSource>> survey_scenes(Planning& planning, const SourceSpec& source,
                                                   std::span<const Period> periods, const CatalogOpener& open);

}  // namespace ecocube
