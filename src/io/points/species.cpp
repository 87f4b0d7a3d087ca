// SPDX-License-Identifier: Apache-2.0
#include "io/points/species.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "base/text.h"
#include "io/points/point_reading.h"
#include "io/points/point_rows.h"
#include "io/points/screen.h"

namespace ecocube {
namespace {

constexpr const char* kOtherSpecies = "are of another species and are left out";
constexpr const char* kNoSpecies = "name no species and are left out";
constexpr const char* kUncertain = "have a place that is less certain than asked for and are left out";
constexpr const char* kUnknownCertainty = "do not say how certain their place is and are left out";
constexpr const char* kOutsideMask = "lie outside the mask of their year and are left out";
constexpr const char* kNeverInMask = "lie outside the mask in every year and are left out";
constexpr const char* kNoMask = "are of years without a mask and are left out";
constexpr const char* kOtherLabel = "have a label that does not mean absence and are left out";
constexpr const char* kNear = "lie near a presence and are left out";
constexpr const char* kThinned = "share a square and year with an earlier one and are left out";
constexpr const char* kWithPresence = "share a square and year with a presence and are left out";

/// Nothing when the place is certain enough; else why the row is left out.
Result<const char*> uncertain(const PointColumns& columns, const SpeciesRules& rules, const PointRow& row,
                              std::optional<std::size_t> column) {
  if (!column) return nullptr;
  const std::string& text = row.fields[*column];
  if (is_missing_text(text)) return rules.keep_unknown_uncertainty ? nullptr : kUnknownCertainty;
  ECOCUBE_TRY_ASSIGN(const double metres, number_of(columns.path, row, rules.uncertainty_column, text));
  return metres > rules.most_uncertainty ? kUncertain : nullptr;
}

Result<void> check_species_named(const PointColumns& columns, const SpeciesRules& rules, const PointRows& rows,
                                 std::size_t column) {
  std::set<std::string> names;
  const std::string wanted = lower_case(rules.species);
  for (const PointRow& row : rows.rows) {
    if (lower_case(row.fields[column]) == wanted) return {};
    names.insert(row.fields[column]);
  }
  const std::vector<std::string> known(names.begin(), names.end());
  const auto nearest = nearest_word(rules.species, known);
  return input_error(
      "points {}: column {} never says '{}'{}", columns.path, rules.species_column, rules.species,
      nearest ? fmt::format(" - did you mean '{}'?", *nearest) : fmt::format(" (it has {} other names)", known.size()));
}

std::vector<MapPoint> places_of(const PointSet& set) {
  std::vector<MapPoint> places;
  for (const FieldPoint& point : set.points) places.push_back({point.x, point.y});
  return places;
}

std::string mask_file(const SpeciesRules& rules, int year) {
  return replace_all(rules.mask, "{year}", std::to_string(year));
}

bool is_yearly(const SpeciesRules& rules) {
  return rules.mask.find("{year}") != std::string::npos;
}

/// Keeps the presences that the mask of their own year holds.
Result<void> filter_by_mask(PointSet& set, const SpeciesRules& rules, const std::string& source,
                            const std::string& crs) {
  const std::vector<int> there = is_yearly(rules) ? years_of_pattern(rules.mask) : std::vector<int>{};
  std::map<std::string, std::vector<std::size_t>> of_file;
  PointTally tally{kNoMask, kOutsideMask};
  std::vector<std::uint8_t> holds(set.points.size(), 0);
  for (std::size_t i = 0; i < set.points.size(); ++i) {
    const int year = year_of(set.points[i].date);
    if (is_yearly(rules) && !std::binary_search(there.begin(), there.end(), year)) {
      tally.add(kNoMask);
    } else {
      of_file[mask_file(rules, year)].push_back(i);
    }
  }
  const std::vector<MapPoint> all = places_of(set);
  for (const auto& [file, which] : of_file) {
    std::vector<MapPoint> places;
    for (const std::size_t i : which) places.push_back(all[i]);
    ECOCUBE_TRY_ASSIGN(const std::vector<double> values, raster_values_at(file, rules.mask_band, crs, places));
    for (std::size_t k = 0; k < which.size(); ++k) {
      holds[which[k]] = lies_within(values[k], rules.mask_values) ? 1 : 0;
      if (holds[which[k]] == 0) tally.add(kOutsideMask);
    }
  }
  tally.tell(set, source, set.points.size(), "presences");
  std::vector<FieldPoint> kept;
  for (std::size_t i = 0; i < set.points.size(); ++i) {
    if (holds[i] != 0) kept.push_back(std::move(set.points[i]));
  }
  set.points = std::move(kept);
  return {};
}

/// Puts every presence into each year in which the mask holds it.
Result<void> date_by_mask(PointSet& set, const SpeciesRules& rules, const std::string& source, const std::string& crs) {
  const std::vector<int> years = years_of_pattern(rules.mask);
  if (years.empty()) return input_error("points {}: no mask {} is there for any year", source, rules.mask);
  const std::vector<MapPoint> places = places_of(set);
  std::vector<std::vector<FieldPoint>> dated(set.points.size());
  for (const int year : years) {
    ECOCUBE_TRY_ASSIGN(const std::vector<double> values,
                       raster_values_at(mask_file(rules, year), rules.mask_band, crs, places));
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (!lies_within(values[i], rules.mask_values)) continue;
      FieldPoint point = set.points[i];
      point.date = make_day(year, 7, 1);
      point.id += fmt::format("@{}", year);
      dated[i].push_back(std::move(point));
    }
  }
  PointTally tally{kNeverInMask};
  const std::size_t before = set.points.size();
  set.points.clear();
  for (std::vector<FieldPoint>& of_place : dated) {
    if (of_place.empty()) tally.add(kNeverInMask);
    for (FieldPoint& point : of_place) set.points.push_back(std::move(point));
  }
  tally.tell(set, source, before, "presences");
  set.remarks.push_back(fmt::format("points {}: {} presences stand in the years {}..{} as the mask says, {} in all",
                                    source, before, years.front(), years.back(), set.points.size()));
  return {};
}

/// Places by squares, to find what is near without looking at all.
class Near {
 public:
  Near(const std::vector<FieldPoint>& points, double distance) : points_(points), distance_(distance) {
    for (std::size_t i = 0; i < points.size(); ++i) squares_[square_of(points[i])].push_back(i);
  }
  bool any(const FieldPoint& point) const {
    const auto [row, col] = square_of(point);
    for (long long r = row - 1; r <= row + 1; ++r) {
      for (long long c = col - 1; c <= col + 1; ++c) {
        const auto square = squares_.find({r, c});
        if (square != squares_.end() && any_of_square(square->second, point)) return true;
      }
    }
    return false;
  }

 private:
  using Square = std::pair<long long, long long>;
  Square square_of(const FieldPoint& point) const {
    return {static_cast<long long>(std::floor(point.y / distance_)),
            static_cast<long long>(std::floor(point.x / distance_))};
  }
  bool any_of_square(const std::vector<std::size_t>& which, const FieldPoint& point) const {
    return std::any_of(which.begin(), which.end(), [&](std::size_t i) {
      const double dx = points_[i].x - point.x, dy = points_[i].y - point.y;
      return dx * dx + dy * dy < distance_ * distance_;
    });
  }

  const std::vector<FieldPoint>& points_;
  double distance_;
  std::map<Square, std::vector<std::size_t>> squares_;
};

using SquareAndYear = std::pair<std::string, int>;

SquareAndYear square_and_year(const FieldPoint& point, const SpeciesRules& rules) {
  return {cell_name(point.x, point.y, rules.thin), rules.thin_over_years ? 0 : year_of(point.date)};
}

/// Keeps the first point of every square and year; none where `taken` has one already.
std::set<SquareAndYear> thin(PointSet& set, const SpeciesRules& rules, const std::set<SquareAndYear>& taken,
                             PointTally& tally) {
  std::set<SquareAndYear> own;
  std::vector<FieldPoint> kept;
  for (FieldPoint& point : set.points) {
    const SquareAndYear key = square_and_year(point, rules);
    if (taken.contains(key)) {
      tally.add(kWithPresence);
    } else if (!own.insert(key).second) {
      tally.add(kThinned);
    } else {
      kept.push_back(std::move(point));
    }
  }
  set.points = std::move(kept);
  return own;
}

/// Leaves out what means no absence or lies near a presence.
void choose_absences(PointSet& others, const PointSet& presences, const SpeciesRules& rules, PointTally& tally) {
  const std::optional<Near> near =
      rules.distance > 0 ? std::optional<Near>(std::in_place, presences.points, rules.distance) : std::nullopt;
  std::vector<FieldPoint> kept;
  for (FieldPoint& point : others.points) {
    const bool means_absence =
        rules.absence_labels.empty() ||
        std::any_of(rules.absence_labels.begin(), rules.absence_labels.end(),
                    [&](const std::string& pattern) { return matches_glob(pattern, point.label); });
    if (!means_absence) {
      tally.add(kOtherLabel);
    } else if (near && near->any(point)) {
      tally.add(kNear);
    } else {
      point.label = rules.absence;
      kept.push_back(std::move(point));
    }
  }
  others.points = std::move(kept);
}

}  // namespace

Result<Occurrences> read_occurrences(const PointColumns& columns, const SpeciesRules& rules, const GroupRule& groups,
                                     const std::string& target_crs) {
  PointColumns dated = columns;
  if (rules.dates_from_mask && !dated.year) dated.year = 1970;  // replaced by the mask's years
  ColumnList wanted;
  const PointRowReader reader(dated, wanted);
  const bool named = !rules.species.empty();
  const std::size_t species = named ? wanted.add(rules.species_column).value_or(0) : 0;
  const auto uncertainty = wanted.add(rules.uncertainty_column);
  ECOCUBE_TRY_ASSIGN(const PointRows rows, read_point_rows(columns.path, columns.layer, wanted, columns.x, columns.y));
  if (named) ECOCUBE_TRY(check_species_named(columns, rules, rows, species));
  Occurrences found;
  found.presences.rows = rows.rows.size();
  ECOCUBE_TRY_ASSIGN(const std::string crs, crs_of(rows, columns.crs, found.presences));
  PointTally tally{kNoCoordinates, kNoDate, kNoSpecies, kOtherSpecies, kUncertain, kUnknownCertainty};
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    const PointRow& row = rows.rows[i];
    ECOCUBE_TRY_ASSIGN(std::optional<FieldPoint> point, reader.read(row, i + 1, tally));
    if (!point) continue;
    ECOCUBE_TRY_ASSIGN(const char* const why, uncertain(columns, rules, row, uncertainty));
    const bool nameless = named && is_missing_text(row.fields[species]);
    const bool other = named && lower_case(row.fields[species]) != lower_case(rules.species);
    if (nameless || (other && !rules.other_species) || why) {
      tally.add(nameless ? kNoSpecies : other && !rules.other_species ? kOtherSpecies : why);
      continue;
    }
    point->label = other ? row.fields[species] : rules.presence;
    (other ? found.others : found.presences).points.push_back(std::move(*point));
  }
  tally.tell(found.presences, columns.path, found.presences.rows);
  for (PointSet* set : {&found.presences, &found.others}) {
    ECOCUBE_TRY(transform_points(*set, columns.path, crs, target_crs, set->points.size(), "occurrences"));
    for (FieldPoint& point : set->points) point.group = group_of(groups, point.id, point.x, point.y);
  }
  if (!rules.mask.empty()) {
    ECOCUBE_TRY(rules.dates_from_mask ? date_by_mask(found.presences, rules, columns.path, target_crs)
                                      : filter_by_mask(found.presences, rules, columns.path, target_crs));
  }
  ECOCUBE_TRY(check_left(found.presences, columns.path));
  return found;
}

PointSet join_absences(PointSet presences, PointSet others, const SpeciesRules& rules, const std::string& source) {
  const std::size_t presences_before = presences.points.size(), others_before = others.points.size();
  PointTally of_presences{kThinned}, of_absences{kOtherLabel, kNear, kWithPresence, kThinned};
  choose_absences(others, presences, rules, of_absences);
  if (rules.thin > 0) {
    const auto taken = thin(presences, rules, {}, of_presences);
    thin(others, rules, taken, of_absences);
  }
  of_presences.tell(presences, source, presences_before, "presences");
  of_absences.tell(others, source, others_before, "other points");
  presences.append(std::move(others));
  return presences;
}

}  // namespace ecocube
