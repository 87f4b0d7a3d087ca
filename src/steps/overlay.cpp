// SPDX-License-Identifier: Apache-2.0
#include "steps/overlay.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <mutex>

#include "base/parallel.h"
#include "base/text.h"
#include "data/table/table.h"
#include "io/file/file.h"
#include "io/points/points.h"
#include "io/raster/layer_points.h"
#include "io/table/table_file.h"

namespace ecocube {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

class OverlayStep : public Step {
 public:
  const StepInfo& info() const override {
    static const StepInfo info{
        "overlay",
        "Gives every dated point the value of every layer at its place and time",
        "the points, and all layers there are at this place of the recipe",
        "`overlay/table.csv`: one row a point, one column a feature (`red_p50.summer`, `elevation`)",
        "the table, and one layer of one tile a thread",
        1};
    return info;
  }

  void declare(OptionSet& options) override {
    options.add("features", patterns_,
                "variables to take, as shell patterns; counts, source codes and expected errors only when named");
    options.add("missing", missing_, "what happens to a point without a value in some layer").choices({"drop", "keep"});
  }

  Result<void> plan(Planning& planning) override;
  Result<void> run(const Task& task, TaskRun& run) const override;

 private:
  Result<void> load_points(Planning& planning);
  Result<void> check_labels(const Planning& planning, const std::string& path) const;
  Result<void> find_features(Planning& planning);
  void read_tile(const Tile& tile, const std::vector<std::size_t>& rows, const std::filesystem::path& root,
                 Table& table, Result<void>& outcome) const;
  std::string summary(const std::map<std::string, std::size_t>& missing, std::size_t kept, std::size_t dropped) const;

  std::vector<std::string> patterns_{"*"};
  std::string missing_ = "drop";

  Cube cube_;
  std::vector<FieldPoint> points_;
  std::vector<std::string> notes_;
  std::map<std::string, std::vector<std::size_t>> rows_of_tile_;
  std::vector<std::string> features_;
  std::map<std::string, std::vector<Layer>> layers_of_feature_;
};

/// A label that the legend lacks would only be met by training, after everything else has run.
Result<void> OverlayStep::check_labels(const Planning& planning, const std::string& path) const {
  const auto& steps = planning.recipe().steps;
  if (std::none_of(steps.begin(), steps.end(), [](const StepSpec& step) { return step.kind == "train"; })) return {};
  for (const FieldPoint& point : points_) {
    if (planning.legend().matching(point.label)) continue;
    std::vector<std::string> known;
    for (const LegendClass& entry : planning.legend().classes) known.push_back(entry.code);
    return input_error("points {}: point {}: label '{}' is no class of the legend {}{}", path, point.id, point.label,
                       planning.legend().name, suggestion(point.label, known));
  }
  return {};
}

/// Reads the points, and drops those that lie outside the cube's area and years.
Result<void> OverlayStep::load_points(Planning& planning) {
  const auto& spec = planning.recipe().points;
  if (!spec) return usage_error("the recipe has no points");
  PointColumns columns;
  columns.path = spec->path;
  columns.layer = spec->layer;
  columns.crs = spec->crs;
  columns.x = spec->x;
  columns.y = spec->y;
  columns.date = spec->date;
  columns.label = spec->label;
  columns.weight = spec->weight;
  columns.group = spec->group;
  columns.id = spec->id;
  auto read = read_points(columns, cube_.grid.crs);
  if (!read) return Failure(read.error());
  notes_ = read->notes;
  std::size_t outside_area = 0, outside_years = 0;
  Day first = Day::max(), last = Day::min();
  for (FieldPoint& point : read->points) {
    const std::int64_t row = cube_.grid.row_of(point.y), col = cube_.grid.col_of(point.x);
    const Tile* tile = cube_.tile_holding(row, col);
    if (!tile) {
      ++outside_area;
      continue;
    }
    first = std::min(first, point.date);
    last = std::max(last, point.date);
    if (!std::binary_search(cube_.years.begin(), cube_.years.end(), year_of(point.date))) {
      ++outside_years;
    } else {
      rows_of_tile_[tile->name()].push_back(points_.size());
      points_.push_back(std::move(point));
    }
  }
  const std::size_t total = read->points.size();
  if (points_.empty() && outside_area == total) {
    const Bounds box = cube_.grid.bounds(cube_.area);
    return input_error(
        "points {}: none of the {} points lies inside the cube's area, {} {} {} {} in {}; is the entry crs right?",
        spec->path, total, box.min_x, box.min_y, box.max_x, box.max_y, cube_.grid.crs);
  }
  if (points_.empty()) {
    return input_error(
        "points {}: none of the {} points inside the area is dated within the cube's years {}..{}; their dates go from "
        "{} to {}",
        spec->path, outside_years, cube_.years.front(), cube_.years.back(), iso_date(first), iso_date(last));
  }
  if (outside_area) notes_.push_back(fmt::format("{} of {} points lie outside the cube's area", outside_area, total));
  if (outside_years)
    notes_.push_back(fmt::format("{} of {} points are dated outside the years {}..{}", outside_years, total,
                                 cube_.years.front(), cube_.years.back()));
  return check_labels(planning, spec->path);
}

Result<void> OverlayStep::find_features(Planning& planning) {
  const LayerSet& layers = planning.layers();
  for (const std::string& pattern : patterns_) {
    if (layers.variables_matching({pattern}).empty()) {
      return usage_error("features: no variable matches '{}'{}", pattern, suggestion(pattern, layers.variables()));
    }
  }
  for (const std::string& variable : layers.variables_matching(patterns_)) {
    const bool named = std::find(patterns_.begin(), patterns_.end(), variable) != patterns_.end();
    for (const Layer& layer : layers.of_variable(variable)) {
      if (layer.kind != LayerKind::continuous && layer.kind != LayerKind::classes && !named) continue;
      auto& list = layers_of_feature_[layer.feature_name()];
      if (list.empty()) features_.push_back(layer.feature_name());
      list.push_back(layer);
    }
  }
  if (features_.empty()) return usage_error("features: there are no layers to take values from");
  return {};
}

Result<void> OverlayStep::plan(Planning& planning) {
  cube_ = planning.cube();
  ECOCUBE_TRY(load_points(planning));
  ECOCUBE_TRY(find_features(planning));
  for (const std::string& note : notes_) planning.note(note);
  Task task;
  task.outputs = {planning.step_name() + "/table.csv", planning.step_name() + "/summary.json"};
  ECOCUBE_TRY_ASSIGN(TaskInput points, planning.input(planning.recipe().points->path));
  task.inputs.push_back(std::move(points));
  for (const auto& [tile, rows] : rows_of_tile_) {
    for (const auto& [feature, layers] : layers_of_feature_) {
      for (const Layer& layer : layers) ECOCUBE_TRY(planning.reads(task, layer, tile));
    }
  }
  task.facts["points"] = planning.recipe().resolved["points"];
  task.facts["points"].erase("path");
  task.facts["features"] = features_;
  task.facts["years"] = cube_.years;
  task.facts["points inside"] = points_.size();
  task.memory_bytes = points_.size() * features_.size() * sizeof(float) * 2 + (64u << 20);
  task.disk_bytes = points_.size() * (features_.size() + 7) * 10;
  planning.add(std::move(task));
  return {};
}

/// Takes the values of one tile's points, layer by layer.
void OverlayStep::read_tile(const Tile& tile, const std::vector<std::size_t>& rows, const std::filesystem::path& root,
                            Table& table, Result<void>& outcome) const {
  LayerReader reader(cube_.grid, root);
  std::vector<PixelPlace> places;
  for (const std::size_t row : rows)
    places.push_back({cube_.grid.row_of(points_[row].y), cube_.grid.col_of(points_[row].x)});
  const PlacesByBlock by_block(std::move(places));
  std::vector<float> values(rows.size());
  std::vector<std::uint8_t> wanted(rows.size());
  for (std::size_t feature = 0; feature < features_.size(); ++feature) {
    for (const Layer& layer : layers_of_feature_.at(features_[feature])) {
      for (std::size_t i = 0; i < rows.size(); ++i)
        wanted[i] = !layer.period || layer.period->year == year_of(points_[rows[i]].date) ? 1 : 0;
      outcome = read_points(reader, layer, tile.name(), by_block, wanted, values);
      if (!outcome) return;
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (wanted[i]) table.values[feature * table.rows.size() + rows[i]] = values[i];
      }
    }
  }
}

std::string OverlayStep::summary(const std::map<std::string, std::size_t>& missing, std::size_t kept,
                                 std::size_t dropped) const {
  Value json = {{"points", points_.size()},
                {"rows", kept},
                {"dropped for missing values", dropped},
                {"notes", notes_},
                {"missing values by feature", Value::object()}};
  for (const auto& [feature, count] : missing) json["missing values by feature"][feature] = count;
  return json.dump(2) + "\n";
}

Result<void> OverlayStep::run(const Task& task, TaskRun& run) const {
  Table all;
  all.features = features_;
  all.rows = points_;
  all.values.assign(features_.size() * points_.size(), kMissing);
  const std::vector<std::pair<std::string, std::vector<std::size_t>>> tiles(rows_of_tile_.begin(), rows_of_tile_.end());
  std::vector<Result<void>> outcomes(tiles.size());
  std::mutex mutex;
  std::size_t done = 0;
  parallel_for(tiles.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      read_tile(*cube_.tile_named(tiles[i].first), tiles[i].second, run.root(), all, outcomes[i]);
      const std::lock_guard lock(mutex);
      run.progress(static_cast<double>(++done) / static_cast<double>(tiles.size()));
    }
  });
  for (const Result<void>& outcome : outcomes) ECOCUBE_TRY(outcome);

  std::map<std::string, std::size_t> missing;
  std::vector<std::size_t> kept;
  for (std::size_t row = 0; row < all.rows.size(); ++row) {
    bool whole = true;
    for (std::size_t feature = 0; feature < features_.size(); ++feature) {
      if (!std::isnan(all.column(feature)[row])) continue;
      ++missing[features_[feature]];
      whole = false;
    }
    if (whole || missing_ == "keep") kept.push_back(row);
  }
  if (kept.empty()) {
    const auto worst = std::max_element(missing.begin(), missing.end(),
                                        [](const auto& a, const auto& b) { return a.second < b.second; });
    return input_error("every one of the {} points misses a value in some layer; '{}' is missing for {} of them",
                       all.rows.size(), worst->first, worst->second);
  }
  const std::size_t dropped = all.rows.size() - kept.size();
  if (dropped) run.note(fmt::format("{} of {} points dropped for missing values", dropped, all.rows.size()));
  Table table;
  table.features = features_;
  for (const std::size_t row : kept) table.rows.push_back(all.rows[row]);
  for (std::size_t feature = 0; feature < features_.size(); ++feature) {
    for (const std::size_t row : kept) table.values.push_back(all.column(feature)[row]);
  }
  ECOCUBE_TRY(write_text(run.stage(task.outputs[0]), table_csv(table)));
  return write_text(run.stage(task.outputs[1]), summary(missing, kept.size(), dropped));
}

}  // namespace

std::unique_ptr<Step> make_overlay_step() {
  return std::make_unique<OverlayStep>();
}

}  // namespace ecocube
