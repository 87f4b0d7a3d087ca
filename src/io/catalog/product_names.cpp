// SPDX-License-Identifier: Apache-2.0
#include "io/catalog/product_names.h"

#include <algorithm>

#include "base/text.h"

namespace ecocube {
namespace {

const std::map<std::string, std::string>& common_tokens() {
  static const std::map<std::string, std::string> tokens{
      {"date", "[0-9]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{7}"},
      {"time", "[0-9]{6}"},
      {"year", "[0-9]{4}"},
      {"path", "[0-9]{3}"},
      {"row", "[0-9]{3}"},
      {"tile", "[A-Za-z0-9]+"},
      {"sensor", "[A-Za-z0-9]+"},
      {"product", "[A-Za-z0-9]+"},
      {"orbit", "[A-Za-z0-9]+"},
      {"version", "[A-Za-z0-9]+"},
      {"processed", "[A-Za-z0-9]+"},
      {"baseline", "[0-9.]+"},
  };
  return tokens;
}

std::string escaped(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    if (std::string_view(R"(\^$.|?*+()[]{})").find(c) != std::string_view::npos) plain += '\\';
    plain += c;
  }
  return plain;
}

std::string alternatives(const std::vector<std::string>& texts) {
  std::vector<std::string> parts;
  for (const std::string& text : texts) parts.push_back(escaped(text));
  return join(parts, "|");
}

/// How many capturing groups an expression opens: they would shift ours.
bool captures(std::string_view expression) {
  for (std::size_t i = 0; i < expression.size(); ++i) {
    if (expression[i] == '\\') {
      ++i;
    } else if (expression[i] == '(' && !expression.substr(i).starts_with("(?")) {
      return true;
    }
  }
  return false;
}

/// The last parts of a path, joined by `/`.
std::string last_parts(const std::filesystem::path& path, std::size_t count) {
  const std::string text = path.generic_string();
  auto from = text.size();
  for (std::size_t i = 0; i < count && from != std::string::npos && from > 0; ++i) from = text.rfind('/', from - 1);
  return from == std::string::npos || count == 0 ? text : text.substr(from + 1);
}

}  // namespace

Result<FileNames> FileNames::compile(const std::string& pattern, const std::map<std::string, std::string>& tokens,
                                     const std::vector<std::string>& bands) {
  FileNames names;
  names.pattern_ = pattern;
  names.parts_ = 1 + static_cast<std::size_t>(std::count(pattern.begin(), pattern.end(), '/'));
  auto known = common_tokens();
  for (const auto& [token, expression] : tokens) known[token] = expression;
  known["band"] = alternatives(bands);
  std::string expression;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] == '*' || pattern[at] == '?') {
      expression += pattern[at] == '*' ? "[^/]*" : "[^/]";
      continue;
    }
    if (pattern[at] != '{') {
      expression += escaped(pattern.substr(at, 1));
      continue;
    }
    const auto close = pattern.find('}', at);
    if (close == std::string::npos) return usage_error("names: '{}': a brace has no end", pattern);
    const std::string token = pattern.substr(at + 1, close - at - 1);
    at = close;
    if (const auto before = std::find(names.order_.begin(), names.order_.end(), token); before != names.order_.end()) {
      expression += fmt::format("\\{}", before - names.order_.begin() + 1);
      continue;
    }
    if (!known.contains(token)) {
      std::vector<std::string> words;
      for (const auto& [name, unused] : known) words.push_back(name);
      return usage_error("names: '{}': unknown {{{}}}{}", pattern, token, suggestion(token, words));
    }
    if (captures(known[token]))
      return usage_error("tokens.{}: '{}' captures; write (?: instead of (", token, known[token]);
    names.order_.push_back(token);
    expression += "(" + known[token] + ")";
  }
  const auto last_open = pattern.find_last_of("*?}");
  names.ending_ = last_open == std::string::npos ? pattern : pattern.substr(last_open + 1);
  try {
    names.expression_.assign(expression, std::regex::ECMAScript | std::regex::optimize);
  } catch (const std::regex_error& problem) {
    return usage_error("names: '{}': a token's regular expression cannot be read: {}", pattern, problem.what());
  }
  return names;
}

bool FileNames::has(std::string_view token) const {
  return std::find(order_.begin(), order_.end(), token) != order_.end();
}

std::optional<NameTokens> FileNames::match(const std::filesystem::path& path) const {
  const std::string& whole = path.native();
  if (!whole.ends_with(ending_)) return std::nullopt;  // far cheaper than the expression, and most files end so
  const std::string text = last_parts(path, parts_);
  std::smatch found;
  if (!std::regex_match(text, found, expression_)) return std::nullopt;
  NameTokens tokens;
  for (std::size_t i = 0; i < order_.size(); ++i) tokens[order_[i]] = found[i + 1].str();
  return tokens;
}

std::string filled(std::string_view text, const NameTokens& tokens) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto close = text[at] == '{' ? text.find('}', at) : std::string_view::npos;
    if (close == std::string_view::npos) {
      result += text[at];
      continue;
    }
    const auto token = tokens.find(text.substr(at + 1, close - at - 1));
    if (token != tokens.end()) result += token->second;
    at = close;
  }
  return result;
}

std::optional<Day> day_of(const NameTokens& tokens) {
  if (const auto date = tokens.find("date"); date != tokens.end()) {
    if (date->second.size() != 7) return parse_date(date->second);
    const auto year = parse_integer(date->second.substr(0, 4)), number = parse_integer(date->second.substr(4));
    if (!year || !number || *year < 1 || *number < 1) return std::nullopt;
    const Day day = make_day(static_cast<int>(*year), 1, 1) + std::chrono::days(*number - 1);
    return year_of(day) == *year ? std::optional<Day>(day) : std::nullopt;
  }
  const auto year = tokens.find("year");
  return year == tokens.end() ? std::nullopt : parse_date(year->second);
}

std::string time_of(const NameTokens& tokens) {
  const auto day = day_of(tokens);
  const auto time = tokens.find("time");
  if (!day || time == tokens.end() || time->second.size() != 6) return "";
  const std::string& text = time->second;
  return fmt::format("{}T{}:{}:{}Z", iso_date(*day), text.substr(0, 2), text.substr(2, 2), text.substr(4, 2));
}

}  // namespace ecocube
