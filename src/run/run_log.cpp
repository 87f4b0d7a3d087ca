// SPDX-License-Identifier: Apache-2.0
#include "run/run_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>

#include "base/text.h"
#include "data/cube/period.h"
#include "io/file/file.h"

namespace ecocube {
namespace {

std::string utc_now() {
  const auto now = std::chrono::system_clock::now();
  const Day day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::milliseconds>(now - day)};
  return fmt::format("{}T{:02}:{:02}:{:02}.{:03}Z", iso_date(day), time.hours().count(), time.minutes().count(),
                     time.seconds().count(), time.subseconds().count());
}

}  // namespace

Result<void> RunLog::add(const std::string& event, const Value& details) {
  Value line = {{"time", utc_now()}, {"event", event}};
  for (const auto& [key, value] : details.items()) line[key] = value;
  const std::lock_guard lock(mutex_);
  const int descriptor = ::open(file_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor < 0) return machine_error("writing run log {}: {}", file_.string(), std::strerror(errno));
  // A line that a kill cut short must not swallow this one.
  char last = '\n';
  const off_t size = ::lseek(descriptor, 0, SEEK_END);
  if (size > 0 && ::pread(descriptor, &last, 1, size - 1) != 1) last = '\n';
  const std::string text = (last == '\n' ? "" : "\n") + line.dump() + "\n";
  // One write call, so that lines of two processes never mix.
  const ssize_t count = ::write(descriptor, text.data(), text.size());
  const int code = errno;
  ::close(descriptor);
  if (count != static_cast<ssize_t>(text.size()))
    return machine_error("writing run log {}: {}", file_.string(), std::strerror(code));
  return {};
}

std::vector<Value> read_run_log(const std::filesystem::path& file) {
  std::vector<Value> events;
  const auto text = read_text(file);
  if (!text) return events;
  for (const std::string& line : split(*text, '\n')) {
    Value event = Value::parse(line, nullptr, false);
    if (!event.is_discarded()) events.push_back(std::move(event));
  }
  return events;
}

}  // namespace ecocube
