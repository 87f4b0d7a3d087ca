// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <memory>
#include <thread>

#include "apps/cli/commands.h"
#include "base/text.h"
#include "io/file/file.h"
#include "io/raster/gdal_error.h"
#include "run/executor.h"
#include "run/plan_file.h"
#include "run/plan_recipe.h"
#include "run/yaml.h"
#include "steps/all_steps.h"

namespace ecocube {
namespace fs = std::filesystem;

namespace {

/// What every command that works on a recipe understands.
struct RunArguments {
  std::string recipe, out, memory, cache, until, only;
  std::vector<std::string> sets, tiles;
  int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  bool quiet = false;
};

/// Three fifths of the machine's memory, or of what its control group may use.
std::uint64_t default_memory() {
  const auto pages = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)),
             size = static_cast<std::uint64_t>(::sysconf(_SC_PAGE_SIZE));
  std::uint64_t bytes = pages * size;
  if (const auto limit = read_text("/sys/fs/cgroup/memory.max")) {
    if (const auto number = parse_integer(*limit)) bytes = std::min(bytes, static_cast<std::uint64_t>(*number));
  }
  return bytes / 5 * 3;
}

Result<Settings> read_settings(const std::vector<std::string>& sets) {
  Settings settings;
  for (const std::string& set : sets) {
    const auto at = set.find('=');
    if (at == std::string::npos || at == 0) return usage_error("--set {}: expected key=value", set);
    settings[set.substr(0, at)] = set.substr(at + 1);
  }
  return settings;
}

Result<RunSettings> run_settings(const RunArguments& arguments) {
  RunSettings settings;
  settings.root = arguments.out;
  settings.cache = arguments.cache.empty() ? fs::path(arguments.out) / "downloads" : fs::path(arguments.cache);
  if (arguments.threads < 1) return usage_error("--threads: {} is below 1", arguments.threads);
  settings.threads = arguments.threads;
  settings.memory_bytes = default_memory();
  if (!arguments.memory.empty()) {
    const auto bytes = parse_byte_size(arguments.memory);
    if (!bytes) return usage_error("--memory: '{}' is no size such as 2GB or 512MiB", arguments.memory);
    settings.memory_bytes = *bytes;
  }
  constexpr std::uint64_t kLeast = 256u << 20;
  if (settings.memory_bytes < kLeast)
    return usage_error("--memory: {} is below {}", format_byte_size(settings.memory_bytes), format_byte_size(kLeast));
  return settings;
}

/// A recipe with its plan and what of it is to be done.
struct OpenRun {
  Recipe recipe;
  RunSettings settings;
  Plan plan;
  std::unique_ptr<DiskRecords> records;
  WorkList work;
};

Result<OpenRun> open_run(const RunArguments& arguments) {
  OpenRun run;
  ECOCUBE_TRY_ASSIGN(const Settings settings, read_settings(arguments.sets));
  ECOCUBE_TRY_ASSIGN(run.settings, run_settings(arguments));
  set_gdal_cache(run.settings.memory_bytes / 8);
  ECOCUBE_TRY_ASSIGN(run.recipe, read_recipe(arguments.recipe, settings));
  ECOCUBE_TRY_ASSIGN(run.plan, plan_recipe(run.recipe, all_steps(), run.settings));
  run.records = std::make_unique<DiskRecords>(run.settings.root / "records");
  Selection selection{arguments.until, arguments.only, {arguments.tiles.begin(), arguments.tiles.end()}};
  ECOCUBE_TRY_ASSIGN(run.work, make_work_list(run.plan, selection, *run.records, sizes_in(run.settings.root)));
  return run;
}

int print_outcome(const OpenRun& run, const RunOutcome& outcome, double seconds, bool quiet) {
  int code = exit_done;
  std::size_t shown = 0;
  for (const auto& [id, error] : outcome.failed) {
    if (++shown <= 10) fmt::print(stderr, "error: {}\n", error.message);
    code =
        std::max(code, error.blame == Blame::machine ? static_cast<int>(exit_machine) : static_cast<int>(exit_failed));
  }
  if (shown > 10)
    fmt::print(stderr, "… and {} more failed tasks; {} has all\n", shown - 10,
               (run.settings.root / "run-log.jsonl").string());
  if (quiet && code == exit_done) return code;
  if (!outcome.failed.empty()) {
    fmt::print(stderr,
               "{} tasks done, {} failed, {} left; once the cause is mended, the same command goes on from here\n",
               outcome.succeeded, outcome.failed.size(), outcome.left);
  } else {
    fmt::print(stderr, "{} tasks done in {}, {} were done before; outputs in {}\n", outcome.succeeded,
               format_duration(seconds), run.work.done.size(), run.settings.root.string());
  }
  return code;
}

Result<int> execute(const RunArguments& arguments) {
  ECOCUBE_TRY_ASSIGN(OpenRun run, open_run(arguments));
  const bool one_step = !arguments.only.empty();
  if (!run.work.blocked.empty() && one_step) {
    const auto& [task, need] = run.work.blocked.front();
    return usage_error(
        "{} needs {}, which is not there yet (or was made with other options); run 'ecocube run' or the step '{}' "
        "first",
        run.plan.tasks[task].id(), need, split(need, '/').front());
  }
  ECOCUBE_TRY(make_folders(run.settings.root));
  ECOCUBE_TRY(write_text_atomic(run.settings.root / "recipe.yaml", write_yaml(resolved_recipe(run.recipe, run.plan))));
  ECOCUBE_TRY(write_text_atomic(run.settings.root / "plan.tsv", plan_text(run.plan)));
  RunLog log(run.settings.root / "run-log.jsonl");
  ECOCUBE_TRY(log.add("run", {{"ecocube", ECOCUBE_VERSION},
                              {"recipe", run.recipe.origin},
                              {"threads", run.settings.threads},
                              {"memory", run.settings.memory_bytes},
                              {"tasks", run.work.to_do.size()},
                              {"notes", run.plan.notes}}));
  if (!arguments.quiet) {
    for (const std::string& note : run.plan.notes) fmt::print(stderr, "note: {}\n", note);
  }
  const Clock clock = steady_clock();
  std::unique_ptr<ProgressView> progress = std::make_unique<QuietProgress>();
  if (!arguments.quiet) progress = std::make_unique<TextProgress>(stderr, ::isatty(STDERR_FILENO) != 0, clock);
  ThreadExecutor executor(run.settings, *run.records, log, *progress, clock);
  const RunOutcome outcome = executor.run(run.plan, run.work);
  ECOCUBE_TRY(log.add("end", {{"succeeded", outcome.succeeded},
                              {"failed", outcome.failed.size()},
                              {"left", outcome.left},
                              {"seconds", clock()}}));
  if (!run.work.blocked.empty() && !arguments.quiet) {
    fmt::print(stderr, "{} tasks wait for tiles that were not chosen\n", run.work.blocked.size());
  }
  if (!arguments.quiet) {
    for (const std::string& note : outcome.notes) fmt::print(stderr, "note: {}\n", note);
  }
  return print_outcome(run, outcome, clock(), arguments.quiet);
}

struct StepSum {
  std::size_t to_do = 0, done = 0, blocked = 0;
  std::uint64_t memory = 0, disk = 0;
};

std::map<std::string, StepSum> sums_of(const OpenRun& run) {
  std::map<std::string, StepSum> sums;
  for (const auto& entry : run.work.to_do) {
    const Task& task = run.plan.tasks[entry.task];
    StepSum& sum = sums[task.step];
    ++sum.to_do;
    sum.memory = std::max(sum.memory, task.memory_bytes);
    sum.disk += task.disk_bytes;
  }
  for (const std::size_t done : run.work.done) ++sums[run.plan.tasks[done].step].done;
  for (const auto& [task, need] : run.work.blocked) ++sums[run.plan.tasks[task].step].blocked;
  return sums;
}

Result<int> show_plan(const RunArguments& arguments) {
  ECOCUBE_TRY_ASSIGN(const OpenRun run, open_run(arguments));
  const Cube& cube = run.plan.cube;
  fmt::print("cube '{}': {} x {} pixels of {} in {}, {} tiles, years {}..{}\n", cube.name, cube.area.cols,
             cube.area.rows, cube.grid.pixel, cube.grid.crs.size() > 40 ? "its own CRS" : cube.grid.crs,
             cube.tiles.size(), cube.years.front(), cube.years.back());
  for (const std::string& note : run.plan.notes) fmt::print("note: {}\n", note);
  fmt::print("{:<14} {:>8} {:>8} {:>16} {:>16}\n", "step", "to do", "done", "memory per task", "disk at most");
  auto sums = sums_of(run);
  std::uint64_t disk = 0;
  for (const auto& step : run.plan.steps) {
    const StepSum& sum = sums[step.name];
    disk += sum.disk;
    fmt::print("{:<14} {:>8} {:>8} {:>16} {:>16}\n", step.name, sum.to_do, sum.done, format_byte_size(sum.memory),
               format_byte_size(sum.disk));
  }
  fmt::print("{} tasks to do, {} at once within {}, up to {} on disk\n", run.work.to_do.size(), run.settings.threads,
             format_byte_size(run.settings.memory_bytes), format_byte_size(disk));
  return exit_done;
}

Result<int> explain(const RunArguments& arguments) {
  ECOCUBE_TRY_ASSIGN(const OpenRun run, open_run(arguments));
  for (const auto& entry : run.work.to_do) fmt::print("{}: {}\n", run.plan.tasks[entry.task].id(), entry.reason);
  for (const auto& [task, need] : run.work.blocked) fmt::print("{}: waits for {}\n", run.plan.tasks[task].id(), need);
  if (run.work.to_do.empty() && run.work.blocked.empty())
    fmt::print("nothing to do: all {} tasks are done\n", run.work.done.size());
  return exit_done;
}

Result<int> show_status(const std::string& out) {
  const fs::path root = out;
  if (!fs::exists(root / "plan.tsv")) return input_error("{}: no run has been started in this folder", out);
  ECOCUBE_TRY_ASSIGN(const auto steps, read_status(root / "plan.tsv", DiskRecords(root / "records"), sizes_in(root)));
  bool complete = true;
  for (const StepStatus& step : steps) {
    fmt::print("{:<14} {} of {} tasks done\n", step.step, step.done, step.tasks);
    complete = complete && step.done == step.tasks;
  }
  std::map<std::string, std::string> failures;
  for (const Value& event : read_run_log(root / "run-log.jsonl")) {
    const std::string kind = event.value("event", ""), task = event.value("task", "");
    if (kind == "failed") failures[task] = event.value("error", "");
    if (kind == "done") failures.erase(task);
  }
  for (const auto& [task, error] : failures) fmt::print("failed: {}\n", error);
  if (complete) fmt::print("complete\n");
  return exit_done;
}

void add_common(CLI::App& command, RunArguments& arguments) {
  command.add_option("recipe", arguments.recipe, "recipe file (YAML)")->type_name("FILE")->required();
  command.add_option("--out", arguments.out, "folder of the run")->type_name("DIR")->required();
  command
      .add_option("--set", arguments.sets,
                  "fill ${key} of the recipe, or override a key by its path, e.g. steps.fill-gaps.window=5")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->take_all();
  command.add_option("--threads", arguments.threads, "tasks and loops run on so many threads")
      ->type_name("N")
      ->capture_default_str();
  command
      .add_option("--memory", arguments.memory,
                  "bound for the whole process, e.g. 2GB (default: three fifths of the machine's)")
      ->type_name("SIZE");
  command.add_option("--cache", arguments.cache, "folder for files fetched from afar (default: DIR/downloads)")
      ->type_name("DIR");
  command.add_option("--tiles", arguments.tiles, "only these tiles, e.g. r003_c004,r003_c005")
      ->type_name("LIST")
      ->delimiter(',');
}

Action guarded(const std::shared_ptr<RunArguments>& arguments, Result<int> (*work)(const RunArguments&)) {
  return [arguments, work] {
    const auto outcome = work(*arguments);
    return outcome ? *outcome : report(outcome.error());
  };
}

CLI::App* add_command(CLI::App& app, Action& action, const std::string& name, const std::string& summary,
                      const std::string& example, Result<int> (*work)(const RunArguments&),
                      const std::shared_ptr<RunArguments>& arguments) {
  CLI::App* command = app.add_subcommand(name, summary);
  command->footer("Example:\n  " + example);
  add_common(*command, *arguments);
  command->final_callback([&action, arguments, work] { action = guarded(arguments, work); });
  return command;
}

/// Flags from a step's own options: `ecocube fill-gaps recipe.yaml --out DIR --window 5`.
void add_step_command(CLI::App& app, Action& action, const StepMaker& make) {
  const auto step = make();
  OptionSet options;
  step->declare(options);
  const std::string name = step->info().name;
  auto arguments = std::make_shared<RunArguments>();
  arguments->only = name;
  CLI::App* command = add_command(app, action, name, step->info().summary,
                                  fmt::format("ecocube {} recipe.yaml --out europe", name), execute, arguments);
  command->group("Steps");
  command->add_flag("--quiet", arguments->quiet, "print errors only");
  for (const OptionInfo& info : options.table()) {
    std::string flag = "--" + replace_all(info.name, "_", "-");
    if (command->get_option_no_throw(flag)) continue;
    std::string meaning = info.meaning;
    if (!info.unit.empty()) meaning += fmt::format(" [{}]", info.unit);
    if (!info.choices.empty()) meaning += fmt::format(" ({})", join(info.choices, ", "));
    if (!info.initial.is_null()) meaning += fmt::format(" (default {})", value_text(info.initial));
    command
        ->add_option_function<std::string>(
            flag,
            [arguments, key = fmt::format("steps.{}.{}", name, info.name),
             list = info.type.starts_with("list")](const std::string& text) {
              arguments->sets.push_back(key + "=" + (list && !text.starts_with("[") ? "[" + text + "]" : text));
            },
            meaning)
        ->type_name("VALUE");
  }
}

}  // namespace

int exit_code_of(Blame blame) {
  switch (blame) {
    case Blame::usage:
      return exit_usage;
    case Blame::input:
      return exit_input;
    case Blame::machine:
      return exit_machine;
  }
  return exit_input;
}

int report(const Error& error) {
  fmt::print(stderr, "error: {}\n", error.message);
  return exit_code_of(error.blame);
}

void add_run_commands(CLI::App& app, Action& action) {
  auto arguments = std::make_shared<RunArguments>();
  CLI::App* run = add_command(app, action, "run", "Make everything a recipe asks for, or go on where a run stopped",
                              "ecocube run recipe.yaml --set archive=/data/glad --out europe --until composite",
                              execute, arguments);
  run->add_option("--until", arguments->until, "last step to run")->type_name("STEP");
  run->add_flag("--quiet", arguments->quiet, "print errors only");

  auto plan = std::make_shared<RunArguments>();
  add_command(app, action, "plan", "Say what a run would do: tasks, memory and disk of every step",
              "ecocube plan recipe.yaml --out europe", show_plan, plan)
      ->add_option("--until", plan->until, "last step")
      ->type_name("STEP");
  auto why = std::make_shared<RunArguments>();
  add_command(app, action, "explain", "Say why each task would run", "ecocube explain recipe.yaml --out europe",
              explain, why)
      ->add_option("--until", why->until, "last step")
      ->type_name("STEP");
  auto out = std::make_shared<std::string>();
  CLI::App* status = app.add_subcommand("status", "Say how far a run is, from its records alone");
  status->footer("Example:\n  ecocube status --out europe");
  status->add_option("--out", *out, "folder of the run")->type_name("DIR")->required();
  status->final_callback([&action, out] {
    action = [out] {
      const auto outcome = show_status(*out);
      return outcome ? *outcome : report(outcome.error());
    };
  });
  for (const StepMaker& make : all_steps()) add_step_command(app, action, make);
}

}  // namespace ecocube
