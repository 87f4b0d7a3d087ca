// SPDX-License-Identifier: Apache-2.0
#include "steps/series_engine.h"

#include <tbb/task_arena.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <optional>

#include "base/parallel.h"
#include "steps/series_engine_block.h"
#include "steps/series_engine_layout.h"

namespace ecocube {
namespace {

double seconds_of(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Seconds that all threads together spent on one thing: on the wall, and of the processor.
class Stopwatch {
 public:
  /// Counts from its making to its end.
  class Lap {
   public:
    explicit Lap(Stopwatch& watch)
        : watch_(watch), wall_(seconds_of(CLOCK_MONOTONIC)), processor_(seconds_of(CLOCK_THREAD_CPUTIME_ID)) {}
    ~Lap() {
      watch_.add(watch_.wall_, seconds_of(CLOCK_MONOTONIC) - wall_);
      watch_.add(watch_.processor_, seconds_of(CLOCK_THREAD_CPUTIME_ID) - processor_);
    }
    Lap(const Lap&) = delete;
    Lap& operator=(const Lap&) = delete;

   private:
    Stopwatch& watch_;
    double wall_, processor_;
  };
  double wall() const { return 1e-9 * static_cast<double>(wall_.load()); }
  double processor() const { return 1e-9 * static_cast<double>(processor_.load()); }

 private:
  static void add(std::atomic<std::int64_t>& sum, double seconds) { sum += static_cast<std::int64_t>(1e9 * seconds); }
  std::atomic<std::int64_t> wall_ = 0, processor_ = 0;
};

/// One task while it runs.
class SeriesRun {
 public:
  SeriesRun(const SeriesJob& job, const SeriesLayout& layout, const Task& task, TaskRun& run)
      : job_(job),
        layout_(layout),
        task_(task),
        run_(run),
        window_(job.cube.tile_named(task.tile)->window),
        reader_(job.cube.grid, run.root(), SeriesLayout::kMostRead) {}

  Result<SeriesOutcome> go();

 private:
  /// A group on some rows of the tile.
  struct Piece {
    std::size_t group = 0;
    Window where;
  };
  Result<void> create_files();
  std::vector<Piece> pieces() const;
  Result<void> read(const Piece& piece, HeldBlock& block);
  Result<void> work_on(const Piece& piece, const HeldBlock& block);
  void run_kernel(const SeriesGroup& group, const HeldBlock& block);
  Result<void> write(const Piece& piece);
  void note_shares() const;

  const SeriesJob& job_;
  const SeriesLayout& layout_;
  const Task& task_;
  TaskRun& run_;
  const Window window_;
  LayerReader reader_;
  std::vector<std::unique_ptr<RasterWriter>> writers_;  ///< as layout_.files
  HeldBlock blocks_[2];
  HeldResults results_;
  SeriesOutcome outcome_;
  std::size_t count_ = 0;  ///< of the kernel, for the piece worked on
  Stopwatch reading_, kernels_, writing_;
};

Result<void> SeriesRun::create_files() {
  for (const SeriesFile& file : layout_.files) {
    const auto path = run_.stage(SeriesLayout::path_of(job_, file.name, task_.tile));
    ECOCUBE_TRY_ASSIGN(auto writer, RasterWriter::create(path, job_.cube.grid, window_, file.encoding, file.bands));
    writers_.push_back(std::move(writer));
  }
  return {};
}

/// All groups follow each other on every block, so that the bands of a file come in order.
std::vector<SeriesRun::Piece> SeriesRun::pieces() const {
  const std::int64_t block_rows = layout_.rows_per_block(job_, window_, run_.memory_bytes());
  std::vector<Piece> pieces;
  for (std::int64_t row = 0; row < window_.rows; row += block_rows) {
    const Window where{window_.row + row, window_.col, std::min(block_rows, window_.rows - row), window_.cols};
    for (std::size_t group = 0; group < job_.groups.size(); ++group) pieces.push_back({group, where});
  }
  return pieces;
}

Result<void> SeriesRun::read(const Piece& piece, HeldBlock& block) {
  const Stopwatch::Lap lap(reading_);
  return block.read(reader_, job_.cube, job_.groups[piece.group], task_.tile, piece.where);
}

Result<void> SeriesRun::work_on(const Piece& piece, const HeldBlock& block) {
  const SeriesGroup& group = job_.groups[piece.group];
  results_.begin(group, piece.where);
  run_kernel(group, block);
  outcome_.counts[piece.group] += count_;
  outcome_.cells += static_cast<std::size_t>(piece.where.pixels()) * group.inputs.size();
  return write(piece);
}

void SeriesRun::run_kernel(const SeriesGroup& group, const HeldBlock& block) {
  const std::size_t step = pixels_per_range(group);
  const auto in_ranges = [&](std::size_t pixels, const std::function<void(series::PixelRange)>& body) {
    parallel_for(pixels, step, [&](std::size_t begin, std::size_t end) {
      const Stopwatch::Lap lap(kernels_);
      for (std::size_t from = begin; from < end; from += step) body({from, std::min(end, from + step)});
    });
  };
  std::shared_ptr<const void> prepared;
  {
    const Stopwatch::Lap lap(kernels_);
    prepared = group.kernel->prepare(block);
  }
  if (prepared) {
    in_ranges(block.pixels(),
              [&](series::PixelRange range) { group.kernel->prepare_range(block, prepared.get(), range); });
  }
  std::atomic<std::size_t> count = 0;
  in_ranges(static_cast<std::size_t>(block.where().pixels()),
            [&](series::PixelRange range) { count += group.kernel->run(block, prepared.get(), range, results_); });
  count_ = count;
}

/// Files do not know of each other, so several are written at once.
Result<void> SeriesRun::write(const Piece& piece) {
  const std::vector<SeriesPlace>& places = layout_.places[piece.group];
  std::vector<Result<void>> outcomes(layout_.files.size());
  parallel_for(layout_.files.size(), 1, [&](std::size_t begin, std::size_t end) {
    const Stopwatch::Lap lap(writing_);
    for (std::size_t output = 0; output < places.size(); ++output) {
      const SeriesPlace& place = places[output];
      if (place.file < begin || place.file >= end || !outcomes[place.file]) continue;
      outcomes[place.file] = results_.write(output, *writers_[place.file], place.band);
    }
  });
  for (const Result<void>& outcome : outcomes) ECOCUBE_TRY(outcome);
  return {};
}

void SeriesRun::note_shares() const {
  const double all = reading_.wall() + kernels_.wall() + writing_.wall();
  if (all <= 0) return;
  const auto share = [&](const Stopwatch& watch) { return 100 * watch.wall() / all; };
  const double speed = static_cast<double>(outcome_.cells) / std::max(1e-9, kernels_.processor()) / 1e6;
  run_.note(
      fmt::format("read {:.0f} %, kernels {:.0f} %, write {:.0f} %; {:.{}f} million px·dates per second and core "
                  "in kernels",
                  share(reading_), share(kernels_), share(writing_), speed, speed < 10 ? 1 : 0));
}

Result<SeriesOutcome> SeriesRun::go() {
  ECOCUBE_TRY(create_files());
  const std::vector<Piece> all = pieces();
  outcome_.counts.assign(job_.groups.size(), 0);
  // With one thread nothing is gained by reading ahead.
  const bool ahead = tbb::this_task_arena::max_concurrency() > 1;
  if (!all.empty()) ECOCUBE_TRY(read(all.front(), blocks_[0]));
  for (std::size_t i = 0; i < all.size(); ++i) {
    HeldBlock &present = blocks_[ahead ? i % 2 : 0], &next = blocks_[ahead ? (i + 1) % 2 : 0];
    const bool more = i + 1 < all.size();
    Result<void> worked, was_read;
    if (ahead && more) {
      parallel_for(2, 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t part = begin; part < end; ++part)
          part == 0 ? worked = work_on(all[i], present) : was_read = read(all[i + 1], next);
      });
    } else {
      worked = work_on(all[i], present);
      if (worked && more) was_read = read(all[i + 1], next);
    }
    ECOCUBE_TRY(worked);
    ECOCUBE_TRY(was_read);
    run_.progress(static_cast<double>(i + 1) / static_cast<double>(all.size()));
  }
  {
    const Stopwatch::Lap lap(writing_);
    for (const auto& writer : writers_) ECOCUBE_TRY(writer->close());
  }
  note_shares();
  return std::move(outcome_);
}

}  // namespace

Result<SeriesOutcome> run_series(const SeriesJob& job, const Task& task, TaskRun& run) {
  ECOCUBE_TRY_ASSIGN(const SeriesLayout layout, SeriesLayout::of(job));
  return SeriesRun(job, layout, task, run).go();
}

}  // namespace ecocube
