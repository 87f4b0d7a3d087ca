// SPDX-License-Identifier: Apache-2.0
#include "steps/composite.h"

#include <algorithm>
#include <optional>
#include <set>

#include "base/parallel.h"
#include "base/text.h"
#include "io/catalog/glad_archive.h"
#include "io/raster/projection.h"
#include "io/raster/raster.h"
#include "methods/series/composite.h"
#include "steps/scene_reader.h"

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

const char* const kCountVariable = "clear_count";

class CompositeStep : public Step {
 public:
  const StepInfo& info() const override {
    static const StepInfo info{"composite",
                               "Sums up the clear observations of each period, pixel by pixel",
                               "the scenes of a GLAD archive that fall into each period",
                               "one layer a band and statistic for every period (`red_p50`), and `clear_count`",
                               "7 bands x intervals of a period x rows of a block x 5 bytes, and twice that for "
                               "reading; the rows follow --memory",
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
  struct Scene {
    GladTile tile;
    int interval = 0;
    std::string identity;
  };
  struct Output {
    std::string variable;
    std::size_t band = 0, statistic = 0;
    Encoding encoding;
  };
  struct OpenScene {
    GladTile tile;
    std::size_t time = 0;
    std::unique_ptr<GladScene> file;
    std::string name;
    std::optional<double> clear_share;  ///< known after a first look
  };
  class Work;

  Result<const SourceSpec*> find_source(const Recipe& recipe) const;
  Result<std::vector<std::vector<GladTile>>> archive_tiles(const Cube& cube) const;
  Result<void> plan_task(Planning& planning, const Tile& tile, const Period& period, const std::vector<GladTile>& tiles,
                         const GladSurvey& survey);
  std::uint64_t bytes_per_row(std::int64_t cols, std::size_t times) const;
  std::int64_t rows_per_block(const Window& window, std::size_t times, std::uint64_t memory) const;
  void put_layers(Planning& planning, const Period& period) const;

  std::optional<std::string> source_;
  Value periods_ = "seasons";
  std::vector<std::string> statistics_{"p25", "p50", "p75"};
  bool count_ = true;
  double min_clear_ = 0.2;
  std::string encoding_ = "uint8";

  std::string step_name_;
  Cube cube_;
  std::vector<Output> outputs_;
  std::vector<series::Statistic> parsed_statistics_;
  series::QualityMask mask_;
  bool skip_bad_ = false;
  std::optional<GladArchive> archive_;
  std::map<std::string, std::vector<Scene>> scenes_;  ///< by task id
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

/// The GLAD tiles that each tile of the cube touches.
Result<std::vector<std::vector<GladTile>>> CompositeStep::archive_tiles(const Cube& cube) const {
  ECOCUBE_TRY_ASSIGN(const auto projection, Projection::between(cube.grid.crs, "EPSG:4326"));
  std::vector<std::vector<GladTile>> all;
  for (const Tile& tile : cube.tiles) {
    ECOCUBE_TRY_ASSIGN(const Bounds box, projection->transform_bounds(cube.grid.bounds(tile.window)));
    all.push_back(glad_tiles_touching(box));
  }
  return all;
}

void CompositeStep::put_layers(Planning& planning, const Period& period) const {
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    Layer layer;
    layer.variable = outputs_[i].variable;
    layer.kind = layer.variable == kCountVariable ? LayerKind::count : LayerKind::continuous;
    layer.encoding = outputs_[i].encoding;
    layer.period = period;
    layer.made_by = step_name_;
    layer.task = step_name_ + "/{tile}/" + period.id();
    layer.files = {{fmt::format("tiles/{{tile}}/{}/{}.tif", step_name_, period.id()), static_cast<int>(i) + 1}};
    planning.layers().put(std::move(layer));
  }
}

Result<void> CompositeStep::plan_task(Planning& planning, const Tile& tile, const Period& period,
                                      const std::vector<GladTile>& tiles, const GladSurvey& survey) {
  Task task;
  task.step = step_name_;
  task.tile = tile.name();
  task.period = period.id();
  std::vector<Scene> scenes;
  for (const GladRecord& record : survey.records) {
    const Day middle = glad_interval(record.interval_id).middle_day();
    if (!record.present || !period.holds(middle) || std::find(tiles.begin(), tiles.end(), record.tile) == tiles.end())
      continue;
    scenes.push_back({record.tile, record.interval_id, record.identity});
    task.inputs.push_back({record.location, record.identity});
  }
  // The tile's name is part of the facts because identities alone do not tell two scenes of one size and time apart.
  task.facts["scenes"] = Value::array();
  for (const Scene& scene : scenes)
    task.facts["scenes"].push_back(fmt::format("{}/{}", scene.tile.name(), scene.interval));
  task.facts["mask"] = mask_.codes();
  task.facts["bad_scene"] = skip_bad_ ? "skip" : "fail";
  task.outputs = {fmt::format("tiles/{}/{}/{}.tif", tile.name(), step_name_, period.id())};
  std::set<int> times;
  for (const Scene& scene : scenes) times.insert(scene.interval);
  const std::int64_t rows = rows_per_block(tile.window, times.size(), planning.memory_per_task());
  task.memory_bytes = bytes_per_row(tile.window.cols, times.size()) * static_cast<std::uint64_t>(rows);
  task.disk_bytes =
      static_cast<std::uint64_t>(tile.window.pixels()) * outputs_.size() * bytes_of(outputs_.front().encoding.type);
  scenes_[task.id()] = std::move(scenes);
  planning.add(std::move(task));
  return {};
}

Result<void> CompositeStep::plan(Planning& planning) {
  step_name_ = planning.step_name();
  cube_ = planning.cube();
  ECOCUBE_TRY_ASSIGN(const SourceSpec* source, find_source(planning.recipe()));
  if (auto parsed = series::QualityMask::parse(source->mask); !parsed) {
    return within(fmt::format("sources.{}.mask", source->name), parsed.error());
  } else {
    mask_ = *parsed;
  }
  skip_bad_ = source->bad_scene == "skip";
  const auto scheme = PeriodScheme::parse(periods_);
  if (!scheme) return within("periods", scheme.error());
  for (const std::string& name : statistics_) {
    const auto statistic = series::parse_statistic(name);
    if (!statistic) return within("statistics", statistic.error());
    if (statistic->kind == series::Statistic::Kind::count)
      return usage_error("statistics: count is an option of its own (count: true)");
    parsed_statistics_.push_back(*statistic);
  }
  if (parsed_statistics_.empty()) return usage_error("statistics: the list is empty");
  for (std::size_t band = 0; band < Observation::kBands; ++band) {
    const bool temperature = static_cast<int>(band) + 1 == kGladTemperatureBand;
    for (std::size_t i = 0; i < parsed_statistics_.size(); ++i) {
      const bool spread = parsed_statistics_[i].kind == series::Statistic::Kind::standard_deviation;
      outputs_.push_back({fmt::format("{}_{}", kGladBands[band], series::name_of(parsed_statistics_[i])), band, i,
                          encoding_of(encoding_, temperature, spread)});
    }
  }
  if (count_)
    outputs_.push_back({kCountVariable, 0, 0, {outputs_[0].encoding.type, 1, 0, outputs_[0].encoding.no_data, ""}});

  HttpOptions http;
  http.credentials = HttpCredentials::from_environment();
  auto archive = GladArchive::open(source->path, planning.cache(), std::move(http));
  if (!archive) return within(fmt::format("sources.{}", source->name), archive.error());
  archive_.emplace(std::move(*archive));
  ECOCUBE_TRY_ASSIGN(const auto tiles, archive_tiles(cube_));
  std::set<GladTile> all_tiles;
  for (const auto& list : tiles) all_tiles.insert(list.begin(), list.end());
  std::vector<Period> periods;
  std::set<int> intervals;
  for (const int year : cube_.years) {
    for (const Period& period : scheme->of_year(year)) {
      periods.push_back(period);
      for (const GladInterval& interval : glad_intervals_within(period.start, period.end))
        intervals.insert(interval.id());
    }
  }
  const std::vector<GladTile> tile_list(all_tiles.begin(), all_tiles.end());
  const std::vector<int> interval_list(intervals.begin(), intervals.end());
  auto survey = archive_->survey(tile_list, interval_list);
  if (!survey) return within(fmt::format("sources.{}", source->name), survey.error());
  if (survey->missing() > 0) planning.note(survey->missing_text());
  for (std::size_t i = 0; i < cube_.tiles.size(); ++i) {
    for (const Period& period : periods) ECOCUBE_TRY(plan_task(planning, cube_.tiles[i], period, tiles[i], *survey));
  }
  for (const Period& period : periods) put_layers(planning, period);
  return {};
}

std::uint64_t CompositeStep::bytes_per_row(std::int64_t cols, std::size_t times) const {
  constexpr std::uint64_t kNumber = sizeof(float) + 1;
  const auto width = static_cast<std::uint64_t>(cols);
  const std::uint64_t series = Observation::kBands * std::max<std::size_t>(1, times) * kNumber;
  const std::uint64_t observation = Observation::kBands * kNumber + 2 * sizeof(double);
  // A scene's window can hold twice the block's pixels when the grids are turned against each other.
  const std::uint64_t source = 2 * (8 * sizeof(std::uint16_t) + kNumber + 1);
  const std::uint64_t results = (outputs_.size() + 1) * kNumber;
  return width * (series + observation + source + results);
}

std::int64_t CompositeStep::rows_per_block(const Window& window, std::size_t times, std::uint64_t memory) const {
  constexpr std::int64_t kMost = 512;
  const auto fit = static_cast<std::int64_t>(memory / std::max<std::uint64_t>(1, bytes_per_row(window.cols, times)));
  std::int64_t rows = std::clamp<std::int64_t>(fit, 1, std::min(window.rows, kMost));
  if (rows > RasterWriter::kBlockRows && rows < window.rows) rows -= rows % RasterWriter::kBlockRows;
  return rows;
}

/// One task while it runs.
class CompositeStep::Work {
 public:
  Work(const CompositeStep& step, const Task& task, TaskRun& run)
      : step_(step), task_(task), run_(run), reader_(step.cube_.grid, step.mask_) {}
  Result<void> go();

 private:
  Result<void> open_scenes();
  Result<void> look_first();
  Result<void> read_block(const Window& block);
  Result<bool> take_scene(OpenScene& scene, std::size_t pixels);
  Result<void> write_block(const Window& block, RasterWriter& writer);
  /// Leaves a damaged scene out when the recipe allows it.
  Result<void> excuse(const std::string& name, const Error& error);
  bool too_cloudy(OpenScene& scene, std::size_t clear, std::size_t covered);

  const CompositeStep& step_;
  const Task& task_;
  TaskRun& run_;
  SceneReader reader_;
  Window window_;
  std::int64_t block_rows_ = 0;
  std::size_t times_ = 0;
  std::vector<OpenScene> scenes_;
  Observation seen_;
  std::vector<float> series_;  ///< [band][time][pixel]
  std::vector<std::uint8_t> series_valid_;
};

Result<void> CompositeStep::Work::excuse(const std::string& name, const Error& error) {
  if (!step_.skip_bad_ || error.blame != Blame::input) return Failure(error);
  run_.note(fmt::format("scene {} left out: {}", name, error.message));
  return {};
}

Result<void> CompositeStep::Work::open_scenes() {
  std::map<int, std::size_t> time_of;
  for (const Scene& scene : step_.scenes_.at(task_.id())) {
    const std::string name = fmt::format("{}/{}", scene.tile.name(), scene.interval);
    ECOCUBE_TRY_ASSIGN(const auto path, step_.archive_->find(scene.tile, scene.interval, scene.identity));
    if (!path) return input_error("scene {} has vanished from {}", name, step_.archive_->place());
    auto file = GladScene::open(*path, scene.tile);
    if (!file) {
      ECOCUBE_TRY(excuse(name, file.error()));
      continue;
    }
    const std::size_t time = time_of.emplace(scene.interval, time_of.size()).first->second;
    scenes_.push_back({scene.tile, time, std::move(*file), name, {}});
  }
  times_ = time_of.size();
  return {};
}

bool CompositeStep::Work::too_cloudy(OpenScene& scene, std::size_t clear, std::size_t covered) {
  if (!scene.clear_share) {
    scene.clear_share = covered == 0 ? 0.0 : static_cast<double>(clear) / static_cast<double>(covered);
    if (covered > 0 && step_.min_clear_ > *scene.clear_share) {
      run_.note(fmt::format("scene {} left out: {:.1f} % of its pixels here are clear", scene.name,
                            100 * *scene.clear_share));
    }
  }
  return *scene.clear_share < step_.min_clear_;
}

/// Reads every quality flag once, to know how clear a scene is on the whole tile before any block uses it.
Result<void> CompositeStep::Work::look_first() {
  std::vector<Observation> sums(scenes_.size());
  for (std::int64_t row = 0; row < window_.rows; row += block_rows_) {
    reader_.set_block({window_.row + row, window_.col, std::min(block_rows_, window_.rows - row), window_.cols});
    for (std::size_t i = 0; i < scenes_.size(); ++i) {
      if (!scenes_[i].file) continue;
      if (auto counted = reader_.count(*scenes_[i].file, scenes_[i].tile, sums[i]); !counted) {
        ECOCUBE_TRY(excuse(scenes_[i].name, counted.error()));
        scenes_[i].file.reset();
      }
    }
    run_.progress(0.4 * static_cast<double>(row + block_rows_) / static_cast<double>(window_.rows));
  }
  for (std::size_t i = 0; i < scenes_.size(); ++i) too_cloudy(scenes_[i], sums[i].clear, sums[i].covered);
  return {};
}

/// Reads one scene of the block into `seen_`; false when it is left out.
Result<bool> CompositeStep::Work::take_scene(OpenScene& scene, std::size_t pixels) {
  if (!scene.file || (scene.clear_share && *scene.clear_share < step_.min_clear_)) return false;
  seen_.reset(pixels);
  if (auto read = reader_.read(*scene.file, scene.tile, seen_); !read) {
    ECOCUBE_TRY(excuse(scene.name, read.error()));
    scene.file.reset();
    return false;
  }
  return scene.clear_share || !too_cloudy(scene, seen_.clear, seen_.covered);
}

Result<void> CompositeStep::Work::read_block(const Window& block) {
  const auto pixels = static_cast<std::size_t>(block.pixels());
  reader_.set_block(block);
  series_.assign(Observation::kBands * times_ * pixels, 0);
  series_valid_.assign(series_.size(), 0);
  for (OpenScene& scene : scenes_) {
    ECOCUBE_TRY_ASSIGN(const bool taken, take_scene(scene, pixels));
    if (!taken) continue;
    for (std::size_t band = 0; band < Observation::kBands; ++band) {
      const std::size_t to = (band * times_ + scene.time) * pixels, from = band * pixels;
      for (std::size_t i = 0; i < pixels; ++i) {
        if (!seen_.valid[from + i] || series_valid_[to + i]) continue;
        series_[to + i] = seen_.values[from + i];
        series_valid_[to + i] = 1;
      }
    }
  }
  return {};
}

Result<void> CompositeStep::Work::write_block(const Window& block, RasterWriter& writer) {
  const auto pixels = static_cast<std::size_t>(block.pixels());
  const std::size_t per_band = times_ * pixels;
  std::vector<series::Statistic> statistics = step_.parsed_statistics_;
  statistics.push_back({series::Statistic::Kind::count, 0});
  std::vector<float> results(statistics.size() * pixels);
  std::vector<std::uint8_t> valid(results.size());
  std::vector<float> counts(pixels, 0);
  std::vector<std::uint8_t> one_valid(pixels);
  for (std::size_t band = 0; band < Observation::kBands; ++band) {
    const std::span<const float> values{series_.data() + band * per_band, per_band};
    const std::span<const std::uint8_t> good{series_valid_.data() + band * per_band, per_band};
    parallel_for(pixels, 4096, [&](std::size_t begin, std::size_t end) {
      series::composite(values, good, pixels, {begin, end}, statistics, results, valid);
    });
    const double scale =
        static_cast<int>(band) + 1 == kGladTemperatureBand ? kGladTemperatureScale : kGladReflectanceScale;
    for (std::size_t i = 0; i < step_.outputs_.size(); ++i) {
      const Output& output = step_.outputs_[i];
      if (output.variable == kCountVariable || output.band != band) continue;
      const std::span<float> plane{results.data() + output.statistic * pixels, pixels};
      for (float& value : plane) value = static_cast<float>(output.encoding.encoded(value * scale));
      ECOCUBE_TRY(writer.write(i, block, plane, {valid.data() + output.statistic * pixels, pixels}));
    }
    const float* band_count = results.data() + (statistics.size() - 1) * pixels;
    for (std::size_t i = 0; i < pixels; ++i) counts[i] = std::max(counts[i], band_count[i]);
  }
  if (step_.count_) ECOCUBE_TRY(writer.write(step_.outputs_.size() - 1, block, counts, {}));
  return {};
}

Result<void> CompositeStep::Work::go() {
  ECOCUBE_TRY(open_scenes());
  window_ = step_.cube_.tile_named(task_.tile)->window;
  block_rows_ = step_.rows_per_block(window_, times_, run_.memory_bytes());
  // A block as large as the tile tells the clear share and damage by itself; otherwise a first look is needed, so that
  // a scene is used on all blocks or on none, whatever --memory says.
  const bool one_block = block_rows_ >= window_.rows;
  if (!one_block && (step_.min_clear_ > 0 || step_.skip_bad_)) ECOCUBE_TRY(look_first());
  std::vector<BandSpec> bands;
  for (const Output& output : step_.outputs_) {
    const bool counts = output.variable == kCountVariable;
    bands.push_back({output.variable, counts ? LayerKind::count : LayerKind::continuous, {}, output.encoding});
  }
  ECOCUBE_TRY_ASSIGN(auto writer, RasterWriter::create(run_.stage(task_.outputs.front()), step_.cube_.grid, window_,
                                                       step_.outputs_.front().encoding, bands));
  const double start = one_block ? 0 : 0.4;
  for (std::int64_t row = 0; row < window_.rows; row += block_rows_) {
    const Window block{window_.row + row, window_.col, std::min(block_rows_, window_.rows - row), window_.cols};
    ECOCUBE_TRY(read_block(block));
    ECOCUBE_TRY(write_block(block, *writer));
    run_.progress(start + (1 - start) * static_cast<double>(row + block.rows) / static_cast<double>(window_.rows));
  }
  return writer->close();
}

Result<void> CompositeStep::run(const Task& task, TaskRun& run) const {
  return Work(*this, task, run).go();
}

}  // namespace

std::unique_ptr<Step> make_composite_step() {
  return std::make_unique<CompositeStep>();
}

}  // namespace ecocube
