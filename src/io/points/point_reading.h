// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "io/points/point_rows.h"
#include "io/points/points.h"

/// What the readers of the kinds of points share; for this module's sources.
namespace ecocube {

inline constexpr const char* kNoCoordinates = "have no coordinates and are left out";
inline constexpr const char* kNoDate = "have no date and are left out";
inline constexpr const char* kNoLabel = "have no label and are left out";
inline constexpr const char* kNoValue = "have no value and are left out";

/// Counts what becomes of the rows of one file, told in the order of the list that it is made with.
class PointTally {
 public:
  PointTally(std::initializer_list<std::string> whats) {
    for (const std::string& what : whats) counts_.emplace_back(what, 0);
  }
  void add(const std::string& what, std::size_t count = 1);
  /// Puts the counts that are not 0 into the set.
  void tell(PointSet& set, const std::string& source, std::size_t of, const std::string& unit = "rows") const;

 private:
  std::vector<std::pair<std::string, std::size_t>> counts_;
};

/// Reads what every row says of itself beside what was seen there: place, date, weight, group and name.
class PointRowReader {
 public:
  /// Adds its columns to `wanted`, before the file is read.
  PointRowReader(const PointColumns& columns, ColumnList& wanted);

  /// The point in the file's own CRS, without label and value; nothing when the row lacks a place or a date, which is
  /// counted. `number`: of the row, from 1.
  Result<std::optional<FieldPoint>> read(const PointRow& row, std::size_t number, PointTally& tally) const;

 private:
  Result<void> take_weight(const PointRow& row, FieldPoint& point) const;

  const PointColumns& columns_;
  std::optional<std::size_t> date_, weight_, group_, id_;
};

/// `points FILE, line 7, column date: '31/12/2018' is no date`
Failure unreadable(const std::string& path, const PointRow& row, const std::string& column, const std::string& value,
                   std::string_view what);

/// A finite number.
Result<double> number_of(const std::string& path, const PointRow& row, const std::string& column,
                         const std::string& text);

/// Where the row stands, in the file's CRS; nothing when it does not say.
Result<std::optional<MapPoint>> place_of(const std::string& path, const PointRow& row, const std::string& x_column,
                                         const std::string& y_column);

/// The CRS as asked, else as the file says; an error when neither does. What contradicts the file becomes a remark.
Result<std::string> crs_of(const PointRows& rows, const std::string& asked, PointSet& set);

/// Brings the points into the other CRS; those without a place there are left out and counted of `of` `unit`.
Result<void> transform_points(PointSet& set, const std::string& path, const std::string& from, const std::string& to,
                              std::size_t of, const std::string& unit = "rows");

/// An error when no point is left, which tells what became of the rows.
Result<void> check_left(const PointSet& set, const std::string& path);

}  // namespace ecocube
