// SPDX-License-Identifier: Apache-2.0
#include "io/table/table_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "io/file/file.h"
#include "io/table/csv.h"

namespace ecocube {
namespace {

/// What every table begins with; tables of earlier versions lack the last one.
const std::vector<std::string>& fixed_columns() {
  static const std::vector<std::string> names{"id", "x", "y", "date", "label", "weight", "group", "value"};
  return names;
}

/// Missing (NaN) for an empty field; nothing when it is no number.
template <class T>
std::optional<T> number_or_gap(const std::string& field) {
  if (field.empty()) return std::numeric_limits<T>::quiet_NaN();
  T value = 0;
  const auto [end, code] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (code != std::errc{} || end != field.data() + field.size()) return std::nullopt;
  return value;
}

template <class T>
std::string number_text(T value) {
  return std::isnan(value) ? std::string() : fmt::format("{}", value);
}

/// The columns before the features; an error when the header does not begin with them.
Result<std::size_t> fixed_columns_of(const std::vector<std::string>& header, const std::string& file) {
  const auto& names = fixed_columns();
  const auto differs = std::mismatch(names.begin(), names.end(), header.begin(), header.end()).first;
  if (differs == names.end()) return names.size();
  if (differs + 1 == names.end()) return names.size() - 1;
  return input_error("table {}: the first columns are not {}", file, join(names, ", "));
}

Result<FieldPoint> point_of(const std::vector<std::string>& fields, std::size_t fixed, const std::string& where) {
  const auto x = parse_number(fields[1]), y = parse_number(fields[2]), weight = parse_number(fields[5]);
  const auto date = parse_date(fields[3]);
  if (!x || !y || !weight || !date) return input_error("{}: x, y, date or weight cannot be read", where);
  FieldPoint point{fields[0], *x, *y, *date, fields[4], *weight, fields[6]};
  if (fixed < fixed_columns().size()) return point;
  const auto value = number_or_gap<double>(fields[7]);
  if (!value) return input_error("{}, column value: '{}' is no number", where, fields[7]);
  point.value = *value;
  return point;
}

void take_depths(Table& table) {
  const auto found = std::find(table.features.begin(), table.features.end(), kDepthFeature);
  if (found == table.features.end()) return;
  const auto depths = table.column(static_cast<std::size_t>(found - table.features.begin()));
  for (std::size_t row = 0; row < table.rows.size(); ++row) table.rows[row].depth = static_cast<double>(depths[row]);
}

}  // namespace

std::string table_csv(const Table& table) {
  std::string text = join(fixed_columns(), ",");
  for (const std::string& feature : table.features) text += "," + csv_field(feature);
  text += "\n";
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const FieldPoint& point = table.rows[row];
    text += fmt::format("{},{},{},{},{},{},{},{}", csv_field(point.id), point.x, point.y, iso_date(point.date),
                        csv_field(point.label), point.weight, csv_field(point.group), number_text(point.value));
    for (std::size_t feature = 0; feature < table.features.size(); ++feature)
      text += "," + number_text(table.column(feature)[row]);
    text += "\n";
  }
  return text;
}

Result<Table> read_table(const std::filesystem::path& file) {
  ECOCUBE_TRY_ASSIGN(const std::string text, read_text(file));
  const auto lines = split(text, '\n');
  const auto header = csv_fields(lines.front());
  ECOCUBE_TRY_ASSIGN(const std::size_t fixed, fixed_columns_of(header, file.string()));
  Table table;
  table.features.assign(header.begin() + static_cast<std::ptrdiff_t>(fixed), header.end());
  std::vector<std::vector<float>> columns(table.features.size());
  for (std::size_t number = 1; number < lines.size(); ++number) {
    if (lines[number].empty()) continue;
    const auto fields = csv_fields(lines[number]);
    if (fields.size() != header.size())
      return input_error("table {}, line {}: {} fields instead of {}", file.string(), number + 1, fields.size(),
                         header.size());
    const std::string where = fmt::format("table {}, line {}", file.string(), number + 1);
    ECOCUBE_TRY_ASSIGN(FieldPoint point, point_of(fields, fixed, where));
    table.rows.push_back(std::move(point));
    for (std::size_t feature = 0; feature < columns.size(); ++feature) {
      const auto value = number_or_gap<float>(fields[fixed + feature]);
      if (!value)
        return input_error("{}, column {}: '{}' is no number", where, table.features[feature], fields[fixed + feature]);
      columns[feature].push_back(*value);
    }
  }
  for (const auto& column : columns) table.values.insert(table.values.end(), column.begin(), column.end());
  take_depths(table);
  return table;
}

}  // namespace ecocube
