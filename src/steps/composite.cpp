// SPDX-License-Identifier: Apache-2.0
#include "steps/composite.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>

#include "base/text.h"
#include "io/catalog/glad_archive.h"
#include "io/raster/projection.h"
#include "steps/composite_task.h"

namespace ecocube {
namespace {

/// Stored numbers of a composite, by the option `encoding`. Reflectance is 0..1, temperature in kelvin.
Encoding encoding_of(const std::string& choice, bool temperature, bool spread) {
  if (choice == "uint16")
    return {DataType::uint16, temperature ? kGladTemperatureScale : kGladReflectanceScale, 0, 65535,
            temperature ? "K" : ""};
  if (temperature) return {DataType::uint8, 0.5, spread ? 0.0 : 200.0, 255, "K"};
  return {DataType::uint8, 0.004, 0, 255, ""};
}

class CompositeStep : public Step {
 public:
  const StepInfo& info() const override {
    static const StepInfo info{"composite",
                               "Sums up the clear observations of each period, pixel by pixel",
                               "the scenes of a GLAD archive that fall into each period",
                               "one layer a band and statistic for every period (`red_p50`), and `clear_count`",
                               "7 bands x intervals of a period x rows of a block x 5 bytes, 24 bytes for each of a "
                               "scene's pixels under the block, and 1 MB an open scene; the rows follow --memory",
                               1};
    return info;
  }

  void declare(OptionSet& options) override {
    options.add("source", source_, "name of the archive under sources; none: the only one");
    options.add("periods", periods_, "seasons, months, quarters, years, or a list of spans such as 04-01..06-15");
    options.add("statistics", statistics_,
                "what is taken of the clear observations: percentiles (p25), mean, min, max, sd, median");
    options.add("count", count_, "also write how many clear observations there were");
    options
        .add("min_clear", min_clear_, "a scene is left out on a tile where less than this share of its pixels is clear")
        .range(0, 1);
    options
        .add("encoding", encoding_,
             "stored numbers: uint8 (reflectance x 250, K as (K - 200) x 2) or uint16 (as GLAD: x 40000, K x 100)")
        .choices({"uint8", "uint16"});
  }

  Result<void> plan(Planning& planning) override;
  Result<void> run(const Task& task, TaskRun& run) const override;

 private:
  /// The archive's scenes by GLAD tile and interval id.
  using SceneIndex = std::map<std::pair<GladTile, int>, const GladRecord*>;

  Result<const SourceSpec*> find_source(const Recipe& recipe) const;
  Result<void> set_rules(const Planning& planning, const SourceSpec& source);
  Result<GladSurvey> survey(Planning& planning, const SourceSpec& source, std::span<const Period> periods) const;
  Result<void> find_extents(const Cube& cube);
  void plan_task(Planning& planning, std::size_t tile, const Period& period, const SceneIndex& index);
  void put_layers(Planning& planning, const Period& period) const;

  std::optional<std::string> source_;
  Value periods_ = "seasons";
  std::vector<std::string> statistics_{"p25", "p50", "p75"};
  bool count_ = true;
  double min_clear_ = 0.2;
  std::string encoding_ = "uint8";

  std::string step_name_;
  CompositeRules rules_;
  std::optional<GladArchive> archive_;
  std::vector<std::vector<GladTile>> archive_tiles_;  ///< that each tile of the cube touches, ascending
  std::vector<SourceExtent> extents_;                 ///< of each tile of the cube
  std::map<std::string, CompositeJob> jobs_;          ///< by task id
};

Result<const SourceSpec*> CompositeStep::find_source(const Recipe& recipe) const {
  std::vector<std::string> names;
  const SourceSpec* found = nullptr;
  for (const SourceSpec& source : recipe.sources) {
    if (source.format != "glad") continue;
    names.push_back(source.name);
    if (!source_ || source.name == *source_) found = &source;
  }
  if (source_ && !found)
    return usage_error("source: no archive '{}' under sources{}", *source_, suggestion(*source_, names));
  if (names.empty()) return usage_error("the recipe has no source of format glad");
  if (!source_ && names.size() > 1) return usage_error("source: say which of {}", join(names, ", "));
  return found;
}

/// Where the cube's tiles lie in the archive.
Result<void> CompositeStep::find_extents(const Cube& cube) {
  ECOCUBE_TRY_ASSIGN(const auto projection, Projection::between(cube.grid.crs, "EPSG:4326"));
  for (const Tile& tile : cube.tiles) {
    ECOCUBE_TRY_ASSIGN(const Bounds box, projection->transform_bounds(cube.grid.bounds(tile.window)));
    archive_tiles_.push_back(glad_tiles_touching(box));
    std::sort(archive_tiles_.back().begin(), archive_tiles_.back().end());
    ECOCUBE_TRY_ASSIGN(const SourceExtent extent, SourceExtent::of(cube.grid, tile.window, *projection));
    extents_.push_back(extent);
  }
  return {};
}

void CompositeStep::put_layers(Planning& planning, const Period& period) const {
  for (std::size_t i = 0; i < rules_.outputs.size(); ++i) {
    Layer layer;
    layer.variable = rules_.outputs[i].variable;
    layer.kind = rules_.outputs[i].is_count() ? LayerKind::count : LayerKind::continuous;
    layer.encoding = rules_.outputs[i].encoding;
    layer.period = period;
    layer.made_by = step_name_;
    layer.task = step_name_ + "/{tile}/" + period.id();
    layer.files = {{fmt::format("tiles/{{tile}}/{}/{}.tif", step_name_, period.id()), static_cast<int>(i) + 1}};
    planning.layers().put(std::move(layer));
  }
}

void CompositeStep::plan_task(Planning& planning, std::size_t tile_number, const Period& period,
                              const SceneIndex& index) {
  const Tile& tile = planning.cube().tiles[tile_number];
  Task task;
  task.step = step_name_;
  task.tile = tile.name();
  task.period = period.id();
  CompositeJob job{tile.window, extents_[tile_number], {}};
  const std::vector<GladInterval> intervals = glad_intervals_within(period.start, period.end);
  for (const GladTile& glad : archive_tiles_[tile_number]) {
    for (const GladInterval& interval : intervals) {
      const auto found = index.find({glad, interval.id()});
      if (found == index.end()) continue;
      job.scenes.push_back({glad, interval.id(), found->second->identity});
      task.inputs.push_back({found->second->location, found->second->identity});
    }
  }
  // The tile's name is part of the facts because identities alone do not tell two scenes of one size and time apart.
  task.facts["scenes"] = Value::array();
  for (const CompositeScene& scene : job.scenes) task.facts["scenes"].push_back(scene.name());
  task.facts["mask"] = rules_.mask.codes();
  task.facts["bad_scene"] = rules_.skip_bad ? "skip" : "fail";
  task.outputs = {fmt::format("tiles/{}/{}/{}.tif", tile.name(), step_name_, period.id())};
  task.memory_bytes = job.bytes_of_block(rules_, job.rows_per_block(rules_, planning.memory_per_task()));
  task.disk_bytes = static_cast<std::uint64_t>(tile.window.pixels()) * rules_.outputs.size() *
                    bytes_of(rules_.outputs.front().encoding.type);
  jobs_[task.id()] = std::move(job);
  planning.add(std::move(task));
}

Result<void> CompositeStep::set_rules(const Planning& planning, const SourceSpec& source) {
  rules_.grid = planning.cube().grid;
  rules_.min_clear = min_clear_;
  rules_.skip_bad = source.bad_scene == "skip";
  if (auto parsed = series::QualityMask::parse(source.mask); !parsed) {
    return within(fmt::format("sources.{}.mask", source.name), parsed.error());
  } else {
    rules_.mask = *parsed;
  }
  for (const std::string& name : statistics_) {
    const auto statistic = series::parse_statistic(name);
    if (!statistic) return within("statistics", statistic.error());
    if (statistic->kind == series::Statistic::Kind::count)
      return usage_error("statistics: count is an option of its own (count: true)");
    rules_.statistics.push_back(*statistic);
  }
  if (rules_.statistics.empty()) return usage_error("statistics: the list is empty");
  for (std::size_t band = 0; band < kGladBands.size() - 1; ++band) {
    const bool temperature = static_cast<int>(band) + 1 == kGladTemperatureBand;
    for (std::size_t i = 0; i < rules_.statistics.size(); ++i) {
      const bool spread = rules_.statistics[i].kind == series::Statistic::Kind::standard_deviation;
      rules_.outputs.push_back({fmt::format("{}_{}", kGladBands[band], series::name_of(rules_.statistics[i])), band, i,
                                encoding_of(encoding_, temperature, spread)});
    }
  }
  if (count_) {
    const Encoding first = rules_.outputs.front().encoding;
    rules_.outputs.push_back({kCountVariable, 0, 0, {first.type, 1, 0, first.no_data, ""}});
  }
  return {};
}

/// What the archive has of all tiles and periods.
Result<GladSurvey> CompositeStep::survey(Planning& planning, const SourceSpec& source,
                                         std::span<const Period> periods) const {
  std::set<GladTile> tiles;
  for (const auto& list : archive_tiles_) tiles.insert(list.begin(), list.end());
  std::set<int> intervals;
  for (const Period& period : periods) {
    for (const GladInterval& interval : glad_intervals_within(period.start, period.end))
      intervals.insert(interval.id());
  }
  const std::vector<GladTile> tile_list(tiles.begin(), tiles.end());
  const std::vector<int> interval_list(intervals.begin(), intervals.end());
  auto survey = archive_->survey(tile_list, interval_list);
  if (!survey) return within(fmt::format("sources.{}", source.name), survey.error());
  if (survey->missing() > 0) planning.note(survey->missing_text());
  return survey;
}

Result<void> CompositeStep::plan(Planning& planning) {
  step_name_ = planning.step_name();
  const Cube& cube = planning.cube();
  ECOCUBE_TRY_ASSIGN(const SourceSpec* source, find_source(planning.recipe()));
  const auto scheme = PeriodScheme::parse(periods_);
  if (!scheme) return within("periods", scheme.error());
  ECOCUBE_TRY(set_rules(planning, *source));
  HttpOptions http;
  http.credentials = HttpCredentials::from_environment();
  auto archive = GladArchive::open(source->path, planning.cache(), std::move(http));
  if (!archive) return within(fmt::format("sources.{}", source->name), archive.error());
  archive_.emplace(std::move(*archive));
  ECOCUBE_TRY(find_extents(cube));
  std::vector<Period> periods;
  for (const int year : cube.years) {
    for (const Period& period : scheme->of_year(year)) periods.push_back(period);
  }
  ECOCUBE_TRY_ASSIGN(const GladSurvey found, survey(planning, *source, periods));
  SceneIndex index;
  for (const GladRecord& record : found.records) {
    if (record.present) index[{record.tile, record.interval_id}] = &record;
  }
  for (std::size_t tile = 0; tile < cube.tiles.size(); ++tile) {
    for (const Period& period : periods) plan_task(planning, tile, period, index);
  }
  for (const Period& period : periods) {
    for (const auto& output : rules_.outputs) {
      const Layer* other = planning.layers().find(output.variable, period);
      if (other) {
        return usage_error("variable '{}' of {} is made by {} as well", output.variable, period.id(), other->made_by);
      }
    }
    put_layers(planning, period);
  }
  return {};
}

Result<void> CompositeStep::run(const Task& task, TaskRun& run) const {
  return run_composite(rules_, jobs_.at(task.id()), *archive_, task.outputs.front(), run);
}

}  // namespace

std::unique_ptr<Step> make_composite_step() {
  return std::make_unique<CompositeStep>();
}

}  // namespace ecocube
