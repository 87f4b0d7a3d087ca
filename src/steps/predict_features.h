// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/model/model.h"
#include "io/raster/layer_reader.h"
#include "methods/infer/predictor.h"
#include "run/step.h"

namespace ecocube {

/// One span of years to map, and the layers that a model may look at in it.
struct MappedSpan {
  std::string name;            ///< `2015`, or `2000_2002` of several years
  Period period;               ///< of what is mapped
  std::vector<int> years;      ///< ascending; a feature is the mean of its valid values over them
  std::vector<Layer> layers;   ///< candidates, of every year
  std::size_t open_files = 0;  ///< at once while it is read
  std::vector<Layer> of_feature(const std::string& name) const;
  std::vector<std::string> feature_names() const;  ///< that its layers give
};

/// The spans of `years` (each year by itself) or, where given, of `spans` such as `2000..2002`. Every year must be one
/// of the cube's.
Result<std::vector<MappedSpan>> spans_to_map(const Cube& cube, const Value& years,
                                             const std::vector<std::string>& spans);

/// Fills in the layers of a span: static ones, and those of its years.
///
/// wanted  names of features to keep; empty: all
void find_layers(const LayerSet& layers, const std::vector<std::string>& wanted, MappedSpan& span);

/// Where the values of the model's features come from.
class PixelFeatures {
 public:
  /// Matches layers by name, in the model's order. Errors: a feature that no layer gives in some year of the span, told
  /// with the nearest name; a layer that stores its numbers in another unit, or (unless `any_scale`) with another scale
  /// or offset than the layer that the model was trained on.
  static Result<PixelFeatures> of(const Model& model, const MappedSpan& span, bool any_scale);

  /// How the predictor may read them: as bytes where the layer of a single year is stored so.
  std::vector<std::optional<StoredBytes>> stored() const;

  /// Reads the values of `part`; planes stay valid until the next call.
  Result<void> read(LayerReader& reader, const std::string& tile, const Window& part);
  /// The value of the feature `depth`, which no layer gives, from now on.
  void set_depth(const Window& part, double depth);
  /// Whether the model looks at the depth.
  bool has_depth() const;
  const std::vector<FeaturePlane>& planes() const { return planes_; }

  /// Bytes held for a pixel of `part`.
  static std::uint64_t bytes_per_pixel(std::size_t features);

 private:
  struct Source {
    std::vector<Layer> layers;  ///< a year each; empty: the depth
    bool bytes = false;
  };
  Result<void> read_mean(LayerReader& reader, const std::string& tile, const Window& part, std::size_t feature);

  std::vector<Source> sources_;  ///< shape [feature]
  std::vector<std::vector<float>> values_;
  std::vector<std::vector<std::uint8_t>> bytes_, valid_;
  std::vector<float> year_values_;
  std::vector<std::uint8_t> year_valid_;
  std::vector<FeaturePlane> planes_;
};

}  // namespace ecocube
