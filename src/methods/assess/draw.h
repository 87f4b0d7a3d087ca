// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ecocube {

/// Random numbers that are the same on every machine, a stream of their own for each three numbers: SplitMix64
/// (Steele, Lea and Flood 2014).
class Draw {
 public:
  Draw(std::uint64_t seed, std::uint64_t a, std::uint64_t b) {
    for (const std::uint64_t part : {seed, a, b}) state_ = mixed(state_ + kStep + part);
  }
  /// 0 to count - 1; the bias is below count / 2^32 parts.
  std::uint32_t below(std::uint32_t count) {
    return static_cast<std::uint32_t>(((mixed(state_ += kStep) >> 32) * count) >> 32);
  }

 private:
  static constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15ULL;
  static std::uint64_t mixed(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  std::uint64_t state_ = 0;
};

}  // namespace ecocube
