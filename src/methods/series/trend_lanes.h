// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <type_traits>

#include "methods/series/trend.h"

namespace ecocube::series {

using Lane = std::array<double, kLanes>;

/// Sums of one slot, for kLanes pixels.
struct SlotSums {
  alignas(64) Lane n{}, x{}, xx{}, y{}, xy{}, yy{};
};

/// Sums over slots; `sxy` and `syy` are about the means of the slots.
struct TrendSums {
  alignas(64) Lane n{}, x{}, xx{}, y{}, sxy{}, syy{};
  alignas(64) Lane reference{};  ///< taken off all values of a pixel
  void add(const SlotSums& slot);
};

template <class T>
bool is_valid(T value, T no_data) {
  if constexpr (std::is_floating_point_v<T>) {
    return !std::isnan(value) && value != no_data;
  } else {
    return value != no_data;
  }
}

/// The first valid value of every pixel begin..begin+count-1; 0 where there is none.
template <class T>
void find_first_valid(const Stack<T>& stack, std::size_t begin, std::size_t count, Lane& values) {
  std::array<bool, kLanes> found{};
  std::size_t left = count;
  for (std::size_t time = 0; time < stack.times && left > 0; ++time) {
    const T* plane = stack.plane(time) + begin;
    for (std::size_t lane = 0; lane < count; ++lane) {
      if (found[lane] || !is_valid(plane[lane], stack.no_data)) continue;
      found[lane] = true;
      values[lane] = static_cast<double>(plane[lane]);
      --left;
    }
  }
}

/// What comes of the sums of kLanes pixels; NaN where there is no line.
struct TrendLines {
  alignas(64) std::array<float, kLanes> slope{}, slope_se{}, r2{}, intercept{};
  alignas(64) Lane unexplained{};  ///< 1 - R²; a number everywhere
};

/// The plain version of what the fast one does lane by lane.
TrendLines finish_lines(const TrendSums& sums, const TrendAxis& axis, const TrendOptions& options);

/// Puts the lines of the pixels first..first+count-1 of the range where they are wanted, and finds their p values.
void put_lines(const TrendLines& lines, const Lane& counts, std::size_t first, std::size_t count,
               const StudentT& student, const TrendResults& results);

/// Whether sums of byte series fit the fast kernel's 16-bit days.
bool days_fit_16_bits(const TrendAxis& axis);

}  // namespace ecocube::series
