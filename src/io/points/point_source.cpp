// SPDX-License-Identifier: Apache-2.0
#include "io/points/point_source.h"

#include <algorithm>

#include "base/text.h"
#include "io/points/point_groups.h"
#include "io/points/point_reading.h"

namespace ecocube {
namespace {

Result<PointSet> read_source(const PointSource& source, const std::string& crs);

/// Reads the files one after the other by `read`, which takes the columns of one file.
template <class Read>
Result<PointSet> read_each(const PointSource& source, const std::vector<std::string>& files, Read&& read) {
  PointSet set;
  for (const std::string& file : files) {
    PointColumns columns = source.columns;
    columns.path = file;
    ECOCUBE_TRY_ASSIGN(PointSet more, read(columns));
    set.append(std::move(more));
  }
  return set;
}

Result<PointSet> read_species(const PointSource& source, const std::vector<std::string>& files,
                              const std::string& crs) {
  PointSet others;
  ECOCUBE_TRY_ASSIGN(PointSet presences, read_each(source, files, [&](const PointColumns& columns) -> Result<PointSet> {
                       ECOCUBE_TRY_ASSIGN(Occurrences found,
                                          read_occurrences(columns, source.species, source.groups, crs));
                       others.append(std::move(found.others));
                       return std::move(found.presences);
                     }));
  const std::size_t of_file = others.points.size();
  for (const PointSource& absence : source.absences) {
    auto more = read_source(absence, crs);
    if (!more) return within("absences", more.error());
    // Absences without a group of their own would part from the presences around them.
    for (FieldPoint& point : more->points) {
      if (point.group.empty()) point.group = group_of(source.groups, point.id, point.x, point.y);
    }
    others.append(std::move(*more));
  }
  if (source.columns.weight.empty()) {
    // Presences that nobody weighed must not count a hundredth of a survey's absences.
    double weight = source.confidence.value_or(1);
    for (std::size_t i = of_file; i < others.points.size() && !source.confidence; ++i)
      weight = std::max(weight, others.points[i].weight);
    for (FieldPoint& point : presences.points) point.weight = weight;
    for (std::size_t i = 0; i < of_file; ++i) others.points[i].weight = weight;
    if (!source.confidence && weight != 1)
      presences.remarks.push_back(fmt::format("points {}: the occurrences weigh {}, as the heaviest of the absences",
                                              join(files, ", "), weight));
  }
  return join_absences(std::move(presences), std::move(others), source.species, join(files, ", "));
}

Result<PointSet> read_kind(const PointSource& source, const std::vector<std::string>& files, const std::string& crs) {
  if (source.kind == "lucas") return read_lucas(files, source.columns.layer, source.lucas, source.groups, crs);
  if (source.kind == "corine")
    return read_corine(files, source.columns.layer, source.columns.crs, source.corine, source.groups, crs);
  if (source.kind == "species") return read_species(source, files, crs);
  return read_each(source, files, [&](const PointColumns& columns) {
    return source.kind == "soil" ? read_soil(columns, source.soil, source.groups, crs) : read_points(columns, crs);
  });
}

Result<PointSet> read_source(const PointSource& source, const std::string& crs) {
  ECOCUBE_TRY_ASSIGN(const std::vector<std::string> files, files_named(source.paths));
  if (source.kind != "plain") ECOCUBE_TRY(check_groups(source.groups, crs));
  ECOCUBE_TRY_ASSIGN(PointSet set, read_kind(source, files, crs));
  if (source.confidence && source.columns.weight.empty() && source.kind != "species") {
    for (FieldPoint& point : set.points) point.weight = *source.confidence;
  }
  const std::string name = join(files, ", ");
  ECOCUBE_TRY(screen_points(set, source.screen, name, crs));
  ECOCUBE_TRY(check_left(set, name));
  return set;
}

/// Says when points that nobody weighed are joined with others that weigh much more.
void tell_unweighed(std::span<const PointSource> sources, PreparedPoints& all) {
  constexpr double kMuch = 10;
  double heaviest = 0;
  for (const FieldPoint& point : all.set.points) heaviest = std::max(heaviest, point.weight);
  for (const PointSource& source : sources) {
    if (source.kind == "species" || source.confidence || !source.columns.weight.empty() || heaviest < kMuch) continue;
    all.set.remarks.push_back(fmt::format("points {}: each weighs 1 where others weigh up to {}; set confidence",
                                          join(source.paths, ", "), heaviest));
  }
}

Result<void> add_files(const PointSource& source, std::vector<std::string>& files) {
  ECOCUBE_TRY_ASSIGN(const std::vector<std::string> named, files_named(source.paths));
  files.insert(files.end(), named.begin(), named.end());
  if (source.kind == "lucas" && !source.lucas.table.empty()) files.push_back(source.lucas.table);
  if (source.kind == "corine" && !source.corine.table.empty()) files.push_back(source.corine.table);
  std::vector<std::string> patterns;
  for (const ScreenRule& rule : source.screen) patterns.push_back(rule.raster);
  if (source.kind == "species" && !source.species.mask.empty()) patterns.push_back(source.species.mask);
  for (const std::string& pattern : patterns) {
    ECOCUBE_TRY_ASSIGN(const std::vector<std::string> found, files_of_pattern(pattern));
    files.insert(files.end(), found.begin(), found.end());
  }
  for (const PointSource& absence : source.absences) ECOCUBE_TRY(add_files(absence, files));
  return {};
}

}  // namespace

const std::vector<std::string>& point_kinds() {
  static const std::vector<std::string> kinds{"plain", "lucas", "corine", "species", "soil"};
  return kinds;
}

Result<std::vector<std::string>> files_of(const PointSource& source) {
  std::vector<std::string> files, each;
  ECOCUBE_TRY(add_files(source, files));
  for (const std::string& file : files) {
    if (std::find(each.begin(), each.end(), file) == each.end()) each.push_back(file);
  }
  return each;
}

Result<PreparedPoints> prepare_points(std::span<const PointSource> sources, const std::string& crs) {
  PreparedPoints all;
  for (const PointSource& source : sources) {
    ECOCUBE_TRY_ASSIGN(PointSet set, read_source(source, crs));
    PointPart part{source.kind, set.rows, all.set.points.size(), 0};
    all.set.append(std::move(set));
    part.end = all.set.points.size();
    all.parts.push_back(part);
  }
  tell_unweighed(sources, all);
  return all;
}

}  // namespace ecocube
