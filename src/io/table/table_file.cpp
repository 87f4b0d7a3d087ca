// SPDX-License-Identifier: Apache-2.0
#include "io/table/table_file.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "io/file/file.h"

namespace ecocube {
namespace {

const std::vector<std::string>& fixed_columns() {
  static const std::vector<std::string> names{"id", "x", "y", "date", "label", "weight", "group"};
  return names;
}

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  return "\"" + replace_all(text, "\"", "\"\"") + "\"";
}

/// Missing (NaN) for an empty field; nothing when it is no number.
std::optional<float> feature_value(const std::string& field) {
  if (field.empty()) return std::numeric_limits<float>::quiet_NaN();
  float value = 0;
  const auto [end, code] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (code != std::errc{} || end != field.data() + field.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string table_csv(const Table& table) {
  std::string text = join(fixed_columns(), ",");
  for (const std::string& feature : table.features) text += "," + quoted(feature);
  text += "\n";
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const FieldPoint& point = table.rows[row];
    text += fmt::format("{},{},{},{},{},{},{}", quoted(point.id), point.x, point.y, iso_date(point.date),
                        quoted(point.label), point.weight, quoted(point.group));
    for (std::size_t feature = 0; feature < table.features.size(); ++feature) {
      const float value = table.column(feature)[row];
      text += std::isnan(value) ? std::string(",") : fmt::format(",{}", value);
    }
    text += "\n";
  }
  return text;
}

Result<Table> read_table(const std::filesystem::path& file) {
  ECOCUBE_TRY_ASSIGN(const std::string text, read_text(file));
  const auto lines = split(text, '\n');
  const auto header = csv_fields(lines.front());
  const std::size_t fixed = fixed_columns().size();
  if (header.size() < fixed || !std::equal(fixed_columns().begin(), fixed_columns().end(), header.begin())) {
    return input_error("table {}: the first columns are not {}", file.string(), join(fixed_columns(), ", "));
  }
  Table table;
  table.features.assign(header.begin() + static_cast<std::ptrdiff_t>(fixed), header.end());
  std::vector<std::vector<float>> columns(table.features.size());
  for (std::size_t number = 1; number < lines.size(); ++number) {
    if (lines[number].empty()) continue;
    const auto fields = csv_fields(lines[number]);
    if (fields.size() != header.size())
      return input_error("table {}, line {}: {} fields instead of {}", file.string(), number + 1, fields.size(),
                         header.size());
    const auto x = parse_number(fields[1]), y = parse_number(fields[2]), weight = parse_number(fields[5]);
    const auto date = parse_date(fields[3]);
    if (!x || !y || !weight || !date)
      return input_error("table {}, line {}: x, y, date or weight cannot be read", file.string(), number + 1);
    table.rows.push_back({fields[0], *x, *y, *date, fields[4], *weight, fields[6]});
    for (std::size_t feature = 0; feature < columns.size(); ++feature) {
      const auto value = feature_value(fields[fixed + feature]);
      if (!value)
        return input_error("table {}, line {}, column {}: '{}' is no number", file.string(), number + 1,
                           table.features[feature], fields[fixed + feature]);
      columns[feature].push_back(*value);
    }
  }
  for (const auto& column : columns) table.values.insert(table.values.end(), column.begin(), column.end());
  return table;
}

}  // namespace ecocube
