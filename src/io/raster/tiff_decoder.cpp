// SPDX-License-Identifier: Apache-2.0
#include "io/raster/tiff_decoder.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>

namespace ecocube {
namespace {

constexpr std::uint64_t kPlain = 1, kLzw = 5;
/// Read ahead at once: strips of one row are small.
constexpr std::uint64_t kChunk = std::uint64_t{1} << 20;

/// Takes every `kBands`-th number of `cols` pixels apart.
template <int kBands>
void take_apart(const std::uint16_t* from, std::int64_t cols, std::uint16_t* const* to, std::size_t at) {
  std::uint16_t* plane[kBands];
  for (int band = 0; band < kBands; ++band) plane[band] = to[band] + at;
  for (std::int64_t col = 0; col < cols; ++col) {
    std::uint16_t pixel[kBands];
    std::memcpy(pixel, from + col * kBands, sizeof(pixel));
    for (int band = 0; band < kBands; ++band) plane[band][col] = pixel[band];
  }
}

}  // namespace

Result<std::unique_ptr<TiffDecoder>> TiffDecoder::open(const std::string& path, TiffDirectory directory) {
  std::unique_ptr<TiffDecoder> decoder(new TiffDecoder);
  if (!decoder->understands(directory)) return nullptr;
  decoder->path_ = path;
  decoder->directory_ = std::move(directory);
  decoder->file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (decoder->file_ < 0) return machine_error("opening {}: {}", path, std::strerror(errno));
  if (!decoder->looks_modern()) return nullptr;
  return decoder;
}

TiffDecoder::~TiffDecoder() {
  if (file_ >= 0) ::close(file_);
}

bool TiffDecoder::understands(const TiffDirectory& directory) {
  using Tag = TiffDirectory::Tag;
  const auto is = [&](Tag tag, std::uint64_t wanted, std::uint64_t otherwise) {
    return directory.number(tag, otherwise) == wanted;
  };
  const std::uint64_t packing = directory.number(Tag::kCompression, kPlain),
                      format = directory.number(Tag::kSampleFormat, 1),
                      predictor = directory.number(Tag::kPredictor, 1), planar = directory.number(Tag::kPlanar, 1);
  if (std::endian::native != std::endian::little || !directory.little_endian() || directory.has_tiles()) return false;
  if (!is(Tag::kBits, 16, 1) || !is(Tag::kFillOrder, 1, 1) || (format != 1 && format != 2)) return false;
  if ((packing != kPlain && packing != kLzw) || (predictor != 1 && predictor != 2)) return false;
  rows_ = static_cast<std::int64_t>(directory.number(Tag::kHeight, 0));
  cols_ = static_cast<std::int64_t>(directory.number(Tag::kWidth, 0));
  bands_ = static_cast<int>(directory.number(Tag::kSamples, 1));
  if (rows_ <= 0 || cols_ <= 0 || bands_ <= 0 || rows_ > INT32_MAX || cols_ > INT32_MAX) return false;
  strip_rows_ = static_cast<std::int64_t>(std::clamp<std::uint64_t>(directory.number(Tag::kRowsPerStrip, UINT64_MAX), 1,
                                                                    static_cast<std::uint64_t>(rows_)));
  bands_in_strip_ = planar == 2 ? 1 : bands_;
  is_packed_ = packing == kLzw;
  differences_ = is_packed_ && predictor == 2;
  const std::size_t strips = strips_of_band() * static_cast<std::size_t>(bands_ / bands_in_strip_);
  constexpr std::int64_t kMostNumbers = std::int64_t{1} << 29;
  return directory.offsets().size() == strips && directory.counts().size() == strips &&
         strip_rows_ * bands_in_strip_ <= kMostNumbers / cols_;
}

/// LZW with its bits the other way round, from before TIFF 6.0, begins with a byte 0.
bool TiffDecoder::looks_modern() const {
  if (!is_packed_) return true;
  const auto first = std::find_if(directory_.counts().begin(), directory_.counts().end(),
                                  [](std::uint64_t count) { return count >= 2; });
  if (first == directory_.counts().end()) return true;
  std::uint8_t bytes[2] = {};
  const auto place = directory_.offsets()[static_cast<std::size_t>(first - directory_.counts().begin())];
  return ::pread(file_, bytes, 2, static_cast<off_t>(place)) == 2 && bytes[0] != 0;
}

std::size_t TiffDecoder::strips_of_band() const {
  return static_cast<std::size_t>((rows_ + strip_rows_ - 1) / strip_rows_);
}

Failure TiffDecoder::damaged(std::size_t strip, const std::string& what) const {
  const auto row = static_cast<std::int64_t>(strip % strips_of_band()) * strip_rows_;
  return input_error("reading raster {}, rows {}..{}: {}", path_, row, std::min(rows_, row + strip_rows_) - 1, what);
}

/// The strip's bytes as they are in the file, with slack behind them.
Result<const std::uint8_t*> TiffDecoder::packed_bytes(std::size_t strip) {
  const std::uint64_t begin = directory_.offsets()[strip], end = begin + directory_.counts()[strip];
  if (begin < packed_begin_ || end > packed_end_) {
    std::uint64_t far = end;
    for (std::size_t next = strip + 1; next < directory_.offsets().size(); ++next) {
      const std::uint64_t next_end = directory_.offsets()[next] + directory_.counts()[next];
      if (directory_.offsets()[next] != far || next_end - begin > kChunk) break;
      far = next_end;
    }
    packed_begin_ = packed_end_ = 0;
    packed_.resize(far - begin + LzwDecoder::kSlack);
    std::uint64_t got = 0;
    while (got < far - begin) {
      const auto count = ::pread(file_, packed_.data() + got, far - begin - got, static_cast<off_t>(begin + got));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return machine_error("reading raster {}: {}", path_, std::strerror(errno));
      if (count == 0) return damaged(strip, "the file has become shorter");
      got += static_cast<std::uint64_t>(count);
    }
    packed_begin_ = begin, packed_end_ = far;
  }
  return packed_.data() + (begin - packed_begin_);
}

void TiffDecoder::undo_differences(std::int64_t strip_rows) {
  const auto step = static_cast<std::size_t>(bands_in_strip_), line = static_cast<std::size_t>(cols_) * step;
  for (std::int64_t row = 0; row < strip_rows; ++row) {
    std::uint16_t* const first = numbers_.data() + static_cast<std::size_t>(row) * line;
    for (std::size_t i = step; i < line; ++i) first[i] = static_cast<std::uint16_t>(first[i] + first[i - step]);
  }
}

/// Unpacks a strip into `numbers_` unless it is there.
Result<void> TiffDecoder::unpack(std::size_t strip) {
  if (unpacked_ == strip) return {};
  const auto row = static_cast<std::int64_t>(strip % strips_of_band()) * strip_rows_;
  const std::int64_t strip_rows = std::min(strip_rows_, rows_ - row);
  const auto count = static_cast<std::size_t>(strip_rows * cols_ * bands_in_strip_), bytes = count * 2;
  unpacked_ = SIZE_MAX;
  numbers_.resize(count + LzwDecoder::kSlack / 2);
  const std::uint64_t packed = directory_.counts()[strip];
  auto* const target = reinterpret_cast<std::uint8_t*>(numbers_.data());
  if (packed == 0) {
    std::fill_n(target, bytes, std::uint8_t{0});
  } else {
    ECOCUBE_TRY_ASSIGN(const std::uint8_t* source, packed_bytes(strip));
    if (is_packed_) {
      if (!lzw_.unpack({source, packed}, {target, bytes})) return damaged(strip, "its LZW codes make no sense");
    } else {
      if (packed < bytes) return damaged(strip, "the strip is too short");
      std::memcpy(target, source, bytes);
    }
    if (differences_) undo_differences(strip_rows);
  }
  unpacked_ = strip;
  return {};
}

Result<void> TiffDecoder::read(std::span<const int> bands, const Window& window, std::span<std::uint16_t* const> planes,
                               std::size_t stride) {
  constexpr int kGladBands = 8;
  bool all = bands_in_strip_ == kGladBands && bands.size() == static_cast<std::size_t>(kGladBands);
  for (std::size_t i = 0; i < bands.size(); ++i) all = all && bands[i] == static_cast<int>(i) + 1;
  const auto in_strip = static_cast<std::size_t>(bands_in_strip_);
  for (std::int64_t row = 0; row < window.rows; ++row) {
    const auto strip = static_cast<std::size_t>((window.row + row) / strip_rows_);
    const std::int64_t inside = (window.row + row) % strip_rows_;
    const std::size_t from = static_cast<std::size_t>(inside * cols_ + window.col) * in_strip,
                      at = static_cast<std::size_t>(row) * stride;
    if (all) {
      ECOCUBE_TRY(unpack(strip));
      take_apart<kGladBands>(numbers_.data() + from, window.cols, planes.data(), at);
      continue;
    }
    for (std::size_t i = 0; i < bands.size(); ++i) {
      const auto band = static_cast<std::size_t>(bands[i] - 1);
      ECOCUBE_TRY(unpack(bands_in_strip_ == 1 ? band * strips_of_band() + strip : strip));
      const std::uint16_t* source = numbers_.data() + from + (bands_in_strip_ == 1 ? 0 : band);
      for (std::int64_t col = 0; col < window.cols; ++col)
        planes[i][at + static_cast<std::size_t>(col)] = source[static_cast<std::size_t>(col) * in_strip];
    }
  }
  return {};
}

}  // namespace ecocube
