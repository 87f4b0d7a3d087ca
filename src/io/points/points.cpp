// SPDX-License-Identifier: Apache-2.0
#include "io/points/points.h"

#include <iterator>

#include "io/points/point_reading.h"
#include "io/points/point_rows.h"

namespace ecocube {

std::string PointCount::sentence() const {
  return fmt::format("points {}: {} of {} {} {}", source, count, of, unit, what);
}

std::vector<std::string> PointSet::notes() const {
  std::vector<std::string> sentences;
  for (const PointCount& count : counts) sentences.push_back(count.sentence());
  sentences.insert(sentences.end(), remarks.begin(), remarks.end());
  return sentences;
}

std::size_t PointSet::count_of(std::string_view what) const {
  std::size_t sum = 0;
  for (const PointCount& count : counts) sum += count.what.starts_with(what) ? count.count : 0;
  return sum;
}

void PointSet::append(PointSet other) {
  points.insert(points.end(), std::make_move_iterator(other.points.begin()),
                std::make_move_iterator(other.points.end()));
  rows += other.rows;
  counts.insert(counts.end(), std::make_move_iterator(other.counts.begin()),
                std::make_move_iterator(other.counts.end()));
  remarks.insert(remarks.end(), std::make_move_iterator(other.remarks.begin()),
                 std::make_move_iterator(other.remarks.end()));
}

Result<PointSet> read_points(const PointColumns& columns, const std::string& target_crs) {
  ColumnList wanted;
  const PointRowReader reader(columns, wanted);
  const std::string& seen_column = columns.value.empty() ? columns.label : columns.value;
  if (seen_column.empty())
    return usage_error("points {}: name the column of the class (label) or of the number (value)", columns.path);
  const std::size_t seen = *wanted.add(seen_column);
  ECOCUBE_TRY_ASSIGN(const PointRows rows, read_point_rows(columns.path, columns.layer, wanted, columns.x, columns.y));
  PointSet set;
  set.rows = rows.rows.size();
  ECOCUBE_TRY_ASSIGN(const std::string crs, crs_of(rows, columns.crs, set));
  PointTally tally{kNoCoordinates, kNoDate, kNoLabel, kNoValue};
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    const PointRow& row = rows.rows[i];
    ECOCUBE_TRY_ASSIGN(std::optional<FieldPoint> point, reader.read(row, i + 1, tally));
    if (!point) continue;
    if (is_missing_text(row.fields[seen])) {
      tally.add(columns.value.empty() ? kNoLabel : kNoValue);
      continue;
    }
    if (columns.value.empty()) {
      point->label = row.fields[seen];
    } else {
      ECOCUBE_TRY_ASSIGN(point->value, number_of(columns.path, row, columns.value, row.fields[seen]));
    }
    set.points.push_back(std::move(*point));
  }
  tally.tell(set, columns.path, set.rows);
  ECOCUBE_TRY(transform_points(set, columns.path, crs, target_crs, set.rows));
  PointTally shapes{};
  shapes.add("are no single points; each stands by one point of it", rows.not_points);
  shapes.tell(set, columns.path, set.rows);
  ECOCUBE_TRY(check_left(set, columns.path));
  return set;
}

}  // namespace ecocube
