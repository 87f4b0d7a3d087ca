// SPDX-License-Identifier: Apache-2.0
#include "steps/composite_task.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <tuple>

#include "base/parallel.h"
#include "io/raster/projection.h"
#include "io/raster/raster.h"
#include "steps/composite_block.h"
#include "steps/scene_looks.h"

namespace ecocube {
namespace {

/// Rows of a block if memory allows.
constexpr std::int64_t kMostRows = std::int64_t{2} * RasterWriter::kBlockRows;

/// Side of a pixel of the cube; degrees are those of a meridian.
double metres_of_pixel(const Grid& grid) {
  constexpr double kMetresOfDegree = 111319.49;
  return grid.pixel * (is_geographic(grid.crs) ? kMetresOfDegree : 1);
}

/// Time that threads spend on a kind of work, together.
class Stopwatch {
 public:
  template <class Act>
  auto measure(const Act& act) {
    const auto start = std::chrono::steady_clock::now();
    auto result = act();
    nanoseconds_ +=
        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - start).count();
    return result;
  }
  double seconds() const { return static_cast<double>(nanoseconds_.load()) * 1e-9; }

 private:
  std::atomic<std::int64_t> nanoseconds_ = 0;
};

/// Writes one output file, block by block: while one is composed and written, the next is read.
class Work {
 public:
  Work(const CompositeRules& rules, const CompositeJob& job, TaskRun& run)
      : rules_(rules), job_(job), run_(run), looks_(rules, job, run) {}
  Result<void> go(const std::string& output);

 private:
  Result<bool> write_all(const std::string& output);
  void choose_times();
  Result<void> fill(std::size_t number, const Window& block, SceneStacks& stacks);
  Result<void> write_block(const Window& block, SceneStacks& stacks, RasterWriter& writer);
  Result<void> write_planes(const Window& block, RasterWriter& writer);
  Window block_at(std::int64_t row) const;
  void note_shares();

  const CompositeRules& rules_;
  const CompositeJob& job_;
  TaskRun& run_;
  SceneLooks looks_;
  std::int64_t block_rows_ = 0;
  SceneSlots slots_;
  std::vector<std::size_t> used_;  ///< slots with a scene that is used, in order of time: the planes of the stacks
  CompositeTimes times_;
  CompositeBlock composed_;
  Stopwatch reading_, composing_, writing_;
};

Window Work::block_at(std::int64_t row) const {
  return {job_.tile.row + row, job_.tile.col, std::min(block_rows_, job_.tile.rows - row), job_.tile.cols};
}

/// The slots that have a scene to be used, their weights and orbits.
void Work::choose_times() {
  used_.clear();
  times_ = {};
  std::vector<int> days;
  std::vector<double> clear;
  for (std::size_t slot = 0; slot < slots_.scenes.size(); ++slot) {
    double share = 0;
    bool any = false;
    for (const std::size_t scene : slots_.scenes[slot]) {
      if (!looks_.is_used(scene)) continue;
      any = true;
      share = std::max(share, looks_.clear_share(scene).value_or(0));
    }
    if (!any) continue;
    const bool new_orbit = used_.empty() || slots_.orbits[slot] != slots_.orbits[used_.back()];
    if (rules_.merge == SceneMerge::stitch && new_orbit) times_.orbit_begins.push_back(used_.size());
    used_.push_back(slot);
    clear.push_back(share);
    days.push_back(static_cast<int>(job_.scenes[slots_.scenes[slot].front()].day.time_since_epoch().count()));
  }
  if (!times_.orbit_begins.empty()) times_.orbit_begins.push_back(used_.size());
  times_.count = used_.size();
  times_.days = days;
  times_.first_day = static_cast<int>(job_.period.start.time_since_epoch().count());
  times_.last_day = static_cast<int>(job_.period.end.time_since_epoch().count());
  times_.year = job_.period.year;
  if (rules_.weights == SceneWeights::clear) times_.weights = clear;
  if (rules_.weights == SceneWeights::centre) {
    times_.weights = series::centre_weights(days, times_.first_day, times_.last_day);
  }
}

/// Reads the scenes of one slot onto a block: into their plane of the stacks if any is used, else only to count.
Result<void> Work::fill(std::size_t slot, const Window& block, SceneStacks& stacks) {
  const auto at = std::find(used_.begin(), used_.end(), slot);
  std::vector<NumberPlane> planes;
  for (std::size_t band = 0; at != used_.end() && band < rules_.source->product().bands.size(); ++band)
    planes.push_back(stacks.plane(band, static_cast<std::size_t>(at - used_.begin())));
  const std::span<float> metres =
      at != used_.end() ? stacks.cloud_metres(static_cast<std::size_t>(at - used_.begin())) : std::span<float>();
  bool is_first = true;
  for (const std::size_t scene : slots_.scenes[slot]) {
    ECOCUBE_TRY(looks_.read(scene, block, planes, is_first, metres));
    if (looks_.is_used(scene)) is_first = false;
  }
  return {};
}

Result<void> Work::write_planes(const Window& block, RasterWriter& writer) {
  for (std::size_t output = 0; output < rules_.outputs.size(); ++output) {
    ECOCUBE_TRY(std::visit(
        [&](auto* numbers) {
          using T = std::remove_pointer_t<decltype(numbers)>;
          return writer.write_stored<T>(output, block,
                                        std::span<const T>(numbers, static_cast<std::size_t>(block.pixels())));
        },
        composed_.plane(output)));
  }
  return {};
}

Result<void> Work::write_block(const Window& block, SceneStacks& stacks, RasterWriter& writer) {
  composing_.measure([&] {
    composed_.compose(rules_, times_, stacks);
    return 0;
  });
  return writing_.measure([&] { return write_planes(block, writer); });
}

/// One pass over the tile; false when it was found that other scenes are to be used.
Result<bool> Work::write_all(const std::string& output) {
  choose_times();
  std::vector<BandSpec> bands;
  for (const CompositeOutput& layer : rules_.outputs) {
    bands.push_back({layer.variable, layer.kind(), {}, layer.encoding});
  }
  ECOCUBE_TRY_ASSIGN(auto writer, RasterWriter::create(run_.stage(output), rules_.scenes.grid, job_.tile,
                                                       rules_.outputs.front().encoding, bands));
  looks_.begin_pass();
  SceneStacks stacks[2];
  const std::int64_t blocks = (job_.tile.rows + block_rows_ - 1) / block_rows_;
  for (std::int64_t number = 0; number <= blocks; ++number) {
    const bool writes = number > 0, reads = number < blocks;
    SceneStacks &next = stacks[number % 2], &last = stacks[(number + 1) % 2];
    const Window block = reads ? block_at(number * block_rows_) : Window{};
    if (reads) next.resize(rules_, used_.size(), static_cast<std::size_t>(block.pixels()));
    const std::size_t lanes = reads ? std::min(SceneLooks::kLanes, slots_.scenes.size()) : 0;
    std::vector<Result<void>> outcomes(slots_.scenes.size() + 1);
    std::atomic<std::size_t> slot = 0;
    parallel_for(lanes + 1, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t unit = begin; unit < end; ++unit) {
        if (unit == 0 && writes) outcomes.back() = write_block(block_at((number - 1) * block_rows_), last, *writer);
        if (unit == 0) continue;
        for (std::size_t mine = slot++; mine < slots_.scenes.size(); mine = slot++)
          outcomes[mine] = reading_.measure([&] { return fill(mine, block, next); });
      }
    });
    for (const auto& outcome : outcomes) ECOCUBE_TRY(outcome);
    if (looks_.must_begin_anew()) return false;
    run_.progress(looks_.share_of_work() +
                  (1 - looks_.share_of_work()) * static_cast<double>(number) / static_cast<double>(blocks));
  }
  if (!looks_.prove()) return false;
  ECOCUBE_TRY(writer->close());
  return true;
}

void Work::note_shares() {
  const double all = std::max(1e-9, reading_.seconds() + composing_.seconds() + writing_.seconds());
  run_.note(fmt::format("read {:.0f} %, kernels {:.0f} %, write {:.0f} %", 100 * reading_.seconds() / all,
                        100 * composing_.seconds() / all, 100 * writing_.seconds() / all));
}

Result<void> Work::go(const std::string& output) {
  ECOCUBE_TRY_ASSIGN(const SourceExtent extent, looks_.open_all());
  CompositeJob known = job_;
  known.source = extent;
  block_rows_ = known.rows_per_block(rules_, run_.memory_bytes());
  slots_ = slots_of(job_.scenes, rules_.merge);
  ECOCUBE_TRY(reading_.measure([&] { return looks_.look_first(slots_, block_rows_); }));
  bool done = false;
  while (!done) {
    ECOCUBE_TRY_ASSIGN(done, write_all(output));
  }
  looks_.note_left_out();
  note_shares();
  return {};
}

}  // namespace

SourceExtent SourceExtent::of(const GridMapping& mapping, const Window& tile) {
  SourceExtent extent;
  if (mapping.shift()) return extent;
  extent.copies_ = false;
  const auto box = [&](std::int64_t row, std::int64_t rows) {
    return mapping.source_window(mapping.positions({tile.row + row, tile.col, rows, tile.cols}));
  };
  const std::int64_t some = std::min(tile.rows, kMostRows);
  std::int64_t left = INT64_MAX, right = INT64_MIN;
  for (const bool top : {true, false}) {
    const Window one = box(top ? 0 : tile.rows - 1, 1), more = box(top ? 0 : tile.rows - some, some);
    if (!more.empty()) left = std::min(left, more.col), right = std::max(right, more.col + more.cols);
    extent.rows_of_one_ = std::max(extent.rows_of_one_, static_cast<double>(one.rows));
    if (some > 1) {
      const double slope = static_cast<double>(more.rows - one.rows) / static_cast<double>(some - 1);
      extent.rows_of_next_ = std::max(extent.rows_of_next_, slope);
    }
  }
  extent.cols_ = static_cast<double>(std::max<std::int64_t>(0, left > right ? 0 : right - left));
  return extent;
}

std::uint64_t SourceExtent::pixels(std::int64_t rows) const {
  return static_cast<std::uint64_t>(cols_ * std::ceil(rows_of_one_ + rows_of_next_ * static_cast<double>(rows - 1)));
}

SceneSlots slots_of(const std::vector<TileScene>& scenes, SceneMerge merge) {
  std::map<std::tuple<std::string, Day, std::size_t>, std::vector<std::size_t>> by_time;
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    const std::string orbit = merge == SceneMerge::stitch ? scenes[i].orbit : "";
    by_time[{orbit, scenes[i].day, merge == SceneMerge::none ? i : 0}].push_back(i);
  }
  SceneSlots slots;
  for (auto& [key, members] : by_time) {
    if (merge == SceneMerge::newest) {
      std::stable_sort(members.begin(), members.end(),
                       [&](std::size_t a, std::size_t b) { return scenes[a].time > scenes[b].time; });
    }
    slots.scenes.push_back(std::move(members));
    slots.orbits.push_back(std::get<0>(key));
  }
  return slots;
}

std::uint64_t CompositeJob::bytes_of_clouds(const CompositeRules& rules, std::int64_t rows) const {
  if (!rules.needs_cloud_distance()) return 0;
  const double own = static_cast<double>(rows * tile.cols);
  // So many pixels of the scene lie along one of the cube.
  const double finer = source.is_copy() ? 1 : std::sqrt(static_cast<double>(source.pixels(rows)) / own);
  const double halo = 2 * rules.scenes.cloud_metres / metres_of_pixel(rules.scenes.grid);
  const double all = (static_cast<double>(rows) + halo) * (static_cast<double>(tile.cols) + halo) * finer * finer;
  return static_cast<std::uint64_t>(all) * (SceneReader::kBytesPerCloudPixel + 2 * rules.scenes.mask->bands().size()) +
         static_cast<std::uint64_t>(own * finer * finer) * SceneReader::bytes_per_source_pixel(rules.scenes);
}

std::uint64_t CompositeJob::bytes_of_block(const CompositeRules& rules, std::int64_t rows) const {
  const auto pixels = static_cast<std::uint64_t>(rows * tile.cols);
  const std::size_t times = slots_of(scenes, rules.merge).scenes.size(), lanes = std::min(SceneLooks::kLanes, times);
  // Where pixels are copied, a lane holds the mask alone.
  const std::uint64_t lane = source.is_copy()
                                 ? pixels * 3
                                 : pixels * SceneReader::kBytesPerPixel +
                                       source.pixels(rows) * SceneReader::bytes_per_source_pixel(rules.scenes);
  const auto selections = CompositeBlock::bytes_of_selections(rules, times, pixels);
  const std::uint64_t files = std::min(SceneLooks::kMostOpen, scenes.size()) + 1;
  return pixels * (2 * SceneStacks::bytes_per_pixel(rules, times) + CompositeBlock::bytes_per_pixel(rules)) +
         selections + lanes * (lane + bytes_of_clouds(rules, rows)) + files * RasterWriter::kOpenFileBytes +
         RasterWriter::most_waiting_bytes(tile, rows, rules.type(), rules.outputs.size());
}

std::int64_t CompositeJob::rows_per_block(const CompositeRules& rules, std::uint64_t memory) const {
  // What blocks read beside their own rows is read twice: several stripes at once are better if they fit.
  for (std::int64_t rows = kMostRows; rows > RasterWriter::kBlockRows; rows -= RasterWriter::kBlockRows) {
    const std::int64_t some = std::min(rows, tile.rows);
    if (!source.is_copy() && bytes_of_block(rules, some) <= memory) return some;
  }
  return RasterWriter::rows_within(memory, tile, [&](std::int64_t rows) { return bytes_of_block(rules, rows); });
}

Result<void> run_composite(const CompositeRules& rules, const CompositeJob& job, const std::string& output,
                           TaskRun& run) {
  return Work(rules, job, run).go(output);
}

}  // namespace ecocube
