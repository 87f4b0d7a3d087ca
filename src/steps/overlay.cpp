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
#include "io/points/point_source.h"
#include "io/raster/layer_points.h"
#include "io/table/table_file.h"
#include "run/points_spec.h"

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
        "`overlay/table.csv`: one row a point, one column a feature (`red_p50.summer`, `elevation`, `depth` of soil)",
        "the table, and one layer of one tile a thread",
        2};
    return info;
  }

  void declare(OptionSet& options) override {
    options.add("features", patterns_,
                "variables to take, as shell patterns; counts, source codes and expected errors only when named");
    options.add("missing", missing_, "what happens to a point without a value in some layer").choices({"drop", "keep"});
    options.add("unknown_labels", unknown_labels_, "what happens to a point whose label is no class of the legend")
        .choices({"error", "drop", "keep"});
  }

  Result<void> plan(Planning& planning) override;
  Result<void> run(const Task& task, TaskRun& run) const override;

 private:
  Result<void> load_points(Planning& planning);
  Result<void> check_inside(const std::string& paths, std::size_t total, std::size_t outside_years, Day first,
                            Day last) const;
  Result<bool> is_known(const FieldPoint& point, const Legend& legend, const std::string& paths);
  Result<void> find_features(Planning& planning);
  Result<void> add_depth();
  Result<Task> make_task(Planning& planning) const;
  void read_tile(const Tile& tile, const std::vector<std::size_t>& rows, const std::filesystem::path& root,
                 Table& table, Result<void>& outcome) const;
  std::string summary(const std::map<std::string, std::size_t>& missing, std::size_t kept, std::size_t dropped) const;

  std::vector<std::string> patterns_{"*"};
  std::string missing_ = "drop";
  std::string unknown_labels_ = "error";

  Cube cube_;
  std::vector<FieldPoint> points_;
  std::vector<std::string> notes_;
  std::map<std::string, std::size_t> unknown_;  ///< labels that the legend lacks, of points left out
  std::map<std::string, std::vector<std::size_t>> rows_of_tile_;
  std::vector<std::string> features_;
  std::map<std::string, std::vector<Layer>> layers_of_feature_;
};

/// Whether the point's label is a class of the legend, or need not be one; counts those that are not.
Result<bool> OverlayStep::is_known(const FieldPoint& point, const Legend& legend, const std::string& paths) {
  if (point.has_value() || unknown_labels_ == "keep" || legend.matching(point.label)) return true;
  if (unknown_labels_ == "drop") {
    ++unknown_[point.label];
    return false;
  }
  std::vector<std::string> known, words;
  for (const LegendClass& entry : legend.classes) {
    known.push_back(entry.code);
    words.push_back(entry.name);
  }
  words.insert(words.end(), known.begin(), known.end());
  const auto nearest = nearest_word(point.label, words);
  return input_error("points {}: point {}: label '{}' is no class of the legend {}{}", paths, point.id, point.label,
                     legend.name,
                     nearest ? fmt::format(" - did you mean '{}'?", *nearest) : suggestion(point.label, known));
}

/// Says where and when the points are when none lies inside the cube.
Result<void> OverlayStep::check_inside(const std::string& paths, std::size_t total, std::size_t outside_years,
                                       Day first, Day last) const {
  if (!points_.empty()) return {};
  if (!unknown_.empty())
    return input_error("points {}: none of the labels inside the cube is a class of the legend, such as '{}'", paths,
                       unknown_.begin()->first);
  if (outside_years == 0) {
    const Bounds box = cube_.grid.bounds(cube_.area);
    return input_error(
        "points {}: none of the {} points lies inside the cube's area, {} {} {} {} in {}; is the entry crs right?",
        paths, total, box.min_x, box.min_y, box.max_x, box.max_y, cube_.grid.crs);
  }
  return input_error(
      "points {}: none of the {} points inside the area is dated within the cube's years {}..{}; their dates go from "
      "{} to {}",
      paths, outside_years, cube_.years.front(), cube_.years.back(), iso_date(first), iso_date(last));
}

/// Reads the points, and drops those that lie outside the cube's area and years or have no class of the legend.
Result<void> OverlayStep::load_points(Planning& planning) {
  const auto& sources = planning.recipe().points;
  if (sources.empty()) return usage_error("the recipe has no points");
  ECOCUBE_TRY_ASSIGN(PreparedPoints prepared, prepare_points(sources, cube_.grid.crs));
  notes_ = prepared.set.notes();
  std::vector<std::string> paths;
  for (const PointSource& source : sources) paths.insert(paths.end(), source.paths.begin(), source.paths.end());
  const std::string all_paths = join(paths, ", ");
  std::size_t outside_area = 0, outside_years = 0;
  Day first = Day::max(), last = Day::min();
  for (std::size_t part = 0; part < prepared.parts.size(); ++part) {
    const std::string part_paths = join(sources[part].paths, ", ");
    for (std::size_t i = prepared.parts[part].begin; i < prepared.parts[part].end; ++i) {
      FieldPoint& point = prepared.set.points[i];
      const Tile* tile = cube_.tile_holding(cube_.grid.row_of(point.y), cube_.grid.col_of(point.x));
      if (!tile) {
        ++outside_area;
        continue;
      }
      first = std::min(first, point.date);
      last = std::max(last, point.date);
      if (!std::binary_search(cube_.years.begin(), cube_.years.end(), year_of(point.date))) {
        ++outside_years;
        continue;
      }
      ECOCUBE_TRY_ASSIGN(const bool known, is_known(point, planning.legend(), part_paths));
      if (!known) continue;
      rows_of_tile_[tile->name()].push_back(points_.size());
      points_.push_back(std::move(point));
    }
  }
  const std::size_t total = prepared.set.points.size();
  ECOCUBE_TRY(check_inside(all_paths, total, outside_years, first, last));
  if (outside_area) notes_.push_back(fmt::format("{} of {} points lie outside the cube's area", outside_area, total));
  if (outside_years)
    notes_.push_back(fmt::format("{} of {} points are dated outside the years {}..{}", outside_years, total,
                                 cube_.years.front(), cube_.years.back()));
  for (const auto& [label, count] : unknown_)
    notes_.push_back(
        fmt::format("{} of {} points have the label '{}', which is no class of the legend {}, and are left out", count,
                    total, label, planning.legend().name));
  return {};
}

/// The depth of points that have one is a feature beside the layers' values.
Result<void> OverlayStep::add_depth() {
  const bool deep =
      std::any_of(points_.begin(), points_.end(), [](const FieldPoint& point) { return point.has_depth(); });
  if (!deep) return {};
  if (layers_of_feature_.contains(kDepthFeature))
    return usage_error(
        "features: the points have a depth, and a layer is called '{}' as well; name the layer otherwise",
        kDepthFeature);
  features_.emplace_back(kDepthFeature);
  return {};
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

Result<Task> OverlayStep::make_task(Planning& planning) const {
  Task task;
  task.outputs = {planning.step_name() + "/table.csv", planning.step_name() + "/summary.json"};
  for (const PointSource& source : planning.recipe().points) {
    ECOCUBE_TRY_ASSIGN(const std::vector<std::string> files, files_of(source));
    for (const std::string& file : files) {
      ECOCUBE_TRY_ASSIGN(TaskInput input, planning.input(file));
      task.inputs.push_back(std::move(input));
    }
  }
  for (const auto& [tile, rows] : rows_of_tile_) {
    for (const auto& [feature, layers] : layers_of_feature_) {
      for (const Layer& layer : layers) ECOCUBE_TRY(planning.reads(task, layer, tile));
    }
  }
  task.facts["points"] = point_facts(planning.recipe().resolved["points"]);
  task.facts["features"] = features_;
  task.facts["years"] = cube_.years;
  task.facts["points inside"] = points_.size();
  // What is left out for its label depends on the legend, which is no input of this task.
  for (const auto& [label, count] : unknown_) task.facts["labels left out"][label] = count;
  task.memory_bytes = points_.size() * features_.size() * sizeof(float) * 2 + (64u << 20);
  task.disk_bytes = points_.size() * (features_.size() + 8) * 10;
  return task;
}

Result<void> OverlayStep::plan(Planning& planning) {
  cube_ = planning.cube();
  ECOCUBE_TRY(load_points(planning));
  ECOCUBE_TRY(find_features(planning));
  ECOCUBE_TRY(add_depth());
  for (const std::string& note : notes_) planning.note(note);
  ECOCUBE_TRY_ASSIGN(Task task, make_task(planning));
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
    const auto found = layers_of_feature_.find(features_[feature]);
    if (found == layers_of_feature_.end()) {
      for (const std::size_t row : rows)
        table.values[feature * table.rows.size() + row] = static_cast<float>(points_[row].depth);
      continue;
    }
    for (const Layer& layer : found->second) {
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
  std::map<std::string, std::size_t> labels;
  for (const FieldPoint& point : points_) ++labels[point.label];
  if (labels.size() > 1 || !labels.contains("")) {
    for (const auto& [label, count] : labels) json["points by label"][label] = count;
  }
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
