// SPDX-License-Identifier: Apache-2.0
#include "io/table/columns.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "io/file/file.h"
#include "io/table/csv.h"

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
  ECOCUBE_TRY_ASSIGN(table.names, csv_header(text, table.file));
  ECOCUBE_TRY_ASSIGN(std::vector<CsvRow> rows, parse_csv(text, table.file, table.names));
  table.columns.resize(table.names.size());
  for (CsvRow& row : rows) {
    table.lines.push_back(row.line);
    for (std::size_t c = 0; c < table.columns.size(); ++c) table.columns[c].push_back(std::move(row.fields[c]));
  }
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
