// SPDX-License-Identifier: Apache-2.0
#include "steps/composite.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <span>

#include "base/text.h"
#include "steps/composite_task.h"

namespace ecocube {
namespace {

constexpr std::pair<const char*, SceneMerge> kMerges[] = {{"best", SceneMerge::best},
                                                          {"newest", SceneMerge::newest},
                                                          {"none", SceneMerge::none},
                                                          {"stitch", SceneMerge::stitch}};

class CompositeStep : public Step {
 public:
  const StepInfo& info() const override {
    static const StepInfo info{
        "composite",
        "Sums up the clear observations of each period, pixel by pixel",
        "the scenes of a source that fall into each period",
        "one layer a band and statistic for every period (`red_p50`), and `clear_count`",
        "two blocks of all bands and dates of a period as they are stored, buffers of up to four "
        "scenes under a block, and 1 MB an open scene; for select and metrics 512 pixels of all bands and dates as "
        "floats a thread, for best_cloud_weight the mask as far round a block as clouds count; the rows of a block "
        "follow --memory",
        3};
    return info;
  }

  void declare(OptionSet& options) override {
    options.add("source", source_, "name of the scenes under sources; none: the only ones");
    options.add("periods", periods_,
                "seasons, glad-seasons (in whole intervals of GLAD's), months, bimonths, quarters, years, so many days "
                "(16 days), or a list of spans "
                "such as 04-01..06-15");
    options.add(
        "statistics", statistics_,
        "what is taken of the clear observations: percentiles (p25), median, mean, weighted_mean, min, max, sd, "
        "range, iqr, skewness, kurtosis");
    options.add(
        "select", select_,
        "what all bands of a date choose together. Every band at one date: medoid (nearest to all others), best "
        "(highest score, see best_…). Every band of the point nearest to all dates: geomedian; its deviations: emad, "
        "smad, bcmad. Day of the year of the best date: best_day");
    best_.declare(options);
    options.add("metrics", metrics_,
                "a band at the dates that a carrier ranks: 'red where ndvi is highest' (lowest, median), 'nir mean "
                "over upper_quarter of ndvi' (lower_quarter, between_quarters); carriers are bands, indices such as "
                "ndvi, evi or wetness, and nd(a, b)");
    options.add("count", count_, "also write how many clear observations there were");
    options
        .add("min_clear", min_clear_, "a scene is left out on a tile where less than this share of its pixels is clear")
        .range(0, 1);
    options
        .add(
            "merge", merge_,
            "scenes of one day where they overlap: best (clearer on the tile, then newer) or newest counts, none keeps "
            "all as observations of their own, stitch joins the composites of orbits by their counts, weights within "
            "0.4..0.6; GLAD's tiles of one interval join in the order of their names")
        .choices({"best", "newest", "none", "stitch"});
    options
        .add("weights", weights_,
             "of weighted_mean: clear (share of the tile that is clear in the scene) or centre (nearness to the middle "
             "of the period)")
        .choices({"clear", "centre"});
    options
        .add("outliers", outliers_,
             "takes out observations that lie above or below both neighbours in time by more than so many median "
             "absolute deviations of the pixel; 0: none")
        .range(0, 1000);
    options
        .add("encoding", encoding_,
             "stored numbers: uint8 (reflectance x 250, K as (K - 200) x 2, indices as x 125 + 125), uint16 "
             "(reflectance x 40000, K x 100), float32 (physical values), source (as the product's own), or auto (uint8 "
             "for reflectance and temperature, uint16 where bytes are too small for deviations and days, else source)")
        .choices({"auto", "uint8", "uint16", "float32", "source"});
  }

  Result<void> plan(Planning& planning) override;
  Result<void> run(const Task& task, TaskRun& run) const override;

 private:
  Result<void> set_rules(const Planning& planning, const SourceSpec& source, std::span<const Period> periods);
  Result<void> set_best(std::span<const Period> periods);
  Value facts_of(const SourceSpec& source) const;
  void plan_task(Planning& planning, const SourceSpec& source, std::size_t tile, const Period& period);
  void put_layers(Planning& planning, const Period& period) const;

  std::optional<std::string> source_;
  Value periods_ = "seasons";
  std::vector<std::string> statistics_{"p25", "p50", "p75"};
  std::vector<std::string> select_, metrics_;
  BestPixelWishes best_;
  bool count_ = true;
  double min_clear_ = 0.2;
  std::string merge_ = "best";
  std::string weights_ = "clear";
  double outliers_ = 0;
  std::string encoding_ = "auto";

  std::string step_name_;
  CompositeRules rules_;
  std::unique_ptr<SceneSource> scenes_;
  std::map<std::string, CompositeJob> jobs_;  ///< by task id
};

void CompositeStep::put_layers(Planning& planning, const Period& period) const {
  for (std::size_t i = 0; i < rules_.outputs.size(); ++i) {
    const CompositeOutput& output = rules_.outputs[i];
    Layer layer;
    layer.variable = output.variable;
    layer.long_name = long_name_of(output, scenes_->product());
    layer.kind = output.kind();
    layer.encoding = output.encoding;
    layer.period = period;
    layer.made_by = step_name_;
    layer.task = step_name_ + "/{tile}/" + period.id();
    layer.files = {{fmt::format("tiles/{{tile}}/{}/{}.tif", step_name_, period.id()), static_cast<int>(i) + 1}};
    planning.layers().put(std::move(layer));
  }
}

/// What decides the bytes beside the step's own options and the scenes.
Value CompositeStep::facts_of(const SourceSpec& source) const {
  Value facts = Value::object();
  facts["product"] = scenes_->product().name;
  facts["mask"] = scenes_->mask().words();
  facts["bad_scene"] = source.bad_scene;
  facts["erode"] = source.erode;
  facts["dilate"] = source.dilate;
  facts["resampling"] = source.resampling;
  facts["bands"] = Value::array();
  for (const ProductBand& band : scenes_->product().bands) {
    const Encoding& encoding = band.encoding;
    facts["bands"].push_back({band.name, name_of(encoding.type), encoding.scale, encoding.offset,
                              encoding.no_data ? Value(*encoding.no_data) : Value(), band.lowest, band.highest});
  }
  return facts;
}

void CompositeStep::plan_task(Planning& planning, const SourceSpec& source, std::size_t tile_number,
                              const Period& period) {
  const Tile& tile = planning.cube().tiles[tile_number];
  Task task;
  task.step = step_name_;
  task.tile = tile.name();
  task.period = period.id();
  CompositeJob job{tile.window, period, scenes_->scenes_of(tile_number, period.start, period.end), {}};
  task.facts = facts_of(source);
  // Names are part of the facts because identities alone do not tell two scenes of one size and time apart.
  task.facts["scenes"] = Value::array();
  for (const TileScene& scene : job.scenes) {
    task.inputs.push_back({scene.location, scene.identity});
    task.facts["scenes"].push_back(scene.name);
  }
  bool known = false;
  if (const auto frame = scenes_->frame_of(tile_number)) {
    const auto mapping = GridMapping::make(planning.cube().grid, *frame);
    known = mapping.has_value();
    if (mapping) job.source = SourceExtent::of(**mapping, tile.window);
  }
  const std::uint64_t share = planning.memory_per_task();
  // Where only the files tell how large their pixels are, the rows of a block follow when the task runs.
  task.memory_bytes = known ? job.bytes_of_block(rules_, job.rows_per_block(rules_, share)) : share;
  task.outputs = {fmt::format("tiles/{}/{}/{}.tif", tile.name(), step_name_, period.id())};
  task.disk_bytes = static_cast<std::uint64_t>(tile.window.pixels()) * rules_.outputs.size() * bytes_of(rules_.type());
  jobs_[task.id()] = std::move(job);
  planning.add(std::move(task));
}

Result<void> CompositeStep::set_best(std::span<const Period> periods) {
  const bool is_used = std::any_of(select_.begin(), select_.end(),
                                   [](const std::string& word) { return word == "best" || word == "best_day"; });
  ECOCUBE_TRY(best_.check(is_used, scenes_->product(), !scenes_->mask().bands().empty(), periods));
  rules_.best = best_;
  rules_.scenes.cloud_metres = is_used && best_.cloud_weight > 0 ? best_.cloud_distance : 0;
  return {};
}

Result<void> CompositeStep::set_rules(const Planning& planning, const SourceSpec& source,
                                      std::span<const Period> periods) {
  rules_.source = scenes_.get();
  rules_.scenes = {
      planning.cube().grid, &scenes_->product(), &scenes_->mask(), source.erode, source.dilate, source.resampling, 0};
  ECOCUBE_TRY(set_best(periods));
  rules_.min_clear = min_clear_;
  rules_.outliers = outliers_;
  rules_.skip_bad = source.bad_scene == "skip";
  for (const auto& [name, merge] : kMerges) {
    if (merge_ == name) rules_.merge = merge;
  }
  if (source.format == "glad") rules_.merge = SceneMerge::in_order;
  CompositeWishes wishes{{}, select_, metrics_, count_, encoding_};
  for (const std::string& name : statistics_) {
    const auto statistic = series::parse_statistic(name);
    if (!statistic) return within("statistics", statistic.error());
    if (statistic->kind == series::Statistic::Kind::count)
      return usage_error("statistics: count is an option of its own (count: true)");
    if (statistic->kind == series::Statistic::Kind::weighted_mean)
      rules_.weights = weights_ == "clear" ? SceneWeights::clear : SceneWeights::centre;
    wishes.statistics.push_back(*statistic);
  }
  if (wishes.statistics.empty() && select_.empty() && metrics_.empty())
    return usage_error("statistics: the list is empty, and so are select and metrics");
  ECOCUBE_TRY_ASSIGN(rules_.outputs, composite_outputs(scenes_->product(), wishes));
  return {};
}

Result<void> CompositeStep::plan(Planning& planning) {
  step_name_ = planning.step_name();
  const Cube& cube = planning.cube();
  ECOCUBE_TRY_ASSIGN(const SourceSpec* source, find_scene_source(planning.recipe(), source_));
  const auto scheme = PeriodScheme::parse(periods_);
  if (!scheme) return within("periods", scheme.error());
  std::vector<Period> periods;
  for (const int year : cube.years) {
    for (const Period& period : scheme->of_year(year)) periods.push_back(period);
  }
  ECOCUBE_TRY_ASSIGN(scenes_, survey_scenes(planning, *source, periods));
  ECOCUBE_TRY(set_rules(planning, *source, periods));
  for (std::size_t tile = 0; tile < cube.tiles.size(); ++tile) {
    for (const Period& period : periods) plan_task(planning, *source, tile, period);
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
  return run_composite(rules_, jobs_.at(task.id()), task.outputs.front(), run);
}

}  // namespace

std::unique_ptr<Step> make_composite_step() {
  return std::make_unique<CompositeStep>();
}

}  // namespace ecocube
