// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/options.h"
#include "base/result.h"
#include "data/cube/grid.h"
#include "data/cube/layer.h"
#include "data/cube/legend.h"
#include "run/recipe.h"

namespace ecocube {

/// Something from outside the run that a task reads. `identity` changes when its content may have.
struct TaskInput {
  std::string name;
  std::string identity;
  bool operator==(const TaskInput&) const = default;
};

/// One piece of work: a step on a tile (or the whole area) and a period (or all of them).
struct Task {
  std::string step;
  std::string tile;                  ///< empty: the whole area
  std::string period;                ///< a period's id or a year; empty: all periods
  std::vector<TaskInput> inputs;     ///< from outside the run
  std::vector<std::string> needs;    ///< ids of the tasks whose outputs it reads
  Value facts = Value::object();     ///< options and all else that decides the outputs' bytes
  std::vector<std::string> outputs;  ///< paths in the run's folder known beforehand; the task may make more
  std::uint64_t memory_bytes = 0;    ///< estimate of what it holds at once
  std::uint64_t disk_bytes = 0;      ///< estimate of what it writes
  std::string key;                   ///< hash of all that decides the outputs; set by the plan

  /// `fill-gaps/r075_c104` or `composite/r075_c104/20150321_20150624`
  std::string id() const;
};

/// What a step sees while it plans, and where it puts its tasks and the layers it will make.
class Planning {
 public:
  virtual ~Planning() = default;
  virtual const Cube& cube() const = 0;
  virtual const Recipe& recipe() const = 0;
  virtual const Legend& legend() const = 0;
  virtual const std::string& step_name() const = 0;    ///< as in the recipe, e.g. `fill-gaps-2`
  virtual LayerSet& layers() = 0;                      ///< made by the sources and steps before; change in place
  virtual const std::vector<Task>& tasks() const = 0;  ///< of all steps planned so far
  virtual std::uint64_t memory_per_task() const = 0;
  /// Folder for files fetched from afar; kept between runs.
  virtual const std::filesystem::path& cache() const = 0;
  /// Identity of a file or URL; an error when it is not there.
  virtual Result<TaskInput> input(const std::string& path) = 0;
  /// Lets `task` read `layer` on `tile`: adds the task that makes it, or the source's files.
  virtual Result<void> reads(Task& task, const Layer& layer, const std::string& tile) = 0;
  virtual void add(Task task) = 0;
  /// Something the person should know before the run, such as a missing interval.
  virtual void note(std::string text) = 0;
};

/// What a task has while it runs.
class TaskRun {
 public:
  virtual ~TaskRun() = default;
  /// Folder of the run: paths of layers and `Task::outputs` count from here.
  virtual const std::filesystem::path& root() const = 0;
  virtual std::uint64_t memory_bytes() const = 0;
  /// Announces an output, given by its path in the run's folder, and returns where to write it for now. All outputs
  /// of a task appear under their own names together, after it has succeeded.
  virtual std::filesystem::path stage(const std::string& output) = 0;
  /// Goes into the run log beside the task.
  virtual void note(std::string text) = 0;
  /// Share of the task that is done, 0..1.
  virtual void progress(double share) = 0;
};

struct StepInfo {
  std::string name;     ///< `fill-gaps`
  std::string summary;  ///< one sentence
  std::string reads;
  std::string makes;
  std::string memory;  ///< what it holds per task
  int version = 1;     ///< raised when the same inputs give other bytes
};

/// A named step of a recipe. One object serves one entry of the recipe: `declare` binds its options, `plan` is called
/// once before any `run`; `run` may be called for several tasks at the same time.
class Step {
 public:
  virtual ~Step() = default;
  virtual const StepInfo& info() const = 0;
  virtual void declare(OptionSet& options) = 0;
  virtual Result<void> plan(Planning& planning) = 0;
  virtual Result<void> run(const Task& task, TaskRun& run) const = 0;
};

/// Knows the steps there are; `steps/all_steps.h` has the real list, tests make their own.
using StepMaker = std::function<std::unique_ptr<Step>()>;
using StepList = std::vector<StepMaker>;

}  // namespace ecocube
