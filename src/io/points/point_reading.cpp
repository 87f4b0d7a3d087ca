// SPDX-License-Identifier: Apache-2.0
#include "io/points/point_reading.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "io/points/survey_date.h"
#include "io/raster/projection.h"

namespace ecocube {

void PointTally::add(const std::string& what, std::size_t count) {
  const auto found =
      std::find_if(counts_.begin(), counts_.end(), [&](const auto& entry) { return entry.first == what; });
  if (found == counts_.end()) {
    counts_.emplace_back(what, count);
  } else {
    found->second += count;
  }
}

void PointTally::tell(PointSet& set, const std::string& source, std::size_t of, const std::string& unit) const {
  for (const auto& [what, count] : counts_) {
    if (count > 0) set.counts.push_back({source, what, count, of, unit});
  }
}

Failure unreadable(const std::string& path, const PointRow& row, const std::string& column, const std::string& value,
                   std::string_view what) {
  return input_error("points {}, {}, column {}: '{}' is {}", path, row.where, column, value, what);
}

Result<double> number_of(const std::string& path, const PointRow& row, const std::string& column,
                         const std::string& text) {
  const auto number = parse_number(text);
  if (!number || !std::isfinite(*number)) return unreadable(path, row, column, text, "no number");
  return *number;
}

Result<std::optional<MapPoint>> place_of(const std::string& path, const PointRow& row, const std::string& x_column,
                                         const std::string& y_column) {
  if (row.place) return row.place;
  if (is_missing_text(row.x) || is_missing_text(row.y)) return std::nullopt;
  ECOCUBE_TRY_ASSIGN(const double x, number_of(path, row, x_column, row.x));
  ECOCUBE_TRY_ASSIGN(const double y, number_of(path, row, y_column, row.y));
  return MapPoint{x, y};
}

PointRowReader::PointRowReader(const PointColumns& columns, ColumnList& wanted)
    : columns_(columns),
      date_(columns.year ? std::nullopt : wanted.add(columns.date)),
      weight_(wanted.add(columns.weight)),
      group_(wanted.add(columns.group)),
      id_(wanted.add(columns.id)) {}

Result<void> PointRowReader::take_weight(const PointRow& row, FieldPoint& point) const {
  if (!weight_) return {};
  const std::string& text = row.fields[*weight_];
  ECOCUBE_TRY_ASSIGN(point.weight, number_of(columns_.path, row, columns_.weight, text));
  if (point.weight < 0) return unreadable(columns_.path, row, columns_.weight, text, "a negative weight");
  return {};
}

Result<std::optional<FieldPoint>> PointRowReader::read(const PointRow& row, std::size_t number,
                                                       PointTally& tally) const {
  FieldPoint point;
  ECOCUBE_TRY_ASSIGN(const std::optional<MapPoint> place, place_of(columns_.path, row, columns_.x, columns_.y));
  const bool has_date = !date_ || !is_missing_text(row.fields[*date_]);
  if (date_ && has_date) {
    const std::string& text = row.fields[*date_];
    const auto date = parse_point_date(text);
    if (!date) return unreadable(columns_.path, row, columns_.date, text, "no date such as 2018-06-30");
    point.date = *date;
  }
  if (columns_.year) point.date = make_day(*columns_.year, 7, 1);
  ECOCUBE_TRY(take_weight(row, point));
  point.group = group_ ? row.fields[*group_] : "";
  point.id = id_ ? row.fields[*id_] : std::to_string(number);
  if (!place || !has_date) {
    tally.add(!place ? kNoCoordinates : kNoDate);
    return std::nullopt;
  }
  point.x = place->x;
  point.y = place->y;
  return point;
}

Result<std::string> crs_of(const PointRows& rows, const std::string& asked, PointSet& set) {
  if (asked.empty() && rows.crs.empty())
    return usage_error("points {}: the file does not say its coordinate reference system; say it as crs", rows.path);
  if (!asked.empty() && !rows.crs.empty() && !same_crs(asked, rows.crs)) {
    set.remarks.push_back(fmt::format(
        "points {}: the coordinates are taken as {}, as asked, though the file says otherwise", rows.path, asked));
  }
  return asked.empty() ? rows.crs : asked;
}

Result<void> transform_points(PointSet& set, const std::string& path, const std::string& from, const std::string& to,
                              std::size_t of, const std::string& unit) {
  const auto projection = Projection::between(from, to);
  if (!projection) return within("points " + path, projection.error());
  std::vector<double> x, y;
  for (const FieldPoint& point : set.points) {
    x.push_back(point.x);
    y.push_back(point.y);
  }
  (*projection)->transform(x, y);
  std::vector<FieldPoint> placed;
  for (std::size_t i = 0; i < set.points.size(); ++i) {
    if (!std::isfinite(x[i]) || !std::isfinite(y[i])) continue;
    placed.push_back(std::move(set.points[i]));
    placed.back().x = x[i];
    placed.back().y = y[i];
  }
  PointTally tally{};
  const std::string name = to.size() > 40 ? "the cube's coordinate reference system" : to;
  tally.add(fmt::format("have no place in {} and are left out", name), set.points.size() - placed.size());
  tally.tell(set, path, of, unit);
  set.points = std::move(placed);
  return {};
}

Result<void> check_left(const PointSet& set, const std::string& path) {
  if (!set.points.empty()) return {};
  return input_error("points {}: none of the {} rows is left ({})", path, set.rows, join(set.notes(), "; "));
}

}  // namespace ecocube
