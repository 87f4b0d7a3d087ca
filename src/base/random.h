// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>

namespace ecocube {

/// Random numbers that are the same on every machine and compiler (the standard library's distributions are not).
/// SplitMix64: Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators".
class Random {
 public:
  /// Every list of numbers, such as {seed, tree, node}, names a stream of its own.
  Random(std::initializer_list<std::uint64_t> stream) {
    for (const std::uint64_t part : stream) state_ = mixed(state_ + 0x9e3779b97f4a7c15ULL + part);
  }
  std::uint64_t next() { return mixed(state_ += 0x9e3779b97f4a7c15ULL); }
  /// 0 to count - 1; count below 2^32. The bias is below count / 2^64 parts.
  std::uint32_t below(std::uint64_t count) {
    const std::uint64_t bits = next(), high = bits >> 32, low = bits & 0xffffffffULL;
    return static_cast<std::uint32_t>((high * count + ((low * count) >> 32)) >> 32);
  }

 private:
  static std::uint64_t mixed(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  std::uint64_t state_ = 0;
};

}  // namespace ecocube
