// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

namespace ecocube {

// The C library's exp and log may differ in the last bit from one machine to the next (some pick a fused
// multiply-add at run time). These two use only IEEE + - * / and bit patterns, so a model gives the same bytes
// everywhere.

/// e^x within 1.5 units in the last place. Below -708 (where results leave the normal numbers) it is 0, above 709.78
/// it is infinite; NaN stays NaN.
/// Range reduction x = k ln 2 + r with |r| <= ln 2 / 2, then the Taylor series of e^r to the 13th power.
inline double portable_exp(double x) {
  if (x != x) return x;
  if (x < -708.0) return 0;
  if (x > 709.782712893384) return std::numeric_limits<double>::infinity();
  constexpr double round_to_whole = 0x1.8p52;
  const double k = (x * 1.4426950408889634 + round_to_whole) - round_to_whole;
  const double r = (x - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;
  const double r2 = r * r, r4 = r2 * r2;
  const double low = (1.0 / 2 + r * (1.0 / 6)) + r2 * (1.0 / 24 + r * (1.0 / 120));
  const double middle = (1.0 / 720 + r * (1.0 / 5040)) + r2 * (1.0 / 40320 + r * (1.0 / 362880));
  const double high = (1.0 / 3628800 + r * (1.0 / 39916800)) + r2 * (1.0 / 479001600 + r * (1.0 / 6227020800.0));
  const double power = 1.0 + (r + r2 * (low + r4 * (middle + r4 * high)));
  // 2^k in two factors, since 2^1024 is no number of its own.
  const auto whole = static_cast<std::int64_t>(k), half = whole / 2;
  const double first = std::bit_cast<double>(static_cast<std::uint64_t>(half + 1023) << 52);
  const double second = std::bit_cast<double>(static_cast<std::uint64_t>(whole - half + 1023) << 52);
  return power * first * second;
}

/// Natural logarithm of a positive normal number within 2 units in the last place; -infinity at 0, NaN below.
/// x = 2^k m with m within sqrt(1/2)..sqrt(2); ln m = 2 artanh(s), s = (m - 1) / (m + 1), as a series in s^2.
inline double portable_log(double x) {
  if (!(x > 0)) return x == 0 ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  if (x == std::numeric_limits<double>::infinity()) return x;
  const auto bits = std::bit_cast<std::uint64_t>(x);
  auto k = static_cast<std::int64_t>(bits >> 52) - 1023;
  double m = std::bit_cast<double>((bits & 0x000fffffffffffffULL) | 0x3ff0000000000000ULL);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    k += 1;
  }
  const double f = m - 1, s = f / (2 + f), s2 = s * s;
  double series = 0;
  for (int power = 25; power >= 3; power -= 2) series = series * s2 + 2.0 / power;
  const auto scale = static_cast<double>(k);
  return scale * 6.93147180369123816490e-01 + (2 * s + (s * s2 * series + scale * 1.90821492927058770002e-10));
}

}  // namespace ecocube
