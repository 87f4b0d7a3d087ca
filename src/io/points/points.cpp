// SPDX-License-Identifier: Apache-2.0
#include "io/points/points.h"

#include <cmath>
#include <filesystem>

#include "base/text.h"
#include "io/file/file.h"
#include "io/points/csv.h"
#include "io/raster/projection.h"
#include "io/raster/vector.h"

namespace ecocube {
namespace {

/// One row as text, whatever the file's format.
struct RawPoint {
  std::string where;  ///< `line 7` or `row 12`
  std::string x, y, date, label, weight, group, id;
  std::optional<MapPoint> place;  ///< of a geometry
};

struct RawPoints {
  std::vector<RawPoint> rows;
  std::string crs;
  bool from_geometry = false;
  std::size_t not_points = 0;
};

bool is_missing(std::string_view text) {
  const std::string lower = lower_case(trimmed(text));
  return lower.empty() || lower == "na" || lower == "nan" || lower == "null";
}

bool is_text_table(const std::string& path) {
  const std::string ending = lower_case(std::filesystem::path(path).extension().string());
  return ending == ".csv" || ending == ".tsv" || ending == ".txt";
}

/// The columns to read, each bound to the member that takes it.
struct Role {
  std::string column;
  std::string RawPoint::*member;
};

std::vector<Role> roles_of(const PointColumns& columns, bool with_coordinates) {
  std::vector<Role> roles{{columns.date, &RawPoint::date}, {columns.label, &RawPoint::label}};
  if (with_coordinates) roles.insert(roles.begin(), {{columns.x, &RawPoint::x}, {columns.y, &RawPoint::y}});
  if (!columns.weight.empty()) roles.push_back({columns.weight, &RawPoint::weight});
  if (!columns.group.empty()) roles.push_back({columns.group, &RawPoint::group});
  if (!columns.id.empty()) roles.push_back({columns.id, &RawPoint::id});
  return roles;
}

std::vector<std::string> names_of(const std::vector<Role>& roles) {
  std::vector<std::string> names;
  for (const Role& role : roles) names.push_back(role.column);
  return names;
}

void fill(RawPoint& point, const std::vector<Role>& roles, const std::vector<std::string>& fields) {
  for (std::size_t i = 0; i < roles.size(); ++i) point.*roles[i].member = trimmed(fields[i]);
}

Result<RawPoints> read_text_table(const PointColumns& columns) {
  const std::string origin = "points " + columns.path;
  const auto roles = roles_of(columns, true);
  std::error_code code;
  if (!std::filesystem::exists(columns.path, code)) return input_error("{}: no such file", origin);
  ECOCUBE_TRY_ASSIGN(const std::string text, read_text(columns.path));
  ECOCUBE_TRY_ASSIGN(const std::vector<CsvRow> rows, parse_csv(text, origin, names_of(roles)));
  RawPoints points;
  for (const CsvRow& row : rows) {
    RawPoint point;
    point.where = fmt::format("line {}", row.line);
    fill(point, roles, row.fields);
    points.rows.push_back(std::move(point));
  }
  return points;
}

Result<RawPoints> read_vector_file(const PointColumns& columns) {
  auto roles = roles_of(columns, false);
  auto table = read_features(columns.path, columns.layer, names_of(roles));
  if (table && !table->has_geometry) {
    roles = roles_of(columns, true);
    table = read_features(columns.path, columns.layer, names_of(roles));
  }
  if (!table) return within("points", table.error());
  RawPoints points{{}, table->crs_wkt, table->has_geometry, table->not_points};
  for (const Feature& row : table->rows) {
    RawPoint point;
    point.where = fmt::format("row {}", row.id);
    point.place = row.place;
    fill(point, roles, row.fields);
    points.rows.push_back(std::move(point));
  }
  return points;
}

/// Turns rows into points of the file's own CRS.
class PointReader {
 public:
  PointReader(const PointColumns& columns, const RawPoints& raw) : columns_(columns), raw_(raw) {}

  Result<PointSet> read() {
    set_.rows = raw_.rows.size();
    for (std::size_t i = 0; i < raw_.rows.size(); ++i) ECOCUBE_TRY(take(raw_.rows[i], i + 1));
    return std::move(set_);
  }

 private:
  Result<void> take(const RawPoint& raw, std::size_t number) {
    FieldPoint point;
    const bool has_place = raw_.from_geometry ? raw.place.has_value() : !is_missing(raw.x) && !is_missing(raw.y);
    if (has_place) ECOCUBE_TRY(take_place(raw, point));
    if (!is_missing(raw.date)) ECOCUBE_TRY(take_date(raw, point));
    if (!columns_.weight.empty()) ECOCUBE_TRY(take_weight(raw, point));
    point.label = raw.label;
    point.group = raw.group;
    point.id = columns_.id.empty() ? std::to_string(number) : raw.id;
    if (!has_place) {
      ++set_.no_coordinates;
    } else if (is_missing(raw.date)) {
      ++set_.no_date;
    } else if (is_missing(raw.label)) {
      ++set_.no_label;
    } else {
      set_.points.push_back(std::move(point));
    }
    return {};
  }

  Failure unreadable(const RawPoint& raw, const std::string& column, const std::string& value,
                     std::string_view what) const {
    return input_error("points {}, {}, column {}: '{}' is {}", columns_.path, raw.where, column, value, what);
  }

  Result<void> take_place(const RawPoint& raw, FieldPoint& point) const {
    if (raw.place) {
      point.x = raw.place->x;
      point.y = raw.place->y;
      return {};
    }
    const auto x = parse_number(raw.x), y = parse_number(raw.y);
    if (!x || !std::isfinite(*x)) return unreadable(raw, columns_.x, raw.x, "no number");
    if (!y || !std::isfinite(*y)) return unreadable(raw, columns_.y, raw.y, "no number");
    point.x = *x;
    point.y = *y;
    return {};
  }

  Result<void> take_date(const RawPoint& raw, FieldPoint& point) const {
    const auto date = parse_date(raw.date);
    if (!date) return unreadable(raw, columns_.date, raw.date, "no date such as 2018-06-30");
    point.date = *date;
    return {};
  }

  Result<void> take_weight(const RawPoint& raw, FieldPoint& point) const {
    const auto weight = parse_number(raw.weight);
    if (!weight || !std::isfinite(*weight)) return unreadable(raw, columns_.weight, raw.weight, "no number");
    if (*weight < 0) return unreadable(raw, columns_.weight, raw.weight, "a negative weight");
    point.weight = *weight;
    return {};
  }

  const PointColumns& columns_;
  const RawPoints& raw_;
  PointSet set_;
};

Result<void> transform_points(PointSet& set, const std::string& from, const std::string& to) {
  ECOCUBE_TRY_ASSIGN(const auto projection, Projection::between(from, to));
  std::vector<double> x, y;
  for (const FieldPoint& point : set.points) {
    x.push_back(point.x);
    y.push_back(point.y);
  }
  projection->transform(x, y);
  std::vector<FieldPoint> placed;
  for (std::size_t i = 0; i < set.points.size(); ++i) {
    if (!std::isfinite(x[i]) || !std::isfinite(y[i])) continue;
    placed.push_back(std::move(set.points[i]));
    placed.back().x = x[i];
    placed.back().y = y[i];
  }
  set.no_place = set.points.size() - placed.size();
  set.points = std::move(placed);
  return {};
}

void add_notes(PointSet& set, const PointColumns& columns, const RawPoints& raw, const std::string& target) {
  const auto note = [&](std::size_t count, const std::string& what) {
    if (count > 0) set.notes.push_back(fmt::format("points {}: {} of {} rows {}", columns.path, count, set.rows, what));
  };
  note(set.no_coordinates, "have no coordinates and are left out");
  note(set.no_date, "have no date and are left out");
  note(set.no_label, "have no label and are left out");
  note(set.no_place, fmt::format("have no place in {} and are left out",
                                 target.size() > 40 ? "the cube's coordinate reference system" : target));
  note(raw.not_points, "are no single points; each stands by one point of it");
  if (!columns.crs.empty() && !raw.crs.empty() && !same_crs(columns.crs, raw.crs)) {
    set.notes.push_back(
        fmt::format("points {}: the coordinates are taken as {}, as asked, though the file says otherwise",
                    columns.path, columns.crs));
  }
}

}  // namespace

Result<PointSet> read_points(const PointColumns& columns, const std::string& target_crs) {
  ECOCUBE_TRY_ASSIGN(const RawPoints raw,
                     is_text_table(columns.path) ? read_text_table(columns) : read_vector_file(columns));
  const std::string& crs = columns.crs.empty() ? raw.crs : columns.crs;
  if (crs.empty())
    return usage_error("points {}: the file does not say its coordinate reference system; set points.crs",
                       columns.path);
  ECOCUBE_TRY_ASSIGN(PointSet set, PointReader(columns, raw).read());
  const auto transformed = transform_points(set, crs, target_crs);
  if (!transformed) return within("points " + columns.path, transformed.error());
  add_notes(set, columns, raw, target_crs);
  if (set.points.empty())
    return input_error("points {}: none of the {} rows is left ({})", columns.path, set.rows, join(set.notes, "; "));
  return set;
}

}  // namespace ecocube
