// SPDX-License-Identifier: Apache-2.0
#include "io/points/point_groups.h"

#include <fmt/format.h>

#include <cmath>

#include "io/raster/projection.h"

namespace ecocube {

std::string cell_name(double x, double y, double cell) {
  return fmt::format("r{}_c{}", static_cast<long long>(std::floor(y / cell)),
                     static_cast<long long>(std::floor(x / cell)));
}

std::string group_of(const GroupRule& rule, const std::string& name, double x, double y) {
  if (rule.by == "none") return "";
  return rule.by == "point" ? name : cell_name(x, y, rule.cell);
}

Result<void> check_groups(const GroupRule& rule, const std::string& crs) {
  constexpr double kWidestDegrees = 10;
  if (rule.by == "cell" && rule.cell > kWidestDegrees && is_geographic(crs))
    return usage_error("points.cell: {} is a side in degrees, as the cube's reference system has it; set a smaller one",
                       rule.cell);
  return {};
}

}  // namespace ecocube
