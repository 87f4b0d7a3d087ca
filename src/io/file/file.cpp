// SPDX-License-Identifier: Apache-2.0
#include "io/file/file.h"

#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "base/hash.h"
#include "base/text.h"

namespace ecocube {
namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPartial = ".partial-";

bool process_lives(std::int64_t pid) {
  return ::kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM;
}

std::string reason() {
  return std::strerror(errno);
}

Failure failed(std::string_view doing, const fs::path& path) {
  const Blame blame = errno == ENOENT || errno == ENOTDIR || errno == EISDIR ? Blame::input : Blame::machine;
  return fail(blame, "{} {}: {}", doing, path.string(), reason());
}

/// Waits until the bytes are on the disk, so that a rename never leads to an empty file after a power cut.
Result<void> flush_to_disk(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return failed("opening", path);
  const int outcome = ::fsync(descriptor);
  const int code = errno;
  ::close(descriptor);
  errno = code;
  if (outcome != 0) return failed("flushing", path);
  return {};
}

}  // namespace

Result<std::string> read_text(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return failed("reading", path);
  std::string text;
  std::vector<char> buffer(1 << 16);
  ssize_t count = 0;
  while ((count = ::read(descriptor, buffer.data(), buffer.size())) > 0)
    text.append(buffer.data(), static_cast<std::size_t>(count));
  const int code = errno;
  ::close(descriptor);
  errno = code;
  if (count < 0) return failed("reading", path);
  return text;
}

Result<void> write_text(const fs::path& path, std::string_view text) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) return failed("writing", path);
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const int code = errno;
      ::close(descriptor);
      errno = code;
      return failed("writing", path);
    }
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::close(descriptor) != 0) return failed("writing", path);
  return {};
}

Result<void> make_folders(const fs::path& folder) {
  std::error_code code;
  fs::create_directories(folder, code);
  if (code) return machine_error("making folder {}: {}", folder.string(), code.message());
  return {};
}

Result<void> move_into_place(const fs::path& from, const fs::path& to) {
  ECOCUBE_TRY(flush_to_disk(from));
  if (::rename(from.c_str(), to.c_str()) != 0) return failed(fmt::format("renaming {} to", from.string()), to);
  return {};
}

fs::path partial_path(const fs::path& path) {
  return path.parent_path() / fmt::format("{}{}-{}", kPartial, ::getpid(), path.filename().string());
}

void clear_partials(const fs::path& path) {
  const std::string name = path.filename().string();
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(path.has_parent_path() ? path.parent_path() : fs::path("."), code)) {
    const std::string other = entry.path().filename().string();
    if (!other.starts_with(kPartial) || !other.ends_with("-" + name)) continue;
    const auto pid = parse_integer(
        std::string_view(other).substr(kPartial.size(), other.size() - name.size() - 1 - kPartial.size()));
    std::error_code ignored;
    if (pid && (!process_lives(*pid) || *pid == ::getpid())) fs::remove(entry.path(), ignored);
  }
}

Result<void> write_text_atomic(const fs::path& path, std::string_view text) {
  if (path.has_parent_path()) ECOCUBE_TRY(make_folders(path.parent_path()));
  clear_partials(path);
  const fs::path partial = partial_path(path);
  auto written = write_text(partial, text);
  if (written) written = move_into_place(partial, path);
  if (!written) {
    std::error_code ignored;
    fs::remove(partial, ignored);
  }
  return written;
}

Result<std::uint64_t> size_of_file(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return failed("reading", path);
  return static_cast<std::uint64_t>(status.st_size);
}

Result<std::string> file_sha256(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return failed("reading", path);
  Sha256 sum;
  std::vector<char> buffer(1 << 20);
  while (stream.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || stream.gcount() > 0) {
    sum.add(buffer.data(), static_cast<std::size_t>(stream.gcount()));
  }
  if (stream.bad()) return failed("reading", path);
  return sum.hex();
}

Result<std::string> file_identity(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return failed("reading", path);
  return fmt::format("{} bytes, changed {}.{:09}", status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

std::vector<std::string> glob_files(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> paths;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  return paths;
}

}  // namespace ecocube
