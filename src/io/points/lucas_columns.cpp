// SPDX-License-Identifier: Apache-2.0
#include "io/points/lucas_columns.h"

#include <algorithm>

#include "base/text.h"
#include "io/points/lucas.h"

namespace ecocube {
namespace {

/// Names of each role over the surveys from 2006 to 2022 and the harmonised database, in lower case.
const std::vector<std::pair<std::string, std::vector<std::string>>>& known_names() {
  static const std::vector<std::pair<std::string, std::vector<std::string>>> names{
      {"id", {"point_id", "pointid", "id"}},
      {"date", {"date", "survey_date", "surv_date", "obs_date"}},
      {"year", {"survey_year", "year"}},
      {"th_lat", {"th_lat", "point_lat"}},
      {"th_long", {"th_long", "th_lon", "point_long"}},
      {"gps_lat", {"gps_lat", "survey_gps_lat"}},
      {"gps_long", {"gps_long", "gps_lon", "survey_gps_long"}},
      {"gps_ew", {"gps_ew", "survey_gps_ew"}},
      {"gps_precision", {"gps_prec", "gps_precision", "survey_gps_prec"}},
      {"observation", {"obs_type", "survey_obs_type"}},
      {"radius", {"obs_radius", "survey_obs_radius"}},
      {"cover", {"lc1_pct", "lc1_perc", "survey_lc1_perc"}},
      {"lc1", {"lc1", "survey_lc1"}},
      {"lu1", {"lu1", "survey_lu1"}},
  };
  return names;
}

std::optional<std::string> column_of(const std::vector<std::string>& header, const std::vector<std::string>& known) {
  for (const std::string& name : known) {
    const auto found = std::find_if(header.begin(), header.end(),
                                    [&](const std::string& column) { return lower_case(column) == name; });
    if (found != header.end()) return *found;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> lucas_roles() {
  std::vector<std::string> roles;
  for (const auto& [role, names] : known_names()) roles.push_back(role);
  return roles;
}

Result<LucasColumns> LucasColumns::find(const std::string& path, const std::string& layer,
                                        const std::map<std::string, std::string>& given,
                                        const std::vector<std::string>& needed) {
  ECOCUBE_TRY_ASSIGN(const std::vector<std::string> header, point_file_columns(path, layer));
  LucasColumns columns;
  for (const auto& [role, names] : known_names()) {
    std::optional<std::string> column;
    if (const auto own = given.find(role); own != given.end()) {
      if (std::find(header.begin(), header.end(), own->second) == header.end())
        return usage_error("points {}: no column '{}' for {}{}", path, own->second, role,
                           suggestion(own->second, header));
      column = own->second;
    } else {
      column = column_of(header, names);
    }
    if (!column && std::find(needed.begin(), needed.end(), role) != needed.end())
      return usage_error("points {}: no column for {}: looked for {}; name it in points.columns.{}{}", path, role,
                         join(names, ", "), role, suggestion(names.front(), header));
    if (!column) continue;
    columns.names_[role] = *column;
    columns.places_[role] = *columns.wanted_.add(*column);
  }
  return columns;
}

std::string LucasColumns::name(const std::string& role) const {
  const auto found = names_.find(role);
  return found == names_.end() ? role : found->second;
}

const std::string& LucasColumns::text(const PointRow& row, const std::string& role) const {
  static const std::string none;
  const auto found = places_.find(role);
  return found == places_.end() ? none : row.fields[found->second];
}

}  // namespace ecocube
