// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/cube/grid.h"

namespace ecocube {

/// Polygons to sum pixels up over, each with its name and its place on a grid. They may overlap. A pixel belongs to a
/// polygon when its centre lies inside. Not for use by two threads at once.
class Zones {
 public:
  struct Zone {
    std::string name;
    Window window;  ///< grid pixels that may belong to it
  };

  /// layer   empty: the only layer
  /// column  holds the names; empty: zones are called by their row's number
  /// A file without polygons or without a CRS, a row that is no polygon, and a column that is not there are errors that
  /// name the file. Rows of one name are one zone.
  static Result<std::unique_ptr<Zones>> read(const std::string& path, const std::string& layer,
                                             const std::string& column, const Grid& grid);
  ~Zones();
  Zones(const Zones&) = delete;
  Zones& operator=(const Zones&) = delete;

  /// In the order of the file.
  const std::vector<Zone>& all() const { return zones_; }
  /// Marks the pixels of `window` that belong to a zone with 1, the others with 0; shape [row][col].
  Result<void> cover(std::size_t zone, const Window& window, std::span<std::uint8_t> inside) const;

 private:
  struct State;
  Zones(std::unique_ptr<State> state, std::vector<Zone> zones);
  std::unique_ptr<State> state_;
  std::vector<Zone> zones_;
};

}  // namespace ecocube
