// SPDX-License-Identifier: Apache-2.0
#include "run/plan_file.h"

#include <algorithm>

#include "base/text.h"
#include "io/file/file.h"

namespace ecocube {

std::string plan_text(const Plan& plan) {
  std::string text;
  for (const Task& task : plan.tasks) text += fmt::format("{}\t{}\t{}\n", task.step, task.id(), task.key);
  return text;
}

Result<std::vector<StepStatus>> read_status(const std::filesystem::path& plan_file, const RecordStore& records,
                                            const SizeOf& size_of) {
  ECOCUBE_TRY_ASSIGN(const std::string text, read_text(plan_file));
  std::vector<StepStatus> steps;
  for (const std::string& line : split(text, '\n')) {
    if (line.empty()) continue;
    const auto fields = split(line, '\t');
    if (fields.size() != 3) return input_error("{}: '{}' is no line of a plan", plan_file.string(), line);
    if (steps.empty() || steps.back().step != fields[0]) steps.push_back({fields[0], 0, 0});
    ++steps.back().tasks;
    const auto record = records.find(fields[1]);
    const bool there = record && record->key == fields[2] &&
                       std::all_of(record->outputs.begin(), record->outputs.end(),
                                   [&](const auto& output) { return size_of(output.path) == output.bytes; });
    steps.back().done += there;
  }
  return steps;
}

}  // namespace ecocube
