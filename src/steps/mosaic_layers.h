// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/cube/grid.h"
#include "data/cube/layer.h"
#include "data/cube/legend.h"
#include "io/raster/cog.h"

namespace ecocube {

/// How the names of a class map's bands for single classes begin; the class's code follows.
inline constexpr std::string_view kSetPrefix = "set_";  ///< 1 where the class set holds the class, else 0
inline constexpr std::array<std::string_view, 3> kClassBandPrefixes{"probability_", "uncertainty_", kSetPrefix};

/// The bands of single classes that the files (paths with {tile}) describe, as layers without a period. Every tile must
/// have the same bands.
Result<std::vector<Layer>> find_class_bands(const std::vector<std::string>& files, const Cube& cube,
                                            const std::filesystem::path& root);

/// The classes that the bands are of; all of the legend's when there are no bands.
std::vector<LegendClass> mapped_classes(const Legend& legend, const std::vector<Layer>& class_bands);

/// A layer's tiles as parts of a mosaic. One that lies in other files than a step's tiles is first copied onto the
/// cube's grid, into a file beside `staged` that goes with this object.
class LayerParts {
 public:
  static Result<std::unique_ptr<LayerParts>> of(const Layer& layer, const Cube& cube, const std::filesystem::path& root,
                                                const std::filesystem::path& staged);
  ~LayerParts();
  LayerParts(const LayerParts&) = delete;
  LayerParts& operator=(const LayerParts&) = delete;

  const std::vector<CogPart>& list() const { return parts_; }
  /// The layer's, with a number for no data where a copy needed one.
  const Encoding& encoding() const { return encoding_; }

 private:
  LayerParts() = default;
  Result<void> copy(Layer layer, const Cube& cube, const std::filesystem::path& root);

  std::vector<CogPart> parts_;
  Encoding encoding_;
  std::filesystem::path copied_;  ///< empty: nothing was copied
};

/// Removes files that belong to an earlier, killed try at writing `name`: those beside `staged` whose process is gone.
void clear_leftovers(const std::filesystem::path& staged, const std::string& name);

}  // namespace ecocube
