// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/cube/grid.h"
#include "data/cube/period.h"
#include "io/raster/grid_mapping.h"
#include "run/step.h"
#include "steps/composite_rules.h"

namespace ecocube {

/// How many pixels of a scene blocks of a cube's tile take, from the size of its pixels in the scene's and from how the
/// grids are turned against each other.
class SourceExtent {
 public:
  /// No pixels of the source beside the block's own.
  SourceExtent() = default;
  static SourceExtent of(const GridMapping& mapping, const Window& tile);
  /// The most pixels of one scene that a block of `rows` rows takes.
  std::uint64_t pixels(std::int64_t rows) const;
  bool is_copy() const { return copies_; }

 private:
  bool copies_ = true;
  double cols_ = 0, rows_of_one_ = 0, rows_of_next_ = 0;
};

/// One tile and period.
struct CompositeJob {
  Window tile;
  Period period;
  std::vector<TileScene> scenes;
  SourceExtent source;  ///< as far as it is known when planning

  /// What a thread that reads holds more where distances to clouds are worked out.
  std::uint64_t bytes_of_clouds(const CompositeRules& rules, std::int64_t rows) const;
  std::uint64_t bytes_of_block(const CompositeRules& rules, std::int64_t rows) const;
  std::int64_t rows_per_block(const CompositeRules& rules, std::uint64_t memory) const;
};

/// The scenes in order of their times, and how many times there are. Scenes of one time are merged: where they overlap,
/// an earlier one in the list wins.
struct SceneSlots {
  std::vector<std::vector<std::size_t>> scenes;  ///< of each time, numbers in the job
  std::vector<std::string> orbits;               ///< of each time
};
SceneSlots slots_of(const std::vector<TileScene>& scenes, SceneMerge merge);

/// Reads the job's scenes and writes its layers into `output`, a path in the run's folder. A scene is used on the whole
/// tile or not at all, whatever the size of the blocks.
Result<void> run_composite(const CompositeRules& rules, const CompositeJob& job, const std::string& output,
                           TaskRun& run);

}  // namespace ecocube
