// SPDX-License-Identifier: Apache-2.0
#include "run/record.h"

#include "io/file/file.h"

namespace ecocube {
namespace fs = std::filesystem;

Value to_json(const TaskRecord& record) {
  Value json = {{"id", record.id},          {"key", record.key},     {"inputs", Value::array()},
                {"needs", Value::object()}, {"facts", record.facts}, {"outputs", Value::array()}};
  for (const TaskInput& input : record.inputs)
    json["inputs"].push_back({{"name", input.name}, {"identity", input.identity}});
  for (const auto& [id, key] : record.needs) json["needs"][id] = key;
  for (const auto& output : record.outputs)
    json["outputs"].push_back({{"path", output.path}, {"bytes", output.bytes}, {"sha256", output.sha256}});
  return json;
}

Result<TaskRecord> record_from_json(const std::string& text, const std::string& origin) {
  try {
    const Value json = Value::parse(text);
    TaskRecord record;
    record.id = json.at("id");
    record.key = json.at("key");
    record.facts = json.at("facts");
    for (const Value& input : json.at("inputs")) record.inputs.push_back({input.at("name"), input.at("identity")});
    for (const auto& [id, key] : json.at("needs").items()) record.needs[id] = key;
    for (const Value& output : json.at("outputs"))
      record.outputs.push_back({output.at("path"), output.at("bytes"), output.at("sha256")});
    return record;
  } catch (const Value::exception& problem) {
    return input_error("record {}: {}", origin, problem.what());
  }
}

fs::path DiskRecords::file_of(const std::string& id) const {
  return folder_ / (id + ".json");
}

std::optional<TaskRecord> DiskRecords::find(const std::string& id) const {
  const auto text = read_text(file_of(id));
  if (!text) return std::nullopt;
  auto record = record_from_json(*text, id);
  if (!record) return std::nullopt;
  return std::move(*record);
}

Result<void> DiskRecords::keep(const TaskRecord& record) {
  return write_text_atomic(file_of(record.id), to_json(record).dump(1) + "\n");
}

void DiskRecords::forget(const std::string& id) {
  std::error_code ignored;
  fs::remove(file_of(id), ignored);
}

std::optional<TaskRecord> MemoryRecords::find(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(id);
  return found == records_.end() ? std::nullopt : std::optional(found->second);
}

Result<void> MemoryRecords::keep(const TaskRecord& record) {
  const std::lock_guard lock(mutex_);
  records_[record.id] = record;
  return {};
}

void MemoryRecords::forget(const std::string& id) {
  const std::lock_guard lock(mutex_);
  records_.erase(id);
}

}  // namespace ecocube
