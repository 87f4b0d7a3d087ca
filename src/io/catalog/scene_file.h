// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "data/cube/scene.h"
#include "io/raster/grid_mapping.h"
#include "io/raster/raster.h"

namespace ecocube {

/// Where numbers of one band go.
using NumberPlane = std::variant<std::uint8_t*, std::uint16_t*, std::int16_t*, float*>;

/// An open scene: bands as files keep them, on pixels of their own. Bands are known by their place in the list that it
/// was opened with. Not for use by two threads at once.
class SceneFile {
 public:
  virtual ~SceneFile() = default;
  /// The pixels of a band; bands of one resolution have equal frames.
  virtual const PixelFrame& frame(std::size_t band) const = 0;
  /// The pixels of the frame that the file has; beside them it reads as missing.
  virtual Window covers(std::size_t band) const = 0;
  /// Reads stored numbers, converted to the planes' types when the file has another one.
  ///
  /// bands   all of one frame
  /// window  pixels of that frame, inside `covers`
  /// planes  one a band, rows `stride` numbers apart
  virtual Result<void> read(std::span<const std::size_t> bands, const Window& window,
                            std::span<const NumberPlane> planes, std::size_t stride) = 0;
};

/// Raster files that are kept open between reads, because many scenes may share one (a band a date), and no more than
/// allowed. May be used by several threads at once.
class RasterPool {
 public:
  explicit RasterPool(std::size_t most_open) : most_open_(most_open) {}

  /// A file for the caller alone: an idle one or one newly opened. A local TIFF that was cut short is an error when it
  /// is opened first.
  Result<std::unique_ptr<Raster>> take(const std::string& path);
  /// Hands it back for the next one to take.
  void give_back(std::unique_ptr<Raster> raster);

 private:
  std::size_t most_open_;
  std::mutex mutex_;
  std::list<std::unique_ptr<Raster>> idle_;  ///< used last at the end
  std::set<std::string> whole_;              ///< files that were looked through
};

/// Opens a scene of a catalogue. Errors name the scene: a band that it does not have, a file that is damaged or has no
/// coordinate reference system.
///
/// bands  of the product or its masks
Result<std::unique_ptr<SceneFile>> open_scene_file(const Scene& scene, const std::vector<std::string>& bands,
                                                   RasterPool& pool);

}  // namespace ecocube
