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
/// is left is interpolated bilinearly, or averaged (see GridMapping::averages); the quality flag is never interpolated.
/// Serves one task. The source pixels that are read for all blocks together do not depend on the blocks' size, so
/// damage is met with large and with small ones.
class SceneReader {
 public:
  /// Bytes held for a pixel of a block and for one of its scene's window.
  static constexpr std::uint64_t kBytesPerPixel = 8 * (sizeof(float) + 1) + 2 * sizeof(double);
  static constexpr std::uint64_t kBytesPerSourcePixel = 9 * sizeof(std::uint16_t) + sizeof(float) + 2;

  SceneReader(const Grid& grid, const Window& tile, const series::QualityMask& mask)
      : grid_(grid), tile_(tile), mask_(mask) {}

  /// The block all following calls are about: whole rows of the tile.
  void set_block(const Window& block);
  /// Clear and covered pixels only.
  Result<void> count(GladScene& scene, const GladTile& tile, Observation& seen);
  /// Adds the scene's values where `seen` has none yet.
  Result<void> read(GladScene& scene, const GladTile& tile, Observation& seen);

 private:
  struct TileView {
    std::unique_ptr<GridMapping> mapping;
    Window whole;   ///< source pixels that the whole tile takes
    Window block;   ///< what `source` belongs to
    Window source;  ///< source pixels that the block takes
  };
  Result<const TileView*> view_of(const GladTile& tile);
  Window whole_source(const GridMapping& mapping) const;
  void place(const GridMapping& mapping);
  Result<void> read_quality(GladScene& scene, const TileView& view, Observation& seen);
  void take_copy(const TileView& view, std::size_t band, Observation& seen) const;
  void take_warped(const TileView& view, std::size_t band, Observation& seen);

  Grid grid_;
  Window tile_;
  series::QualityMask mask_;
  Window block_;
  std::map<GladTile, TileView> views_;
  /// Of the block in the scenes' tile asked for last: scenes come tile by tile, and one set is large.
  GridMapping::Positions positions_;
  const GridMapping* placed_ = nullptr;
  std::vector<std::uint16_t> stored_;       ///< [band][source pixel]
  std::vector<std::uint8_t> clear_, good_;  ///< [source pixel]
  std::vector<float> source_values_, warped_;
  std::vector<std::uint8_t> warped_valid_;
};

}  // namespace ecocube
