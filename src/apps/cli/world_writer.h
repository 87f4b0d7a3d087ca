// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "apps/cli/simulate_command.h"
#include "data/cube/glad.h"
#include "data/cube/period.h"
#include "io/raster/raster.h"
#include "methods/simulate/observe.h"
#include "methods/simulate/world.h"

namespace ecocube {

/// Writes a simulated world: archive, static layers, truth and points.
class WorldWriter {
 public:
  WorldWriter(const SimulateOptions& options, const simulate::Frame& frame, std::vector<int> years);
  Result<void> write() const;

 private:
  /// Intervals that are made together: those of one season, or the last ones that belong to no season of the cube.
  struct Group {
    std::optional<Period> period;
    std::vector<GladInterval> intervals;
  };
  struct YearState {
    std::vector<simulate::Ground> ground;
    std::vector<simulate::MaterialYear> materials;
  };

  std::vector<Group> groups() const;
  Result<void> write_static() const;
  Result<void> write_land_cover() const;
  Result<void> write_points() const;
  Result<void> write_species() const;
  Result<void> write_soil() const;
  Result<void> write_group(const Group& group, const std::map<int, YearState>& states) const;
  Result<void> write_truth(const Period& period, const std::vector<simulate::Surface>& surfaces) const;
  Result<void> write_scene(const GladInterval& interval, std::vector<std::uint16_t> scene) const;
  Result<void> write_plane(const std::filesystem::path& path, const Encoding& encoding, const BandSpec& band,
                           const std::vector<float>& stored) const;

  const SimulateOptions& options_;
  std::vector<int> years_;
  simulate::World world_;
  Grid grid_;      ///< pixels of the world
  Window window_;  ///< all of them
  std::vector<GladTile> tiles_;
};

}  // namespace ecocube
