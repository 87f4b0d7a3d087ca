// SPDX-License-Identifier: Apache-2.0
#include "io/points/points_file.h"

#include "base/text.h"
#include "io/file/file.h"
#include "io/raster/point_writer.h"
#include "io/table/csv.h"

namespace ecocube {
namespace {

std::string number_text(double number) {
  return std::isnan(number) ? std::string() : fmt::format("{}", number);
}

std::optional<double> number_or_none(double number) {
  return std::isnan(number) ? std::nullopt : std::optional<double>(number);
}

std::vector<PointColumn> columns_of(const std::vector<FieldPoint>& points) {
  std::vector<PointColumn> columns(7);
  const char* const names[] = {"id", "date", "label", "value", "depth", "weight", "group"};
  for (std::size_t i = 0; i < columns.size(); ++i) columns[i].name = names[i];
  for (const FieldPoint& point : points) {
    columns[0].texts.push_back(point.id);
    columns[1].texts.push_back(iso_date(point.date));
    columns[2].texts.push_back(point.label);
    columns[3].numbers.push_back(number_or_none(point.value));
    columns[4].numbers.push_back(number_or_none(point.depth));
    columns[5].numbers.emplace_back(point.weight);
    columns[6].texts.push_back(point.group);
  }
  return columns;
}

}  // namespace

std::string points_csv(const std::vector<FieldPoint>& points) {
  std::string text = "id,x,y,date,label,value,depth,weight,group\n";
  for (const FieldPoint& point : points) {
    text += fmt::format("{},{},{},{},{},{},{},{},{}\n", csv_field(point.id), point.x, point.y, iso_date(point.date),
                        csv_field(point.label), number_text(point.value), number_text(point.depth), point.weight,
                        csv_field(point.group));
  }
  return text;
}

Result<void> write_points(const std::filesystem::path& path, const std::vector<FieldPoint>& points,
                          const std::string& crs) {
  const std::string ending = lower_case(path.extension().string());
  if (ending == ".csv") return write_text_atomic(path, points_csv(points));
  if (ending != ".gpkg")
    return usage_error("{}: points are written as .csv or .gpkg, not as '{}'", path.string(), ending);
  std::vector<MapPoint> places;
  for (const FieldPoint& point : points) places.push_back({point.x, point.y});
  const std::filesystem::path partial = partial_path(path);
  auto written = write_point_package(partial, crs, places, columns_of(points));
  if (written) written = move_into_place(partial, path);
  if (!written) {
    std::error_code ignored;
    std::filesystem::remove(partial, ignored);
    return within(path.string(), written.error());
  }
  return {};
}

}  // namespace ecocube
