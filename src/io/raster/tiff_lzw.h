// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace ecocube {

/// Unpacks TIFF's LZW (TIFF 6.0, section 13): codes of 9 to 12 bits, most significant bit first. Keeps its table
/// between calls. Not for use by two threads at once.
class LzwDecoder {
 public:
  /// Readable bytes after the packed ones and writable bytes after the unpacked ones that `unpack` needs.
  static constexpr std::size_t kSlack = 16;

  LzwDecoder();
  ~LzwDecoder();

  /// packed    one strip or tile; kSlack bytes of any content follow it
  /// unpacked  filled to its end; kSlack bytes follow it, which are overwritten
  /// returns   whether the codes made sense and filled all of it
  bool unpack(std::span<const std::uint8_t> packed, std::span<std::uint8_t> unpacked);

 private:
  struct Table;
  std::unique_ptr<Table> table_;
};

}  // namespace ecocube
