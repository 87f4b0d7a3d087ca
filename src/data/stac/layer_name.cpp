// SPDX-License-Identifier: Apache-2.0
#include "data/stac/layer_name.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <vector>

#include "base/text.h"

namespace ecocube {
namespace {

/// The convention's sign of a statistic at the end of a variable's name; nothing when the word is none.
std::optional<std::string> statistic_type(const std::string& word) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kWords{{{"mean", "m"},
                                                                                        {"median", "p50"},
                                                                                        {"sd", "d"},
                                                                                        {"std", "d"},
                                                                                        {"min", "min"},
                                                                                        {"max", "max"},
                                                                                        {"count", "n"},
                                                                                        {"source", "src"}}};
  for (const auto& [name, type] : kWords) {
    if (word == name) return std::string(type);
  }
  const bool percentile =
      word.size() >= 2 && word.size() <= 5 && word[0] == 'p' &&
      std::all_of(word.begin() + 1, word.end(), [](unsigned char c) { return std::isdigit(c) || c == '.'; });
  return percentile ? std::optional(word) : std::nullopt;
}

std::string type_of(LayerKind kind) {
  switch (kind) {
    case LayerKind::continuous:
      return "m";
    case LayerKind::classes:
      return "c";
    case LayerKind::count:
      return "n";
    case LayerKind::source:
      return "src";
    case LayerKind::error:
      return "err";
  }
  return "m";
}

std::string statistic_title(const std::string& word) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kWords{
      {{"sd", "standard deviation"},
       {"std", "standard deviation"},
       {"min", "minimum"},
       {"max", "maximum"},
       {"count", "number of observations"},
       {"source", "where its values come from"},
       {"p50", "median"}}};
  for (const auto& [name, title] : kWords) {
    if (word == name) return std::string(title);
  }
  const auto percent = word[0] == 'p' ? parse_integer(std::string_view(word).substr(1)) : std::nullopt;
  if (!percent) return word;
  const std::int64_t last = *percent % 10, teens = *percent / 10;
  const char* ending = teens == 1 ? "th" : last == 1 ? "st" : last == 2 ? "nd" : last == 3 ? "rd" : "th";
  return fmt::format("{}{} percentile", *percent, ending);
}

std::string with_capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string class_title(std::string_view code, const Legend& legend) {
  const LegendClass* found = legend.with_code(code);
  return found ? fmt::format("{} {}", code, found->name) : std::string(code);
}

}  // namespace

std::string layer_title(std::string_view variable, const Legend& legend, const std::string& long_name) {
  std::vector<std::string> words = split(variable, '_');
  const std::string statistic = words.size() > 1 && statistic_type(words.back()) ? words.back() : "";
  if (!long_name.empty()) {
    const bool told = statistic.empty() || statistic == "source";
    return told ? long_name : fmt::format("{}, {}", long_name, statistic_title(statistic));
  }
  if (variable == "class") return "Most probable class";
  if (variable == "class_probability") return "Probability of the most probable class";
  if (variable == "class_uncertainty") return "Uncertainty of the most probable class";
  for (const std::string_view quantity : {"probability", "uncertainty"}) {
    if (!variable.starts_with(quantity) || variable.size() <= quantity.size() || variable[quantity.size()] != '_')
      continue;
    return with_capital(fmt::format("{} of {}", quantity, class_title(variable.substr(quantity.size() + 1), legend)));
  }
  if (statistic.empty()) return with_capital(join(words, " "));
  words.pop_back();
  return with_capital(fmt::format("{}, {}", join(words, " "), statistic_title(statistic)));
}

std::string name_field(std::string_view text) {
  std::string field;
  for (const char c : lower_case(text)) {
    const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    if (kept) {
      field += c;
    } else if (field.empty() || field.back() != '.') {
      field += '.';
    }
  }
  while (!field.empty() && field.back() == '.') field.pop_back();
  return field;
}

ProductName product_of(std::string_view variable, LayerKind kind, std::string_view map_name) {
  const std::string map = name_field(map_name);
  if (variable == "class") return {map, map, "c"};
  if (variable == "class_probability") return {map, map, "p"};
  if (variable == "class_uncertainty") return {map, map, "md"};
  for (const auto& [prefix, type] :
       {std::pair{std::string_view("probability_"), "p"}, std::pair{std::string_view("uncertainty_"), "md"}}) {
    if (variable.starts_with(prefix)) return {map, map + "." + name_field(variable.substr(prefix.size())), type};
  }
  std::vector<std::string> words = split(variable, '_');
  const auto statistic = words.size() > 1 ? statistic_type(words.back()) : std::nullopt;
  if (statistic) words.pop_back();
  const std::string base = name_field(join(words, "."));
  return {base, base, statistic.value_or(type_of(kind))};
}

std::string LayerFileName::text() const {
  const std::array<std::string, 10> fields{
      name_field(variable), name_field(method), name_field(type), name_field(resolution), name_field(depth),
      compact_date(start),  compact_date(end),  name_field(area), name_field(crs),        name_field(version)};
  return join(fields, "_");
}

}  // namespace ecocube
