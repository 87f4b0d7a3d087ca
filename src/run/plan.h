// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "data/cube/grid.h"
#include "data/cube/layer.h"
#include "run/recipe.h"
#include "run/record.h"
#include "run/step.h"

namespace ecocube {

/// Where a run works and what it may use.
struct RunSettings {
  std::filesystem::path root;   ///< the run's folder
  std::filesystem::path cache;  ///< files fetched from afar
  int threads = 1;
  std::uint64_t memory_bytes = 0;  ///< bound for the whole process
  std::uint64_t memory_per_task() const;
};

/// Identity of a file or URL as `file_identity` gives it; tests put their own.
using IdentityOf = std::function<Result<std::string>(const std::string& path)>;

/// All tasks of a recipe in an order in which they can run, each with its key.
struct Plan {
  struct PlannedStep {
    std::string name;
    std::unique_ptr<Step> step;
    Value options;  ///< resolved, defaults included
  };
  Cube cube;
  Legend legend;
  std::vector<PlannedStep> steps;
  std::vector<Task> tasks;
  LayerSet layers;  ///< as the last step leaves them
  std::vector<std::string> notes;

  const PlannedStep* step_named(const std::string& name) const;
  const Task* task_with_id(const std::string& id) const;
  std::map<std::string, std::size_t> index;  ///< place of a task by id
};

/// Plans every step. `sources` are the layers that the recipe's raster sources give.
Result<Plan> make_plan(const Recipe& recipe, const StepList& steps, const Cube& cube, const Legend& legend,
                       const LayerSet& sources, const RunSettings& settings, const IdentityOf& identity_of);

/// The steps' names and their options for messages, help and the schema.
std::vector<std::string> names_of(const StepList& steps);

/// The hash of all that decides a task's outputs; `key_of` gives the keys of the tasks it needs.
std::string task_key(const Task& task, const StepInfo& info,
                     const std::function<std::string(const std::string&)>& key_of);

/// Size of an output on the disk; nothing when it is not there. Tests put their own.
using SizeOf = std::function<std::optional<std::uint64_t>(const std::string& output)>;

/// Why a task has to run, in words; empty when its outputs are there and still right.
std::string why_run(const Task& task, const Plan& plan, const RecordStore& records, const SizeOf& size_of);

}  // namespace ecocube
