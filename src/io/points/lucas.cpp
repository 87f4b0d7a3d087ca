// SPDX-License-Identifier: Apache-2.0
#include "io/points/lucas.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "base/text.h"
#include "io/points/lucas_columns.h"
#include "io/points/point_reading.h"
#include "io/points/survey_date.h"
#include "io/raster/projection.h"

namespace ecocube {
namespace {

constexpr const char* kWgs84 = "EPSG:4326";
constexpr const char* kNoCover = "have no land cover code and are left out";
constexpr const char* kObservation = "have another type of observation than asked for and are left out";
constexpr const char* kRadius = "have another radius of observation than asked for and are left out";
constexpr const char* kCover = "have another share of the land cover than asked for and are left out";
constexpr const char* kPlaceholder = "have a placeholder for a date and count as the survey year's 1 July";
constexpr const char* kUnlisted = "have codes LC1 + LU1 that the table does not list and are left out";
constexpr const char* kNoClass = "have codes LC1 + LU1 to which the table gives no class and are left out";
constexpr const char* kNotRepresentative =
    "have codes LC1 + LU1 that the table marks as not representative and are left out";
constexpr const char* kRepeated = "repeat the point and date of an earlier row and are left out";
constexpr const char* kGpsUsed = "stand at the place of the observer's GPS";
constexpr const char* kGpsNotUsed = "have no GPS place that is precise enough and stand at the theoretical one";
constexpr const char* kWinter = "are dated from November to February and are taken as they stand";

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// One file's rows while they become points.
class LucasFile {
 public:
  LucasFile(const std::string& path, const LucasRules& rules, const ClassTable* table, const LucasColumns& columns)
      : path_(path), rules_(rules), table_(table), columns_(columns) {}

  struct Seen {
    FieldPoint point;
    MapPoint theoretical;  ///< in degrees, or in the CRS of the file's geometries
    std::optional<MapPoint> gps;
  };

  PointTally tally{kNoCoordinates,     kNoDate,   kNoCover,  kObservation, kRadius, kCover,   kNoClass,
                   kNotRepresentative, kUnlisted, kRepeated, kPlaceholder, kWinter, kGpsUsed, kGpsNotUsed};

  /// Nothing when the row is left out.
  Result<std::optional<Seen>> read(const PointRow& row) {
    Seen seen;
    ECOCUBE_TRY_ASSIGN(const std::optional<MapPoint> theoretical, theoretical_place(row));
    if (!theoretical) return left_out(kNoCoordinates);
    seen.theoretical = *theoretical;
    ECOCUBE_TRY_ASSIGN(const std::optional<Day> date, date_of(row));
    if (!date) return left_out(kNoDate);
    const bool placeholder = contains(rules_.placeholders, iso_date(*date).substr(5));
    seen.point.date = placeholder ? make_day(survey_year(row, *date), 7, 1) : *date;
    if (const char* what = refused(row, year_of(seen.point.date))) return left_out(what);
    ECOCUBE_TRY_ASSIGN(const std::optional<std::string> label, label_of(row));
    if (!label) return std::nullopt;
    seen.point.label = *label;
    seen.point.id = columns_.text(row, "id");
    ECOCUBE_TRY_ASSIGN(seen.gps, gps_place(row));
    placeholder_ = placeholder;
    return seen;
  }

  /// Counts of a row that is kept.
  void keep(const Seen& seen) {
    const auto month = std::chrono::year_month_day(seen.point.date).month();
    if (placeholder_) tally.add(kPlaceholder);
    if (month <= std::chrono::February || month >= std::chrono::November) tally.add(kWinter);
    if (rules_.use_gps) tally.add(seen.gps ? kGpsUsed : kGpsNotUsed);
  }

 private:
  std::optional<Seen> left_out(const char* what) {
    tally.add(what);
    return std::nullopt;
  }

  Result<std::optional<MapPoint>> degrees(const PointRow& row, const std::string& lat_role,
                                          const std::string& long_role) const {
    const std::string &lat = columns_.text(row, lat_role), &lon = columns_.text(row, long_role);
    if (is_missing_text(lat) || is_missing_text(lon)) return std::nullopt;
    ECOCUBE_TRY_ASSIGN(const double y, number_of(path_, row, columns_.name(lat_role), lat));
    ECOCUBE_TRY_ASSIGN(const double x, number_of(path_, row, columns_.name(long_role), lon));
    return MapPoint{x, y};
  }

  Result<std::optional<MapPoint>> theoretical_place(const PointRow& row) const {
    return columns_.has("th_lat") ? degrees(row, "th_lat", "th_long") : Result<std::optional<MapPoint>>(row.place);
  }

  /// Unknown places are written as 88.888888; the sign of a longitude may stand in a column of its own.
  Result<std::optional<MapPoint>> gps_place(const PointRow& row) const {
    constexpr double kUnknown = 88.8;
    if (!rules_.use_gps || !columns_.has("gps_lat") || !columns_.has("gps_long")) return std::nullopt;
    if (columns_.has("observation") && columns_.text(row, "observation") != "1") return std::nullopt;
    ECOCUBE_TRY_ASSIGN(std::optional<MapPoint> place, degrees(row, "gps_lat", "gps_long"));
    if (!place || place->y > kUnknown || (place->x == 0 && place->y == 0)) return std::nullopt;
    const std::string& side = columns_.text(row, "gps_ew");
    if (lower_case(side) == "w" || side == "2") place->x = -std::abs(place->x);
    if (!columns_.has("gps_precision")) return place;
    const std::string& text = columns_.text(row, "gps_precision");
    if (is_missing_text(text)) return std::nullopt;
    ECOCUBE_TRY_ASSIGN(const double precision, number_of(path_, row, columns_.name("gps_precision"), text));
    if (precision > rules_.gps_precision) return std::nullopt;
    return place;
  }

  Result<std::optional<Day>> date_of(const PointRow& row) const {
    const std::string& text = columns_.text(row, "date");
    if (is_missing_text(text)) return std::nullopt;
    const auto date = parse_survey_date(text);
    if (!date)
      return unreadable(path_, row, columns_.name("date"), text, "no date such as 22/07/2009, 2/1/09 or 2018-06-30");
    return date;
  }

  int survey_year(const PointRow& row, Day date) const {
    const auto year = parse_integer(columns_.text(row, "year"));
    return year ? static_cast<int>(*year) : year_of(date);
  }

  /// The filter that leaves the row out, if any.
  const char* refused(const PointRow& row, int year) const {
    if (!rules_.observations.empty() && !contains(rules_.observations, columns_.text(row, "observation")))
      return kObservation;
    if (!rules_.radii.empty() && !contains(rules_.radii, columns_.text(row, "radius"))) return kRadius;
    const auto of_year = rules_.covers.find(year), of_all = rules_.covers.find(0);
    const auto& codes = of_year != rules_.covers.end() ? of_year : of_all;
    return codes != rules_.covers.end() && !contains(codes->second, columns_.text(row, "cover")) ? kCover : nullptr;
  }

  Result<std::optional<std::string>> label_of(const PointRow& row) {
    const std::string &cover = columns_.text(row, "lc1"), &use = columns_.text(row, "lu1");
    // A land cover begins with a letter; the surveys write 8 for "not relevant".
    if (is_missing_text(cover) || std::isalpha(static_cast<unsigned char>(cover.front())) == 0) {
      tally.add(kNoCover);
      return std::nullopt;
    }
    if (!table_) return cover.substr(0, static_cast<std::size_t>(rules_.level));
    const ClassTable::Entry* entry = table_->find({cover, use});
    if (!entry && rules_.unlisted_is_error)
      return input_error("points {}, {}: the table {} does not list {} + {}{}", path_, row.where, table_->path(), cover,
                         use, table_->nearest({cover, use}));
    const char* what = !entry                                            ? kUnlisted
                       : rules_.representative && !entry->representative ? kNotRepresentative
                       : entry->label.empty()                            ? kNoClass
                                                                         : nullptr;
    if (!what) return entry->label;
    tally.add(what);
    return std::nullopt;
  }

  const std::string& path_;
  const LucasRules& rules_;
  const ClassTable* table_;
  const LucasColumns& columns_;
  bool placeholder_ = false;
};

std::vector<std::string> needed_roles(const LucasRules& rules, bool with_places) {
  std::vector<std::string> roles{"id", "date", "lc1"};
  if (with_places) roles.insert(roles.end(), {"th_lat", "th_long"});
  if (!rules.table.empty()) roles.push_back("lu1");
  if (!rules.observations.empty()) roles.push_back("observation");
  if (!rules.radii.empty()) roles.push_back("radius");
  if (!rules.covers.empty()) roles.push_back("cover");
  if (rules.use_gps) roles.insert(roles.end(), {"gps_lat", "gps_long"});
  return roles;
}

/// Brings both places into the cube's CRS, and takes the group from the theoretical one.
Result<void> place_points(std::vector<LucasFile::Seen>& all, const std::string& path, const std::string& from,
                          const GroupRule& groups, const std::string& target, PointSet& set) {
  const auto transformed = [&](std::vector<MapPoint> places, const std::string& crs) -> Result<std::vector<MapPoint>> {
    const auto projection = Projection::between(crs, target);
    if (!projection) return within("points " + path, projection.error());
    std::vector<double> x, y;
    for (const MapPoint& place : places) {
      x.push_back(place.x);
      y.push_back(place.y);
    }
    (*projection)->transform(x, y);
    for (std::size_t i = 0; i < places.size(); ++i) places[i] = {x[i], y[i]};
    return places;
  };
  std::vector<MapPoint> theoretical, gps;
  for (const LucasFile::Seen& seen : all) {
    theoretical.push_back(seen.theoretical);
    gps.push_back(seen.gps.value_or(MapPoint{}));
  }
  ECOCUBE_TRY_ASSIGN(theoretical, transformed(std::move(theoretical), from));
  ECOCUBE_TRY_ASSIGN(gps, transformed(std::move(gps), kWgs84));
  PointTally tally{};
  const std::string no_place = "have no place in the cube's coordinate reference system and are left out";
  for (std::size_t i = 0; i < all.size(); ++i) {
    const MapPoint& place = all[i].gps ? gps[i] : theoretical[i];
    if (!std::isfinite(place.x) || !std::isfinite(place.y) || !std::isfinite(theoretical[i].x)) {
      tally.add(no_place);
      continue;
    }
    FieldPoint point = std::move(all[i].point);
    point.x = place.x;
    point.y = place.y;
    point.group = group_of(groups, point.id, theoretical[i].x, theoretical[i].y);
    set.points.push_back(std::move(point));
  }
  tally.tell(set, path, set.rows);
  return {};
}

using NamesAndDates = std::set<std::pair<std::string, Day>>;

Result<PointSet> read_file(const std::string& path, const std::string& layer, const LucasRules& rules,
                           const ClassTable* table, const GroupRule& groups, const std::string& target,
                           NamesAndDates& known) {
  ECOCUBE_TRY_ASSIGN(const LucasColumns columns,
                     LucasColumns::find(path, layer, rules.columns, needed_roles(rules, is_text_table(path))));
  ECOCUBE_TRY_ASSIGN(const PointRows rows, read_point_rows(path, layer, columns.wanted(), "", ""));
  if (!columns.has("th_lat") && !rows.from_geometry)
    return usage_error("points {}: it has neither geometries nor a column for th_lat; name it in points.columns.th_lat",
                       path);
  PointSet set;
  set.rows = rows.rows.size();
  std::string crs = kWgs84;
  if (!columns.has("th_lat")) {
    ECOCUBE_TRY_ASSIGN(crs, crs_of(rows, "", set));
  }
  LucasFile file(path, rules, table, columns);
  std::vector<LucasFile::Seen> all;
  for (const PointRow& row : rows.rows) {
    ECOCUBE_TRY_ASSIGN(std::optional<LucasFile::Seen> seen, file.read(row));
    if (!seen) continue;
    if (!known.emplace(seen->point.id, seen->point.date).second) {
      file.tally.add(kRepeated);
      continue;
    }
    file.keep(*seen);
    all.push_back(std::move(*seen));
  }
  file.tally.tell(set, path, set.rows);
  ECOCUBE_TRY(place_points(all, path, crs, groups, target, set));
  return set;
}

}  // namespace

Result<PointSet> read_lucas(const std::vector<std::string>& files, const std::string& layer, const LucasRules& rules,
                            const GroupRule& groups, const std::string& target_crs) {
  std::optional<ClassTable> table;
  if (!rules.table.empty()) {
    ECOCUBE_TRY_ASSIGN(table, ClassTable::read(rules.table, rules.table_columns));
  }
  PointSet set;
  NamesAndDates known;
  for (const std::string& file : files) {
    ECOCUBE_TRY_ASSIGN(PointSet more,
                       read_file(file, layer, rules, table ? &*table : nullptr, groups, target_crs, known));
    set.append(std::move(more));
  }
  ECOCUBE_TRY(check_left(set, join(files, ", ")));
  return set;
}

}  // namespace ecocube
