// SPDX-License-Identifier: Apache-2.0
#include "data/cube/legend.h"

#include <algorithm>

#include "base/text.h"

namespace ecocube {
std::string Color::hex() const {
  return fmt::format("{:02x}{:02x}{:02x}", red, green, blue);
}

const LegendClass* Legend::with_code(std::string_view code) const {
  const auto found = std::find_if(classes.begin(), classes.end(), [&](const LegendClass& c) { return c.code == code; });
  return found == classes.end() ? nullptr : &*found;
}

const LegendClass* Legend::with_value(int value) const {
  const auto found =
      std::find_if(classes.begin(), classes.end(), [&](const LegendClass& c) { return c.value == value; });
  return found == classes.end() ? nullptr : &*found;
}

const LegendClass* Legend::matching(std::string_view label) const {
  label = trimmed(label);
  if (const LegendClass* found = with_code(label)) return found;
  const std::string lower = lower_case(label);
  const auto found =
      std::find_if(classes.begin(), classes.end(), [&](const LegendClass& c) { return lower_case(c.name) == lower; });
  return found == classes.end() ? nullptr : &*found;
}

Result<Legend> parse_legend(std::string_view csv, std::string_view origin) {
  Legend legend;
  legend.name = origin;
  const auto lines = split(csv, '\n');
  const auto header = csv_fields(trimmed(lines.front()));
  const std::vector<std::string> wanted{"code", "name", "raster_value", "red", "green", "blue"};
  std::vector<std::size_t> column;
  for (const std::string& name : wanted) {
    const auto found = std::find(header.begin(), header.end(), name);
    if (found == header.end())
      return input_error("legend {}: no column '{}'{}", origin, name, suggestion(name, header));
    column.push_back(static_cast<std::size_t>(found - header.begin()));
  }
  for (std::size_t line = 1; line < lines.size(); ++line) {
    if (trimmed(lines[line]).empty()) continue;
    const auto fields = csv_fields(trimmed(lines[line]));
    int number[4] = {};
    for (std::size_t i = 2; i < 6; ++i) {
      const auto value = column[i] < fields.size() ? parse_integer(fields[column[i]]) : std::nullopt;
      if (!value || *value < 0 || *value > 255) {
        return input_error("legend {}, line {}: {} is no number within 0..255", origin, line + 1, wanted[i]);
      }
      number[i - 2] = static_cast<int>(*value);
    }
    LegendClass entry{fields[column[0]],
                      fields[column[1]],
                      number[0],
                      {static_cast<std::uint8_t>(number[1]), static_cast<std::uint8_t>(number[2]),
                       static_cast<std::uint8_t>(number[3])}};
    if (entry.value < 1 || entry.value > 254)
      return input_error("legend {}, line {}: raster value {} is not within 1..254", origin, line + 1, entry.value);
    if (legend.with_code(entry.code))
      return input_error("legend {}, line {}: code {} is given twice", origin, line + 1, entry.code);
    if (legend.with_value(entry.value))
      return input_error("legend {}, line {}: raster value {} is given twice", origin, line + 1, entry.value);
    legend.classes.push_back(std::move(entry));
  }
  if (legend.classes.empty()) return input_error("legend {}: no classes", origin);
  std::sort(legend.classes.begin(), legend.classes.end(),
            [](const auto& a, const auto& b) { return a.value < b.value; });
  return legend;
}

}  // namespace ecocube
