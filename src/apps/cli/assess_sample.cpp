// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/assess_sample.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

#include "base/text.h"
#include "data/cube/legend.h"
#include "io/file/file.h"
#include "io/points/points.h"
#include "io/raster/projection.h"
#include "io/raster/raster.h"
#include "run/legend_file.h"

namespace ecocube {
namespace {

constexpr double kEarthRadius = 6371007.181;  ///< metres; of the sphere with the ellipsoid's surface (authalic)
constexpr double kSquareMetresPerHectare = 10000;
constexpr std::size_t kBlockNumbers = 4 << 20;
constexpr int kMostClass = 65535;

/// A point of the sample with what the map says there.
struct Sighting {
  enum class Where { outside, no_data, mapped };
  std::string label, stratum;
  std::int64_t row = -1, col = -1;
  Where where = Where::outside;
  int mapped = 0;
};

/// What the map holds of each of its numbers.
struct MapAreas {
  std::vector<double> hectares = std::vector<double>(kMostClass + 1);  ///< by stored number
};

Result<std::optional<Legend>> legend_of(const AssessOptions& options) {
  if (options.legend.empty()) return std::nullopt;
  ECOCUBE_TRY_ASSIGN(Legend legend, load_legend(options.legend));
  return legend;
}

/// Hectares of a pixel of each row of the map.
double hectares_of_pixel(const RasterInfo& info, bool degrees, std::int64_t row) {
  const double* g = info.geo_transform;
  if (!degrees) return std::abs(g[1] * g[5] - g[2] * g[4]) / kSquareMetresPerHectare;
  constexpr double kRadians = std::numbers::pi / 180;
  const double top = (g[3] + static_cast<double>(row) * g[5]) * kRadians, bottom = top + g[5] * kRadians;
  return kEarthRadius * kEarthRadius * std::abs(g[1]) * kRadians * std::abs(std::sin(top) - std::sin(bottom)) /
         kSquareMetresPerHectare;
}

void place(Sighting& sighting, const RasterInfo& info, double x, double y) {
  const double* g = info.geo_transform;
  const double determinant = g[1] * g[5] - g[2] * g[4], dx = x - g[0], dy = y - g[3];
  const double col = std::floor((g[5] * dx - g[2] * dy) / determinant);
  const double row = std::floor((g[1] * dy - g[4] * dx) / determinant);
  if (!(col >= 0 && row >= 0 && col < static_cast<double>(info.cols) && row < static_cast<double>(info.rows))) return;
  sighting.row = static_cast<std::int64_t>(row);
  sighting.col = static_cast<std::int64_t>(col);
}

Result<std::vector<Sighting>> read_sightings(const AssessOptions& options, const RasterInfo& info,
                                             std::vector<std::string>& notes) {
  PointColumns columns;
  columns.path = options.points;
  columns.layer = options.layer;
  columns.crs = options.crs;
  columns.x = options.x;
  columns.y = options.y;
  columns.label = options.label;
  columns.group = options.strata;
  columns.year = 2000;  // a sample needs no dates here
  ECOCUBE_TRY_ASSIGN(const PointSet set, read_points(columns, info.crs_wkt));
  notes = set.notes();
  std::vector<Sighting> sightings;
  for (const FieldPoint& point : set.points) {
    Sighting sighting;
    sighting.label = point.label;
    sighting.stratum = point.group;
    if (!options.strata.empty() && point.group.empty())
      return input_error("points {}: point {} has no stratum in column {}", options.points, point.id, options.strata);
    place(sighting, info, point.x, point.y);
    sightings.push_back(std::move(sighting));
  }
  return sightings;
}

/// Counts areas and takes the classes under the points, which come sorted by row.
class MapPass {
 public:
  MapPass(const AssessOptions& options, const RasterInfo& info)
      : map_(options.map), info_(info), no_data_(options.no_data), degrees_(is_geographic(info.crs_wkt)) {
    const auto band = static_cast<std::size_t>(options.band) - 1;
    if (!no_data_) no_data_ = info.bands[band].encoding.no_data;
  }

  Result<void> take(std::int64_t row, std::span<const float> values, MapAreas& areas) const {
    const double hectares = hectares_of_pixel(info_, degrees_, row);
    for (std::size_t col = 0; col < values.size(); ++col) {
      const double value = static_cast<double>(values[col]);
      if (missing(value)) continue;
      if (!(value >= 0 && value <= kMostClass) || value != std::floor(value))
        return input_error("map {}: row {}, column {} holds {}, which is no class (a whole number from 0 to {})", map_,
                           row, col, value, kMostClass);
      areas.hectares[static_cast<std::size_t>(value)] += hectares;
    }
    return {};
  }
  void look(Sighting& sighting, std::span<const float> row) const {
    const double value = static_cast<double>(row[static_cast<std::size_t>(sighting.col)]);
    sighting.where = missing(value) ? Sighting::Where::no_data : Sighting::Where::mapped;
    if (!missing(value)) sighting.mapped = static_cast<int>(value);
  }

 private:
  bool missing(double value) const { return std::isnan(value) || (no_data_ && value == *no_data_); }
  std::string map_;
  const RasterInfo& info_;
  std::optional<double> no_data_;
  bool degrees_;
};

Result<void> read_map(Raster& raster, const AssessOptions& options, std::vector<Sighting>& sightings, MapAreas& areas) {
  const RasterInfo& info = raster.info();
  const MapPass pass(options, info);
  std::vector<Sighting*> by_row;
  for (Sighting& sighting : sightings) {
    if (sighting.row >= 0) by_row.push_back(&sighting);
  }
  std::stable_sort(by_row.begin(), by_row.end(), [](const Sighting* a, const Sighting* b) { return a->row < b->row; });
  const std::int64_t rows = std::max<std::int64_t>(1, static_cast<std::int64_t>(kBlockNumbers) / info.cols);
  const auto cols = static_cast<std::size_t>(info.cols);
  std::vector<float> block;
  std::size_t next = 0;
  for (std::int64_t first = 0; first < info.rows; first += rows) {
    const std::int64_t count = std::min(rows, info.rows - first);
    block.resize(static_cast<std::size_t>(count) * cols);
    ECOCUBE_TRY(raster.read(options.band, {first, 0, count, info.cols}, std::span<float>(block)));
    for (std::int64_t row = first; row < first + count; ++row) {
      const auto own = std::span<const float>(block).subspan(static_cast<std::size_t>(row - first) * cols, cols);
      ECOCUBE_TRY(pass.take(row, own, areas));
      for (; next < by_row.size() && by_row[next]->row == row; ++next) pass.look(*by_row[next], own);
    }
  }
  return {};
}

/// Names and numbers of the classes that are on the map or in the sample.
class ClassList {
 public:
  ClassList(const AssessOptions& options, std::optional<Legend> legend)
      : map_(options.map), legend_(std::move(legend)) {}

  /// The map's number that a label stands for; nothing when it is not known.
  std::optional<int> number_of(const std::string& label) const {
    if (legend_) {
      const LegendClass* entry = legend_->matching(label);
      return entry ? std::optional(entry->value) : std::nullopt;
    }
    const auto number = parse_integer(label);
    if (!number || *number < 0 || *number > kMostClass) return std::nullopt;
    return static_cast<int>(*number);
  }
  Result<std::string> name_of(int number, double hectares) const {
    if (!legend_) return std::to_string(number);
    const LegendClass* entry = legend_->with_value(number);
    if (!entry)
      return input_error(
          "map {}: {:.6g} ha hold the number {}, which the legend does not have; if it means no data, say --no-data {}",
          map_, hectares, number, number);
    return entry->code == entry->name ? entry->name : entry->code + " " + entry->name;
  }

 private:
  std::string map_;
  std::optional<Legend> legend_;
};

std::vector<Sighting> usable(std::vector<Sighting> sightings, const AssessOptions& options, const ClassList& classes,
                             std::vector<std::string>& notes) {
  std::size_t outside = 0, no_data = 0;
  std::map<std::string, std::size_t> unknown;
  std::vector<Sighting> kept;
  for (Sighting& sighting : sightings) {
    if (!classes.number_of(sighting.label))
      ++unknown[sighting.label];
    else if (sighting.where == Sighting::Where::outside)
      ++outside;
    else if (sighting.where == Sighting::Where::no_data)
      ++no_data;
    else
      kept.push_back(std::move(sighting));
  }
  const auto tell = [&](std::size_t count, const std::string& what) {
    if (count > 0)
      notes.push_back(fmt::format("points {}: {} of {} {}", options.points, count, sightings.size(), what));
  };
  tell(outside, "lie outside the map and are left out");
  tell(no_data, "lie where the map has no data and are left out");
  for (const auto& [label, count] : unknown) {
    tell(count, fmt::format("have the label '{}', which {} not know, and are left out", label,
                            options.legend.empty() ? "is no number that a map can hold; without --legend it does"
                                                   : "the legend does"));
  }
  return kept;
}

}  // namespace

Result<MapSample> sample_map(const AssessOptions& options) {
  ECOCUBE_TRY_ASSIGN(auto legend, legend_of(options));
  ECOCUBE_TRY_ASSIGN(const auto raster, Raster::open(options.map));
  const RasterInfo& info = raster->info();
  if (options.band < 1 || static_cast<std::size_t>(options.band) > info.bands.size())
    return usage_error("map {}: has no band {}, only {}", options.map, options.band, info.bands.size());
  MapSample sample;
  MapAreas areas;
  ECOCUBE_TRY_ASSIGN(std::vector<Sighting> sightings, read_sightings(options, info, sample.notes));
  ECOCUBE_TRY(read_map(*raster, options, sightings, areas));
  const ClassList classes(options, std::move(legend));
  const std::vector<Sighting> kept = usable(std::move(sightings), options, classes, sample.notes);
  if (kept.empty()) return input_error("points {}: no point is left; {}", options.points, join(sample.notes, "; "));
  std::set<int> numbers;
  std::set<std::string> strata;
  for (int number = 0; number <= kMostClass; ++number) {
    if (areas.hectares[static_cast<std::size_t>(number)] > 0) numbers.insert(number);
  }
  for (const Sighting& sighting : kept) {
    numbers.insert(*classes.number_of(sighting.label));
    strata.insert(sighting.stratum);
  }
  std::map<int, std::uint32_t> index;
  for (const int number : numbers) {
    const double hectares = areas.hectares[static_cast<std::size_t>(number)];
    ECOCUBE_TRY_ASSIGN(std::string name, classes.name_of(number, hectares));
    index.emplace(number, static_cast<std::uint32_t>(index.size()));
    sample.classes.push_back(std::move(name));
    sample.areas.push_back(hectares);
  }
  if (!options.strata.empty()) sample.strata.assign(strata.begin(), strata.end());
  for (const Sighting& sighting : kept) {
    const auto stratum = static_cast<std::uint32_t>(std::distance(strata.begin(), strata.find(sighting.stratum)));
    sample.rows.push_back({options.strata.empty() ? 0 : stratum, index.at(sighting.mapped),
                           index.at(*classes.number_of(sighting.label))});
  }
  sample.unit = "ha";
  return sample;
}

}  // namespace ecocube
