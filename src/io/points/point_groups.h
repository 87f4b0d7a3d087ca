// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"

namespace ecocube {

/// How points are put into groups that stay on one side of every fold.
struct GroupRule {
  std::string by = "cell";  ///< `cell`: squares; `point`: the name of the point or profile; `none`
  double cell = 30000;      ///< side of a square in units of the cube's CRS
};

/// The name of the square that holds a place, `r107_c166` counted from the CRS's origin.
std::string cell_name(double x, double y, double cell);

/// The group of a point that the files call `name`.
std::string group_of(const GroupRule& rule, const std::string& name, double x, double y);

/// Squares of 30000 make no sense in degrees: an error unless they are smaller than a few of them.
Result<void> check_groups(const GroupRule& rule, const std::string& crs);

}  // namespace ecocube
