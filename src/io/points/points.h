// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/table/table.h"

namespace ecocube {

/// A file of dated points and what its columns mean.
struct PointColumns {
  std::string path;              ///< `.csv`, `.tsv`, `.txt`, or any vector file
  std::string layer;             ///< of a vector file with several
  std::string crs;               ///< of x and y; empty: what the file says (a CSV file says nothing)
  std::string x = "x", y = "y";  ///< of a CSV file, or of a vector layer without geometry
  std::string date = "date";
  std::string label = "label";
  std::string weight;  ///< empty: every point weighs 1
  std::string group;   ///< empty: no groups given
  std::string id;      ///< empty: the number of the row, from 1
};

/// Points in the file's order, and what became of the others.
struct PointSet {
  std::vector<FieldPoint> points;
  std::size_t rows = 0;            ///< of the file
  std::size_t no_coordinates = 0;  ///< rows left out
  std::size_t no_date = 0;
  std::size_t no_label = 0;
  std::size_t no_place = 0;  ///< outside what the target CRS can show
  std::vector<std::string>
      notes;  ///< one sentence for each of these that is not 0, and for what was taken otherwise than it stands
};

/// Reads points and brings them into `target_crs`. Dates are read by parse_date (a bare year means its 1 July).
/// Rows without coordinates, date or label (empty, NA, NaN, null) are left out, counted and noted.
/// Errors name the file, and the line or row and the value where there is one: no such file, no rows, a missing column,
/// an unreadable number or date, a weight that is negative or no finite number, no CRS, no row left.
Result<PointSet> read_points(const PointColumns& columns, const std::string& target_crs);

}  // namespace ecocube
