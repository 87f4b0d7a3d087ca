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

/// Digits, perhaps with a point among them.
bool is_number(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) || c == '.'; });
}

/// The convention's sign of a statistic at the end of a variable's name; nothing when the word is none.
std::optional<std::string> statistic_type(const std::string& word) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kWords{{{"mean", "m"},
                                                                                        {"median", "p50"},
                                                                                        {"sd", "d"},
                                                                                        {"std", "d"},
                                                                                        {"spread", "d"},
                                                                                        {"min", "min"},
                                                                                        {"max", "max"},
                                                                                        {"count", "n"},
                                                                                        {"source", "src"}}};
  for (const auto& [name, type] : kWords) {
    if (word == name) return std::string(type);
  }
  for (const auto& [start, type] : {std::pair{"q", "p."}, std::pair{"lower", "lower."}, std::pair{"upper", "upper."}}) {
    if (word.starts_with(start) && is_number(std::string_view(word).substr(std::string_view(start).size())))
      return type + word.substr(std::string_view(start).size());
  }
  const bool percentile = word.size() <= 5 && word.starts_with("p") && is_number(std::string_view(word).substr(1));
  return percentile ? std::optional(word) : std::nullopt;
}

/// Whether a statistic speaks of what a model says of a pixel: the layer's own name tells it.
bool is_of_model(std::string_view word) {
  return word == "spread" || word.starts_with("q") || word.starts_with("lower") || word.starts_with("upper");
}

/// `b30cm`: the upper end of a depth, or a depth itself.
bool is_depth(std::string_view word) {
  return word.size() > 3 && word.starts_with("b") && word.ends_with("cm") && is_number(word.substr(1, word.size() - 3));
}

/// Layers about a class map as a whole: their variable, what is added to the map's name, and their type.
struct MapLayer {
  std::string_view variable, addition, type;
};
constexpr std::array<MapLayer, 12> kMapLayers{{{"class", "", "c"},
                                               {"class_probability", "", "p"},
                                               {"class_uncertainty", "", "md"},
                                               {"class_level1", ".level1", "c"},
                                               {"class_level2", ".level2", "c"},
                                               {"class_margin", ".margin", "m"},
                                               {"class_entropy", ".entropy", "m"},
                                               {"class_set_size", ".set.size", "n"},
                                               {"class_before", ".before", "c"},
                                               {"class_after", ".after", "c"},
                                               {"class_changed", ".change", "c"},
                                               {"change_uncertainty", ".change", "md"}}};

/// What the step trend adds to the variables that it looks at.
constexpr std::array<std::string_view, 10> kTrendEndings{"_slope_se", "_sen_slope", "_slope", "_intercept", "_r2",
                                                         "_mk_s",     "_mk_z",      "_mk_p",  "_p",         "_n"};

/// `211`, or `211_slope` of its trend, as the layer of a class map.
ProductName of_class(const std::string& map, std::string_view code, const std::string& type) {
  for (const std::string_view ending : kTrendEndings) {
    if (!code.ends_with(ending) || code.size() == ending.size()) continue;
    const std::string trend = name_field(ending.substr(1));
    code.remove_suffix(ending.size());
    return {map, fmt::format("{}.{}.{}", map, name_field(code), trend), trend == "n" ? "n" : "m"};
  }
  return {map, map + "." + name_field(code), type};
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
    const bool told = statistic.empty() || statistic == "source" || is_of_model(statistic);
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
  for (const MapLayer& layer : kMapLayers) {
    if (variable == layer.variable) return {map, map + std::string(layer.addition), std::string(layer.type)};
  }
  for (const auto& [prefix, type] :
       {std::pair{std::string_view("probability_"), "p"}, std::pair{std::string_view("uncertainty_"), "md"},
        std::pair{std::string_view("set_"), "set"}}) {
    if (variable.starts_with(prefix)) return of_class(map, variable.substr(prefix.size()), type);
  }
  std::vector<std::string> words = split(variable, '_');
  const auto statistic = words.size() > 1 ? statistic_type(words.back()) : std::nullopt;
  if (statistic) words.pop_back();
  std::string depth;
  if (words.size() > 1 && is_depth(words.back())) {
    depth = words.back();
    words.pop_back();
  }
  const std::string base = name_field(join(words, "."));
  // Whether a pixel is outside the area of applicability is a class of its own.
  const std::string type = base == "outside" ? "c" : statistic.value_or(type_of(kind));
  return {base, base, type, depth};
}

std::string LayerFileName::text() const {
  const std::array<std::string, 10> fields{
      name_field(variable), name_field(method), name_field(type), name_field(resolution), name_field(depth),
      compact_date(start),  compact_date(end),  name_field(area), name_field(crs),        name_field(version)};
  return join(fields, "_");
}

}  // namespace ecocube
