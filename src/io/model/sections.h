// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/result.h"

namespace ecocube {

/// Adds a number to `bytes`, lowest byte first.
template <class T>
void put_number(std::string& bytes, T number) {
  using Bits = std::conditional_t<sizeof(T) == 8, std::uint64_t,
                                  std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint16_t>>;
  const auto bits = std::bit_cast<Bits>(number);
  for (std::size_t i = 0; i < sizeof(T); ++i) bytes.push_back(static_cast<char>(bits >> (8 * i) & 0xff));
}

/// Reads the number that starts at `bytes[at]`; the caller knows that it is there.
template <class T>
T number_at(std::string_view bytes, std::size_t at) {
  using Bits = std::conditional_t<sizeof(T) == 8, std::uint64_t,
                                  std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint16_t>>;
  Bits bits = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    bits = static_cast<Bits>(
        bits | static_cast<Bits>(static_cast<Bits>(static_cast<unsigned char>(bytes[at + i])) << (8 * i)));
  }
  return std::bit_cast<T>(bits);
}

/// Writes arrays one after the other, each preceded by its number of elements (uint64).
class SectionWriter {
 public:
  template <class T>
  void put(std::span<const T> numbers) {
    put_number(bytes_, static_cast<std::uint64_t>(numbers.size()));
    for (const T number : numbers) put_number(bytes_, number);
  }
  /// An array of one number.
  template <class T>
  void put_one(T number) {
    put<T>(std::span<const T>(&number, 1));
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

/// Reads them back in the same order. A section that claims more elements than there are bytes left is an error.
class SectionReader {
 public:
  explicit SectionReader(std::string_view bytes) : bytes_(bytes) {}

  template <class T>
  Result<std::vector<T>> take(std::string_view name) {
    const std::size_t left = bytes_.size() - at_;
    if (left < 8) return input_error("section {}: the file ends before it", name);
    const auto count = number_at<std::uint64_t>(bytes_, at_);
    if (count > (left - 8) / sizeof(T))
      return input_error("section {}: {} numbers do not fit into {} bytes", name, count, left - 8);
    at_ += 8;
    std::vector<T> numbers(static_cast<std::size_t>(count));
    for (T& number : numbers) {
      number = number_at<T>(bytes_, at_);
      at_ += sizeof(T);
    }
    return numbers;
  }
  bool at_end() const { return at_ == bytes_.size(); }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

/// Reads an array that must hold one number.
template <class T>
Result<T> take_one(SectionReader& reader, std::string_view name) {
  ECOCUBE_TRY_ASSIGN(const auto numbers, reader.take<T>(name));
  if (numbers.size() != 1) return input_error("section {}: {} numbers instead of one", name, numbers.size());
  return numbers[0];
}

}  // namespace ecocube
