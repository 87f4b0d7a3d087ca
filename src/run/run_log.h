// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "base/options.h"
#include "base/result.h"

namespace ecocube {

/// The diary of a run's folder: one JSON object a line, only ever appended to. A line that a kill cut short is
/// skipped when read.
class RunLog {
 public:
  explicit RunLog(std::filesystem::path file) : file_(std::move(file)) {}
  /// Adds `event` with the present time (UTC) in front.
  Result<void> add(const std::string& event, const Value& details);

 private:
  std::filesystem::path file_;
  std::mutex mutex_;
};

std::vector<Value> read_run_log(const std::filesystem::path& file);

}  // namespace ecocube
