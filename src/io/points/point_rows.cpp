// SPDX-License-Identifier: Apache-2.0
#include "io/points/point_rows.h"

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "io/file/file.h"
#include "io/raster/vector.h"
#include "io/table/csv.h"

namespace ecocube {
namespace {

Result<std::string> text_of(const std::string& path) {
  std::error_code code;
  if (!std::filesystem::exists(path, code)) return input_error("points {}: no such file", path);
  return read_text(path);
}

Result<PointRows> read_text_table(const std::string& path, const ColumnList& columns, const std::string& x,
                                  const std::string& y) {
  ECOCUBE_TRY_ASSIGN(const std::string text, text_of(path));
  std::vector<std::string> names = columns.names();
  const bool with_places = !x.empty() && !y.empty();
  if (with_places) names.insert(names.end(), {x, y});
  ECOCUBE_TRY_ASSIGN(std::vector<CsvRow> rows, parse_csv(text, "points " + path, names));
  PointRows read;
  read.path = path;
  for (CsvRow& row : rows) {
    PointRow point;
    point.where = fmt::format("line {}", row.line);
    point.fields = std::move(row.fields);
    if (with_places) {
      point.x = point.fields[names.size() - 2];
      point.y = point.fields[names.size() - 1];
      point.fields.resize(columns.names().size());
    }
    read.rows.push_back(std::move(point));
  }
  return read;
}

Result<PointRows> read_vector_file(const std::string& path, const std::string& layer, const ColumnList& columns,
                                   const std::string& x, const std::string& y) {
  std::vector<std::string> names = columns.names();
  auto table = read_features(path, layer, names);
  const bool with_places = table && !table->has_geometry && !x.empty() && !y.empty();
  if (with_places) {
    names.insert(names.end(), {x, y});
    table = read_features(path, layer, names);
  }
  if (!table) return within("points", table.error());
  PointRows read{path, table->crs_wkt, table->has_geometry, table->not_points, {}};
  for (Feature& row : table->rows) {
    PointRow point;
    point.where = fmt::format("row {}", row.id);
    for (std::string& field : row.fields) point.fields.emplace_back(trimmed(field));
    if (with_places) {
      point.x = point.fields[names.size() - 2];
      point.y = point.fields[names.size() - 1];
      point.fields.resize(columns.names().size());
    }
    point.place = row.place;
    point.centre = row.centre;
    point.area = row.area;
    read.rows.push_back(std::move(point));
  }
  return read;
}

}  // namespace

std::optional<std::size_t> ColumnList::add(const std::string& name) {
  if (name.empty()) return std::nullopt;
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found != names_.end()) return static_cast<std::size_t>(found - names_.begin());
  names_.push_back(name);
  return names_.size() - 1;
}

bool is_missing_text(std::string_view text) {
  const std::string lower = lower_case(trimmed(text));
  return lower.empty() || lower == "na" || lower == "nan" || lower == "null";
}

bool is_text_table(const std::string& path) {
  const std::string ending = lower_case(std::filesystem::path(path).extension().string());
  return ending == ".csv" || ending == ".tsv" || ending == ".txt";
}

Result<std::vector<std::string>> point_file_columns(const std::string& path, const std::string& layer) {
  if (is_text_table(path)) {
    ECOCUBE_TRY_ASSIGN(const std::string text, text_of(path));
    return csv_header(text, "points " + path);
  }
  auto names = read_column_names(path, layer);
  if (!names) return within("points", names.error());
  return names;
}

Result<PointRows> read_point_rows(const std::string& path, const std::string& layer, const ColumnList& columns,
                                  const std::string& x, const std::string& y) {
  return is_text_table(path) ? read_text_table(path, columns, x, y) : read_vector_file(path, layer, columns, x, y);
}

Result<std::vector<std::string>> files_named(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    if (path.find_first_of("*?") == std::string::npos) {
      files.push_back(path);
      continue;
    }
    const std::vector<std::string> found = glob_files(path);
    if (found.empty()) return input_error("points {}: no file matches", path);
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

}  // namespace ecocube
