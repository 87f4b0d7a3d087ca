// SPDX-License-Identifier: Apache-2.0
#include "io/points/corine.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include "base/text.h"
#include "io/points/patches.h"
#include "io/points/point_reading.h"
#include "io/raster/projection.h"
#include "io/raster/raster.h"

namespace ecocube {
namespace {

constexpr double kSquareMetresOfAHectare = 10000;
constexpr const char* kNoPolygon = "are no polygons and are left out";
constexpr const char* kNoClass = "have no class and are left out";
constexpr const char* kUnlisted = "have a code that the table does not list and are left out";
constexpr const char* kSmall = "are smaller than the minimum area and are left out";

/// Gives codes of the map their class, and counts those that have none.
class MapClasses {
 public:
  MapClasses(const CorineRules& rules, const ClassTable* table) : rules_(rules), table_(table) {}

  PointTally tally{kNoPolygon, kNoClass, kUnlisted, kSmall};

  /// Nothing when the place is left out. `where`: `points FILE, row 7`
  Result<std::optional<std::string>> label_of(const std::string& code, const std::string& where) {
    if (is_missing_text(code)) return left_out(kNoClass);
    if (!table_) return code;
    const ClassTable::Entry* entry = table_->find({code});
    if (!entry && rules_.unlisted_is_error)
      return input_error("{}: the table {} does not list '{}'{}", where, table_->path(), code, table_->nearest({code}));
    if (!entry) return left_out(kUnlisted);
    if (entry->label.empty()) return left_out(kNoClass);
    return entry->label;
  }

 private:
  std::optional<std::string> left_out(const char* what) {
    tally.add(what);
    return std::nullopt;
  }

  const CorineRules& rules_;
  const ClassTable* table_;
};

Result<std::string> class_column(const std::string& path, const std::string& layer, const CorineRules& rules) {
  if (!rules.label.empty()) return rules.label;
  ECOCUBE_TRY_ASSIGN(const std::vector<std::string> names, point_file_columns(path, layer));
  std::vector<std::string> found;
  for (const std::string& name : names) {
    const std::string lower = lower_case(name);
    if (lower.starts_with("code_") || lower.starts_with("clc") || lower == "code") found.push_back(name);
  }
  if (found.size() == 1) return found.front();
  return usage_error("points {}: {} of its columns looks like the class; name it in points.label (columns: {})", path,
                     found.empty() ? "none" : "more than one", join(names, ", "));
}

Result<void> check_area_unit(const std::string& path, const std::string& crs, const CorineRules& rules) {
  if (rules.minimum_area > 0 && is_geographic(crs))
    return usage_error("points {}: a minimum area needs a file in metres, and this one is in degrees", path);
  return {};
}

std::string name_of_map(const std::string& path) {
  return std::filesystem::path(path).stem().string();
}

Result<PointSet> read_polygons(const std::string& path, const std::string& layer, const std::string& asked_crs,
                               const CorineRules& rules, MapClasses& classes, const std::string& target) {
  ECOCUBE_TRY_ASSIGN(const std::string column, class_column(path, layer, rules));
  ColumnList wanted;
  wanted.add(column);
  ECOCUBE_TRY_ASSIGN(const PointRows rows, read_point_rows(path, layer, wanted, "", ""));
  PointSet set;
  set.rows = rows.rows.size();
  ECOCUBE_TRY_ASSIGN(const std::string crs, crs_of(rows, asked_crs, set));
  ECOCUBE_TRY(check_area_unit(path, crs, rules));
  for (const PointRow& row : rows.rows) {
    if (!row.centre) {
      classes.tally.add(kNoPolygon);
      continue;
    }
    ECOCUBE_TRY_ASSIGN(std::optional<std::string> label,
                       classes.label_of(row.fields.front(), fmt::format("points {}, {}", path, row.where)));
    if (!label) continue;
    if (row.area < rules.minimum_area * kSquareMetresOfAHectare) {
      classes.tally.add(kSmall);
      continue;
    }
    FieldPoint point;
    point.id = fmt::format("{}-{}", name_of_map(path), row.where.substr(row.where.find(' ') + 1));
    point.x = row.centre->x;
    point.y = row.centre->y;
    point.label = std::move(*label);
    set.points.push_back(std::move(point));
  }
  classes.tally.tell(set, path, set.rows, "polygons");
  ECOCUBE_TRY(transform_points(set, path, crs, target, set.rows, "polygons"));
  return set;
}

Result<std::vector<Patch>> patches_of(Raster& raster, const CorineRules& rules) {
  const RasterInfo& info = raster.info();
  if (rules.band < 1 || static_cast<std::size_t>(rules.band) > info.bands.size())
    return usage_error("no band {}; it has {}", rules.band, info.bands.size());
  const Encoding& encoding = info.bands[static_cast<std::size_t>(rules.band) - 1].encoding;
  return find_patches(info.rows, info.cols, [&](std::int64_t row, std::span<float> values) -> Result<void> {
    ECOCUBE_TRY(raster.read(rules.band, {row, 0, 1, info.cols}, values));
    for (float& value : values) {
      const auto number = static_cast<double>(value);
      if (encoding.no_data && number == *encoding.no_data) value = std::numeric_limits<float>::quiet_NaN();
    }
    return {};
  });
}

Result<PointSet> read_patches(const std::string& path, const std::string& asked_crs, const CorineRules& rules,
                              MapClasses& classes, const std::string& target) {
  ECOCUBE_TRY_ASSIGN(const auto raster, Raster::open(path));
  const RasterInfo& info = raster->info();
  PointSet set;
  ECOCUBE_TRY_ASSIGN(const std::string crs, crs_of({path, info.crs_wkt, true, 0, {}}, asked_crs, set));
  ECOCUBE_TRY(check_area_unit(path, crs, rules));
  const auto patches = patches_of(*raster, rules);
  if (!patches) return within("points " + path, patches.error());
  set.rows = patches->size();
  const double* t = info.geo_transform;
  const double pixel_area = std::abs(t[1] * t[5] - t[2] * t[4]);
  for (std::size_t i = 0; i < patches->size(); ++i) {
    const Patch& patch = (*patches)[i];
    const std::string where = fmt::format("points {}, row {}, col {}", path, patch.row, patch.col);
    ECOCUBE_TRY_ASSIGN(std::optional<std::string> label, classes.label_of(fmt::format("{}", patch.value), where));
    if (!label) continue;
    if (static_cast<double>(patch.pixels) * pixel_area < rules.minimum_area * kSquareMetresOfAHectare) {
      classes.tally.add(kSmall);
      continue;
    }
    const double col = static_cast<double>(patch.col) + 0.5, row = static_cast<double>(patch.row) + 0.5;
    FieldPoint point;
    point.id = fmt::format("{}-{}", name_of_map(path), i + 1);
    point.x = t[0] + col * t[1] + row * t[2];
    point.y = t[3] + col * t[4] + row * t[5];
    point.label = std::move(*label);
    set.points.push_back(std::move(point));
  }
  classes.tally.tell(set, path, set.rows, "patches");
  ECOCUBE_TRY(transform_points(set, path, crs, target, set.rows, "patches"));
  return set;
}

}  // namespace

bool is_raster_file(const std::string& path) {
  static const std::vector<std::string> vectors{".shp", ".gpkg", ".gdb", ".geojson", ".json", ".fgb",   ".gml",
                                                ".kml", ".csv",  ".tsv", ".txt",     ".tab",  ".sqlite"};
  const std::string ending = lower_case(std::filesystem::path(path).extension().string());
  return std::find(vectors.begin(), vectors.end(), ending) == vectors.end();
}

Result<PointSet> read_corine(const std::vector<std::string>& files, const std::string& layer, const std::string& crs,
                             const CorineRules& rules, const GroupRule& groups, const std::string& target_crs) {
  std::optional<ClassTable> table;
  if (!rules.table.empty()) {
    ECOCUBE_TRY_ASSIGN(table, ClassTable::read(rules.table, rules.table_columns));
  }
  PointSet set;
  for (const std::string& file : files) {
    MapClasses classes(rules, table ? &*table : nullptr);
    ECOCUBE_TRY_ASSIGN(PointSet more, is_raster_file(file)
                                          ? read_patches(file, crs, rules, classes, target_crs)
                                          : read_polygons(file, layer, crs, rules, classes, target_crs));
    set.append(std::move(more));
  }
  for (FieldPoint& point : set.points) {
    point.date = make_day(rules.year, 6, 30);
    point.group = group_of(groups, point.id, point.x, point.y);
  }
  ECOCUBE_TRY(check_left(set, join(files, ", ")));
  return set;
}

}  // namespace ecocube
