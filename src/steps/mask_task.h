// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "data/cube/grid.h"
#include "data/cube/scene.h"
#include "run/step.h"
#include "steps/scene_reader.h"
#include "steps/scene_source.h"

namespace ecocube {

/// What all tasks of a mask share.
struct MaskRules {
  SceneRules scenes;
  const SceneSource* source = nullptr;
  bool skip_bad = false;
};

/// One tile and day or period.
struct MaskJob {
  Window tile;
  std::vector<TileScene> scenes;

  static std::uint64_t bytes_of_block(const MaskRules& rules, const Window& tile, std::int64_t rows);
};

/// Writes the mask of a tile into `layer` and the shares of its words into `shares`, paths in the run's folder. Of
/// several scenes a pixel is clear where any is clear.
Result<void> run_mask(const MaskRules& rules, const MaskJob& job, const std::string& layer, const std::string& shares,
                      TaskRun& run);

}  // namespace ecocube
