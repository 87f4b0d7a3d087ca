// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/options.h"
#include "base/result.h"
#include "data/cube/grid.h"
#include "data/cube/legend.h"
#include "io/points/point_source.h"

namespace ecocube {

/// One entry under `sources`: a satellite archive or a set of rasters.
struct SourceSpec {
  std::string name;
  std::string format;    ///< `glad`, `rasters`, or a product of formats/ (name or description file)
  std::string path;      ///< folder, URL prefix, STAC catalogue or API, or pattern with {variable}, {start} …
  std::string variable;  ///< rasters: name of the variable when the pattern has no {variable}
  std::vector<std::string> mask;    ///< scenes: preset, words or codes of the product's mask band
  double erode = 0, dilate = 0;     ///< scenes: what is masked shrinks, then grows by so many metres
  std::vector<std::string> bands;   ///< scenes: names of the bands to use; empty: all continuous ones
  double most_cloud_cover = 100;    ///< scenes: those whose metadata say more are left out
  std::string resampling = "auto";  ///< `auto`, `nearest`, `bilinear`, `average`
  std::string bad_scene = "fail";   ///< scenes: `fail` or `skip` on a damaged scene or an unknown quality code
  std::string dates = "names";  ///< rasters: `names`: of the files; `bands`: one band a date, told by its description
  std::string kind = "continuous";  ///< rasters: `continuous` or `classes`
  Value periods = "seasons";        ///< rasters: how a year is divided
  int band = 0;                     ///< rasters: band to read of files that have several
  std::string unit;
  std::optional<double> scale, offset, no_data;  ///< rasters: what the files do not say themselves
  bool is_static = false;
  void declare(OptionSet& options);
};

/// The entry `cube`.
struct CubeSpec {
  std::string name = "area";
  Value grid;  ///< crs, pixel, origin, tile
  Value area;  ///< {bbox: […]}, {file: …} or {tiles: […]}
  Value years;
  void declare(OptionSet& options);
};

struct StepSpec {
  std::string name;  ///< unique within the recipe: `fill-gaps`; a second one of its kind is `fill-gaps-2`
  std::string kind;  ///< `fill-gaps`
  Value options;
};

/// What to make. Read from YAML; unknown keys are errors that name their full path.
struct Recipe {
  std::string origin;  ///< file name, for messages
  CubeSpec cube;
  std::vector<SourceSpec> sources;
  std::vector<PointSource> points;  ///< joined in this order; none: the recipe has no points
  std::vector<StepSpec> steps;
  std::string legend = "clc";
  /// The recipe with every ${name} replaced and every step named; what is saved beside the outputs.
  Value resolved;

  /// True when the points say themselves which of them stay on one side of every fold.
  bool points_have_groups() const;
};

using Settings = std::map<std::string, std::string>;

/// Reads a recipe from YAML text. `settings` fill its ${name} places and override keys by their path
/// (`steps.fill-gaps.window=5`). Relative paths count from `folder`.
Result<Recipe> parse_recipe(const std::string& yaml, const std::string& origin, const std::filesystem::path& folder,
                            const Settings& settings);
Result<Recipe> read_recipe(const std::filesystem::path& file, const Settings& settings);

}  // namespace ecocube
