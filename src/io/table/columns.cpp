// SPDX-License-Identifier: Apache-2.0
#include "io/table/columns.h"

#include <algorithm>
#include <limits>
#include <set>

#include "base/text.h"
#include "io/file/file.h"

namespace ecocube {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

}  // namespace

bool is_missing(const std::string& field) {
  const std::string word = lower_case(field);
  return word.empty() || word == "na" || word == "nan" || word == "null";
}

Result<TextColumns> read_columns(const std::filesystem::path& file) {
  ECOCUBE_TRY_ASSIGN(const std::string text, read_text(file));
  TextColumns table;
  table.file = file.string();
  std::size_t number = 0;
  for (const std::string& line : split(text, '\n')) {
    ++number;
    if (trimmed(line).empty()) continue;
    const std::vector<std::string> fields = csv_fields(trimmed(line));
    if (table.names.empty()) {
      for (const std::string& field : fields) table.names.emplace_back(trimmed(field));
      const std::set<std::string> distinct(table.names.begin(), table.names.end());
      if (distinct.size() != fields.size()) return input_error("{}: two columns have the same name", table.file);
      table.columns.resize(fields.size());
      continue;
    }
    if (fields.size() != table.names.size())
      return input_error("{}, line {}: {} fields, but the first line names {}", table.file, number, fields.size(),
                         table.names.size());
    table.lines.push_back(number);
    for (std::size_t c = 0; c < fields.size(); ++c) table.columns[c].emplace_back(trimmed(fields[c]));
  }
  if (table.rows() == 0) return input_error("{}: no rows below the first line", table.file);
  return table;
}

Result<std::size_t> column_named(const TextColumns& table, const std::string& name) {
  const auto found = std::find(table.names.begin(), table.names.end(), name);
  if (found == table.names.end())
    return usage_error("{} has no column '{}'{}", table.file, name, suggestion(name, table.names));
  return static_cast<std::size_t>(found - table.names.begin());
}

bool is_numeric(const TextColumns& table, std::size_t column) {
  bool any = false;
  for (const std::string& field : table.columns[column]) {
    if (is_missing(field)) continue;
    if (!parse_number(field)) return false;
    any = true;
  }
  return any;
}

Result<std::vector<double>> numbers_in(const TextColumns& table, std::size_t column) {
  std::vector<double> numbers;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string& field = table.columns[column][row];
    const auto number = is_missing(field) ? std::optional(kMissing) : parse_number(field);
    if (!number)
      return input_error("{}, line {}: '{}' in the column {} is no number", table.file, table.lines[row], field,
                         table.names[column]);
    numbers.push_back(*number);
  }
  return numbers;
}

}  // namespace ecocube
