// SPDX-License-Identifier: Apache-2.0
#include "io/catalog/glad_archive.h"

#include <algorithm>
#include <mutex>

#include "base/parallel.h"
#include "base/text.h"
#include "io/file/file.h"

namespace ecocube {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kListedScenes = 20;

/// `49N`, `00S`
bool is_latitude_part(const std::string& name) {
  return name.size() == 3 && parse_glad_tile("000E_" + name).has_value();
}

Result<void> check_layout(const std::string& folder) {
  std::error_code code;
  if (!fs::exists(folder, code)) {
    if (code) return machine_error("GLAD archive {}: {}", folder, code.message());
    return input_error("GLAD archive {}: no such folder", folder);
  }
  if (!fs::is_directory(folder, code)) return input_error("GLAD archive {}: this is no folder", folder);
  fs::directory_iterator entries(folder, code);
  if (code) return machine_error("GLAD archive {}: {}", folder, code.message());
  const bool fits = std::any_of(fs::begin(entries), fs::end(entries), [](const fs::directory_entry& entry) {
    return is_latitude_part(entry.path().filename().string());
  });
  if (!fits)
    return input_error(
        "GLAD archive {}: no folder in it is named like a latitude (49N); expected files such as 49N/013E_49N/1012.tif",
        folder);
  return {};
}

/// `https://glad.umd.edu:443/dataset` becomes `glad.umd.edu_443/dataset`.
fs::path folder_name_of(const std::string& url) {
  return replace_all(url.substr(url.find("//") + 2), ":", "_");
}

Result<void> check_unchanged(const std::string& location, const std::string& planned, const std::string& found) {
  if (found == planned) return {};
  if (found.empty()) return input_error("{} is gone since the run was planned; plan it again", location);
  return input_error("{} has changed since the run was planned (then {}; now {}); plan it again", location, planned,
                     found);
}

}  // namespace

std::size_t GladSurvey::missing() const {
  return static_cast<std::size_t>(
      std::count_if(records.begin(), records.end(), [](const GladRecord& record) { return !record.present; }));
}

std::string GladSurvey::missing_text() const {
  const std::size_t count = missing();
  if (count == 0) return "";
  std::string text = fmt::format("{} of {} scenes are missing:", count, records.size());
  std::size_t listed = 0;
  const GladRecord* before = nullptr;
  for (const GladRecord& record : records) {
    if (record.present) continue;
    if (listed++ == kListedScenes) return text + fmt::format(" and {} more", count - kListedScenes);
    const bool same_tile = before && before->tile == record.tile;
    text += same_tile ? fmt::format(", {}", record.interval_id)
                      : fmt::format("{} {} {}", before ? ";" : "", record.tile.name(), record.interval_id);
    before = &record;
  }
  return text;
}

Result<GladArchive> GladArchive::open(const std::string& place, const fs::path& cache, HttpOptions http) {
  GladArchive archive;
  archive.place_ = place;
  while (archive.place_.size() > 1 && archive.place_.ends_with('/')) archive.place_.pop_back();
  archive.is_remote_ = is_url(place);
  archive.http_ = std::move(http);
  if (archive.is_remote_) {
    if (cache.empty())
      return usage_error("GLAD archive {}: a folder for downloaded scenes is needed", shown_url(place));
    archive.cache_ = cache / folder_name_of(shown_url(archive.place_));
  } else {
    ECOCUBE_TRY(check_layout(archive.place_));
  }
  return archive;
}

std::string GladArchive::location_of(const GladTile& tile, int interval_id) const {
  return place_ + "/" + glad_scene_path(tile, interval_id);
}

Result<GladRecord> GladArchive::look(const GladTile& tile, int interval_id) const {
  GladRecord record{tile, interval_id, false, location_of(tile, interval_id), {}};
  if (is_remote_) {
    ECOCUBE_TRY_ASSIGN(const RemoteFile file, look_up(record.location, http_));
    record.present = file.present;
    record.identity = file.present ? file.identity() : "";
    return record;
  }
  std::error_code code;
  record.present = fs::exists(record.location, code);
  if (code) return machine_error("looking for {}: {}", record.location, code.message());
  if (record.present) {
    ECOCUBE_TRY_ASSIGN(record.identity, file_identity(record.location));
  }
  return record;
}

Result<GladSurvey> GladArchive::survey(std::span<const GladTile> tiles, std::span<const int> interval_ids) const {
  std::vector<int> intervals(interval_ids.begin(), interval_ids.end());
  std::sort(intervals.begin(), intervals.end());
  GladSurvey survey;
  survey.records.resize(tiles.size() * intervals.size());
  std::mutex mutex;
  std::optional<Error> failure;
  const auto failed = [&] { return std::lock_guard(mutex), failure.has_value(); };
  parallel_for(survey.records.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end && !failed(); ++i) {
      auto record = look(tiles[i / intervals.size()], intervals[i % intervals.size()]);
      const std::lock_guard lock(mutex);
      if (record) survey.records[i] = std::move(*record);
      if (!record && !failure) failure = record.error();
    }
  });
  if (failure) return Failure(*failure);
  if (!survey.records.empty() && survey.missing() == survey.records.size()) {
    return input_error("GLAD archive {}: none of the {} scenes asked for is there; the first would be {}",
                       shown_url(place_), survey.records.size(), shown_url(survey.records.front().location));
  }
  return survey;
}

Result<std::optional<std::string>> GladArchive::find(const GladTile& tile, int interval_id,
                                                     const std::string& identity) const {
  const std::string location = location_of(tile, interval_id);
  if (!is_remote_) {
    ECOCUBE_TRY_ASSIGN(const GladRecord record, look(tile, interval_id));
    if (!identity.empty()) ECOCUBE_TRY(check_unchanged(location, identity, record.identity));
    return record.present ? std::optional(location) : std::nullopt;
  }
  const fs::path local = cache_ / glad_scene_path(tile, interval_id);
  std::error_code code;
  if (fs::exists(local, code)) {
    const auto origin = origin_of(local);
    if (origin && (identity.empty() || origin->identity() == identity)) return std::optional(local.string());
  }
  ECOCUBE_TRY_ASSIGN(const Download download, fetch_file(location, local, http_));
  const std::string found = download.file.present ? download.file.identity() : "";
  if (!identity.empty()) ECOCUBE_TRY(check_unchanged(shown_url(location), identity, found));
  return download.file.present ? std::optional(local.string()) : std::nullopt;
}

}  // namespace ecocube
