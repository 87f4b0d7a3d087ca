// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
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
  std::optional<int> year;  ///< dates every row on this year's 1 July; no column of dates is read then
  std::string label = "label";
  std::string value;   ///< a number to predict instead of a class; no label is read then
  std::string weight;  ///< empty: every point weighs 1
  std::string group;   ///< empty: no groups given
  std::string id;      ///< empty: the number of the row, from 1
};

/// What became of some of a file's rows, or of the points made from them.
struct PointCount {
  std::string source;  ///< the file, or the kind of points
  std::string what;    ///< completes the sentence "5 of 20 rows …"
  std::size_t count = 0;
  std::size_t of = 0;
  std::string unit = "rows";
  /// `points survey.csv: 5 of 20 rows have no date and are left out`
  std::string sentence() const;
};

/// Points in the order of their files, and what became of the other rows.
struct PointSet {
  std::vector<FieldPoint> points;
  std::size_t rows = 0;              ///< read from the files
  std::vector<PointCount> counts;    ///< those that are not 0
  std::vector<std::string> remarks;  ///< what was taken otherwise than it stands

  /// One sentence for each count and each remark.
  std::vector<std::string> notes() const;
  /// Sum of the counts whose text begins so.
  std::size_t count_of(std::string_view what) const;
  /// Adds the other's points, rows and counts behind these.
  void append(PointSet other);
};

/// Reads points and brings them into `target_crs`. Dates are read by parse_point_date (a bare year means its 1 July).
/// Rows without coordinates, date, label or value (empty, NA, NaN, null) are left out, counted and noted.
/// Errors name the file, and the line or row and the value where there is one: no such file, no rows, a missing column,
/// an unreadable number or date, a weight that is negative or no finite number, no CRS, no row left.
Result<PointSet> read_points(const PointColumns& columns, const std::string& target_crs);

}  // namespace ecocube
