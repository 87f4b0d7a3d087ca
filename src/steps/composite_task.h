// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/cube/glad.h"
#include "data/cube/grid.h"
#include "data/cube/layer.h"
#include "io/catalog/glad_archive.h"
#include "io/raster/projection.h"
#include "methods/series/composite.h"
#include "methods/series/mask.h"
#include "run/step.h"

namespace ecocube {

inline constexpr const char* kCountVariable = "clear_count";

/// One layer that a composite writes: a statistic of a band, or the count of clear observations, which comes last.
struct CompositeOutput {
  std::string variable;
  std::size_t band = 0, statistic = 0;
  Encoding encoding;
  bool is_count() const { return variable == kCountVariable; }
};

/// What all tasks of a composite share.
struct CompositeRules {
  Grid grid;
  series::QualityMask mask;
  std::vector<series::Statistic> statistics;
  std::vector<CompositeOutput> outputs;
  double min_clear = 0;
  bool skip_bad = false;  ///< damaged scenes are left out instead of failing the task
};

/// A scene that falls into a task's period and touches its tile.
struct CompositeScene {
  GladTile tile;
  int interval = 0;
  std::string identity;
  std::string name() const { return fmt::format("{}/{}", tile.name(), interval); }
};

/// How many source pixels blocks of a cube's tile take, from the size of its pixels in GLAD's and from how the grids
/// are turned against each other.
class SourceExtent {
 public:
  /// `to_degrees`: from the grid's CRS.
  static Result<SourceExtent> of(const Grid& grid, const Window& tile, const Projection& to_degrees);
  /// Source pixels of one GLAD tile that a block of `rows` rows takes at most.
  std::uint64_t pixels(std::int64_t rows) const;

 private:
  double cols_ = 0, rows_of_one_ = 0, rows_of_next_ = 0;
};

/// One tile and period.
struct CompositeJob {
  Window tile;
  SourceExtent source;
  std::vector<CompositeScene> scenes;  ///< GLAD tile by GLAD tile, intervals ascending

  std::size_t times() const;
  std::uint64_t bytes_of_block(const CompositeRules& rules, std::int64_t rows) const;
  std::int64_t rows_per_block(const CompositeRules& rules, std::uint64_t memory) const;
};

/// Reads the job's scenes and writes its layers into `output`, a path in the run's folder. A scene is used on the whole
/// tile or not at all.
Result<void> run_composite(const CompositeRules& rules, const CompositeJob& job, const GladArchive& archive,
                           const std::string& output, TaskRun& run);

}  // namespace ecocube
