// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/cube/period.h"

namespace ecocube {

enum class DataType { uint8, uint16, int16, uint32, int32, float32, float64 };
std::size_t bytes_of(DataType type);
/// `uint8`, as STAC and GDAL name it.
std::string_view name_of(DataType type);
double lowest_of(DataType type);
double highest_of(DataType type);

/// What the values of a layer mean, which decides how they are resampled and drawn.
enum class LayerKind {
  continuous,  ///< measured quantity: bilinear, AVERAGE overviews
  classes,     ///< codes of a legend: nearest, MODE overviews
  count,       ///< how many observations: nearest, AVERAGE overviews
  source,      ///< how a value came about (see fill-gaps): nearest, MODE overviews
  error,       ///< expected error of the values of another layer: resampled as continuous, taken only when named
};
std::string_view name_of(LayerKind kind);

/// How a physical value is stored: value = stored × scale + offset; `no_data` is the stored number that means missing.
struct Encoding {
  DataType type = DataType::uint8;
  double scale = 1;
  double offset = 0;
  std::optional<double> no_data;
  std::string unit;
  double decoded(double stored) const { return stored * scale + offset; }
  /// Rounded to the nearest stored number and kept within the type, never onto `no_data`.
  double encoded(double value) const;
  /// Whether the same stored number means missing, NaN being one such number, or none does in both.
  bool same_no_data(const Encoding& other) const;
  bool operator==(const Encoding& other) const;
};

/// Where a layer's pixels are: `path` is absolute or a URL for a source, relative to the run's folder for a layer
/// that a step makes; `{tile}` in it stands for the tile's name.
struct LayerFile {
  std::string path;
  int band = 1;  ///< from 1
  bool operator==(const LayerFile&) const = default;
};

/// One variable at one time (or at no time: static) over the whole cube.
struct Layer {
  std::string variable;   ///< `ndvi_p50`, `elevation`, `class`
  std::string long_name;  ///< for people
  LayerKind kind = LayerKind::continuous;
  Encoding encoding;
  std::optional<Period> period;  ///< none: the layer is static
  std::string made_by;           ///< name of the step or source
  std::string task;              ///< id of the task that makes it, with `{tile}`; empty for a source's layer
  std::vector<LayerFile> files;  ///< several are joined; where they overlap the first valid one wins
  /// How numbers of another grid come onto the cube's: `auto` interpolates bilinearly or averages pixels much smaller
  /// than the cube's; `nearest`, `bilinear` and `average` do as they are called. Only continuous layers have a choice.
  std::string resampling = "auto";

  /// `ndvi_p50.summer`, or `elevation` for a static layer: the name of the feature that it gives.
  std::string feature_name() const { return period ? variable + "." + period->slot : variable; }
};

/// The layers that are there to read at some point of a recipe, in a fixed order.
class LayerSet {
 public:
  /// Adds the layer; one of the same variable and period is replaced in place.
  void put(Layer layer);
  const std::vector<Layer>& all() const { return layers_; }
  const Layer* find(std::string_view variable, const std::optional<Period>& period) const;
  /// Names of the variables in order of first appearance.
  std::vector<std::string> variables() const;
  /// The variables that match one of the shell patterns (`*_p50`); an empty list of patterns: all.
  std::vector<std::string> variables_matching(const std::vector<std::string>& patterns) const;
  /// The layers of a variable in order of time.
  std::vector<Layer> of_variable(std::string_view variable) const;

 private:
  std::vector<Layer> layers_;
};

}  // namespace ecocube
