// SPDX-License-Identifier: Apache-2.0
#include "steps/composite_task.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "base/parallel.h"
#include "io/catalog/glad_scene.h"
#include "io/raster/raster.h"
#include "steps/scene_reader.h"

namespace ecocube {
namespace {

/// Scenes that a task holds open at once; a year of four GLAD tiles has 92.
constexpr std::size_t kMostOpen = 32;
/// Rows of a block if memory allows.
constexpr std::int64_t kMostRows = std::int64_t{4} * RasterWriter::kBlockRows;

/// A scene while its task runs.
struct Observed {
  GladTile tile;
  std::size_t time = 0;
  std::string name, path;
  std::unique_ptr<GladScene> file;    ///< none: closed for now
  bool damaged = false;               ///< left out
  std::optional<double> clear_share;  ///< known after a first look
};

class Work {
 public:
  Work(const CompositeRules& rules, const CompositeJob& job, const GladArchive& archive, TaskRun& run)
      : rules_(rules), job_(job), archive_(archive), run_(run), reader_(rules.grid, job.tile, rules.mask) {}
  Result<void> go(const std::string& output);

 private:
  Result<void> find_scenes();
  Result<GladScene*> opened(Observed& scene);
  Result<void> look_first();
  Result<void> read_block(const Window& block);
  Result<bool> take_scene(Observed& scene, std::size_t pixels);
  Result<void> write_block(const Window& block, RasterWriter& writer);
  Result<bool> write_all(const std::string& output);
  /// Leaves a damaged scene out when the recipe allows it.
  Result<void> excuse(Observed& scene, const Error& error);
  bool too_cloudy(Observed& scene, std::size_t clear, std::size_t covered);
  std::size_t damaged() const;
  Window block_at(std::int64_t row) const;

  const CompositeRules& rules_;
  const CompositeJob& job_;
  const GladArchive& archive_;
  TaskRun& run_;
  SceneReader reader_;
  std::int64_t block_rows_ = 0;
  double looked_ = 0;  ///< share of the work that the first look is
  std::size_t times_ = 0;
  std::vector<Observed> scenes_;
  std::vector<Observed*> open_;
  Observation seen_;
  std::vector<float> series_;  ///< [band][time][pixel]
  std::vector<std::uint8_t> series_valid_;
};

Result<void> Work::excuse(Observed& scene, const Error& error) {
  if (!rules_.skip_bad || error.blame != Blame::input) return Failure(error);
  run_.note(fmt::format("scene {} left out: {}", scene.name, error.message));
  scene.damaged = true;
  scene.file.reset();
  std::erase(open_, &scene);
  return {};
}

std::size_t Work::damaged() const {
  return static_cast<std::size_t>(
      std::count_if(scenes_.begin(), scenes_.end(), [](const auto& s) { return s.damaged; }));
}

Window Work::block_at(std::int64_t row) const {
  return {job_.tile.row + row, job_.tile.col, std::min(block_rows_, job_.tile.rows - row), job_.tile.cols};
}

Result<void> Work::find_scenes() {
  std::map<int, std::size_t> time_of;
  scenes_.reserve(job_.scenes.size());
  for (const CompositeScene& scene : job_.scenes) {
    ECOCUBE_TRY_ASSIGN(const auto path, archive_.find(scene.tile, scene.interval, scene.identity));
    if (!path) return input_error("scene {} has vanished from {}", scene.name(), archive_.place());
    const std::size_t time = time_of.emplace(scene.interval, time_of.size()).first->second;
    scenes_.push_back({scene.tile, time, scene.name(), *path, nullptr, false, {}});
  }
  times_ = time_of.size();
  for (Observed& scene : scenes_) {
    if (const auto file = opened(scene); !file) ECOCUBE_TRY(excuse(scene, file.error()));
  }
  return {};
}

/// Scenes are asked for round and round, so the one opened last is what is needed again last.
Result<GladScene*> Work::opened(Observed& scene) {
  if (scene.file) return scene.file.get();
  if (open_.size() >= kMostOpen) {
    open_.back()->file.reset();
    open_.pop_back();
  }
  ECOCUBE_TRY_ASSIGN(scene.file, GladScene::open(scene.path, scene.tile));
  open_.push_back(&scene);
  return scene.file.get();
}

bool Work::too_cloudy(Observed& scene, std::size_t clear, std::size_t covered) {
  if (!scene.clear_share) {
    scene.clear_share = covered == 0 ? 0.0 : static_cast<double>(clear) / static_cast<double>(covered);
    if (covered > 0 && rules_.min_clear > *scene.clear_share) {
      run_.note(fmt::format("scene {} left out: {:.1f} % of its pixels here are clear", scene.name,
                            100 * *scene.clear_share));
    }
  }
  return *scene.clear_share < rules_.min_clear;
}

/// Reads every quality flag once, to know how clear a scene is on the whole tile before any block uses it.
Result<void> Work::look_first() {
  std::vector<Observation> sums(scenes_.size());
  for (std::int64_t row = 0; row < job_.tile.rows; row += block_rows_) {
    reader_.set_block(block_at(row));
    for (std::size_t i = 0; i < scenes_.size(); ++i) {
      if (scenes_[i].damaged) continue;
      const auto file = opened(scenes_[i]);
      const auto counted = file ? reader_.count(**file, scenes_[i].tile, sums[i]) : Result<void>(Failure(file.error()));
      if (!counted) ECOCUBE_TRY(excuse(scenes_[i], counted.error()));
    }
    run_.progress(looked_ * static_cast<double>(row + block_rows_) / static_cast<double>(job_.tile.rows));
  }
  for (std::size_t i = 0; i < scenes_.size(); ++i) {
    if (!scenes_[i].damaged) too_cloudy(scenes_[i], sums[i].clear, sums[i].covered);
  }
  return {};
}

/// Reads one scene of the block into `seen_`; false when it is left out.
Result<bool> Work::take_scene(Observed& scene, std::size_t pixels) {
  if (scene.damaged || (scene.clear_share && *scene.clear_share < rules_.min_clear)) return false;
  seen_.reset(pixels);
  const auto file = opened(scene);
  const auto read = file ? reader_.read(**file, scene.tile, seen_) : Result<void>(Failure(file.error()));
  if (!read) {
    ECOCUBE_TRY(excuse(scene, read.error()));
    return false;
  }
  return scene.clear_share || !too_cloudy(scene, seen_.clear, seen_.covered);
}

Result<void> Work::read_block(const Window& block) {
  const auto pixels = static_cast<std::size_t>(block.pixels());
  reader_.set_block(block);
  series_.assign(Observation::kBands * times_ * pixels, 0);
  series_valid_.assign(series_.size(), 0);
  for (Observed& scene : scenes_) {
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

Result<void> Work::write_block(const Window& block, RasterWriter& writer) {
  const auto pixels = static_cast<std::size_t>(block.pixels());
  const std::size_t per_band = times_ * pixels;
  std::vector<series::Statistic> statistics = rules_.statistics;
  statistics.push_back({series::Statistic::Kind::count, 0});
  std::vector<float> results(statistics.size() * pixels);
  std::vector<std::uint8_t> valid(results.size());
  std::vector<float> counts(pixels, 0);
  for (std::size_t band = 0; band < Observation::kBands; ++band) {
    const std::span<const float> values{series_.data() + band * per_band, per_band};
    const std::span<const std::uint8_t> good{series_valid_.data() + band * per_band, per_band};
    parallel_for(pixels, 4096, [&](std::size_t begin, std::size_t end) {
      series::composite(values, good, pixels, {begin, end}, statistics, results, valid);
    });
    const double scale =
        static_cast<int>(band) + 1 == kGladTemperatureBand ? kGladTemperatureScale : kGladReflectanceScale;
    for (std::size_t i = 0; i < rules_.outputs.size(); ++i) {
      const CompositeOutput& output = rules_.outputs[i];
      if (output.is_count() || output.band != band) continue;
      const std::span<float> plane{results.data() + output.statistic * pixels, pixels};
      for (float& value : plane) value = static_cast<float>(output.encoding.encoded(value * scale));
      ECOCUBE_TRY(writer.write(i, block, plane, {valid.data() + output.statistic * pixels, pixels}));
    }
    const float* band_count = results.data() + (statistics.size() - 1) * pixels;
    for (std::size_t i = 0; i < pixels; ++i) counts[i] = std::max(counts[i], band_count[i]);
  }
  if (rules_.outputs.back().is_count()) ECOCUBE_TRY(writer.write(rules_.outputs.size() - 1, block, counts, {}));
  return {};
}

Result<bool> Work::write_all(const std::string& output) {
  std::vector<BandSpec> bands;
  for (const CompositeOutput& layer : rules_.outputs) {
    const LayerKind kind = layer.is_count() ? LayerKind::count : LayerKind::continuous;
    bands.push_back({layer.variable, kind, {}, layer.encoding});
  }
  ECOCUBE_TRY_ASSIGN(auto writer, RasterWriter::create(run_.stage(output), rules_.grid, job_.tile,
                                                       rules_.outputs.front().encoding, bands));
  for (std::int64_t row = 0; row < job_.tile.rows; row += block_rows_) {
    const Window block = block_at(row);
    const std::size_t before = damaged();
    ECOCUBE_TRY(read_block(block));
    if (row > 0 && damaged() > before) return false;
    ECOCUBE_TRY(write_block(block, *writer));
    const double done = static_cast<double>(row + block.rows) / static_cast<double>(job_.tile.rows);
    run_.progress(looked_ + (1 - looked_) * done);
  }
  ECOCUBE_TRY(writer->close());
  return true;
}

Result<void> Work::go(const std::string& output) {
  ECOCUBE_TRY(find_scenes());
  block_rows_ = job_.rows_per_block(rules_, run_.memory_bytes());
  // A block as large as the tile tells the clear share by itself; otherwise a first look is needed, so that a scene is
  // used on all blocks or on none, whatever --memory says.
  if (block_rows_ < job_.tile.rows && rules_.min_clear > 0) {
    looked_ = 0.4;
    ECOCUBE_TRY(look_first());
  }
  // For the same reason damage met further down means to begin anew without that scene.
  bool done = false;
  while (!done) {
    ECOCUBE_TRY_ASSIGN(done, write_all(output));
  }
  return {};
}

}  // namespace

Result<SourceExtent> SourceExtent::of(const Grid& grid, const Window& tile, const Projection& to_degrees) {
  const auto box = [&](std::int64_t row, std::int64_t rows) {
    return to_degrees.transform_bounds(grid.bounds({tile.row + row, tile.col, rows, tile.cols}));
  };
  ECOCUBE_TRY_ASSIGN(const Bounds whole, box(0, tile.rows));
  SourceExtent extent;
  // On each side half a pixel of the cube's, which the box has already, and what GridMapping adds.
  constexpr double kBeside = 6;
  extent.cols_ = (whole.max_x - whole.min_x) / kGladPixel + kBeside;
  const std::int64_t some = std::min(tile.rows, kMostRows);
  for (const bool top : {true, false}) {
    ECOCUBE_TRY_ASSIGN(const Bounds one, box(top ? 0 : tile.rows - 1, 1));
    ECOCUBE_TRY_ASSIGN(const Bounds more, box(top ? 0 : tile.rows - some, some));
    const double first = one.max_y - one.min_y, last = more.max_y - more.min_y;
    extent.rows_of_one_ = std::max(extent.rows_of_one_, first / kGladPixel + kBeside);
    if (some > 1)
      extent.rows_of_next_ =
          std::max(extent.rows_of_next_, (last - first) / kGladPixel / static_cast<double>(some - 1));
  }
  return extent;
}

std::uint64_t SourceExtent::pixels(std::int64_t rows) const {
  const double most = kGladTilePixels, needed = rows_of_one_ + rows_of_next_ * static_cast<double>(rows - 1);
  return static_cast<std::uint64_t>(std::ceil(std::min(most, cols_)) * std::ceil(std::min(most, needed)));
}

std::size_t CompositeJob::times() const {
  std::set<int> intervals;
  for (const CompositeScene& scene : scenes) intervals.insert(scene.interval);
  return intervals.size();
}

std::uint64_t CompositeJob::bytes_of_block(const CompositeRules& rules, std::int64_t rows) const {
  constexpr std::uint64_t kNumber = sizeof(float) + 1;
  const std::uint64_t series = Observation::kBands * std::max<std::size_t>(1, times()) * kNumber;
  const std::uint64_t results = (rules.statistics.size() + 1) * kNumber + sizeof(float);
  const std::uint64_t files = std::min(kMostOpen, scenes.size()) + 1;
  return static_cast<std::uint64_t>(rows * tile.cols) * (series + SceneReader::kBytesPerPixel + results) +
         source.pixels(rows) * SceneReader::kBytesPerSourcePixel + files * RasterWriter::kOpenFileBytes +
         RasterWriter::most_waiting_bytes(tile, rows, rules.outputs.front().encoding.type, rules.outputs.size());
}

std::int64_t CompositeJob::rows_per_block(const CompositeRules& rules, std::uint64_t memory) const {
  // Every block costs a look into each scene: several stripes at once are better if they fit.
  for (std::int64_t rows = kMostRows; rows > RasterWriter::kBlockRows; rows -= RasterWriter::kBlockRows) {
    const std::int64_t some = std::min(rows, tile.rows);
    if (bytes_of_block(rules, some) <= memory) return some;
  }
  return RasterWriter::rows_within(memory, tile, [&](std::int64_t rows) { return bytes_of_block(rules, rows); });
}

Result<void> run_composite(const CompositeRules& rules, const CompositeJob& job, const GladArchive& archive,
                           const std::string& output, TaskRun& run) {
  return Work(rules, job, archive, run).go(output);
}

}  // namespace ecocube
