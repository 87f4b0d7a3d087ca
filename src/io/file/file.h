// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ecocube {

Result<std::string> read_text(const std::filesystem::path& path);
/// Writes to a temporary name beside `path`, flushes it to the disk and renames: the file is there whole or not at all.
Result<void> write_text_atomic(const std::filesystem::path& path, std::string_view text);
/// The temporary name beside `path` that this process writes it under until it is whole.
std::filesystem::path partial_path(const std::filesystem::path& path);
/// Removes temporary files of `path` that a process left which is no more, and this process's own.
void clear_partials(const std::filesystem::path& path);
/// Writes the file in place; for a path that TaskRun::stage gave.
Result<void> write_text(const std::filesystem::path& path, std::string_view text);
Result<void> make_folders(const std::filesystem::path& folder);
/// Renames over `to`, after flushing `from` to the disk.
Result<void> move_into_place(const std::filesystem::path& from, const std::filesystem::path& to);
Result<std::uint64_t> size_of_file(const std::filesystem::path& path);
/// 64 hexadecimal digits.
Result<std::string> file_sha256(const std::filesystem::path& path);
/// Changes when the file's content may have: size and time of last change.
Result<std::string> file_identity(const std::filesystem::path& path);
/// Paths that match a shell pattern (`*` and `?` in any part of the path), sorted.
std::vector<std::string> glob_files(const std::string& pattern);

}  // namespace ecocube
