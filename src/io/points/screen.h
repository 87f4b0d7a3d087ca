// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "io/points/points.h"
#include "io/points/raster_values.h"

namespace ecocube {

/// Another map that must not contradict the points.
struct ScreenRule {
  std::string raster;  ///< file; `{year}` in it stands for the point's year
  int band = 1;
  /// Labels (shell patterns, the first that matches counts) with the values that the map may have there.
  std::vector<std::pair<std::string, std::vector<ValueSpan>>> keep;
  bool keep_missing = true;  ///< what becomes of a point where the map has no value
};

/// The years from 1950 to 2100 for which a file `pattern` with {year} is there; ascending.
std::vector<int> years_of_pattern(const std::string& pattern);

/// Files that a pattern with or without {year} stands for; none is an error.
Result<std::vector<std::string>> files_of_pattern(const std::string& pattern);

/// Leaves out the points that one of the maps contradicts; a label that a rule does not name is not tested by it.
/// Points whose year has no file are kept and counted.
///
/// source  names the points in messages
/// crs     of the points
Result<void> screen_points(PointSet& set, const std::vector<ScreenRule>& rules, const std::string& source,
                           const std::string& crs);

}  // namespace ecocube
