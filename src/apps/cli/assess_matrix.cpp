// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "apps/cli/assess_sample.h"
#include "base/text.h"
#include "io/file/file.h"
#include "io/table/csv.h"

namespace ecocube {
namespace fs = std::filesystem;

namespace {

bool is_sum(const std::string& name) {
  const std::string small = lower_case(name);
  return small == "total" || small == "sum" || small.empty();
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// True: the file's rows are what was seen.
Result<bool> rows_are_seen(const fs::path& path, const std::string& rows, const std::string& corner) {
  const std::vector<std::string> seen{"seen", "actual", "reference", "truth", "observed"};
  const std::vector<std::string> mapped{"mapped", "map", "predicted", "prediction", "classified"};
  const std::string word = lower_case(rows.empty() ? corner : rows);
  if (contains(seen, word)) return true;
  if (contains(mapped, word)) return false;
  if (!rows.empty()) return usage_error("--matrix-rows: '{}' is neither seen nor mapped", rows);
  return usage_error(
      "matrix {}: its first cell '{}' does not tell whether rows are what was seen or mapped; say --matrix-rows",
      path.string(), corner);
}

Result<double> count_of(const fs::path& path, const CsvRow& row, const std::string& column, const std::string& text) {
  const auto count = parse_number(text);
  if (!count || !(*count >= 0) || *count > 1e15)
    return input_error("{}, line {}, column {}: '{}' is no number from 0 on", path.string(), row.line, column, text);
  return *count;
}

}  // namespace

Result<ConfusionMatrix> read_confusion_matrix(const fs::path& path, const std::string& rows) {
  ECOCUBE_TRY_ASSIGN(const std::string text, read_text(path));
  ECOCUBE_TRY_ASSIGN(const auto header, csv_header(text, path.string()));
  if (header.empty()) return input_error("matrix {}: is empty", path.string());
  ECOCUBE_TRY_ASSIGN(const auto names, parse_csv(text, path.string(), {header.front()}));
  ECOCUBE_TRY_ASSIGN(const bool seen_rows, rows_are_seen(path, rows, header.front()));
  ConfusionMatrix matrix;
  const std::vector<std::string> columns(header.begin() + 1, header.end());
  for (const CsvRow& row : names) {
    const std::string& name = row.fields[0];
    if (is_sum(name)) continue;
    if (contains(matrix.classes, name))
      return input_error("matrix {}, line {}: '{}' stands there twice", path.string(), row.line, name);
    (contains(columns, name) ? matrix.classes : matrix.passed_over).push_back(name);
  }
  for (const std::string& name : columns) {
    if (!is_sum(name) && !contains(matrix.classes, name)) matrix.passed_over.push_back(name);
  }
  if (matrix.classes.empty())
    return input_error("matrix {}: no name stands both in its header and in its first column", path.string());
  std::vector<std::string> wanted{header.front()};
  wanted.insert(wanted.end(), matrix.classes.begin(), matrix.classes.end());
  ECOCUBE_TRY_ASSIGN(const auto cells, parse_csv(text, path.string(), wanted));
  const std::size_t classes = matrix.classes.size();
  matrix.counts.resize(classes * classes);
  for (const CsvRow& row : cells) {
    const auto at = std::find(matrix.classes.begin(), matrix.classes.end(), row.fields[0]);
    if (at == matrix.classes.end()) continue;
    const auto own = static_cast<std::size_t>(at - matrix.classes.begin());
    for (std::size_t other = 0; other < classes; ++other) {
      ECOCUBE_TRY_ASSIGN(const double count, count_of(path, row, matrix.classes[other], row.fields[other + 1]));
      matrix.counts[seen_rows ? other * classes + own : own * classes + other] = count;
    }
  }
  return matrix;
}

Result<std::map<std::string, double>> read_areas(const fs::path& path) {
  ECOCUBE_TRY_ASSIGN(const std::string text, read_text(path));
  ECOCUBE_TRY_ASSIGN(const auto header, csv_header(text, path.string()));
  if (header.size() != 2)
    return input_error("areas {}: has {} columns; two are meant, a name and its area", path.string(), header.size());
  ECOCUBE_TRY_ASSIGN(const auto rows, parse_csv(text, path.string(), header));
  std::map<std::string, double> areas;
  for (const CsvRow& row : rows) {
    ECOCUBE_TRY_ASSIGN(const double area, count_of(path, row, header[1], row.fields[1]));
    if (!areas.emplace(row.fields[0], area).second)
      return input_error("areas {}, line {}: '{}' stands there twice", path.string(), row.line, row.fields[0]);
  }
  return areas;
}

Result<std::vector<double>> areas_of(const fs::path& path, const std::vector<std::string>& names) {
  ECOCUBE_TRY_ASSIGN(const auto areas, read_areas(path));
  std::vector<std::string> known;
  for (const auto& [name, area] : areas) {
    known.push_back(name);
    if (!contains(names, name))
      return input_error("areas {}: '{}' is not in the sample{}", path.string(), name, suggestion(name, names));
  }
  std::vector<double> result;
  for (const std::string& name : names) {
    const auto found = areas.find(name);
    if (found == areas.end())
      return input_error("areas {}: no area of '{}'{}", path.string(), name, suggestion(name, known));
    result.push_back(found->second);
  }
  return result;
}

}  // namespace ecocube
