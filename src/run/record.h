// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/options.h"
#include "base/result.h"
#include "run/step.h"

namespace ecocube {

/// What a finished task leaves behind: proof of what its outputs were made from.
struct TaskRecord {
  struct Output {
    std::string path;  ///< in the run's folder
    std::uint64_t bytes = 0;
    std::string sha256;
    bool operator==(const Output&) const = default;
  };
  std::string id;
  std::string key;
  std::vector<TaskInput> inputs;
  std::map<std::string, std::string> needs;  ///< id and key of each task it read from
  Value facts;
  std::vector<Output> outputs;
};

Value to_json(const TaskRecord& record);
Result<TaskRecord> record_from_json(const std::string& text, const std::string& origin);

/// Where records are kept. A record that cannot be read counts as missing: its task is done again.
class RecordStore {
 public:
  virtual ~RecordStore() = default;
  virtual std::optional<TaskRecord> find(const std::string& id) const = 0;
  virtual Result<void> keep(const TaskRecord& record) = 0;
  virtual void forget(const std::string& id) = 0;
};

/// One JSON file a task under `folder`, written atomically.
class DiskRecords : public RecordStore {
 public:
  explicit DiskRecords(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::optional<TaskRecord> find(const std::string& id) const override;
  Result<void> keep(const TaskRecord& record) override;
  void forget(const std::string& id) override;

 private:
  std::filesystem::path file_of(const std::string& id) const;
  std::filesystem::path folder_;
};

/// For tests.
class MemoryRecords : public RecordStore {
 public:
  std::optional<TaskRecord> find(const std::string& id) const override;
  Result<void> keep(const TaskRecord& record) override;
  void forget(const std::string& id) override;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, TaskRecord> records_;
};

}  // namespace ecocube
