// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "run/plan.h"
#include "run/progress.h"
#include "run/record.h"
#include "run/run_log.h"

namespace ecocube {

/// Which tasks of a plan a run is asked to do; empty fields mean all.
struct Selection {
  std::string until;            ///< last step
  std::string only;             ///< one step alone
  std::set<std::string> tiles;  ///< per-tile tasks of other tiles are left
};

/// What is to be done now and why, and what is done already.
struct WorkList {
  struct Entry {
    std::size_t task;
    std::string reason;
  };
  std::vector<Entry> to_do;
  std::set<std::size_t> done;
  /// Chosen tasks that cannot run because they need one that is neither done nor chosen: task and what it needs.
  std::vector<std::pair<std::size_t, std::string>> blocked;
};

Result<WorkList> make_work_list(const Plan& plan, const Selection& selection, const RecordStore& records,
                                const SizeOf& size_of);

/// How a run ended.
struct RunOutcome {
  std::size_t succeeded = 0;
  std::map<std::string, Error> failed;  ///< by task id
  std::vector<std::string> notes;       ///< of tasks about the whole area, such as training
  std::size_t left = 0;                 ///< not run because something they need failed, or because the machine gave up
};

/// Runs tasks in the order their needs allow. The thread executor is the one of a single machine.
class Executor {
 public:
  virtual ~Executor() = default;
  virtual RunOutcome run(const Plan& plan, const WorkList& work) = 0;
};

/// Several tasks at once as far as threads and memory allow. Finished tasks stay finished when another fails; after a
/// failure of the machine (disk full) no new task is started.
class ThreadExecutor : public Executor {
 public:
  ThreadExecutor(const RunSettings& settings, RecordStore& records, RunLog& log, ProgressView& progress, Clock clock)
      : settings_(settings), records_(records), log_(log), progress_(progress), clock_(std::move(clock)) {}
  RunOutcome run(const Plan& plan, const WorkList& work) override;

 private:
  friend class ThreadRun;
  const RunSettings& settings_;
  RecordStore& records_;
  RunLog& log_;
  ProgressView& progress_;
  Clock clock_;
};

/// Runs one task of a plan from start to record: clears what a killed try left, runs the step, moves the outputs into
/// place, keeps the record. `share_done` is told how far it is.
Result<TaskRecord> run_task(const Plan& plan, const Task& task, const RunSettings& settings, RecordStore& records,
                            std::vector<std::string>& notes, const std::function<void(double)>& share_done);

}  // namespace ecocube
