// SPDX-License-Identifier: Apache-2.0
#include "io/http/partial_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "io/file/file.h"

namespace ecocube {
namespace fs = std::filesystem;

namespace {

fs::path with_ending(fs::path path, const char* ending) {
  return path += ending;
}

Failure disk_error(std::string_view doing, const fs::path& path) {
  return machine_error("{} {}: {}", doing, path.string(), std::strerror(errno));
}

std::string origin_text(const RemoteFile& file) {
  return fmt::format("etag {}\nlast-modified {}\nbytes {}\n", file.etag, file.last_modified,
                     file.bytes ? std::to_string(*file.bytes) : "");
}

std::optional<RemoteFile> read_origin(const fs::path& path) {
  const auto text = read_text(path);
  if (!text) return std::nullopt;
  RemoteFile file;
  file.present = true;
  for (const std::string& line : split(*text, '\n')) {
    const auto space = line.find(' ');
    if (space == std::string::npos) continue;
    const std::string name = line.substr(0, space), value = line.substr(space + 1);
    if (name == "etag") file.etag = value;
    if (name == "last-modified") file.last_modified = value;
    if (name == "bytes" && parse_integer(value)) file.bytes = static_cast<std::uint64_t>(*parse_integer(value));
  }
  return file;
}

/// True when the descriptor is still the file of that name: the one who held the lock before may have renamed it.
bool is_still(int descriptor, const fs::path& path) {
  struct stat open_one {
  }, named_one{};
  return ::fstat(descriptor, &open_one) == 0 && ::stat(path.c_str(), &named_one) == 0 &&
         open_one.st_ino == named_one.st_ino && open_one.st_dev == named_one.st_dev;
}

bool lock(int descriptor, int how) {
  int outcome = 0;
  do {
    outcome = ::flock(descriptor, how);
  } while (outcome != 0 && errno == EINTR);
  return outcome == 0;
}

}  // namespace

std::optional<RemoteFile> origin_of(const fs::path& destination) {
  return read_origin(with_ending(destination, ".origin"));
}

Result<std::unique_ptr<PartialFile>> PartialFile::open(const fs::path& destination) {
  if (destination.has_parent_path()) ECOCUBE_TRY(make_folders(destination.parent_path()));
  std::unique_ptr<PartialFile> part(new PartialFile);
  part->destination_ = destination;
  part->path_ = with_ending(destination, ".partial");
  part->origin_path_ = with_ending(destination, ".partial.origin");
  while (true) {
    part->descriptor_ = ::open(part->path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (part->descriptor_ < 0) return disk_error("opening", part->path_);
    const bool waited = !lock(part->descriptor_, LOCK_EX | LOCK_NB);
    if (waited && !lock(part->descriptor_, LOCK_EX)) return disk_error("locking", part->path_);
    if (is_still(part->descriptor_, part->path_)) break;
    ::close(part->descriptor_);
    part->descriptor_ = -1;
    if (fs::exists(destination)) return std::unique_ptr<PartialFile>();
  }
  const off_t end = ::lseek(part->descriptor_, 0, SEEK_END);
  if (end < 0) return disk_error("reading", part->path_);
  part->size_ = static_cast<std::uint64_t>(end);
  part->origin_ = read_origin(part->origin_path_).value_or(RemoteFile{});
  return part;
}

PartialFile::~PartialFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::string PartialFile::validator() const {
  if (!origin_.etag.empty() && !origin_.etag.starts_with("W/")) return origin_.etag;
  return origin_.last_modified;
}

Result<void> PartialFile::restart(const RemoteFile& origin) {
  if (::ftruncate(descriptor_, 0) != 0 || ::lseek(descriptor_, 0, SEEK_SET) < 0) return disk_error("emptying", path_);
  size_ = 0;
  origin_ = origin;
  return write_text_atomic(origin_path_, origin_text(origin));
}

Result<void> PartialFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return disk_error("writing", path_);
    bytes.remove_prefix(static_cast<std::size_t>(count));
    size_ += static_cast<std::uint64_t>(count);
  }
  return {};
}

Result<void> PartialFile::finish() {
  // The old file's origin goes first: whenever this is broken off, a file never stands beside another one's origin.
  const fs::path final_origin = with_ending(destination_, ".origin");
  std::error_code ignored;
  fs::remove(final_origin, ignored);
  ECOCUBE_TRY(move_into_place(path_, destination_));
  ECOCUBE_TRY(write_text_atomic(final_origin, origin_text(origin_)));
  fs::remove(origin_path_, ignored);
  return {};
}

void PartialFile::discard() {
  std::error_code ignored;
  fs::remove(origin_path_, ignored);
  fs::remove(path_, ignored);
}

}  // namespace ecocube
