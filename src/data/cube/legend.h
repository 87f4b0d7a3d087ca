// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ecocube {

struct Color {
  std::uint8_t red = 0, green = 0, blue = 0;
  /// `e6004d`
  std::string hex() const;
  bool operator==(const Color&) const = default;
};

/// One class of a map: `code` is what field points carry (`211`), `value` what the raster stores.
struct LegendClass {
  std::string code;
  std::string name;
  int value = 0;
  Color color;
  bool operator==(const LegendClass&) const = default;
};

/// The classes a map can hold, ascending by raster value (1..254; 255 is no data).
struct Legend {
  std::string name;
  std::vector<LegendClass> classes;

  const LegendClass* with_code(std::string_view code) const;
  const LegendClass* with_value(int value) const;
  /// By code, else by name (upper or lower case alike).
  const LegendClass* matching(std::string_view label) const;
};

/// The 44 classes of CORINE Land Cover with EcoDataCube's raster values and the Copernicus colours.
const Legend& clc_legend();

/// Reads a legend from CSV text with the columns code, name, raster_value, red, green, blue (others are ignored).
/// `origin` names the file in messages.
Result<Legend> parse_legend(std::string_view csv, std::string_view origin);

}  // namespace ecocube
