// SPDX-License-Identifier: Apache-2.0
#include "steps/class_layers.h"

#include <algorithm>
#include <map>

#include "base/text.h"

namespace ecocube {
namespace {

/// What CORINE Land Cover calls its classes of levels 1 and 2; empty for other codes.
std::string clc_level_name(const std::string& code) {
  static const std::map<std::string, std::string> names{{"1", "Artificial surfaces"},
                                                        {"11", "Urban fabric"},
                                                        {"12", "Industrial, commercial and transport units"},
                                                        {"13", "Mine, dump and construction sites"},
                                                        {"14", "Artificial, non-agricultural vegetated areas"},
                                                        {"2", "Agricultural areas"},
                                                        {"21", "Arable land"},
                                                        {"22", "Permanent crops"},
                                                        {"23", "Pastures"},
                                                        {"24", "Heterogeneous agricultural areas"},
                                                        {"3", "Forest and semi natural areas"},
                                                        {"31", "Forests"},
                                                        {"32", "Scrub and/or herbaceous vegetation associations"},
                                                        {"33", "Open spaces with little or no vegetation"},
                                                        {"4", "Wetlands"},
                                                        {"41", "Inland wetlands"},
                                                        {"42", "Maritime wetlands"},
                                                        {"5", "Water bodies"},
                                                        {"51", "Inland waters"},
                                                        {"52", "Marine waters"}};
  const auto found = names.find(code);
  return found == names.end() ? std::string() : found->second;
}

std::string name_of_group(const std::vector<LegendClass>& classes, const CodeGroup& group) {
  const bool of_clc = std::all_of(group.members.begin(), group.members.end(), [&](std::size_t member) {
    const LegendClass* known = clc_legend().with_code(classes[member].code);
    return known && known->name == classes[member].name;
  });
  const std::string known = of_clc ? clc_level_name(group.entry.code) : "";
  if (!known.empty()) return known;
  std::vector<std::string> names;
  for (const std::size_t member : group.members) names.push_back(classes[member].name);
  return join(names, ", ");
}

}  // namespace

std::string probability_variable(const LegendClass& entry) {
  return "probability_" + entry.code;
}

std::string uncertainty_variable(const LegendClass& entry) {
  return "uncertainty_" + entry.code;
}

Result<std::vector<Layer>> yearly_layers(const LayerSet& layers, const std::string& variable,
                                         const std::vector<int>& years) {
  std::vector<Layer> found;
  for (const int year : years) {
    const Layer* layer = layers.find(variable, PeriodScheme::years().of_year(year).front());
    if (!layer) return usage_error("no layer {} of the year {}", variable, year);
    found.push_back(*layer);
  }
  return found;
}

Result<std::vector<int>> years_of(const LayerSet& layers, const std::string& variable) {
  std::vector<int> years;
  for (const Layer& layer : layers.of_variable(variable)) {
    if (layer.period) years.push_back(layer.period->year);
  }
  if (years.empty()) {
    return usage_error("no layers of the variable {}{}: put the step predict before it", variable,
                       suggestion(variable, layers.variables()));
  }
  std::sort(years.begin(), years.end());
  return years;
}

std::vector<LegendClass> classes_with_layers(const LayerSet& layers, const Legend& legend) {
  std::vector<LegendClass> classes;
  const std::vector<std::string> variables = layers.variables();
  for (const LegendClass& entry : legend.classes) {
    if (std::find(variables.begin(), variables.end(), probability_variable(entry)) != variables.end())
      classes.push_back(entry);
  }
  return classes;
}

Result<void> check_level(const std::vector<LegendClass>& classes, int digits) {
  for (const LegendClass& entry : classes) {
    const std::string beginning = entry.code.substr(0, static_cast<std::size_t>(digits));
    const bool longer = entry.code.size() > static_cast<std::size_t>(digits);
    if (!longer || parse_integer(beginning).value_or(0) < 1)
      return usage_error("levels: the code '{}' of class {} has no level {}: codes such as 211 are due", entry.code,
                         entry.name, digits);
  }
  return {};
}

std::vector<CodeGroup> groups_of_level(const std::vector<LegendClass>& classes, int digits) {
  std::map<std::int64_t, CodeGroup> groups;
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const std::string code = classes[c].code.substr(0, static_cast<std::size_t>(digits));
    const std::int64_t value = parse_integer(code).value_or(0);
    CodeGroup& group = groups[value];
    if (group.members.empty()) group.entry = {code, "", static_cast<int>(value), classes[c].color};
    group.members.push_back(c);
  }
  std::vector<CodeGroup> listed;
  for (auto& [value, group] : groups) {
    group.entry.name = name_of_group(classes, group);
    listed.push_back(std::move(group));
  }
  return listed;
}

}  // namespace ecocube
