// SPDX-License-Identifier: Apache-2.0
#include "io/raster/tiff_directory.h"

#include <algorithm>
#include <array>
#include <fstream>

#include "io/file/file.h"

namespace ecocube {
namespace {

constexpr std::array kTags{
    TiffDirectory::kWidth,       TiffDirectory::kHeight,       TiffDirectory::kBits,      TiffDirectory::kCompression,
    TiffDirectory::kFillOrder,   TiffDirectory::kStripOffsets, TiffDirectory::kSamples,   TiffDirectory::kRowsPerStrip,
    TiffDirectory::kStripCounts, TiffDirectory::kPlanar,       TiffDirectory::kPredictor, TiffDirectory::kTileOffsets,
    TiffDirectory::kTileCounts,  TiffDirectory::kSampleFormat,
};

Failure cut_short(const std::string& what, std::uint64_t size) {
  return input_error("the file is cut short: {} lies beyond its {} bytes", what, size);
}

}  // namespace

class TiffDirectoryReader {
 public:
  TiffDirectoryReader(const std::string& path, std::uint64_t size) : stream_(path, std::ios::binary) {
    directory_.file_bytes_ = size;
  }

  Result<std::optional<TiffDirectory>> read() {
    const auto mark = bytes(0, 8);
    if (!mark) return std::nullopt;
    const bool little = (*mark)[0] == 'I' && (*mark)[1] == 'I', big_endian = (*mark)[0] == 'M' && (*mark)[1] == 'M';
    if (!little && !big_endian) return std::nullopt;
    directory_.little_ = little;
    const std::uint64_t version = number(mark->data() + 2, 2);
    if (version != 42 && version != 43) return std::nullopt;
    big_ = version == 43;
    const auto first = big_ ? number_at(8, 8) : std::optional(number(mark->data() + 4, 4));
    const std::size_t count_width = big_ ? 8 : 2, entry_size = big_ ? 20 : 12;
    const auto count = first ? number_at(*first, count_width) : std::nullopt;
    const auto table = count && *count < 65536 ? bytes(*first + count_width, *count * entry_size) : std::nullopt;
    if (!table) return cut_short("its directory", directory_.file_bytes_);
    for (std::uint64_t i = 0; i < *count; ++i) {
      ECOCUBE_TRY(take_entry(table->data() + i * entry_size, *first + count_width + i * entry_size));
    }
    return std::move(directory_);
  }

 private:
  std::optional<std::vector<unsigned char>> bytes(std::uint64_t place, std::uint64_t count) {
    if (place > directory_.file_bytes_ || count > directory_.file_bytes_ - place) return std::nullopt;
    std::vector<unsigned char> read(count);
    stream_.clear();
    stream_.seekg(static_cast<std::streamoff>(place));
    stream_.read(reinterpret_cast<char*>(read.data()), static_cast<std::streamsize>(count));
    return stream_ ? std::optional(std::move(read)) : std::nullopt;
  }

  std::uint64_t number(const unsigned char* at, std::size_t width) const {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i) value = value << 8 | at[directory_.little_ ? width - 1 - i : i];
    return value;
  }

  std::optional<std::uint64_t> number_at(std::uint64_t place, std::size_t width) {
    const auto read = bytes(place, width);
    return read ? std::optional(number(read->data(), width)) : std::nullopt;
  }

  Result<void> take_entry(const unsigned char* entry, std::uint64_t place) {
    const auto tag = static_cast<std::uint16_t>(number(entry, 2));
    if (std::find(kTags.begin(), kTags.end(), tag) == kTags.end()) return {};
    const std::uint64_t type = number(entry + 2, 2);
    const std::size_t pointer = big_ ? 8 : 4, width = type == 3 ? 2 : type == 4 ? 4 : type == 16 ? 8 : 0;
    const std::uint64_t count = number(entry + 4, pointer);
    if (width == 0) return {};
    const bool is_inline = count <= pointer && width * count <= pointer;
    const auto values =
        count <= directory_.file_bytes_
            ? bytes(is_inline ? place + 4 + pointer : number(entry + 4 + pointer, pointer), count * width)
            : std::nullopt;
    if (!values) return cut_short("the list of its blocks", directory_.file_bytes_);
    std::vector<std::uint64_t>& list = directory_.tags_[tag];
    list.resize(count);
    for (std::uint64_t i = 0; i < count; ++i) list[i] = number(values->data() + i * width, width);
    return {};
  }

  std::ifstream stream_;
  bool big_ = false;
  TiffDirectory directory_;
};

Result<std::optional<TiffDirectory>> TiffDirectory::read(const std::string& path) {
  ECOCUBE_TRY_ASSIGN(const std::uint64_t size, size_of_file(path));
  return TiffDirectoryReader(path, size).read();
}

std::uint64_t TiffDirectory::number(Tag tag, std::uint64_t otherwise) const {
  const auto found = tags_.find(tag);
  return found == tags_.end() || found->second.empty() ? otherwise : found->second.front();
}

const std::vector<std::uint64_t>& TiffDirectory::offsets() const {
  static const std::vector<std::uint64_t> none;
  const auto found = tags_.find(has_tiles() ? kTileOffsets : kStripOffsets);
  return found == tags_.end() ? none : found->second;
}

const std::vector<std::uint64_t>& TiffDirectory::counts() const {
  static const std::vector<std::uint64_t> none;
  const auto found = tags_.find(has_tiles() ? kTileCounts : kStripCounts);
  return found == tags_.end() ? none : found->second;
}

Result<void> TiffDirectory::check_blocks() const {
  const auto &begin = offsets(), &size = counts();
  if (begin.size() != size.size()) return {};
  for (std::size_t i = 0; i < begin.size(); ++i) {
    if (size[i] == 0) continue;
    if (begin[i] > file_bytes_ || size[i] > file_bytes_ - begin[i])
      return cut_short(fmt::format("block {} of {}", i + 1, begin.size()), file_bytes_);
  }
  return {};
}

}  // namespace ecocube
