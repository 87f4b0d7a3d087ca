// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
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
  std::string label;  ///< a legend's code or name
  double weight = 1;
  std::string group;  ///< rows of one group never sit on both sides of a fold; empty: none given
};

/// Points with the value of every feature at their place and time: what learners are trained on.
struct Table {
  std::vector<std::string> features;  ///< column names, in a fixed order
  std::vector<FieldPoint> rows;
  std::vector<float> values;  ///< physical values, shape [feature][row]; NaN where missing

  std::span<const float> column(std::size_t feature) const {
    return {values.data() + feature * rows.size(), rows.size()};
  }
};

}  // namespace ecocube
