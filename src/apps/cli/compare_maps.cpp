// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/compare_maps.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/text.h"
#include "io/file/file.h"
#include "io/raster/projection.h"
#include "io/raster/raster.h"

namespace ecocube {
namespace fs = std::filesystem;

namespace {

/// One band of a small raster, whole, as bytes.
struct Plane {
  RasterInfo info;
  std::vector<std::uint8_t> values;

  static Result<Plane> read(const std::string& path) {
    ECOCUBE_TRY_ASSIGN(const auto raster, Raster::open(path));
    Plane plane{raster->info(), {}};
    std::vector<std::uint16_t> wide(static_cast<std::size_t>(plane.info.rows * plane.info.cols));
    ECOCUBE_TRY(raster->read(1, {0, 0, plane.info.rows, plane.info.cols}, wide));
    plane.values.assign(wide.begin(), wide.end());
    return plane;
  }
  /// Index of the pixel that holds a place; -1 outside.
  std::int64_t pixel_at(double x, double y) const {
    const double* g = info.geo_transform;
    const double col = std::floor((x - g[0]) / g[1]), row = std::floor((y - g[3]) / g[5]);
    if (!(col >= 0 && row >= 0 && col < static_cast<double>(info.cols) && row < static_cast<double>(info.rows)))
      return -1;
    return static_cast<std::int64_t>(row) * info.cols + static_cast<std::int64_t>(col);
  }
};

/// Reads the columns lon and lat of CSV files.
Result<std::vector<LonLat>> read_places(const std::vector<fs::path>& files) {
  std::vector<LonLat> places;
  for (const fs::path& file : files) {
    ECOCUBE_TRY_ASSIGN(const std::string text, read_text(file));
    std::size_t number = 0, lon_at = 0, lat_at = 0;
    for (const std::string& line : split(text, '\n')) {
      if (trimmed(line).empty()) continue;
      const auto cells = split(trimmed(line), ',');
      if (number++ == 0) {
        lon_at = static_cast<std::size_t>(std::find(cells.begin(), cells.end(), "lon") - cells.begin());
        lat_at = static_cast<std::size_t>(std::find(cells.begin(), cells.end(), "lat") - cells.begin());
        if (lon_at == cells.size() || lat_at == cells.size())
          return input_error("points {}: no columns lon and lat", file.string());
        continue;
      }
      const auto lon = lon_at < cells.size() ? parse_number(cells[lon_at]) : std::nullopt;
      const auto lat = lat_at < cells.size() ? parse_number(cells[lat_at]) : std::nullopt;
      if (!lon || !lat) return input_error("points {}: line {} has no number for lon or lat", file.string(), number);
      places.push_back({*lon, *lat});
    }
  }
  return places;
}

/// 1 for the pixels of a map that hold a point.
std::vector<std::uint8_t> pixels_of_points(const Plane& map, const Projection& to_map,
                                           const std::vector<LonLat>& places) {
  std::vector<double> x, y;
  for (const LonLat& place : places) x.push_back(place.lon), y.push_back(place.lat);
  to_map.transform(x, y);
  std::vector<std::uint8_t> holds(map.values.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::int64_t pixel = map.pixel_at(x[i], y[i]);
    if (pixel >= 0) holds[static_cast<std::size_t>(pixel)] = 1;
  }
  return holds;
}

/// The true class at the centre of every pixel of a map; 255 outside the truth.
std::vector<std::uint8_t> truth_on(const Plane& map, const Plane& truth, const Projection& to_truth) {
  std::vector<std::uint8_t> classes;
  classes.reserve(map.values.size());
  const double* g = map.info.geo_transform;
  std::vector<double> x(static_cast<std::size_t>(map.info.cols)), y(x.size());
  for (std::int64_t row = 0; row < map.info.rows; ++row) {
    for (std::size_t col = 0; col < x.size(); ++col) {
      x[col] = g[0] + (static_cast<double>(col) + 0.5) * g[1];
      y[col] = g[3] + (static_cast<double>(row) + 0.5) * g[5];
    }
    to_truth.transform(x, y);
    for (std::size_t col = 0; col < x.size(); ++col) {
      const std::int64_t pixel = truth.pixel_at(x[col], y[col]);
      classes.push_back(pixel < 0 ? std::uint8_t{255} : truth.values[static_cast<std::size_t>(pixel)]);
    }
  }
  return classes;
}

}  // namespace

Result<void> compare_maps(const CompareOptions& options, Comparison& comparison) {
  std::map<int, std::vector<std::string>> maps;
  for (const std::string& path : glob_files((options.run / "tiles" / "*" / options.predict / "*.tif").string())) {
    const auto year = parse_integer(fs::path(path).stem().string());
    if (year) maps[static_cast<int>(*year)].push_back(path);
  }
  if (maps.empty()) return {};
  ECOCUBE_TRY_ASSIGN(const auto places, read_places(options.points));
  for (const auto& [year, paths] : maps) {
    ECOCUBE_TRY_ASSIGN(const Plane truth,
                       Plane::read((options.world / "truth" / fmt::format("landcover_{}.tif", year)).string()));
    YearScore score{year, {}};
    for (const std::string& path : paths) {
      ECOCUBE_TRY_ASSIGN(const Plane map, Plane::read(path));
      ECOCUBE_TRY_ASSIGN(const auto to_truth, Projection::between(map.info.crs_wkt, truth.info.crs_wkt));
      ECOCUBE_TRY_ASSIGN(const auto to_map, Projection::between("EPSG:4326", map.info.crs_wkt));
      const std::vector<std::uint8_t> holds = pixels_of_points(map, *to_map, places);
      if (year == maps.begin()->first)
        comparison.points_left_out += static_cast<std::uint64_t>(std::count(holds.begin(), holds.end(), 1));
      score.agreement.count(truth_on(map, truth, *to_truth), map.values, holds);
    }
    comparison.years.push_back(std::move(score));
  }
  return {};
}

}  // namespace ecocube
