// SPDX-License-Identifier: Apache-2.0
#include "data/cube/layer.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"

namespace ecocube {

std::size_t bytes_of(DataType type) {
  switch (type) {
    case DataType::uint8:
      return 1;
    case DataType::uint16:
    case DataType::int16:
      return 2;
    case DataType::uint32:
    case DataType::int32:
    case DataType::float32:
      return 4;
    case DataType::float64:
      return 8;
  }
  return 1;
}

std::string_view name_of(DataType type) {
  switch (type) {
    case DataType::uint8:
      return "uint8";
    case DataType::uint16:
      return "uint16";
    case DataType::int16:
      return "int16";
    case DataType::uint32:
      return "uint32";
    case DataType::int32:
      return "int32";
    case DataType::float32:
      return "float32";
    case DataType::float64:
      return "float64";
  }
  return "uint8";
}

double lowest_of(DataType type) {
  switch (type) {
    case DataType::uint8:
    case DataType::uint16:
    case DataType::uint32:
      return 0;
    case DataType::int16:
      return std::numeric_limits<std::int16_t>::min();
    case DataType::int32:
      return std::numeric_limits<std::int32_t>::min();
    case DataType::float32:
      return std::numeric_limits<float>::lowest();
    case DataType::float64:
      return std::numeric_limits<double>::lowest();
  }
  return 0;
}

double highest_of(DataType type) {
  switch (type) {
    case DataType::uint8:
      return 255;
    case DataType::uint16:
      return 65535;
    case DataType::uint32:
      return 4294967295.0;
    case DataType::int16:
      return std::numeric_limits<std::int16_t>::max();
    case DataType::int32:
      return std::numeric_limits<std::int32_t>::max();
    case DataType::float32:
      return std::numeric_limits<float>::max();
    case DataType::float64:
      return std::numeric_limits<double>::max();
  }
  return 255;
}

std::string_view name_of(LayerKind kind) {
  switch (kind) {
    case LayerKind::continuous:
      return "continuous";
    case LayerKind::classes:
      return "classes";
    case LayerKind::count:
      return "count";
    case LayerKind::source:
      return "source";
    case LayerKind::error:
      return "error";
  }
  return "continuous";
}

double Encoding::encoded(double value) const {
  const double stored = (value - offset) / scale;
  if (type == DataType::float32 || type == DataType::float64) return stored;
  const double low = lowest_of(type), high = highest_of(type);
  double rounded = std::clamp(std::floor(stored + 0.5), low, high);
  if (no_data && rounded == *no_data) rounded += rounded > low ? -1 : 1;
  return rounded;
}

bool Encoding::same_no_data(const Encoding& other) const {
  const bool both_nan = no_data && other.no_data && std::isnan(*no_data) && std::isnan(*other.no_data);
  return both_nan || no_data == other.no_data;
}

bool Encoding::operator==(const Encoding& other) const {
  return type == other.type && scale == other.scale && offset == other.offset && unit == other.unit &&
         same_no_data(other);
}

void LayerSet::put(Layer layer) {
  const auto same = std::find_if(layers_.begin(), layers_.end(), [&](const Layer& other) {
    return other.variable == layer.variable && other.period == layer.period;
  });
  if (same == layers_.end()) {
    layers_.push_back(std::move(layer));
  } else {
    *same = std::move(layer);
  }
}

const Layer* LayerSet::find(std::string_view variable, const std::optional<Period>& period) const {
  const auto found = std::find_if(layers_.begin(), layers_.end(), [&](const Layer& layer) {
    return layer.variable == variable && layer.period == period;
  });
  return found == layers_.end() ? nullptr : &*found;
}

std::vector<std::string> LayerSet::variables() const {
  std::vector<std::string> names;
  for (const Layer& layer : layers_) {
    if (std::find(names.begin(), names.end(), layer.variable) == names.end()) names.push_back(layer.variable);
  }
  return names;
}

std::vector<std::string> LayerSet::variables_matching(const std::vector<std::string>& patterns) const {
  std::vector<std::string> names = variables();
  if (patterns.empty()) return names;
  std::erase_if(names, [&](const std::string& name) {
    return std::none_of(patterns.begin(), patterns.end(),
                        [&](const std::string& pattern) { return matches_glob(pattern, name); });
  });
  return names;
}

std::vector<Layer> LayerSet::of_variable(std::string_view variable) const {
  std::vector<Layer> found;
  for (const Layer& layer : layers_) {
    if (layer.variable == variable) found.push_back(layer);
  }
  std::stable_sort(found.begin(), found.end(), [](const Layer& a, const Layer& b) {
    if (!a.period || !b.period) return !a.period && b.period;
    return a.period->start < b.period->start;
  });
  return found;
}

}  // namespace ecocube
