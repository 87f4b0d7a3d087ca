// SPDX-License-Identifier: Apache-2.0
#include "io/report/report_text.h"

#include <fmt/format.h>

#include <cmath>

namespace ecocube {
namespace {

constexpr const char* kDash = "–";

/// A number that rounds to zero has no sign.
double unsigned_zero(double value, double smallest) {
  return std::abs(value) < smallest / 2 ? 0.0 : value;
}

}  // namespace

std::string percent_text(double share) {
  return std::isfinite(share) ? fmt::format("{:.1f}\u00a0%", unsigned_zero(100 * share, 0.1)) : kDash;
}

std::string score_text(double value) {
  return std::isfinite(value) ? fmt::format("{:.3f}", unsigned_zero(value, 0.001)) : kDash;
}

std::string count_text(double value) {
  if (!std::isfinite(value)) return kDash;
  const std::string digits = fmt::format("{:.0f}", unsigned_zero(value, 1));
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::size_t left = digits.size() - i;
    if (i > 0 && left % 3 == 0 && digits[i - 1] != '-') text += "\u202f";
    text += digits[i];
  }
  return text;
}

std::string value_text_of(double value) {
  if (!std::isfinite(value)) return kDash;
  const double size = std::abs(value);
  if (size >= 10000) return count_text(value);
  return size >= 100  ? fmt::format("{:.0f}", value)
         : size >= 10 ? fmt::format("{:.1f}", value)
                      : fmt::format("{:.2f}", unsigned_zero(value, 0.01));
}

std::string length_text(double value) {
  if (!std::isfinite(value)) return "0";
  std::string text = fmt::format("{:.2f}", unsigned_zero(value, 0.01));
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace ecocube
