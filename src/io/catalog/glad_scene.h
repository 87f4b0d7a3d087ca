// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "data/cube/glad.h"
#include "io/catalog/scene_file.h"
#include "io/raster/raster.h"
#include "io/raster/tiff_decoder.h"

namespace ecocube {

/// One open file of a GLAD archive, its 8 bands in order. Not for use by two threads at once.
class GladScene : public SceneFile {
 public:
  /// Opens the file and checks that it is what its place in the archive says: whole, 8 bands of UInt16, geographic on
  /// WGS 84, pixels of 0.00025° on the tile's grid and inside the tile (a part of the tile is enough). An error of the
  /// input names the file and what is wrong.
  static Result<std::unique_ptr<GladScene>> open(const std::string& path, const GladTile& tile);

  const std::string& path() const { return path_; }
  /// The pixels of the tile's 4004 × 4004 grid that the file has.
  const Window& covers() const { return covers_; }

  /// Reads stored numbers of some bands (from 1).
  ///
  /// window  pixels of the tile's grid
  /// values  shape [band][row][col]; 0, no data, where the file has nothing
  Result<void> read(std::span<const int> bands, const Window& window, std::span<std::uint16_t> values);

  const PixelFrame& frame(std::size_t /*band*/) const override { return frame_; }
  Window covers(std::size_t /*band*/) const override { return covers_; }
  /// All planes must be of std::uint16_t.
  Result<void> read(std::span<const std::size_t> bands, const Window& window, std::span<const NumberPlane> planes,
                    std::size_t stride) override;

 private:
  GladScene() = default;
  Result<void> read_numbers(std::span<const int> bands, const Window& window, std::span<std::uint16_t* const> planes,
                            std::size_t stride);

  std::string path_;
  std::unique_ptr<TiffDecoder> decoder_;
  std::unique_ptr<Raster> raster_;  ///< where there is no decoder
  PixelFrame frame_;
  Window covers_;
};

}  // namespace ecocube
