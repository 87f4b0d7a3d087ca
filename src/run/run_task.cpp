// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <mutex>

#include "io/file/file.h"
#include "run/executor.h"

namespace ecocube {
namespace fs = std::filesystem;

namespace {

/// The outputs of one running task under their temporary names.
class StagedTask : public TaskRun {
 public:
  StagedTask(const RunSettings& settings, std::vector<std::string>& notes,
             const std::function<void(double)>& share_done)
      : settings_(settings), notes_(notes), share_done_(share_done) {}

  const fs::path& root() const override { return settings_.root; }
  std::uint64_t memory_bytes() const override { return settings_.memory_per_task(); }

  fs::path stage(const std::string& output) override {
    const std::lock_guard lock(mutex_);
    const fs::path final_path = settings_.root / output;
    std::error_code ignored;
    fs::create_directories(final_path.parent_path(), ignored);
    clear_partials(final_path);
    const fs::path partial = partial_path(final_path);
    if (std::find(outputs_.begin(), outputs_.end(), output) == outputs_.end()) {
      outputs_.push_back(output);
      partials_.push_back(partial);
    }
    return partial;
  }

  void note(std::string text) override {
    const std::lock_guard lock(mutex_);
    notes_.push_back(std::move(text));
  }

  void progress(double share) override {
    const std::lock_guard lock(mutex_);
    const double more = std::clamp(share, 0.0, 1.0) - share_;
    if (more <= 0) return;
    share_ += more;
    share_done_(more);
  }

  Result<std::vector<TaskRecord::Output>> commit() {
    std::vector<TaskRecord::Output> made;
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      ECOCUBE_TRY_ASSIGN(const std::uint64_t bytes, size_of_file(partials_[i]));
      ECOCUBE_TRY_ASSIGN(std::string sum, ecocube::file_sha256(partials_[i]));
      made.push_back({outputs_[i], bytes, std::move(sum)});
    }
    for (std::size_t i = 0; i < outputs_.size(); ++i)
      ECOCUBE_TRY(move_into_place(partials_[i], settings_.root / outputs_[i]));
    std::sort(made.begin(), made.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    share_done_(1 - share_);
    return made;
  }

  void discard() {
    for (const fs::path& partial : partials_) {
      std::error_code ignored;
      fs::remove(partial, ignored);
    }
  }

 private:
  const RunSettings& settings_;
  std::vector<std::string>& notes_;
  const std::function<void(double)>& share_done_;
  std::mutex mutex_;
  std::vector<std::string> outputs_;
  std::vector<fs::path> partials_;
  double share_ = 0;
};

}  // namespace

Result<TaskRecord> run_task(const Plan& plan, const Task& task, const RunSettings& settings, RecordStore& records,
                            std::vector<std::string>& notes, const std::function<void(double)>& share_done) {
  StagedTask staged(settings, notes, share_done);
  Result<void> ran;
  try {
    ran = plan.step_named(task.step)->step->run(task, staged);
  } catch (const std::bad_alloc&) {
    ran = machine_error("out of memory; give more by --memory or fewer --threads");
  } catch (const std::exception& problem) {
    ran = machine_error("unexpected: {}", problem.what());
  }
  if (!ran) {
    staged.discard();
    return within(task.id(), ran.error());
  }
  // From here until the new record is kept, a kill must leave no record that speaks for a mixture of files.
  records.forget(task.id());
  auto outputs = staged.commit();
  if (!outputs) {
    staged.discard();
    return within(task.id(), outputs.error());
  }
  TaskRecord record{task.id(), task.key, task.inputs, {}, task.facts, std::move(*outputs)};
  for (const std::string& need : task.needs) {
    const Task* other = plan.task_with_id(need);
    record.needs[need] = other ? other->key : "";
  }
  if (auto kept = records.keep(record); !kept) return within(task.id(), kept.error());
  return record;
}

}  // namespace ecocube
