// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "io/points/point_groups.h"
#include "io/points/points.h"

namespace ecocube {

/// How soil profiles are read. A `*` in `value` means the wide form: one row a profile, one column a layer, where `*`
/// stands for the same text in all three columns (`SNDMHT_*`, `UHDICM_*`, `LHDICM_*`). Without it a row is one layer.
struct SoilRules {
  std::string upper = "upper";  ///< column of a layer's upper depth
  std::string lower = "lower";
  std::string depth = "middle";       ///< which depth a point gets: `middle`, `upper`, `lower`
  std::optional<double> least, most;  ///< values outside are left out
  std::optional<double> deepest;      ///< layers whose depth lies below are left out
};

/// Reads one point a soil layer, with its measured value and its depth, in the unit of the file. `columns.value` names
/// the value and `columns.id` the profile; without it rows at one place are one profile.
/// Rows without a place or date, layers without a value or depths, with the lower depth above the upper one, and those
/// out of range are left out and counted. Errors name the file, line, column and value.
Result<PointSet> read_soil(const PointColumns& columns, const SoilRules& rules, const GroupRule& groups,
                           const std::string& target_crs);

}  // namespace ecocube
