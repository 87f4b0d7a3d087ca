// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/cube/glad.h"
#include "io/catalog/glad_archive.h"
#include "io/catalog/glad_scene.h"
#include "io/raster/grid_mapping.h"
#include "methods/series/mask.h"

namespace ecocube {

/// Observations of one interval on a block of the cube's grid. Shapes [band][pixel], bands as in GLAD's files without
/// the quality flag; stored numbers.
struct Observation {
  static constexpr std::size_t kBands = 7;
  std::vector<float> values;
  std::vector<std::uint8_t> valid;
  std::size_t clear = 0;    ///< pixels whose quality flag is clear
  std::size_t covered = 0;  ///< pixels that the scene covers at all

  void reset(std::size_t pixels);
};

/// Brings GLAD scenes onto the cube's grid, block by block: masked values are taken out at the scene's own pixels, what
/// is left is interpolated bilinearly; the quality flag is never interpolated. Serves one task.
class SceneReader {
 public:
  SceneReader(const Grid& grid, const series::QualityMask& mask) : grid_(grid), mask_(mask) {}

  /// The block all following calls are about.
  void set_block(const Window& block);
  /// Clear and covered pixels only.
  Result<void> count(GladScene& scene, const GladTile& tile, Observation& seen);
  /// Adds the scene's values where `seen` has none yet.
  Result<void> read(GladScene& scene, const GladTile& tile, Observation& seen);

 private:
  struct TileView {
    std::unique_ptr<GridMapping> mapping;
    Window block;  ///< what the fields below belong to
    GridMapping::Positions positions;
    Window source;
  };
  Result<TileView*> view_of(const GladTile& tile);
  Result<void> read_quality(GladScene& scene, const TileView& view, Observation& seen);
  void take_copy(const TileView& view, std::size_t band, Observation& seen) const;
  void take_warped(const TileView& view, std::size_t band, Observation& seen);

  Grid grid_;
  series::QualityMask mask_;
  Window block_;
  std::map<GladTile, TileView> views_;
  std::vector<std::uint16_t> stored_;       ///< [band][source pixel]
  std::vector<std::uint8_t> clear_, good_;  ///< [source pixel]
  std::vector<float> source_values_, warped_;
  std::vector<std::uint8_t> warped_valid_;
};

}  // namespace ecocube
