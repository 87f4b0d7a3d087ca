// SPDX-License-Identifier: Apache-2.0
#include "io/catalog/tiff_check.h"

#include <cstdint>
#include <fstream>
#include <optional>
#include <vector>

#include "io/file/file.h"

namespace ecocube {
namespace {

constexpr std::uint16_t kStripOffsets = 273, kStripCounts = 279, kTileOffsets = 324, kTileCounts = 325;

/// Where a tag's values are: `count` numbers of `width` bytes from byte `place` on.
struct TagValues {
  std::uint64_t place = 0, count = 0;
  std::size_t width = 0;
};

/// Reads the parts of a TIFF's directory that say where its blocks are (TIFF 6.0 and BigTIFF).
class TiffDirectory {
 public:
  TiffDirectory(const std::string& path, std::uint64_t size) : stream_(path, std::ios::binary), size_(size) {}

  Result<void> check() {
    const auto mark = bytes(0, 8);
    if (!mark) return {};
    const bool little = (*mark)[0] == 'I' && (*mark)[1] == 'I', big_endian = (*mark)[0] == 'M' && (*mark)[1] == 'M';
    if (!little && !big_endian) return {};
    little_ = little;
    const std::uint64_t version = number(mark->data() + 2, 2);
    if (version != 42 && version != 43) return {};
    big_ = version == 43;
    const auto first = big_ ? number_at(8, 8) : std::optional(number(mark->data() + 4, 4));
    if (!first || !read_entries(*first)) return cut_short("its directory");
    return check_blocks();
  }

 private:
  Failure cut_short(const std::string& what) const {
    return input_error("the file is cut short: {} lies beyond its {} bytes", what, size_);
  }

  std::optional<std::vector<unsigned char>> bytes(std::uint64_t place, std::uint64_t count) {
    if (place > size_ || count > size_ - place) return std::nullopt;
    std::vector<unsigned char> read(count);
    stream_.clear();
    stream_.seekg(static_cast<std::streamoff>(place));
    stream_.read(reinterpret_cast<char*>(read.data()), static_cast<std::streamsize>(count));
    return stream_ ? std::optional(std::move(read)) : std::nullopt;
  }

  std::uint64_t number(const unsigned char* at, std::size_t width) const {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i) value = value << 8 | at[little_ ? width - 1 - i : i];
    return value;
  }

  std::optional<std::uint64_t> number_at(std::uint64_t place, std::size_t width) {
    const auto read = bytes(place, width);
    return read ? std::optional(number(read->data(), width)) : std::nullopt;
  }

  bool read_entries(std::uint64_t directory) {
    const std::size_t count_width = big_ ? 8 : 2, entry_size = big_ ? 20 : 12;
    const auto count = number_at(directory, count_width);
    const auto table = count && *count < 65536 ? bytes(directory + count_width, *count * entry_size) : std::nullopt;
    if (!table) return false;
    for (std::uint64_t i = 0; i < *count; ++i)
      take_entry(table->data() + i * entry_size, directory + count_width + i * entry_size);
    return true;
  }

  void take_entry(const unsigned char* entry, std::uint64_t place) {
    const std::uint64_t tag = number(entry, 2), type = number(entry + 2, 2);
    const std::size_t pointer = big_ ? 8 : 4;
    TagValues values;
    values.width = type == 3 ? 2 : type == 4 ? 4 : type == 16 ? 8 : 0;
    values.count = number(entry + 4, pointer);
    const bool is_inline = values.count <= pointer && values.width * values.count <= pointer;
    values.place = is_inline ? place + 4 + pointer : number(entry + 4 + pointer, pointer);
    if (tag == kStripOffsets || tag == kTileOffsets) offsets_ = values;
    if (tag == kStripCounts || tag == kTileCounts) counts_ = values;
  }

  std::optional<std::vector<unsigned char>> array(const TagValues& values) {
    if (values.count > size_) return std::nullopt;
    return bytes(values.place, values.count * values.width);
  }

  Result<void> check_blocks() {
    if (offsets_.width == 0 || counts_.width == 0 || offsets_.count != counts_.count) return {};
    const auto offsets = array(offsets_), counts = array(counts_);
    if (!offsets || !counts) return cut_short("the list of its blocks");
    for (std::uint64_t i = 0; i < offsets_.count; ++i) {
      const std::uint64_t offset = number(offsets->data() + i * offsets_.width, offsets_.width);
      const std::uint64_t count = number(counts->data() + i * counts_.width, counts_.width);
      if (count == 0) continue;  // a block that was never written holds no data
      if (offset > size_ || count > size_ - offset)
        return cut_short(fmt::format("block {} of {}", i + 1, offsets_.count));
    }
    return {};
  }

  std::ifstream stream_;
  std::uint64_t size_;
  bool little_ = true, big_ = false;
  TagValues offsets_, counts_;
};

}  // namespace

Result<void> check_tiff_is_whole(const std::string& path) {
  ECOCUBE_TRY_ASSIGN(const std::uint64_t size, size_of_file(path));
  return TiffDirectory(path, size).check();
}

}  // namespace ecocube
