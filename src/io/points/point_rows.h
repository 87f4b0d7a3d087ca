// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/cube/grid.h"

namespace ecocube {

/// One row of a file of points as text, whatever the file's format.
struct PointRow {
  std::string where;                ///< `line 7` or `row 12`
  std::vector<std::string> fields;  ///< of the columns asked for, without spaces around
  std::string x, y;                 ///< when the file has no geometries
  std::optional<MapPoint> place;    ///< of a geometry, in the file's CRS
  std::optional<MapPoint> centre;   ///< of a polygon; see Feature
  double area = 0;                  ///< of a polygon, in square units of the file's CRS
};

/// Rows of a CSV file or of a layer of a vector file, in the file's order.
struct PointRows {
  std::string path;
  std::string crs;  ///< empty: the file does not say
  bool from_geometry = false;
  std::size_t not_points = 0;  ///< geometries that are no single points
  std::vector<PointRow> rows;
};

/// Columns to read, each once.
class ColumnList {
 public:
  /// The place of the column in `PointRow::fields`; nothing for an empty name.
  std::optional<std::size_t> add(const std::string& name);
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
};

/// True for `.csv`, `.tsv` and `.txt`; anything else is a vector file.
bool is_text_table(const std::string& path);

/// True for what stands for no value: nothing, NA, NaN, null.
bool is_missing_text(std::string_view text);

/// Names of the file's columns. `layer`: of a vector file with several.
Result<std::vector<std::string>> point_file_columns(const std::string& path, const std::string& layer);

/// Reads the rows of a file.
///
/// x, y  columns of the coordinates, taken where the file has no geometries; empty: none are read from a CSV file
/// A missing file, layer or column and a broken line are errors that name the file.
Result<PointRows> read_point_rows(const std::string& path, const std::string& layer, const ColumnList& columns,
                                  const std::string& x, const std::string& y);

/// Files that a list of paths and shell patterns (`*`, `?`) names, in the order of the list, those of a pattern sorted.
/// A pattern that no file matches is an error.
Result<std::vector<std::string>> files_named(const std::vector<std::string>& paths);

}  // namespace ecocube
