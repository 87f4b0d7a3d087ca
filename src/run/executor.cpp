// SPDX-License-Identifier: Apache-2.0
#include "run/executor.h"

#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <algorithm>
#include <mutex>

#include "base/parallel.h"
#include "base/text.h"

namespace ecocube {
namespace {

/// The steps that a selection names; error when it names one that the recipe lacks.
Result<std::set<std::string>> chosen_steps(const Plan& plan, const Selection& selection) {
  std::vector<std::string> names;
  for (const auto& step : plan.steps) names.push_back(step.name);
  for (const std::string& wanted : {selection.until, selection.only}) {
    if (wanted.empty() || plan.step_named(wanted)) continue;
    return usage_error("the recipe has no step '{}'{}", wanted, suggestion(wanted, names));
  }
  std::set<std::string> chosen;
  for (const std::string& name : names) {
    if (selection.only.empty() || name == selection.only) chosen.insert(name);
    if (name == selection.until) break;
  }
  return chosen;
}

}  // namespace

Result<WorkList> make_work_list(const Plan& plan, const Selection& selection, const RecordStore& records,
                                const SizeOf& size_of) {
  ECOCUBE_TRY_ASSIGN(const std::set<std::string> steps, chosen_steps(plan, selection));
  std::vector<std::string> tile_names;
  for (const Tile& tile : plan.cube.tiles) tile_names.push_back(tile.name());
  for (const std::string& tile : selection.tiles) {
    if (!plan.cube.tile_named(tile))
      return usage_error("--tiles: the cube has no tile '{}'{}", tile, suggestion(tile, tile_names));
  }
  WorkList work;
  std::set<std::string> available;
  for (std::size_t i = 0; i < plan.tasks.size(); ++i) {
    const Task& task = plan.tasks[i];
    std::string reason = why_run(task, plan, records, size_of);
    const bool chosen = steps.contains(task.step) &&
                        (selection.tiles.empty() || task.tile.empty() || selection.tiles.contains(task.tile));
    const auto missing = std::find_if(task.needs.begin(), task.needs.end(),
                                      [&](const std::string& need) { return !available.contains(need); });
    if (reason.empty()) {
      work.done.insert(i);
      available.insert(task.id());
    } else if (chosen && missing != task.needs.end()) {
      work.blocked.emplace_back(i, *missing);
    } else if (chosen) {
      work.to_do.push_back({i, std::move(reason)});
      available.insert(task.id());
    }
  }
  return work;
}

/// One run of the thread executor: who waits for whom, what runs, what is left.
class ThreadRun {
 public:
  ThreadRun(ThreadExecutor& executor, const Plan& plan, const WorkList& work)
      : executor_(executor), plan_(plan), arena_(std::max(1, executor.settings_.threads)) {
    for (const auto& entry : work.to_do) waiting_[plan.tasks[entry.task].id()] = entry.task;
    for (const auto& [id, number] : waiting_) {
      for (const std::string& need : plan.tasks[number].needs) {
        if (!waiting_.contains(need)) continue;
        ++open_needs_[number];
        dependents_[need].push_back(number);
      }
    }
    for (const auto& entry : work.to_do) {
      if (open_needs_[entry.task] == 0) ready_.insert(entry.task);
    }
    left_ = work.to_do.size();
  }

  RunOutcome run() {
    arena_.execute([&] {
      start_what_fits();
      group_.wait();
    });
    outcome_.left = left_;
    return std::move(outcome_);
  }

 private:
  /// Starts ready tasks, earliest first, while threads and memory last; one always runs.
  void start_what_fits() {
    std::vector<std::size_t> started;
    {
      const std::lock_guard lock(mutex_);
      const auto threads = static_cast<std::size_t>(std::max(1, executor_.settings_.threads));
      while (!gave_up_ && running_ < threads && !ready_.empty()) {
        const std::size_t number = *ready_.begin();
        const std::uint64_t needed = plan_.tasks[number].memory_bytes;
        if (running_ > 0 && memory_used_ + needed > executor_.settings_.memory_bytes) break;
        ready_.erase(ready_.begin());
        ++running_;
        memory_used_ += needed;
        started.push_back(number);
      }
    }
    for (const std::size_t number : started) {
      group_.run([this, number] { work_on(number); });
    }
  }

  void work_on(std::size_t number) {
    const Task& task = plan_.tasks[number];
    {
      const std::lock_guard lock(mutex_);
      executor_.progress_.task_started(task.step, task.id());
    }
    const double start = executor_.clock_();
    std::vector<std::string> notes;
    auto record = run_task(plan_, task, executor_.settings_, executor_.records_, notes, [&](double share) {
      const std::lock_guard lock(mutex_);
      executor_.progress_.task_advanced(task.step, share);
    });
    Value details = {{"task", task.id()}, {"key", task.key}, {"seconds", executor_.clock_() - start}};
    if (!notes.empty()) details["notes"] = notes;
    if (record) {
      details["outputs"] = to_json(*record)["outputs"];
    } else {
      details["error"] = record.error().message;
    }
    const auto logged = executor_.log_.add(record ? "done" : "failed", details);
    if (task.tile.empty() && !notes.empty()) {
      const std::lock_guard lock(mutex_);
      for (const std::string& note : notes) outcome_.notes.push_back(fmt::format("{}: {}", task.id(), note));
    }
    finish(number, record ? (logged ? Result<void>() : Failure(logged.error())) : Failure(record.error()));
    start_what_fits();
  }

  void finish(std::size_t number, const Result<void>& outcome) {
    const std::lock_guard lock(mutex_);
    const Task& task = plan_.tasks[number];
    --running_;
    memory_used_ -= task.memory_bytes;
    --left_;
    executor_.progress_.task_ended(task.step, task.id(), outcome.has_value());
    if (!outcome) {
      outcome_.failed.emplace(task.id(), outcome.error());
      gave_up_ = gave_up_ || outcome.error().blame == Blame::machine;
      return;
    }
    ++outcome_.succeeded;
    for (const std::size_t dependent : dependents_[task.id()]) {
      if (--open_needs_[dependent] == 0) ready_.insert(dependent);
    }
  }

  ThreadExecutor& executor_;
  const Plan& plan_;
  tbb::task_arena arena_;
  tbb::task_group group_;
  std::mutex mutex_;
  std::map<std::string, std::size_t> waiting_;
  std::map<std::size_t, std::size_t> open_needs_;
  std::map<std::string, std::vector<std::size_t>> dependents_;
  std::set<std::size_t> ready_;
  std::size_t running_ = 0, left_ = 0;
  std::uint64_t memory_used_ = 0;
  bool gave_up_ = false;
  RunOutcome outcome_;
};

RunOutcome ThreadExecutor::run(const Plan& plan, const WorkList& work) {
  const ThreadLimit limit(settings_.threads);
  for (const auto& step : plan.steps) {
    const auto of_step = [&](std::size_t task) { return plan.tasks[task].step == step.name; };
    const auto to_do =
        std::count_if(work.to_do.begin(), work.to_do.end(), [&](const auto& entry) { return of_step(entry.task); });
    const auto done = std::count_if(work.done.begin(), work.done.end(), of_step);
    progress_.step_planned(step.name, static_cast<std::size_t>(to_do), static_cast<std::size_t>(done));
  }
  RunOutcome outcome = ThreadRun(*this, plan, work).run();
  progress_.finished();
  return outcome;
}

}  // namespace ecocube
