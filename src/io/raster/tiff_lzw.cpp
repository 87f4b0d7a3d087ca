// SPDX-License-Identifier: Apache-2.0
#include "io/raster/tiff_lzw.h"

#include <array>
#include <bit>
#include <cstring>

namespace ecocube {
namespace {

// The string of a new code is that of the code before and the first byte of the one after it: both stand next to each
// other in what was unpacked, so a code is a place there and a length. Strings of up to 7 bytes, nearly all in noisy
// pictures, are kept in the table itself, bytes and length in one word, and cost one load and one store. Such codes are
// worked on in a loop without any other case; what does not fit into it is done code by code.

constexpr std::uint32_t kClear = 256, kEnd = 257, kFirst = 258, kCodes = 4096;
constexpr unsigned kFewestBits = 9, kMostBits = 12;
constexpr std::uint32_t kShort = 7;  ///< bytes that fit into a word beside the length
constexpr unsigned kLengthShift = 8 * kShort;
constexpr std::uint64_t kOneLonger = std::uint64_t{1} << kLengthShift;
constexpr std::uint64_t kBytesMask = kOneLonger - 1;
constexpr std::uint64_t kLong = std::uint64_t{255} << kLengthShift;

std::uint64_t big_endian_word(const std::uint8_t* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof(word));
  if constexpr (std::endian::native == std::endian::little) word = __builtin_bswap64(word);
  return word;
}

void put_word(std::uint8_t* at, std::uint64_t word) {
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  std::memcpy(at, &word, sizeof(word));
}

/// Bits of the code that comes when `next` is the next one to be defined: one more before the last of a width.
unsigned width_of(std::uint32_t next) {
  return next < 511 ? kFewestBits : next < 1023 ? 10 : next < 2047 ? 11 : kMostBits;
}

/// A string that stands at `place` in what was unpacked.
struct Text {
  std::uint64_t word = 0;  ///< lowest byte first: up to 7 bytes, then the length; from kLong on, `length` counts
  std::uint32_t place = 0, length = 0;
};

}  // namespace

struct LzwDecoder::Table {
  std::array<std::uint64_t, kCodes> words;
  std::array<std::uint32_t, kCodes> places, lengths;  ///< of strings too long for a word

  std::span<const std::uint8_t> packed;
  std::span<std::uint8_t> unpacked;
  std::uint64_t bit = 0;   ///< read so far
  std::uint32_t at = 0;    ///< bytes unpacked so far
  std::uint32_t next = 0;  ///< the code to be defined next
  bool fresh = true;       ///< no code since the table was cleared
  Text before;             ///< of the code before

  void short_codes();
  bool one_code();
  void define(std::uint8_t first);
};

/// Works on codes of short strings that follow short strings, as long as there are any.
void LzwDecoder::Table::short_codes() {
  constexpr std::uint32_t kAtOnce = 4;  // codes of 12 bits that one load surely holds
  std::uint64_t* const table = words.data();
  std::uint8_t* const out = unpacked.data();
  const std::uint64_t bits = packed.size() * 8;
  const std::uint64_t size = unpacked.size();
  std::uint64_t word = before.word;
  std::uint32_t defined = next, written = at, start = before.place;
  while (!fresh && bit + 64 <= bits && written + kAtOnce * kShort <= size && defined + kAtOnce <= kCodes) {
    const unsigned width = width_of(defined);
    if (width != width_of(defined + kAtOnce - 1)) break;
    std::uint64_t window = big_endian_word(packed.data() + (bit >> 3)) << (bit & 7);
    std::uint32_t done = 0;
    for (; done < kAtOnce; ++done) {
      const auto code = static_cast<std::uint32_t>(window >> (64 - width));
      const std::uint64_t found = table[code];
      if (code >= defined || found >= (std::uint64_t{kShort + 1} << kLengthShift) ||
          word >= (std::uint64_t{kShort} << kLengthShift))
        break;
      window <<= width;
      table[defined++] = word + ((found & 0xFF) << (word >> kLengthShift << 3)) + kOneLonger;
      put_word(out + written, found);
      start = written;
      written += static_cast<std::uint32_t>(found >> kLengthShift);
      word = found;
    }
    bit += done * width;
    if (done < kAtOnce) break;
  }
  before = {word, start, written - start};
  next = defined, at = written;
}

/// Defines the next code as the string before and a first byte.
void LzwDecoder::Table::define(std::uint8_t first) {
  if (next == kCodes) return;
  words[next] = before.length < kShort ? before.word + (std::uint64_t{first} << 8 * before.length) + kOneLonger
                                       : (before.word & kBytesMask) | kLong;
  places[next] = before.place;
  lengths[next] = before.length + 1;
  ++next;
}

bool LzwDecoder::Table::one_code() {
  const unsigned width = width_of(next);
  if (bit + width > packed.size() * 8) return false;
  const auto code =
      static_cast<std::uint32_t>(big_endian_word(packed.data() + (bit >> 3)) << (bit & 7) >> (64 - width));
  bit += width;
  if (code == kClear) {
    next = kFirst, fresh = true;
    return true;
  }
  if (code == kEnd || code > next || code >= kCodes || (fresh && code > kClear)) return false;
  // A code may be used at once: then its string ends with its own first byte.
  if (!fresh) define(static_cast<std::uint8_t>(code == next ? before.word : words[code]));
  if (code >= next) return false;
  fresh = false;
  const std::uint64_t word = words[code];
  const std::uint32_t length = word < kLong ? static_cast<std::uint32_t>(word >> kLengthShift) : lengths[code];
  if (length > unpacked.size() - at) return false;
  std::uint8_t* const out = unpacked.data();
  if (word < kLong) {
    put_word(out + at, word);
  } else {
    for (std::uint32_t i = 0; i < length; ++i) out[at + i] = out[places[code] + i];
  }
  before = {word, at, length};
  at += length;
  return true;
}

LzwDecoder::LzwDecoder() : table_(std::make_unique<Table>()) {
  table_->words.fill(kLong);
  for (std::uint64_t byte = 0; byte < kClear; ++byte) table_->words[byte] = byte | kOneLonger;
}

LzwDecoder::~LzwDecoder() = default;

bool LzwDecoder::unpack(std::span<const std::uint8_t> packed, std::span<std::uint8_t> unpacked) {
  Table& table = *table_;
  table.packed = packed, table.unpacked = unpacked;
  table.bit = 0, table.at = 0, table.next = kFirst, table.fresh = true;
  while (table.at < unpacked.size()) {
    if (!table.one_code()) return false;
    table.short_codes();
  }
  return true;
}

}  // namespace ecocube
