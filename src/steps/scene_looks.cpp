// SPDX-License-Identifier: Apache-2.0
#include "steps/scene_looks.h"

#include <algorithm>
#include <cmath>

#include "base/parallel.h"

namespace ecocube {
namespace {

/// A guess looks at so many rows in each so many, of tiles that have enough of them.
constexpr std::int64_t kGuessRows = 2, kGuessStep = 64, kFewestRowsToGuess = 512;
/// Guesses that come as near as this to `min_clear` are not trusted.
constexpr double kUnsure = 0.04;

double share_of(const ClearTally& tally) {
  return tally.covered == 0 ? 0.0 : static_cast<double>(tally.clear) / static_cast<double>(tally.covered);
}

}  // namespace

class SceneLooks::Lane {
 public:
  Lane(SceneLooks& looks, const Window& block) : looks_(looks) {
    {
      const std::lock_guard lock(looks_.mutex_);
      if (!looks_.lanes_.empty()) {
        reader_ = std::move(looks_.lanes_.back());
        looks_.lanes_.pop_back();
      }
    }
    if (!reader_) reader_ = std::make_unique<SceneReader>(looks_.rules_.scenes, looks_.job_.tile);
    reader_->set_block(block);
  }
  ~Lane() {
    const std::lock_guard lock(looks_.mutex_);
    looks_.lanes_.push_back(std::move(reader_));
  }
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;
  SceneReader* operator->() { return reader_.get(); }

 private:
  SceneLooks& looks_;
  std::unique_ptr<SceneReader> reader_;
};

SceneLooks::SceneLooks(const CompositeRules& rules, const CompositeJob& job, TaskRun& run)
    : rules_(rules), job_(job), run_(run), scenes_(job.scenes.size()) {
  for (std::size_t scene = 0; scene < scenes_.size(); ++scene) {
    for (std::size_t band = 0; band < rules_.source->product().bands.size(); ++band)
      scenes_[scene].recodings.push_back(rules_.source->recoding(job_.scenes[scene], band));
  }
}

Result<void> SceneLooks::excuse(std::size_t scene, const Error& error) {
  if (!rules_.skip_bad || error.blame != Blame::input) return Failure(error);
  const std::string& name = job_.scenes[scene].name;
  std::string_view reason = error.message;
  const std::string prefix = fmt::format("scene {}: ", name);
  if (reason.starts_with(prefix)) reason.remove_prefix(prefix.size());
  run_.note(fmt::format("scene {} left out: {}", name, reason));
  scenes_[scene].damaged = true;
  scenes_[scene].file.reset();
  damage_ = true;
  return {};
}

Result<SceneFile*> SceneLooks::opened(std::size_t scene) {
  State& state = scenes_[scene];
  if (!state.file) {
    ECOCUBE_TRY_ASSIGN(state.file, rules_.source->open(job_.scenes[scene], pool_));
  }
  return state.file.get();
}

void SceneLooks::close_again(std::size_t scene) {
  if (rules_.source->holds_files() && scenes_.size() > kMostOpen) scenes_[scene].file.reset();
}

Result<SourceExtent> SceneLooks::open_all() {
  SourceExtent largest;
  std::vector<PixelFrame> seen;
  for (std::size_t scene = 0; scene < scenes_.size(); ++scene) {
    const auto file = opened(scene);
    if (!file) {
      ECOCUBE_TRY(excuse(scene, file.error()));
      continue;
    }
    for (std::size_t band = 0; band < rules_.source->product().bands.size() + rules_.source->mask().bands().size();
         ++band) {
      const PixelFrame& frame = (*file)->frame(band);
      if (std::find(seen.begin(), seen.end(), frame) != seen.end()) continue;
      seen.push_back(frame);
      auto mapping = GridMapping::make(rules_.scenes.grid, frame);
      if (!mapping) {
        ECOCUBE_TRY(excuse(scene, within(fmt::format("scene {}", job_.scenes[scene].name), mapping.error()).value()));
        break;
      }
      const SourceExtent extent = SourceExtent::of(**mapping, job_.tile);
      if (extent.pixels(job_.tile.rows) > largest.pixels(job_.tile.rows)) largest = extent;
    }
    close_again(scene);
  }
  return largest;
}

/// Reads the mask of the whole tile.
Result<void> SceneLooks::look_at(std::size_t scene, std::int64_t rows) {
  State& state = scenes_[scene];
  state.tally = {};
  ECOCUBE_TRY_ASSIGN(SceneFile * file, opened(scene));
  for (std::int64_t row = 0; row < job_.tile.rows; row += rows) {
    Lane lane(*this, {job_.tile.row + row, job_.tile.col, std::min(rows, job_.tile.rows - row), job_.tile.cols});
    ECOCUBE_TRY(lane->look(*file, job_.scenes[scene].name, state.tally));
  }
  close_again(scene);
  return {};
}

Result<void> SceneLooks::guess_at(std::size_t scene) {
  State& state = scenes_[scene];
  state.tally = {};
  ECOCUBE_TRY_ASSIGN(SceneFile * file, opened(scene));
  Lane lane(*this, {job_.tile.row, job_.tile.col, 1, job_.tile.cols});
  ECOCUBE_TRY(lane->sample(*file, job_.scenes[scene].name, kGuessRows, kGuessStep, state.tally));
  close_again(scene);
  return {};
}

Result<void> SceneLooks::for_all(const std::vector<std::size_t>& scenes,
                                 const std::function<Result<void>(std::size_t scene)>& act) {
  std::vector<Result<void>> outcomes(scenes.size());
  std::atomic<std::size_t> next = 0;
  parallel_for(std::min(kLanes, scenes.size()), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t unit = begin; unit < end; ++unit) {
      for (std::size_t mine = next++; mine < scenes.size(); mine = next++) {
        outcomes[mine] = act(scenes[mine]);
        if (outcomes[mine]) continue;
        const std::lock_guard lock(mutex_);
        outcomes[mine] = excuse(scenes[mine], Error(outcomes[mine].error()));
      }
    }
  });
  for (const auto& outcome : outcomes) ECOCUBE_TRY(outcome);
  return {};
}

/// Takes the share that was counted over the whole tile.
void SceneLooks::settle(std::size_t scene) {
  scenes_[scene].share = share_of(scenes_[scene].tally);
  scenes_[scene].touches = scenes_[scene].tally.covered > 0;
  scenes_[scene].left_out = *scenes_[scene].share < rules_.min_clear;
}

Result<void> SceneLooks::look_first(SceneSlots& slots, std::int64_t block_rows) {
  const bool by_quality = rules_.merge == SceneMerge::best || rules_.merge == SceneMerge::stitch;
  const bool ordered = by_quality && std::any_of(slots.scenes.begin(), slots.scenes.end(),
                                                 [](const auto& members) { return members.size() > 1; });
  const bool needs_all = ordered || rules_.weights == SceneWeights::clear;
  if (rules_.min_clear <= 0 && !needs_all) return {};
  std::vector<std::size_t> open;
  for (std::size_t scene = 0; scene < scenes_.size(); ++scene) {
    if (!scenes_[scene].damaged) open.push_back(scene);
  }
  const bool guesses = rules_.source->mask_costs_all() && !needs_all && job_.tile.rows >= kFewestRowsToGuess;
  if (guesses) {
    ECOCUBE_TRY(for_all(open, [this](std::size_t scene) { return guess_at(scene); }));
    std::erase_if(open, [&](std::size_t scene) {
      const double share = share_of(scenes_[scene].tally);
      scenes_[scene].left_out = share < rules_.min_clear;
      return scenes_[scene].damaged || std::abs(share - rules_.min_clear) > kUnsure;
    });
  }
  ECOCUBE_TRY(for_all(open, [&](std::size_t scene) { return look_at(scene, block_rows); }));
  looked_ = rules_.source->mask_costs_all()
                ? 0.4 * static_cast<double>(open.size()) / static_cast<double>(std::max<std::size_t>(1, scenes_.size()))
                : 0.1;
  for (const std::size_t scene : open) {
    if (!scenes_[scene].damaged) settle(scene);
  }
  for (auto& members : slots.scenes) {
    if (!ordered) break;
    std::stable_sort(members.begin(), members.end(), [&](std::size_t a, std::size_t b) {
      const double share_a = scenes_[a].share.value_or(-1), share_b = scenes_[b].share.value_or(-1);
      return share_a != share_b ? share_a > share_b : job_.scenes[a].time > job_.scenes[b].time;
    });
  }
  return {};
}

void SceneLooks::begin_pass() {
  damage_ = false;
  for (State& state : scenes_) state.tally = {};
}

Result<void> SceneLooks::read(std::size_t scene, const Window& block, std::span<const NumberPlane> planes,
                              bool is_first, std::span<float> cloud_metres) {
  State& state = scenes_[scene];
  const bool counts = rules_.min_clear > 0 && !state.share;
  if (state.damaged || (state.left_out && !counts)) return {};
  const auto file = opened(scene);
  Result<void> done;
  if (!file) {
    done = Failure(file.error());
  } else {
    Lane lane(*this, block);
    const std::string& name = job_.scenes[scene].name;
    done = state.left_out ? lane->look(**file, name, state.tally)
                          : lane->read(**file, name, state.recodings, planes, is_first, state.tally, cloud_metres);
  }
  if (!done) {
    const std::lock_guard lock(mutex_);
    return excuse(scene, Error(done.error()));
  }
  close_again(scene);
  return {};
}

bool SceneLooks::prove() {
  bool right = true;
  for (std::size_t scene = 0; scene < scenes_.size(); ++scene) {
    State& state = scenes_[scene];
    if (state.damaged || state.share || rules_.min_clear <= 0) continue;
    const bool guessed = state.left_out;
    settle(scene);
    right = right && guessed == state.left_out;
  }
  return right;
}

void SceneLooks::note_left_out() {
  for (std::size_t scene = 0; scene < scenes_.size(); ++scene) {
    const State& state = scenes_[scene];
    // A scene that has nothing on this tile is none of it.
    if (state.damaged || !state.left_out || !state.touches) continue;
    run_.note(fmt::format("scene {} left out: {:.1f} % of its pixels here are clear", job_.scenes[scene].name,
                          100 * *state.share));
  }
}

}  // namespace ecocube
