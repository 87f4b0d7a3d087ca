// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/cube/scene.h"
#include "io/catalog/scene_file.h"
#include "io/raster/grid_mapping.h"
#include "methods/series/mask_words.h"
#include "methods/series/morphology.h"
#include "steps/scene_source.h"

namespace ecocube {

/// How scenes come onto the cube's grid.
struct SceneRules {
  Grid grid;
  const Product* product = nullptr;
  const series::SceneMask* mask = nullptr;
  double erode = 0, dilate = 0;     ///< metres
  std::string resampling = "auto";  ///< as SourceSpec::resampling
  double cloud_metres = 0;          ///< up to here the distance to clouds is worked out; 0: not at all
};

/// The number that means missing in planes of a band.
double missing_of(const ProductBand& band);

/// Pixels of a block, or of its scene where both have the same, that a scene has and that are clear.
struct ClearTally {
  std::size_t clear = 0, covered = 0;
};

/// What the pixels of a mask say on the cube's grid.
inline constexpr std::uint8_t kStateMasked = 0, kStateClear = 1, kStateNotCovered = 255;

/// Brings scenes onto the cube's grid, block by block: what is masked is taken out at the scene's own pixels, what is
/// left is copied where both grids have the same pixels, else interpolated; marks are never interpolated. Bands of
/// other pixels than the mask's take the mark of the mask's pixel under their centre. Serves one task and one thread at
/// a time. The source pixels that are read for all blocks together do not depend on the blocks' size, so damage is met
/// with large and with small ones.
class SceneReader {
 public:
  /// Bytes held for a pixel of a block and for one of its scene's window.
  static constexpr std::uint64_t kBytesPerPixel = 2 * sizeof(double) + sizeof(float) + 1;
  static std::uint64_t bytes_per_source_pixel(const SceneRules& rules);
  /// Bytes held for a pixel of the mask while distances to clouds are worked out.
  static constexpr std::uint64_t kBytesPerCloudPixel = sizeof(double) + sizeof(float) + 8;

  SceneReader(const SceneRules& rules, const Window& tile) : rules_(rules), tile_(tile) {}

  /// The block all following calls are about: whole rows of the tile. Nothing happens when it is the one before.
  void set_block(const Window& block);

  /// Counts some rows of the mask in each `step` of them, on the scene's own pixels under the whole tile and before
  /// erosion and dilation: a guess at what `look` will count.
  Result<void> sample(SceneFile& file, const std::string& name, std::int64_t rows, std::int64_t step,
                      ClearTally& tally);
  /// Reads the mask alone. An unknown code is an error of the input that names scene and code.
  Result<void> look(SceneFile& file, const std::string& name, ClearTally& tally);
  /// After `look`: marks (PixelMark) of the scene's pixels on and round the block, and its mask's numbers there. Shapes
  /// [pixel of where].
  const Window& marked() const { return marked_; }
  std::span<const std::uint8_t> marks() const { return {marks_.data(), static_cast<std::size_t>(marked_.pixels())}; }
  std::span<const std::uint16_t> mask_numbers(std::size_t mask_band) const { return mask_numbers_[mask_band]; }

  /// After `look`: which of the pixels of `marked` lies under each pixel of the block; -1 beside the scene.
  std::vector<std::int64_t> places();

  /// Reads all bands.
  ///
  /// recodings one a band
  /// planes    one a band, of the band's type, shape [row][col of the block]; a value goes where none is yet
  /// is_first  the planes hold nothing yet, whatever their numbers are
  /// cloud_metres  when the rules ask for it: from clear pixels to the nearest masked one of this scene, exact, at most
  ///               SceneRules::cloud_metres; fill is no cloud. 0 where no scene is clear; shape as the planes'
  Result<void> read(SceneFile& file, const std::string& name, std::span<const SceneRecoding> recodings,
                    std::span<const NumberPlane> planes, bool is_first, ClearTally& tally,
                    std::span<float> cloud_metres = {});

 private:
  /// Pixels of one frame, seen from the tile.
  struct View {
    PixelFrame frame;
    std::unique_ptr<GridMapping> mapping;
    series::PixelRaster pixel;  ///< its size
    Window whole;               ///< source pixels that the whole tile takes
    Window block;               ///< what `source` belongs to
    Window source;              ///< source pixels that the block takes
  };
  /// Bands on the same pixels.
  struct Group {
    View* view = nullptr;
    std::vector<std::size_t> bands;
  };
  struct Target {
    std::span<const SceneRecoding> recodings;
    std::span<const NumberPlane> planes;
    bool is_first = true;
    std::span<float> cloud_metres = {};
  };
  Result<View*> view_of(const PixelFrame& frame);
  Window whole_source(const GridMapping& mapping) const;
  void place(const GridMapping& mapping);
  Result<std::vector<Group>> groups_of(const SceneFile& file, bool with_bands);
  Result<void> read_groups(SceneFile& file, const std::string& name, const Target* target, ClearTally& tally);
  Window mask_window(const SceneFile& file, const std::vector<Group>& groups, const Target* target) const;
  void put_cloud_distance(const View& view, const Target& target);
  Result<void> read_mask_group(SceneFile& file, const std::string& name, const std::vector<Group>& groups,
                               const Target* target, ClearTally& tally);
  Result<void> read_other_group(SceneFile& file, const std::string& name, const Group& mask, const Group& group,
                                const Target& target);
  Result<void> mark(const std::string& name);
  void grow_marks(const View& view);
  void count(const View& view, ClearTally& tally);
  Result<void> marks_for(const std::string& name, const View& mask, const View& view, const Window& window);
  void finish_band(const View& view, const Window& window, std::size_t band, std::span<const std::uint8_t> marks,
                   NumberPlane numbers, bool is_direct, const Target& target);
  template <class T>
  void put(const View& view, const Window& window, const ProductBand& band, const T* numbers, T* plane);
  NumberPlane buffer_for(std::size_t band, std::size_t pixels);

  const SceneRules& rules_;
  Window tile_;
  Window block_;
  std::vector<std::unique_ptr<View>> views_;
  /// Of the block in the frame asked for last: one set is large.
  GridMapping::Positions positions_;
  const GridMapping* placed_ = nullptr;
  View* mask_view_ = nullptr;  ///< of the scene looked at last
  Window marked_;
  std::vector<std::uint8_t> marks_;                       ///< [pixel of marked_]
  std::vector<std::vector<std::uint16_t>> mask_numbers_;  ///< [mask band][pixel of marked_]
  std::vector<std::uint8_t> other_marks_;
  std::vector<std::vector<std::byte>> buffers_;  ///< [band]
  std::vector<float> source_values_, warped_;
  std::vector<std::uint8_t> good_, warped_valid_;
};

}  // namespace ecocube
