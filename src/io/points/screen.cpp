// SPDX-License-Identifier: Apache-2.0
#include "io/points/screen.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "base/text.h"
#include "io/points/point_reading.h"

namespace ecocube {
namespace {

constexpr int kFirstYear = 1950, kLastYear = 2100;
constexpr const char* kYear = "{year}";

std::string file_of_year(const std::string& pattern, int year) {
  return replace_all(pattern, kYear, std::to_string(year));
}

const std::vector<ValueSpan>* spans_for(const ScreenRule& rule, const std::string& label) {
  const auto found = std::find_if(rule.keep.begin(), rule.keep.end(),
                                  [&](const auto& entry) { return matches_glob(entry.first, label); });
  return found == rule.keep.end() ? nullptr : &found->second;
}

/// Points by the file that tests them.
struct Tested {
  std::map<std::string, std::vector<std::size_t>> points_of_file;
  std::size_t without_file = 0;
};

Tested tested_by(const ScreenRule& rule, const PointSet& set) {
  Tested tested;
  const bool yearly = rule.raster.find(kYear) != std::string::npos;
  std::map<int, bool> there;
  if (yearly) {
    for (const int year : years_of_pattern(rule.raster)) there[year] = true;
  }
  for (std::size_t i = 0; i < set.points.size(); ++i) {
    if (!spans_for(rule, set.points[i].label)) continue;
    const int year = year_of(set.points[i].date);
    if (yearly && !there.contains(year)) {
      ++tested.without_file;
    } else {
      tested.points_of_file[file_of_year(rule.raster, year)].push_back(i);
    }
  }
  return tested;
}

Result<void> apply(const ScreenRule& rule, PointSet& set, const std::string& source, const std::string& crs) {
  const std::string name = std::filesystem::path(rule.raster).filename().string();
  const std::string contradicted = fmt::format("are contradicted by {} and are left out", name),
                    missing = fmt::format("lie where {} has no value and are {}", name,
                                          rule.keep_missing ? "kept" : "left out"),
                    no_year = fmt::format("are of years for which there is no {} and are kept", name);
  PointTally tally{contradicted, missing, no_year};
  const Tested tested = tested_by(rule, set);
  tally.add(no_year, tested.without_file);
  std::vector<std::uint8_t> drop(set.points.size(), 0);
  for (const auto& [file, which] : tested.points_of_file) {
    std::vector<MapPoint> places;
    for (const std::size_t i : which) places.push_back({set.points[i].x, set.points[i].y});
    ECOCUBE_TRY_ASSIGN(const std::vector<double> values, raster_values_at(file, rule.band, crs, places));
    for (std::size_t k = 0; k < which.size(); ++k) {
      const bool none = std::isnan(values[k]);
      const bool refused = !none && !lies_within(values[k], *spans_for(rule, set.points[which[k]].label));
      if (none) tally.add(missing);
      if (refused) tally.add(contradicted);
      drop[which[k]] = refused || (none && !rule.keep_missing) ? 1 : 0;
    }
  }
  const std::size_t before = set.points.size();
  std::vector<FieldPoint> kept;
  for (std::size_t i = 0; i < before; ++i) {
    if (drop[i] == 0) kept.push_back(std::move(set.points[i]));
  }
  set.points = std::move(kept);
  tally.tell(set, source, before, "points");
  return {};
}

}  // namespace

std::vector<int> years_of_pattern(const std::string& pattern) {
  std::vector<int> years;
  std::error_code code;
  for (int year = kFirstYear; year <= kLastYear; ++year) {
    if (std::filesystem::exists(file_of_year(pattern, year), code)) years.push_back(year);
  }
  return years;
}

Result<std::vector<std::string>> files_of_pattern(const std::string& pattern) {
  if (pattern.find(kYear) == std::string::npos) return std::vector<std::string>{pattern};
  std::vector<std::string> files;
  for (const int year : years_of_pattern(pattern)) files.push_back(file_of_year(pattern, year));
  if (files.empty()) return input_error("points: no file matches {} for any year", pattern);
  return files;
}

Result<void> screen_points(PointSet& set, const std::vector<ScreenRule>& rules, const std::string& source,
                           const std::string& crs) {
  for (const ScreenRule& rule : rules) {
    const auto done = apply(rule, set, source, crs);
    if (!done) return within(fmt::format("points {}: screen", source), done.error());
  }
  return {};
}

}  // namespace ecocube
