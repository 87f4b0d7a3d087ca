// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "run/step.h"

namespace ecocube {

// What the steps about class maps share: how the layers of single classes are called, and how they are stored.

/// Percent as a byte: 0..100, 255 missing.
inline const Encoding kPercentBytes{DataType::uint8, 1, 0, 255, "%"};
/// Raster value of a class as a byte: 1..254, 255 missing.
inline const Encoding kClassBytes{DataType::uint8, 1, 0, 255, ""};

/// `probability_211`
std::string probability_variable(const LegendClass& entry);
/// `uncertainty_211`
std::string uncertainty_variable(const LegendClass& entry);

/// The layer of a variable in every one of `years`, oldest first. A year without one is an error that names both.
Result<std::vector<Layer>> yearly_layers(const LayerSet& layers, const std::string& variable,
                                         const std::vector<int>& years);

/// The years in which the variable has a layer, ascending; none is an error that says which step makes it.
Result<std::vector<int>> years_of(const LayerSet& layers, const std::string& variable);

/// The classes of the legend for which `probability_<code>` layers are there.
std::vector<LegendClass> classes_with_layers(const LayerSet& layers, const Legend& legend);

/// Classes whose codes begin alike, as one class: its raster value is that beginning (1..5, or 11..52).
struct CodeGroup {
  LegendClass entry;                 ///< colour of its first class
  std::vector<std::size_t> members;  ///< indices into the classes
};

/// An error that names the first class whose code does not begin with so many digits, or ends there.
Result<void> check_level(const std::vector<LegendClass>& classes, int digits);

/// Joins classes by the first 1 or 2 digits of their codes, ascending. Groups of CORINE's classes are called as CORINE
/// calls them, others by their classes.
std::vector<CodeGroup> groups_of_level(const std::vector<LegendClass>& classes, int digits);

}  // namespace ecocube
