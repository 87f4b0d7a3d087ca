// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/world_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/log.h"
#include "base/parallel.h"
#include "data/cube/legend.h"
#include "io/file/file.h"
#include "io/raster/glad_writer.h"
#include "methods/simulate/noise.h"
#include "methods/simulate/points.h"
#include "methods/simulate/soil.h"
#include "methods/simulate/species.h"
#include "methods/simulate/weather.h"

namespace ecocube {
namespace fs = std::filesystem;
using namespace simulate;

WorldWriter::WorldWriter(const SimulateOptions& options, const Frame& frame, std::vector<int> years)
    : options_(options), years_(std::move(years)), world_(make_world(options.seed, frame)) {
  constexpr auto scale = static_cast<double>(kPixelsPerDegree);
  grid_ = {"EPSG:4326", kGladPixel, static_cast<double>(frame.first_col) / scale - 180,
           90 - static_cast<double>(frame.first_row) / scale, 1000};
  window_ = {0, 0, frame.rows, frame.cols};
  const LonLat centre = frame.centre_of(frame.rows / 2, frame.cols / 2);
  tiles_ = options.full_tile ? std::vector<GladTile>{glad_tile_at(centre)} : glad_tiles_touching(grid_.bounds(window_));
}

std::vector<WorldWriter::Group> WorldWriter::groups() const {
  std::vector<Group> groups;
  for (const int year : years_) {
    for (const Period& period : PeriodScheme::seasons().of_year(year)) {
      Group group{period, {}};
      for (const GladInterval& interval : glad_intervals_within(period.start, period.end))
        group.intervals.push_back(interval);
      groups.push_back(std::move(group));
    }
  }
  const Day last = groups.back().period->end;
  groups.push_back({std::nullopt, glad_intervals_within(last + std::chrono::days(1), make_day(year_of(last), 12, 31))});
  return groups;
}

Result<void> WorldWriter::write() const {
  ECOCUBE_TRY(write_static());
  std::map<int, YearState> states;
  int logged = 0;
  for (const Group& group : groups()) {
    std::erase_if(states, [&](const auto& state) { return state.first < group.intervals.front().year; });
    for (const GladInterval& interval : group.intervals) {
      if (states.count(interval.year) != 0) continue;
      states[interval.year] = {ground_of_year(world_, interval.year),
                               materials_in(mood_of(world_.seed, interval.year))};
    }
    if (group.period && group.period->year != logged) log_info("  {}", logged = group.period->year);
    ECOCUBE_TRY(write_group(group, states));
  }
  if (options_.truth) ECOCUBE_TRY(write_land_cover());
  ECOCUBE_TRY(write_points());
  ECOCUBE_TRY(write_species());
  return write_soil();
}

Result<void> WorldWriter::write_group(const Group& group, const std::map<int, YearState>& states) const {
  std::vector<Surface> surfaces(group.intervals.size());
  std::vector<Result<void>> outcomes(group.intervals.size());
  parallel_for(group.intervals.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const GladInterval& interval = group.intervals[i];
      const YearState& state = states.at(interval.year);
      const Moment moment = moment_of(world_, interval.year, interval.number);
      Surface surface = look_at(world_, state.ground, state.materials, moment);
      const Sky sky = sky_of(world_, surface, moment, {options_.clouds, true});
      outcomes[i] = write_scene(interval, observe(world_, surface, sky, moment));
      if (group.period && options_.truth) surfaces[i] = std::move(surface);
    }
  });
  for (const Result<void>& outcome : outcomes) ECOCUBE_TRY(outcome);
  return group.period && options_.truth ? write_truth(*group.period, surfaces) : Result<void>{};
}

Result<void> WorldWriter::write_scene(const GladInterval& interval, std::vector<std::uint16_t> scene) const {
  const bool old_style =
      uniform(random_bits(world_.seed, Purpose::interval, interval.year, interval.number, 77)) < options_.old_style;
  if (old_style) {
    for (std::size_t at = kSceneBands - 1; at < scene.size(); at += kSceneBands)
      scene[at] = static_cast<std::uint16_t>(scene[at] * 100);
  }
  const Frame& frame = world_.frame;
  std::vector<std::uint16_t> part;
  for (const GladTile& tile : tiles_) {
    if (is_missing(world_.seed, tile.west, tile.south, interval.year, interval.number, options_.missing)) continue;
    const Grid grid = tile.grid();
    const std::int64_t first_col = (tile.west + 180) * kPixelsPerDegree - kGladMarginPixels;
    const std::int64_t first_row = (90 - tile.south - 1) * kPixelsPerDegree - kGladMarginPixels;
    const Window whole{frame.first_row - first_row, frame.first_col - first_col, frame.rows, frame.cols};
    const Window seen = intersection(whole, {0, 0, kGladTilePixels, kGladTilePixels});
    part.clear();
    part.reserve(static_cast<std::size_t>(seen.pixels()) * kSceneBands);
    for (std::int64_t row = seen.row; row < seen.row + seen.rows; ++row) {
      const std::size_t from =
          frame.at(static_cast<int>(row - whole.row), static_cast<int>(seen.col - whole.col)) * kSceneBands;
      const auto begin = scene.begin() + static_cast<std::ptrdiff_t>(from);
      part.insert(part.end(), begin, begin + seen.cols * static_cast<std::int64_t>(kSceneBands));
    }
    ECOCUBE_TRY(write_glad_scene(options_.out / "archive" / glad_scene_path(tile, interval.id()), grid, seen, part));
  }
  return {};
}

Result<void> WorldWriter::write_plane(const fs::path& path, const Encoding& encoding, const BandSpec& band,
                                      const std::vector<float>& stored) const {
  ECOCUBE_TRY(make_folders(path.parent_path()));
  ECOCUBE_TRY_ASSIGN(auto writer, RasterWriter::create(path, grid_, window_, encoding, {band}));
  ECOCUBE_TRY(writer->write(0, window_, stored, {}));
  return writer->close();
}

Result<void> WorldWriter::write_truth(const Period& period, const std::vector<Surface>& surfaces) const {
  std::vector<const std::vector<std::uint16_t>*> reflectance, kelvin;
  for (const Surface& surface : surfaces)
    reflectance.push_back(&surface.reflectance), kelvin.push_back(&surface.kelvin);
  std::vector<float> plane(world_.frame.pixels());
  const std::vector<std::uint16_t> median = median_of(reflectance), warmth = median_of(kelvin);
  for (std::size_t band = 0; band <= kBands; ++band) {
    const bool thermal = band == kBands;
    for (std::size_t pixel = 0; pixel < plane.size(); ++pixel)
      plane[pixel] = thermal ? warmth[pixel] : median[pixel * kBands + band];
    const std::string name(kGladBands[band]);
    const Encoding encoding{DataType::uint16, thermal ? kGladTemperatureScale : kGladReflectanceScale, 0, 0.0,
                            thermal ? "K" : ""};
    ECOCUBE_TRY(write_plane(options_.out / "truth" / fmt::format("{}_{}.tif", name, period.id()), encoding,
                            {name, LayerKind::continuous, {}}, plane));
  }
  return {};
}

Result<void> WorldWriter::write_static() const {
  std::vector<float> slope(world_.frame.pixels());
  for (std::size_t pixel = 0; pixel < slope.size(); ++pixel) {
    slope[pixel] = std::atan(std::hypot(world_.rise_east[pixel], world_.rise_south[pixel])) * 57.29578F;
  }
  std::vector<float> metres = world_.elevation;
  for (float& value : metres) value = std::round(value);
  const fs::path folder = options_.out / "static";
  ECOCUBE_TRY(write_plane(folder / "elevation.tif", {DataType::int16, 1, 0, -32768.0, "m"},
                          {"elevation", LayerKind::continuous, {}}, metres));
  return write_plane(folder / "slope.tif", {DataType::float32, 1, 0, -9999.0, "degree"},
                     {"slope", LayerKind::continuous, {}}, slope);
}

Result<void> WorldWriter::write_land_cover() const {
  std::vector<float> classes(world_.frame.pixels());
  for (const int year : years_) {
    for (std::size_t pixel = 0; pixel < classes.size(); ++pixel)
      classes[pixel] = static_cast<float>(world_.cover(pixel, year));
    ECOCUBE_TRY(write_plane(options_.out / "truth" / fmt::format("landcover_{}.tif", year),
                            {DataType::uint8, 1, 0, 255.0, ""}, {"landcover", LayerKind::classes, clc_legend().classes},
                            classes));
  }
  return {};
}

Result<void> WorldWriter::write_points() const {
  std::string csv = "id,lon,lat,survey_date,lc_class,confidence,tile\n";
  int id = 0;
  for (const SurveyPoint& point : survey(world_, {options_.points, options_.label_noise, years_})) {
    const LegendClass* entry = clc_legend().with_value(static_cast<int>(point.label));
    csv += fmt::format("{},{:.6f},{:.6f},{},{},{},{}\n", ++id, point.place.lon, point.place.lat, iso_date(point.date),
                       entry->code, point.confidence, point.block);
  }
  return write_text_atomic(options_.out / "points.csv", csv);
}

/// Occurrences of three trees, and how likely the first one stands everywhere: with and without what man has done.
Result<void> WorldWriter::write_species() const {
  const std::vector<float> potential = potential_of_species(world_);
  std::string csv = "id,lon,lat,date,species,uncertainty\n";
  int id = 0;
  for (const Occurrence& one : occurrences(world_, potential, options_.points, years_)) {
    csv += fmt::format("o{},{:.6f},{:.6f},{},{},{}\n", ++id, one.place.lon, one.place.lat, iso_date(one.date),
                       one.species, one.uncertainty);
  }
  ECOCUBE_TRY(write_text_atomic(options_.out / "occurrences.csv", csv));
  if (!options_.truth) return {};
  const Encoding percent{DataType::uint8, 1, 0, 255.0, "%"};
  const auto write = [&](const std::string& name, std::vector<float> shares) {
    for (float& share : shares) share = std::round(100 * share);
    return write_plane(options_.out / "truth" / (name + ".tif"), percent, {name, LayerKind::continuous, {}}, shares);
  };
  ECOCUBE_TRY(write("species_potential", potential));
  for (const int year : years_)
    ECOCUBE_TRY(write(fmt::format("species_{}", year), realized_species(world_, potential, year)));
  return {};
}

/// Soil profiles, a row a horizon, and the true clay and carbon at four depths.
Result<void> WorldWriter::write_soil() const {
  std::string csv = "id,profile,lon,lat,date,upper,lower,clay,carbon\n";
  int id = 0;
  for (const SoilHorizon& one : soil_profiles(world_, options_.points / 4, years_)) {
    csv += fmt::format("h{},p{},{:.6f},{:.6f},{},{},{},{:.2f},{:.2f}\n", ++id, one.profile, one.place.lon,
                       one.place.lat, iso_date(one.date), one.upper, one.lower, one.clay, one.carbon);
  }
  ECOCUBE_TRY(write_text_atomic(options_.out / "profiles.csv", csv));
  if (!options_.truth) return {};
  const Frame& frame = world_.frame;
  constexpr float kNoSoil = -32768;
  std::vector<float> clay(frame.pixels()), carbon(clay.size());
  for (const int depth : {0, 30, 60, 100}) {
    parallel_for(static_cast<std::size_t>(frame.rows), 8, [&](std::size_t begin, std::size_t end) {
      for (auto row = static_cast<int>(begin); row < static_cast<int>(end); ++row) {
        for (int col = 0; col < frame.cols; ++col) {
          const SoilAt soil = soil_at(world_, row, col, years_.back(), depth);
          const std::size_t pixel = frame.at(row, col);
          const bool dug = has_soil(world_.cover(pixel, years_.back()));
          clay[pixel] = dug ? std::round(10 * soil.clay) : kNoSoil;
          carbon[pixel] = dug ? std::round(10 * soil.carbon) : kNoSoil;
        }
      }
    });
    const auto write = [&](const char* variable, const char* unit, const std::vector<float>& stored) {
      return write_plane(options_.out / "truth" / fmt::format("{}_b{}cm.tif", variable, depth),
                         {DataType::int16, 0.1, 0, static_cast<double>(kNoSoil), unit},
                         {variable, LayerKind::continuous, {}}, stored);
    };
    ECOCUBE_TRY(write("clay", "%", clay));
    ECOCUBE_TRY(write("carbon", "g/kg", carbon));
  }
  return {};
}

}  // namespace ecocube
