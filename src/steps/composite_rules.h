// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/cube/layer.h"
#include "methods/series/composite.h"
#include "methods/series/composite_stack.h"
#include "steps/composite_best_pixel.h"
#include "steps/composite_selection_output.h"
#include "steps/scene_reader.h"
#include "steps/scene_source.h"

namespace ecocube {

inline constexpr const char* kCountVariable = "clear_count";

/// One layer that a composite writes: a figure of a band, or the count of clear observations, which comes last.
struct CompositeOutput {
  std::string variable;
  std::size_t band = 0;
  series::Statistic statistic;
  Encoding encoding;
  series::Recoding recoding;                                ///< from the band's stored numbers
  std::optional<SelectionOutput> selection = std::nullopt;  ///< instead of the statistic
  bool is_count() const { return variable == kCountVariable; }
  LayerKind kind() const { return is_count() ? LayerKind::count : LayerKind::continuous; }
};
/// For people: the band's, or what a deviation is.
std::string long_name_of(const CompositeOutput& output, const Product& product);

/// Which of several scenes of one day counts where they overlap.
enum class SceneMerge {
  in_order,  ///< the source's order
  best,      ///< the one that is clearer on the tile, then the newer
  newest,    ///< the one acquired later
  none,      ///< all: each is an observation of its own
  stitch,    ///< as `best` within an orbit; the composites of the orbits are joined by series::stitch
};

/// How observations weigh in a weighted mean.
enum class SceneWeights {
  clear,   ///< by the share of the tile's pixels that are clear in the scene
  centre,  ///< by nearness to the middle of the period
};

/// What all tasks of a composite share.
struct CompositeRules {
  SceneRules scenes;
  const SceneSource* source = nullptr;
  std::vector<CompositeOutput> outputs;
  SceneMerge merge = SceneMerge::in_order;
  std::optional<SceneWeights> weights;  ///< none: no weighted mean is asked for
  double min_clear = 0;
  double outliers = 0;    ///< median absolute deviations; 0: off
  BestPixelWishes best;   ///< of the best pixel, when it is asked for
  bool skip_bad = false;  ///< damaged scenes are left out instead of failing the task
  DataType type() const { return outputs.front().encoding.type; }
  bool has_count() const { return outputs.back().is_count(); }
  bool needs_cloud_distance() const { return scenes.cloud_metres > 0; }
  bool selects() const {
    return std::any_of(outputs.begin(), outputs.end(), [](const auto& output) { return output.selection.has_value(); });
  }
};

/// What a composite is asked for.
struct CompositeWishes {
  std::vector<series::Statistic> statistics;
  std::vector<std::string> select;   ///< `medoid`, `geomedian`, `emad`, `smad`, `bcmad`, `best`, `best_day`
  std::vector<std::string> metrics;  ///< see parse_metric
  bool count = true;
  std::string encoding = "auto";  ///< or `uint8`, `uint16`, `float32`, `source`
};

/// The layers of a composite: the statistics of every band, every band as it is selected, the metrics, the count. All
/// share one type and one number for missing values. `auto` takes no bytes where deviations or days are asked for.
Result<std::vector<CompositeOutput>> composite_outputs(const Product& product, const CompositeWishes& wishes);

}  // namespace ecocube
