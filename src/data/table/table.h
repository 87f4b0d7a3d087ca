// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "data/cube/period.h"

namespace ecocube {

/// A dated place in the field with what was seen there.
struct FieldPoint {
  std::string id;       ///< row of the file, or its id column; for messages
  double x = 0, y = 0;  ///< in the cube's CRS
  Day date;
  std::string label;  ///< a legend's code or name; empty when the point has a value instead
  double weight = 1;
  std::string group;  ///< rows of one group never sit on both sides of a fold; empty: none given
  double value = std::numeric_limits<double>::quiet_NaN();  ///< a measured number, as the file has it; NaN: a label
  double depth = std::numeric_limits<double>::quiet_NaN();  ///< below the surface, as the file has it; NaN: none

  bool has_value() const { return !std::isnan(value); }
  bool has_depth() const { return !std::isnan(depth); }
};

/// The feature that holds the points' depth, when they have one.
inline constexpr const char* kDepthFeature = "depth";

/// Points with the value of every feature at their place and time: what learners are trained on. Points with a depth
/// have it once more as the feature `depth`.
struct Table {
  std::vector<std::string> features;  ///< column names, in a fixed order
  std::vector<FieldPoint> rows;
  std::vector<float> values;  ///< physical values, shape [feature][row]; NaN where missing

  std::span<const float> column(std::size_t feature) const {
    return {values.data() + feature * rows.size(), rows.size()};
  }
};

}  // namespace ecocube
