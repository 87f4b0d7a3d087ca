// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/points/class_table.h"
#include "io/points/point_groups.h"
#include "io/points/points.h"

namespace ecocube {

/// How points of the EU's land use and cover survey (LUCAS) are read.
struct LucasRules {
  /// Role → column, for files whose names of columns are not known: `id`, `date`, `year`, `th_lat`, `th_long`,
  /// `gps_lat`, `gps_long`, `gps_ew`, `gps_precision`, `observation`, `radius`, `cover`, `lc1`, `lu1`.
  std::map<std::string, std::string> columns;

  std::string table;  ///< CSV of LC1 + LU1 → class; empty: the label is the code LC1 itself
  ClassTableColumns table_columns{{"LC1", "LU1"}, "CLC3", "Representativeness"};
  bool representative = true;  ///< leave out pairs that the table marks 0
  bool unlisted_is_error = false;
  int level = 3;  ///< without a table: how many characters of LC1 make the label, 1..3

  bool use_gps = false;       ///< the observer's place instead of the theoretical one
  double gps_precision = 10;  ///< metres; places told less precisely are not used

  std::vector<std::string> observations;              ///< codes of OBS_TYPE that count; empty: all
  std::vector<std::string> radii;                     ///< codes of OBS_RADIUS that count; empty: all
  std::map<int, std::vector<std::string>> covers;     ///< codes of LC1_PCT that count, by survey year; 0: all years
  std::vector<std::string> placeholders = {"01-02"};  ///< month-day of dates that stand for none
};

/// The names of roles that `LucasRules::columns` understands.
std::vector<std::string> lucas_roles();

/// Reads survey points of one or several files, into `target_crs`. The survey's own coordinates are in WGS 84; a vector
/// file without the column of a theoretical place is placed by its geometry.
///
/// A point of the same name and date as an earlier one is left out. With GPS the place is the observer's when it was
/// taken in the field within 100 m (OBS_TYPE 1, where the file says), with a precision of `gps_precision` or better;
/// else the theoretical one. Groups of cells are those of the theoretical place, so that a point keeps its group in
/// every survey. A placeholder date counts as the 1 July of its survey year.
/// Errors name the file, line, column and value; what is left out or taken otherwise is counted.
Result<PointSet> read_lucas(const std::vector<std::string>& files, const std::string& layer, const LucasRules& rules,
                            const GroupRule& groups, const std::string& target_crs);

}  // namespace ecocube
