// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "data/cube/grid.h"
#include "data/cube/layer.h"

namespace ecocube {

/// Reads layers on the cube's grid. A file on another grid is warped on the fly: classes, counts and source codes take
/// the nearest value, continuous layers are interpolated bilinearly, or averaged when the file's pixels are smaller
/// than two thirds of the cube's in width and in height, unless the layer's `resampling` says how. Keeps files open
/// between calls. Not for use by two threads at once.
class LayerReader {
 public:
  /// Files that are kept open at once unless told otherwise.
  static constexpr std::size_t kMostOpen = 24;

  /// `root`: the run's folder. `most_open`: files kept open at once.
  LayerReader(const Grid& grid, std::filesystem::path root, std::size_t most_open = kMostOpen);
  ~LayerReader();
  LayerReader(const LayerReader&) = delete;
  LayerReader& operator=(const LayerReader&) = delete;

  /// Reads stored numbers and validity of `window` (grid pixels), shapes [row][col]. `tile` fills {tile} in the
  /// layer's paths. Missing pixels get valid 0 and value 0. A missing or damaged file is an error that names it.
  Result<void> read(const Layer& layer, const std::string& tile, const Window& window, std::span<float> stored,
                    std::span<std::uint8_t> valid);
  /// The same as numbers of the layer's own type, rows `stride` numbers apart, without a detour over float where a file
  /// of that type lies on the cube's pixels; interpolated ones are rounded. Missing pixels get the layer's number for
  /// them, which it must have; in float32 NaN means missing as well. T: std::uint8_t, std::uint16_t, std::int16_t or
  /// float, that of the layer's encoding.
  template <class T>
  Result<void> read_stored(const Layer& layer, const std::string& tile, const Window& window, T* stored,
                           std::size_t stride);
  /// The same as `read`, as physical values.
  Result<void> read_decoded(const Layer& layer, const std::string& tile, const Window& window, std::span<float> values,
                            std::span<std::uint8_t> valid);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ecocube
