// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/catalog/scene_file.h"
#include "run/step.h"
#include "steps/composite_task.h"
#include "steps/scene_reader.h"

namespace ecocube {

/// The scenes of a task while it runs: which are open, damaged, too cloudy, and so which are used.
///
/// How clear a scene is on the whole tile must be known before any block uses it. Where the mask is a file of its own,
/// it is read first. Where reading the mask costs as much as reading everything (GLAD's files), a few rows tell what
/// the share will be; the tile is composed by that, every scene is counted on the way, and at the end the counts prove
/// the guess or, rarely, the tile is composed anew. So every file is unpacked once, and the result is that of knowing
/// all shares beforehand. For the same reason damage met further down means to begin anew without that scene.
class SceneLooks {
 public:
  /// Slots that are read at once, each with buffers of its own.
  static constexpr std::size_t kLanes = 4;
  /// Files that a task holds open at once; a year of four GLAD tiles has 92.
  static constexpr std::size_t kMostOpen = 32;

  SceneLooks(const CompositeRules& rules, const CompositeJob& job, TaskRun& run);

  /// Opens all scenes once and returns how many pixels of the largest of them blocks take.
  Result<SourceExtent> open_all();
  /// Finds out or guesses which scenes are clear enough; orders the scenes of a slot as the rules say.
  Result<void> look_first(SceneSlots& slots, std::int64_t block_rows);
  /// Share of the whole work that the first look was.
  double share_of_work() const { return looked_; }

  void begin_pass();
  bool is_used(std::size_t scene) const { return !scenes_[scene].damaged && !scenes_[scene].left_out; }
  /// Known after a full look or a pass.
  std::optional<double> clear_share(std::size_t scene) const { return scenes_[scene].share; }
  /// Reads a block of a scene that is used, or counts one that is not and whose share is open. Several scenes may be
  /// read at once, each by one thread.
  Result<void> read(std::size_t scene, const Window& block, std::span<const NumberPlane> planes, bool is_first,
                    std::span<float> cloud_metres);
  /// Whether a scene turned out to be damaged in this pass.
  bool must_begin_anew() const { return damage_; }
  /// After all blocks: whether all scenes were used rightly. If not, they will be in the next pass.
  bool prove();
  /// Names the scenes that were too cloudy in the run log.
  void note_left_out();

 private:
  struct State {
    std::unique_ptr<SceneFile> file;  ///< none: closed for now
    bool damaged = false;
    bool left_out = false;        ///< too cloudy, known or guessed
    std::optional<double> share;  ///< of the tile's pixels that are clear
    bool touches = false;         ///< has pixels on the tile; known with `share`
    ClearTally tally;             ///< of this pass so far
    std::vector<SceneRecoding> recodings;
  };
  /// A reader for the calling thread alone, while it lives.
  class Lane;

  Result<SceneFile*> opened(std::size_t scene);
  void close_again(std::size_t scene);
  /// Leaves a damaged scene out when the recipe allows it.
  Result<void> excuse(std::size_t scene, const Error& error);
  Result<void> look_at(std::size_t scene, std::int64_t rows);
  Result<void> guess_at(std::size_t scene);
  Result<void> for_all(const std::vector<std::size_t>& scenes,
                       const std::function<Result<void>(std::size_t scene)>& act);
  void settle(std::size_t scene);

  const CompositeRules& rules_;
  const CompositeJob& job_;
  TaskRun& run_;
  RasterPool pool_{kMostOpen};
  std::vector<State> scenes_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<SceneReader>> lanes_;  ///< idle ones
  std::atomic<bool> damage_ = false;
  double looked_ = 0;
};

}  // namespace ecocube
