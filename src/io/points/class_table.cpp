// SPDX-License-Identifier: Apache-2.0
#include "io/points/class_table.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "base/text.h"
#include "io/file/file.h"
#include "io/points/point_rows.h"
#include "io/table/csv.h"

namespace ecocube {
namespace {

std::optional<bool> mark_of(const std::string& text) {
  const std::string lower = lower_case(text);
  if (lower == "1" || lower == "true" || lower == "yes") return true;
  if (lower == "0" || lower == "false" || lower == "no") return false;
  return std::nullopt;
}

}  // namespace

Result<ClassTable> ClassTable::read(const std::string& path, const ClassTableColumns& columns) {
  std::error_code code;
  if (!std::filesystem::exists(path, code)) return input_error("table {}: no such file", path);
  ECOCUBE_TRY_ASSIGN(const std::string text, read_text(path));
  std::vector<std::string> wanted = columns.from;
  wanted.push_back(columns.to);
  if (!columns.representative.empty()) wanted.push_back(columns.representative);
  ECOCUBE_TRY_ASSIGN(const std::vector<CsvRow> rows, parse_csv(text, "table " + path, wanted));
  ClassTable table;
  table.path_ = path;
  for (const CsvRow& row : rows) {
    const auto keys = static_cast<std::ptrdiff_t>(columns.from.size());
    std::vector<std::string> key(row.fields.begin(), row.fields.begin() + keys);
    Entry entry{row.fields[columns.from.size()], true, row.line};
    if (is_missing_text(entry.label)) entry.label.clear();
    if (!columns.representative.empty()) {
      const auto mark = mark_of(row.fields.back());
      if (!mark)
        return input_error("table {}, line {}, column {}: '{}' is neither 1 nor 0", path, row.line,
                           columns.representative, row.fields.back());
      entry.representative = *mark;
    }
    const auto [place, is_new] = table.entries_.emplace(key, entry);
    if (!is_new && (place->second.label != entry.label || place->second.representative != entry.representative))
      return input_error("table {}, line {}: {} stands in line {} already, with another class", path, row.line,
                         join(key, " + "), place->second.line);
  }
  return table;
}

const ClassTable::Entry* ClassTable::find(const std::vector<std::string>& codes) const {
  const auto found = entries_.find(codes);
  return found == entries_.end() ? nullptr : &found->second;
}

std::string ClassTable::nearest(const std::vector<std::string>& codes) const {
  std::vector<std::string> firsts, seconds;
  for (const auto& [key, entry] : entries_) {
    if (firsts.empty() || firsts.back() != key.front()) firsts.push_back(key.front());
    if (key.size() > 1 && key.front() == codes.front()) seconds.push_back(key[1]);
  }
  return seconds.empty() ? suggestion(codes.front(), firsts) : suggestion(codes.back(), seconds);
}

}  // namespace ecocube
