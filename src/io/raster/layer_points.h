// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/raster/layer_reader.h"

namespace ecocube {

/// A pixel of the cube's grid.
struct PixelPlace {
  std::int64_t row = 0, col = 0;
};

/// Pixels in the order in which files keep them: in squares of a stored block's size, so that every block of a file is
/// unpacked once however many of them it holds. Made once for a set of points, used for every layer.
class PlacesByBlock {
 public:
  /// Side of a square.
  static constexpr std::int64_t kBlock = 512;

  explicit PlacesByBlock(std::vector<PixelPlace> places);

  struct Block {
    Window window;                   ///< the smallest one around the places
    std::vector<std::size_t> which;  ///< numbers of the places
  };
  const std::vector<PixelPlace>& places() const { return places_; }
  const std::vector<Block>& blocks() const { return blocks_; }

 private:
  std::vector<PixelPlace> places_;
  std::vector<Block> blocks_;
};

/// Reads the physical values of a layer at some places, NaN where missing. `tile` fills {tile} in the layer's paths.
///
/// wanted   a place is read when this is not 0; shape [place]; empty: all of them
/// values   shape [place]; places not wanted stay as they are
Result<void> read_points(LayerReader& reader, const Layer& layer, const std::string& tile, const PlacesByBlock& points,
                         std::span<const std::uint8_t> wanted, std::span<float> values);

}  // namespace ecocube
