// SPDX-License-Identifier: Apache-2.0
#include "methods/series/theil_sen.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace ecocube::series {
namespace {

/// The median; `values` change places.
double median(std::vector<float>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  const double upper = static_cast<double>(*middle);
  if (values.size() % 2 == 1) return upper;
  return 0.5 * (static_cast<double>(*std::max_element(values.begin(), middle)) + upper);
}

}  // namespace

double theil_sen_slope_plain(std::span<const float> values, std::span<const float> times, std::vector<float>& slopes) {
  assert(values.size() == times.size());
  const std::size_t count = values.size();
  if (count < 2) return std::numeric_limits<double>::quiet_NaN();
  slopes.resize(count * (count - 1) / 2);
  float* slope = slopes.data();
  for (std::size_t later = 1; later < count; ++later) {
    for (std::size_t earlier = 0; earlier < later; ++earlier)
      *slope++ = (values[later] - values[earlier]) / (times[later] - times[earlier]);
  }
  return median(slopes) + 0.0;  // 0 without a sign, whichever zero lies in the middle
}

void subtract_slot_medians(std::span<float> values, std::span<const int> slots, int slot_count,
                           std::vector<float>& room) {
  assert(values.size() == slots.size());
  if (values.empty()) return;
  room.assign(values.begin(), values.end());
  const double whole = median(room);
  for (int slot = 0; slot < slot_count; ++slot) {
    room.clear();
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (slots[i] == slot) room.push_back(values[i]);
    }
    if (room.empty()) continue;
    const double shift = whole - median(room);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (slots[i] == slot) values[i] = static_cast<float>(static_cast<double>(values[i]) + shift);
    }
  }
}

}  // namespace ecocube::series
