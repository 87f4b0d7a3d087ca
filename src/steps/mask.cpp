// SPDX-License-Identifier: Apache-2.0
#include "steps/mask.h"

#include <map>
#include <optional>
#include <set>

#include "io/raster/raster.h"
#include "steps/mask_task.h"

namespace ecocube {
namespace {

constexpr const char* kMaskVariable = "clear";

class MaskStep : public Step {
 public:
  const StepInfo& info() const override {
    static const StepInfo info{
        "mask",
        "Writes which pixels of scenes are clear, and how much of each scene every quality word takes",
        "the mask bands of a source's scenes",
        "the layer `clear` of every day with a scene or of every period: 1 clear, 0 masked, 255 "
        "not covered; and `…_shares.csv` beside it",
        "a block of one scene's mask; its rows follow --memory",
        1};
    return info;
  }

  void declare(OptionSet& options) override {
    options.add("source", source_, "name of the scenes under sources; none: the only ones");
    options.add("periods", periods_,
                "days: a layer for every day with a scene; or seasons, months, 16 days … as in composite: a layer for "
                "every period, clear where any of its scenes is");
  }

  Result<void> plan(Planning& planning) override;
  Result<void> run(const Task& task, TaskRun& run) const override {
    return run_mask(rules_, jobs_.at(task.id()), task.outputs[0], task.outputs[1], run);
  }

 private:
  Result<std::vector<Period>> spans(const Cube& cube) const;
  void plan_task(Planning& planning, const SourceSpec& source, const Tile& tile, const Period& period,
                 std::vector<TileScene> scenes);
  Result<void> put_layer(Planning& planning, const Period& period) const;

  std::optional<std::string> source_;
  Value periods_ = "days";

  std::string step_name_;
  MaskRules rules_;
  std::unique_ptr<SceneSource> scenes_;
  std::map<std::string, MaskJob> jobs_;  ///< by task id
};

bool is_days(const Value& periods) {
  return periods.is_string() && periods.get<std::string>() == "days";
}

Result<std::vector<Period>> MaskStep::spans(const Cube& cube) const {
  const auto scheme = PeriodScheme::parse(is_days(periods_) ? Value("years") : periods_);
  if (!scheme) return within("periods", scheme.error());
  std::vector<Period> spans;
  for (const int year : cube.years) {
    for (const Period& period : scheme->of_year(year)) spans.push_back(period);
  }
  return spans;
}

void MaskStep::plan_task(Planning& planning, const SourceSpec& source, const Tile& tile, const Period& period,
                         std::vector<TileScene> scenes) {
  Task task;
  task.step = step_name_;
  task.tile = tile.name();
  task.period = period.id();
  task.facts["product"] = scenes_->product().name;
  task.facts["mask"] = scenes_->mask().words();
  task.facts["erode"] = source.erode;
  task.facts["dilate"] = source.dilate;
  task.facts["bad_scene"] = source.bad_scene;
  task.facts["scenes"] = Value::array();
  for (const TileScene& scene : scenes) {
    task.inputs.push_back({scene.location, scene.identity});
    task.facts["scenes"].push_back(scene.name);
  }
  const std::string folder = fmt::format("tiles/{}/{}/{}", tile.name(), step_name_, period.id());
  task.outputs = {folder + ".tif", folder + "_shares.csv"};
  const std::int64_t rows = RasterWriter::rows_within(planning.memory_per_task(), tile.window, [&](std::int64_t some) {
    return MaskJob::bytes_of_block(rules_, tile.window, some);
  });
  task.memory_bytes = MaskJob::bytes_of_block(rules_, tile.window, rows);
  task.disk_bytes = static_cast<std::uint64_t>(tile.window.pixels());
  jobs_[task.id()] = {tile.window, std::move(scenes)};
  planning.add(std::move(task));
}

Result<void> MaskStep::put_layer(Planning& planning, const Period& period) const {
  if (const Layer* other = planning.layers().find(kMaskVariable, period))
    return usage_error("variable '{}' of {} is made by {} as well", kMaskVariable, period.id(), other->made_by);
  Layer layer;
  layer.variable = kMaskVariable;
  layer.long_name = "1 clear, 0 masked";
  layer.kind = LayerKind::classes;
  layer.encoding = {DataType::uint8, 1, 0, kStateNotCovered, ""};
  layer.period = period;
  layer.made_by = step_name_;
  layer.task = step_name_ + "/{tile}/" + period.id();
  layer.files = {{fmt::format("tiles/{{tile}}/{}/{}.tif", step_name_, period.id()), 1}};
  planning.layers().put(std::move(layer));
  return {};
}

Result<void> MaskStep::plan(Planning& planning) {
  step_name_ = planning.step_name();
  const Cube& cube = planning.cube();
  ECOCUBE_TRY_ASSIGN(const SourceSpec* source, find_scene_source(planning.recipe(), source_));
  ECOCUBE_TRY_ASSIGN(std::vector<Period> periods, spans(cube));
  ECOCUBE_TRY_ASSIGN(scenes_, survey_scenes(planning, *source, periods));
  if (scenes_->mask().bands().empty()) return usage_error("source: {} has no mask band", scenes_->product().name);
  rules_.source = scenes_.get();
  rules_.scenes = {cube.grid, &scenes_->product(), &scenes_->mask(), source->erode, source->dilate, source->resampling};
  rules_.skip_bad = source->bad_scene == "skip";
  if (is_days(periods_)) {
    std::set<Day> days;
    for (std::size_t tile = 0; tile < cube.tiles.size(); ++tile) {
      for (const Period& year : periods) {
        for (const TileScene& scene : scenes_->scenes_of(tile, year.start, year.end)) days.insert(scene.day);
      }
    }
    periods.clear();
    for (const Day day : days) periods.push_back({compact_date(day).substr(4), year_of(day), day, day});
  }
  // A layer is over the whole cube: tiles that no scene meets get one without any.
  for (std::size_t tile = 0; tile < cube.tiles.size(); ++tile) {
    for (const Period& period : periods)
      plan_task(planning, *source, cube.tiles[tile], period, scenes_->scenes_of(tile, period.start, period.end));
  }
  for (const Period& period : periods) ECOCUBE_TRY(put_layer(planning, period));
  return {};
}

}  // namespace

std::unique_ptr<Step> make_mask_step() {
  return std::make_unique<MaskStep>();
}

}  // namespace ecocube
