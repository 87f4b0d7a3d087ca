// SPDX-License-Identifier: Apache-2.0
#include "io/points/soil.h"

#include <algorithm>

#include "base/text.h"
#include "io/points/point_reading.h"
#include "io/points/point_rows.h"

namespace ecocube {
namespace {

constexpr const char* kLayerNoValue = "have no value and are left out";
constexpr const char* kLayerNoDepth = "have no depths and are left out";
constexpr const char* kUpsideDown = "have their lower depth above their upper one and are left out";
constexpr const char* kBelowLeast = "have a value below the least one and are left out";
constexpr const char* kAboveMost = "have a value above the most one and are left out";
constexpr const char* kTooDeep = "lie deeper than asked for and are left out";

/// The columns of one layer of a profile.
struct LayerColumns {
  std::string value, upper, lower;
  std::size_t value_at = 0, upper_at = 0, lower_at = 0;
};

/// The text that `*` stands for; nothing when the name does not match.
std::optional<std::string> star_of(const std::string& pattern, const std::string& name) {
  const auto star = pattern.find('*');
  const std::string before = pattern.substr(0, star), after = pattern.substr(star + 1);
  if (name.size() <= before.size() + after.size() || !name.starts_with(before) || !name.ends_with(after))
    return std::nullopt;
  return name.substr(before.size(), name.size() - before.size() - after.size());
}

Result<std::vector<LayerColumns>> layers_of(const PointColumns& columns, const SoilRules& rules, ColumnList& wanted) {
  std::vector<LayerColumns> layers;
  if (columns.value.find('*') == std::string::npos) {
    layers.push_back({columns.value, rules.upper, rules.lower});
  } else {
    for (const auto& [key, pattern] : {std::pair("upper", rules.upper), {"lower", rules.lower}}) {
      if (pattern.find('*') == std::string::npos)
        return usage_error("points.{}: '{}' has no * though points.value, '{}', has one", key, pattern, columns.value);
    }
    ECOCUBE_TRY_ASSIGN(const std::vector<std::string> header, point_file_columns(columns.path, columns.layer));
    for (const std::string& name : header) {
      const auto star = star_of(columns.value, name);
      if (!star) continue;
      layers.push_back({name, replace_all(rules.upper, "*", *star), replace_all(rules.lower, "*", *star)});
    }
    if (layers.empty())
      return usage_error("points {}: no column is like '{}'{}", columns.path, columns.value,
                         suggestion(columns.value, header));
  }
  for (LayerColumns& layer : layers) {
    layer.value_at = *wanted.add(layer.value);
    layer.upper_at = *wanted.add(layer.upper);
    layer.lower_at = *wanted.add(layer.lower);
  }
  return layers;
}

/// Turns the layers of profiles into points.
class LayerReader {
 public:
  LayerReader(const PointColumns& columns, const SoilRules& rules) : columns_(columns), rules_(rules) {}

  PointTally tally{kLayerNoValue, kLayerNoDepth, kUpsideDown, kBelowLeast, kAboveMost, kTooDeep};
  std::size_t layers = 0;

  Result<void> read(const PointRow& row, const LayerColumns& layer, FieldPoint profile, PointSet& set) {
    ++layers;
    const std::string &value = row.fields[layer.value_at], &upper = row.fields[layer.upper_at],
                      &lower = row.fields[layer.lower_at];
    if (is_missing_text(value)) return left_out(kLayerNoValue);
    if (is_missing_text(upper) || is_missing_text(lower)) return left_out(kLayerNoDepth);
    ECOCUBE_TRY_ASSIGN(profile.value, number_of(columns_.path, row, layer.value, value));
    ECOCUBE_TRY_ASSIGN(const double top, number_of(columns_.path, row, layer.upper, upper));
    ECOCUBE_TRY_ASSIGN(const double bottom, number_of(columns_.path, row, layer.lower, lower));
    if (bottom < top) return left_out(kUpsideDown);
    if (rules_.least && profile.value < *rules_.least) return left_out(kBelowLeast);
    if (rules_.most && profile.value > *rules_.most) return left_out(kAboveMost);
    profile.depth = rules_.depth == "upper" ? top : rules_.depth == "lower" ? bottom : (top + bottom) / 2;
    if (rules_.deepest && profile.depth > *rules_.deepest) return left_out(kTooDeep);
    profile.id += fmt::format("/{}-{}", top, bottom);
    set.points.push_back(std::move(profile));
    return {};
  }

 private:
  Result<void> left_out(const char* what) {
    tally.add(what);
    return {};
  }

  const PointColumns& columns_;
  const SoilRules& rules_;
};

/// Rows at one place are one profile when the file has no names for them.
std::string profile_of(const PointColumns& columns, const FieldPoint& point) {
  return columns.id.empty() ? fmt::format("{}_{}", point.x, point.y) : point.id;
}

}  // namespace

Result<PointSet> read_soil(const PointColumns& columns, const SoilRules& rules, const GroupRule& groups,
                           const std::string& target_crs) {
  ColumnList wanted;
  const PointRowReader reader(columns, wanted);
  ECOCUBE_TRY_ASSIGN(const std::vector<LayerColumns> layers, layers_of(columns, rules, wanted));
  ECOCUBE_TRY_ASSIGN(const PointRows rows, read_point_rows(columns.path, columns.layer, wanted, columns.x, columns.y));
  PointSet set;
  set.rows = rows.rows.size();
  ECOCUBE_TRY_ASSIGN(const std::string crs, crs_of(rows, columns.crs, set));
  PointTally tally{kNoCoordinates, kNoDate};
  LayerReader layer_reader(columns, rules);
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    ECOCUBE_TRY_ASSIGN(std::optional<FieldPoint> profile, reader.read(rows.rows[i], i + 1, tally));
    if (!profile) continue;
    profile->group = profile_of(columns, *profile);
    for (const LayerColumns& layer : layers) ECOCUBE_TRY(layer_reader.read(rows.rows[i], layer, *profile, set));
  }
  tally.tell(set, columns.path, set.rows);
  layer_reader.tally.tell(set, columns.path, layer_reader.layers, "soil layers");
  ECOCUBE_TRY(transform_points(set, columns.path, crs, target_crs, set.points.size(), "soil layers"));
  for (FieldPoint& point : set.points) point.group = group_of(groups, point.group, point.x, point.y);
  ECOCUBE_TRY(check_left(set, columns.path));
  return set;
}

}  // namespace ecocube
