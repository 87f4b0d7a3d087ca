// SPDX-License-Identifier: Apache-2.0
#include "run/plan.h"

#include <algorithm>
#include <unordered_set>

#include "base/hash.h"
#include "base/text.h"

namespace ecocube {
namespace fs = std::filesystem;

std::string Task::id() const {
  std::string text = step;
  if (!tile.empty()) text += "/" + tile;
  if (!period.empty()) text += "/" + period;
  return text;
}

std::uint64_t RunSettings::memory_per_task() const {
  // An eighth goes to GDAL's block cache, another to the program itself.
  return memory_bytes / 4 * 3 / static_cast<std::uint64_t>(std::max(1, threads));
}

const Plan::PlannedStep* Plan::step_named(const std::string& name) const {
  const auto found =
      std::find_if(steps.begin(), steps.end(), [&](const PlannedStep& step) { return step.name == name; });
  return found == steps.end() ? nullptr : &*found;
}

const Task* Plan::task_with_id(const std::string& id) const {
  const auto found = index.find(id);
  return found == index.end() ? nullptr : &tasks[found->second];
}

std::string task_key(const Task& task, const StepInfo& info,
                     const std::function<std::string(const std::string&)>& key_of) {
  Value all = {{"step", info.name},
               {"version", info.version},
               {"tile", task.tile},
               {"period", task.period},
               {"facts", task.facts}};
  all["inputs"] = Value::array();
  // The folder of an input is left out, so that data can move without being computed again.
  for (const TaskInput& input : task.inputs)
    all["inputs"].push_back({fs::path(input.name).filename().string(), input.identity});
  all["needs"] = Value::array();
  for (const std::string& need : task.needs) all["needs"].push_back({need, key_of(need)});
  return sha256_hex(all.dump()).substr(0, 32);
}

namespace {

class RecipePlanning : public Planning {
 public:
  RecipePlanning(const Recipe& recipe, const RunSettings& settings, const IdentityOf& identity_of, Plan& plan)
      : recipe_(recipe), settings_(settings), identity_of_(identity_of), plan_(plan) {}

  const Cube& cube() const override { return plan_.cube; }
  const Recipe& recipe() const override { return recipe_; }
  const Legend& legend() const override { return plan_.legend; }
  const std::string& step_name() const override { return step_name_; }
  LayerSet& layers() override { return plan_.layers; }
  const std::vector<Task>& tasks() const override { return plan_.tasks; }
  std::uint64_t memory_per_task() const override { return settings_.memory_per_task(); }
  const fs::path& cache() const override { return settings_.cache; }
  void note(std::string text) override { plan_.notes.push_back(fmt::format("{}: {}", step_name_, text)); }

  Result<TaskInput> input(const std::string& path) override {
    const auto known = identities_.find(path);
    if (known != identities_.end()) return TaskInput{path, known->second};
    ECOCUBE_TRY_ASSIGN(std::string identity, identity_of_(path));
    identities_[path] = identity;
    return TaskInput{path, identity};
  }

  Result<void> reads(Task& task, const Layer& layer, const std::string& tile) override {
    watch(task);
    if (!layer.task.empty()) {
      std::string id = replace_all(layer.task, "{tile}", tile);
      if (seen_.insert(id).second) task.needs.push_back(std::move(id));
      return {};
    }
    // What a step made is told by that step's key; what a source says of its files is told here.
    const std::string name = layer.period ? layer.variable + "." + layer.period->id() : layer.variable;
    const Encoding& encoding = layer.encoding;
    Value& fact = task.facts["sources"][name];
    fact = {{"kind", name_of(layer.kind)},
            {"type", name_of(encoding.type)},
            {"scale", encoding.scale},
            {"offset", encoding.offset},
            {"no_data", encoding.no_data ? fmt::format("{}", *encoding.no_data) : ""},
            {"files", Value::array()}};
    if (layer.resampling != "auto") fact["resampling"] = layer.resampling;
    for (const LayerFile& file : layer.files) {
      const std::string path = replace_all(file.path, "{tile}", tile);
      fact["files"].push_back({fs::path(path).filename().string(), file.band});
      if (!seen_.insert(path).second) continue;
      ECOCUBE_TRY_ASSIGN(TaskInput found, input(path));
      task.inputs.push_back(std::move(found));
    }
    return {};
  }

  void add(Task task) override {
    task.step = step_name_;
    watched_ = nullptr;
    plan_.tasks.push_back(std::move(task));
  }

  /// Plans one step. What every task of it depends on beside its own facts (options, grid) is added here.
  Result<void> plan_step(const std::string& name, Step& step, const Value& options) {
    step_name_ = name;
    const std::size_t first = plan_.tasks.size();
    if (auto planned = step.plan(*this); !planned) {
      if (planned.error().blame == Blame::usage)
        return within(fmt::format("{}: steps.{}", recipe_.origin, name), planned.error());
      return within(name, planned.error());
    }
    for (std::size_t i = first; i < plan_.tasks.size(); ++i) {
      Task& task = plan_.tasks[i];
      for (const std::string& need : task.needs) {
        if (!plan_.index.contains(need))
          return usage_error("{}: task {} needs {}, which no earlier step makes", name, task.id(), need);
      }
      task.facts["options"] = options;
      task.facts["grid"] = grid_facts(task.tile);
      task.key =
          task_key(task, step.info(), [&](const std::string& id) { return plan_.tasks[plan_.index.at(id)].key; });
      if (!plan_.index.emplace(task.id(), i).second)
        return usage_error("{}: task {} is planned twice", name, task.id());
    }
    return {};
  }

 private:
  /// Remembers what the task in the making reads already.
  void watch(const Task& task) {
    if (watched_ == &task) return;
    watched_ = &task;
    seen_.clear();
    seen_.insert(task.needs.begin(), task.needs.end());
    for (const TaskInput& known : task.inputs) seen_.insert(known.name);
  }

  Value grid_facts(const std::string& tile_name) const {
    const Grid& grid = plan_.cube.grid;
    const Tile* tile = plan_.cube.tile_named(tile_name);
    const Window& window = tile ? tile->window : plan_.cube.area;
    return {{"crs", grid.crs},
            {"pixel", grid.pixel},
            {"origin", {grid.origin_x, grid.origin_y}},
            {"window", {window.row, window.col, window.rows, window.cols}}};
  }

  const Recipe& recipe_;
  const RunSettings& settings_;
  const IdentityOf& identity_of_;
  Plan& plan_;
  std::string step_name_;
  std::map<std::string, std::string> identities_;
  const Task* watched_ = nullptr;
  std::unordered_set<std::string> seen_;
};

/// Where two values differ first: `window: 9 -> 5`.
std::string difference(const Value& before, const Value& now, const std::string& path) {
  if (before == now) return "";
  if (before.is_object() && now.is_object()) {
    for (const auto& [key, value] : now.items()) {
      const std::string inner = path.empty() ? key : path + "." + key;
      if (!before.contains(key)) return inner + " is new";
      std::string found = difference(before[key], value, inner);
      if (!found.empty()) return found;
    }
    for (const auto& [key, value] : before.items()) {
      if (!now.contains(key)) return (path.empty() ? key : path + "." + key) + " is gone";
    }
  }
  const auto shortened = [](const Value& value) {
    std::string text = value_text(value);
    return text.size() > 60 ? text.substr(0, 57) + "…" : text;
  };
  return fmt::format("{} changed: {} -> {}", path.empty() ? "facts" : path, shortened(before), shortened(now));
}

std::string input_difference(const std::vector<TaskInput>& before, const std::vector<TaskInput>& now) {
  std::map<std::string, std::string> old;
  for (const TaskInput& input : before) old[input.name] = input.identity;
  for (const TaskInput& input : now) {
    const auto found = old.find(input.name);
    if (found == old.end()) return fmt::format("input {} is new", input.name);
    if (found->second != input.identity)
      return fmt::format("input {} changed: {} -> {}", input.name, found->second, input.identity);
    old.erase(found);
  }
  return old.empty() ? "" : fmt::format("input {} is gone", old.begin()->first);
}

}  // namespace

std::vector<std::string> names_of(const StepList& steps) {
  std::vector<std::string> names;
  for (const StepMaker& make : steps) names.push_back(make()->info().name);
  return names;
}

Result<Plan> make_plan(const Recipe& recipe, const StepList& steps, const Cube& cube, const Legend& legend,
                       const LayerSet& sources, const RunSettings& settings, const IdentityOf& identity_of) {
  Plan plan;
  plan.cube = cube;
  plan.legend = legend;
  plan.layers = sources;
  RecipePlanning planning(recipe, settings, identity_of, plan);
  const std::vector<std::string> known = names_of(steps);
  for (const StepSpec& spec : recipe.steps) {
    const auto found = std::find(known.begin(), known.end(), spec.kind);
    if (found == known.end())
      return usage_error("{}: steps.{}: unknown step{}", recipe.origin, spec.kind, suggestion(spec.kind, known));
    auto step = steps[static_cast<std::size_t>(found - known.begin())]();
    OptionSet options;
    step->declare(options);
    if (auto read = options.read(spec.options, "steps." + spec.name); !read) return within(recipe.origin, read.error());
    ECOCUBE_TRY(planning.plan_step(spec.name, *step, options.values()));
    plan.steps.push_back({spec.name, std::move(step), options.values()});
  }
  return plan;
}

std::string why_run(const Task& task, const Plan& plan, const RecordStore& records, const SizeOf& size_of) {
  const auto record = records.find(task.id());
  if (!record) return "it has not run yet";
  if (record->key == task.key) {
    for (const auto& output : record->outputs) {
      const auto size = size_of(output.path);
      if (!size) return fmt::format("output {} is gone", output.path);
      if (*size != output.bytes)
        return fmt::format("output {} changed: {} -> {} bytes", output.path, output.bytes, *size);
    }
    return "";
  }
  // What the person has changed comes before what follows from it.
  std::string reason;
  if (record->facts.contains("options"))
    reason = difference(record->facts["options"], task.facts["options"], "options");
  if (reason.empty()) reason = difference(record->facts, task.facts, "");
  if (reason.empty()) reason = input_difference(record->inputs, task.inputs);
  if (!reason.empty()) return reason;
  for (const std::string& need : task.needs) {
    const auto before = record->needs.find(need);
    const Task* now = plan.task_with_id(need);
    if (before == record->needs.end()) return fmt::format("it now reads {}", need);
    if (now && before->second != now->key) return fmt::format("{} has changed", need);
  }
  return "this version of the step makes other bytes";
}

}  // namespace ecocube
