// SPDX-License-Identifier: Apache-2.0
#include "io/table/csv.h"

#include <algorithm>

#include "base/text.h"

namespace ecocube {
namespace {

/// Takes one record after the other from the text.
class CsvText {
 public:
  CsvText(std::string_view text, char separator) : text_(text), separator_(separator) {}

  bool at_end() const { return at_ >= text_.size(); }
  std::size_t line() const { return line_; }

  /// Fills `fields`; false when a quote has no end.
  bool take_record(std::vector<std::string>& fields) {
    fields.assign(1, "");
    bool quoted = false, was_quoted = false;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '\n') ++line_;
      if (quoted) {
        if (c != '"') {
          fields.back() += c;
        } else if (at_ < text_.size() && text_[at_] == '"') {
          fields.back() += text_[at_++];
        } else {
          quoted = false;
        }
      } else if (c == '"' && !was_quoted && trimmed(fields.back()).empty()) {
        fields.back().clear();
        quoted = was_quoted = true;
      } else if (c == separator_) {
        fields.emplace_back();
        was_quoted = false;
      } else if (c == '\n' || c == '\r') {
        if (c == '\r' && at_ < text_.size() && text_[at_] == '\n') ++at_;
        if (c == '\r') ++line_;
        return true;
      } else {
        fields.back() += c;
      }
    }
    return !quoted;
  }

 private:
  std::string_view text_;
  char separator_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

char separator_of(std::string_view text) {
  std::size_t commas = 0, semicolons = 0, tabs = 0;
  bool quoted = false;
  for (char c : text) {
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == '\n' || c == '\r')) break;
    commas += !quoted && c == ',';
    semicolons += !quoted && c == ';';
    tabs += !quoted && c == '\t';
  }
  if (tabs > commas && tabs > semicolons) return '\t';
  return semicolons > commas ? ';' : ',';
}

bool is_blank(const std::vector<std::string>& fields) {
  return fields.size() == 1 && trimmed(fields[0]).empty();
}

Result<std::vector<std::size_t>> places_of(const std::vector<std::string>& header, std::string_view origin,
                                           const std::vector<std::string>& wanted) {
  std::vector<std::size_t> places;
  for (const std::string& name : wanted) {
    const auto found = std::find(header.begin(), header.end(), name);
    if (found == header.end()) return usage_error("{}: no column '{}'{}", origin, name, suggestion(name, header));
    if (std::find(found + 1, header.end(), name) != header.end())
      return input_error("{}: two columns are named '{}'", origin, name);
    places.push_back(static_cast<std::size_t>(found - header.begin()));
  }
  return places;
}

Result<std::string_view> without_mark(std::string_view text, std::string_view origin) {
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"))
    return input_error("{}: the file is UTF-16; save it as UTF-8", origin);
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (trimmed(text).empty()) return input_error("{}: the file is empty", origin);
  return text;
}

Result<std::vector<std::string>> take_header(CsvText& csv, std::string_view origin) {
  std::vector<std::string> header;
  if (!csv.take_record(header)) return input_error("{}, line 1: a quote has no end", origin);
  for (std::string& name : header) name = trimmed(name);
  return header;
}

}  // namespace

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  return "\"" + replace_all(text, "\"", "\"\"") + "\"";
}

Result<std::vector<std::string>> csv_header(std::string_view text, std::string_view origin) {
  ECOCUBE_TRY_ASSIGN(text, without_mark(text, origin));
  CsvText csv(text, separator_of(text));
  return take_header(csv, origin);
}

Result<std::vector<CsvRow>> parse_csv(std::string_view text, std::string_view origin,
                                      const std::vector<std::string>& wanted) {
  ECOCUBE_TRY_ASSIGN(text, without_mark(text, origin));
  CsvText csv(text, separator_of(text));
  std::vector<std::string> fields;
  ECOCUBE_TRY_ASSIGN(const std::vector<std::string> header, take_header(csv, origin));
  ECOCUBE_TRY_ASSIGN(const std::vector<std::size_t> places, places_of(header, origin, wanted));
  std::vector<CsvRow> rows;
  while (!csv.at_end()) {
    const std::size_t line = csv.line();
    if (!csv.take_record(fields)) return input_error("{}, line {}: a quote has no end", origin, line);
    if (is_blank(fields) && header.size() > 1) continue;
    if (fields.size() != header.size()) {
      return input_error("{}, line {}: {} {} where the header has {}", origin, line, fields.size(),
                         fields.size() == 1 ? "field" : "fields", header.size());
    }
    CsvRow row{line, {}};
    for (std::size_t place : places) row.fields.emplace_back(trimmed(fields[place]));
    rows.push_back(std::move(row));
  }
  if (rows.empty()) return input_error("{}: the file has a header but no rows", origin);
  return rows;
}

}  // namespace ecocube
