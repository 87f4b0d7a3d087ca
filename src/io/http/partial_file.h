// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "io/http/http.h"

namespace ecocube {

/// A download on its way: `NAME.partial` beside the destination, locked against other threads and processes while it
/// is open, and `NAME.partial.origin`, which says of what file it is a part.
class PartialFile {
 public:
  /// Waits until no one else downloads to `destination`. Nothing when another one has brought it meanwhile.
  static Result<std::unique_ptr<PartialFile>> open(const std::filesystem::path& destination);
  ~PartialFile();
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  std::uint64_t size() const { return size_; }
  const RemoteFile& origin() const { return origin_; }
  /// What If-Range can name: a strong ETag, else the date of last change; empty: the part cannot be gone on with.
  std::string validator() const;

  /// Empties the part and notes of what file the bytes to come are.
  Result<void> restart(const RemoteFile& origin);
  Result<void> append(std::string_view bytes);
  /// Puts the file in its place under its own name.
  Result<void> finish();
  /// Removes all traces.
  void discard();

 private:
  PartialFile() = default;
  std::filesystem::path destination_, path_, origin_path_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  RemoteFile origin_;
};

}  // namespace ecocube
