// SPDX-License-Identifier: Apache-2.0
#include "methods/series/trend.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <numeric>

#include "methods/series/trend_lanes.h"

namespace ecocube::series {

TrendAxis trend_axis(const TimeAxis& axis, bool deseasonalise) {
  assert(!axis.days.empty());
  TrendAxis result;
  result.time.resize(axis.days.size());
  std::iota(result.time.begin(), result.time.end(), std::size_t{0});
  const auto slot_of = [&](std::size_t time) { return deseasonalise ? axis.slot[time] : 0; };
  std::stable_sort(result.time.begin(), result.time.end(),
                   [&](std::size_t left, std::size_t right) { return slot_of(left) < slot_of(right); });
  const int middle = axis.days.front() + (axis.days.back() - axis.days.front()) / 2;
  for (std::size_t place = 0; place < result.time.size(); ++place) {
    result.day.push_back(axis.days[result.time[place]] - middle);
    if (place == 0 || slot_of(result.time[place]) != slot_of(result.time[place - 1]))
      result.slot_begin.push_back(place);
  }
  result.slot_begin.push_back(result.time.size());
  result.first_day = axis.days.front() - middle;
  return result;
}

void TrendSums::add(const SlotSums& slot) {
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const double share = std::max(slot.n[lane], 1.0);  // with n = 0 all sums are 0
    n[lane] += slot.n[lane];
    x[lane] += slot.x[lane];
    xx[lane] += slot.xx[lane];
    y[lane] += slot.y[lane];
    sxy[lane] += (slot.n[lane] * slot.xy[lane] - slot.x[lane] * slot.y[lane]) / share;
    syy[lane] += (slot.n[lane] * slot.yy[lane] - slot.y[lane] * slot.y[lane]) / share;
  }
}

bool days_fit_16_bits(const TrendAxis& axis) {
  return std::all_of(axis.day.begin(), axis.day.end(), [](int day) { return day >= -32767 && day <= 32767; });
}

TrendLines finish_lines(const TrendSums& sums, const TrendAxis& axis, const TrendOptions& options) {
  constexpr double missing = std::numeric_limits<double>::quiet_NaN();
  const double per_year = options.scale * kDaysOfYear, first_day = axis.first_day;
  TrendLines lines;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const double n = sums.n[lane], share = std::max(n, 1.0), mean_x = sums.x[lane] / share;
    const double sxx = (n * sums.xx[lane] - sums.x[lane] * sums.x[lane]) / share;
    const bool told = n >= static_cast<double>(options.fewest) && sxx > 0;
    const double syy = sums.syy[lane], slope = told ? sums.sxy[lane] / sxx : 0;
    const double left = std::max(syy - slope * sums.sxy[lane], 0.0);
    const double unexplained = syy > 0 ? std::min(left / syy, 1.0) : 1;
    const double error = std::sqrt(left / (std::max(n - 2, 1.0) * sxx)) * std::fabs(per_year);
    const double mean_y = sums.reference[lane] + sums.y[lane] / share;
    const double intercept = (mean_y + slope * (first_day - mean_x)) * options.scale + options.offset;
    lines.slope[lane] = static_cast<float>(told ? slope * per_year : missing);
    lines.slope_se[lane] = static_cast<float>(told ? error : missing);
    lines.r2[lane] = static_cast<float>(told ? 1 - unexplained : missing);
    lines.intercept[lane] = static_cast<float>(told ? intercept : missing);
    lines.unexplained[lane] = unexplained;
  }
  return lines;
}

void put_lines(const TrendLines& lines, const Lane& counts, std::size_t first, std::size_t count,
               const StudentT& student, const TrendResults& results) {
  const auto put = [&](std::span<float> plane, const std::array<float, kLanes>& values) {
    if (!plane.empty()) std::copy_n(values.begin(), count, plane.begin() + static_cast<std::ptrdiff_t>(first));
  };
  put(results.slope, lines.slope);
  put(results.slope_se, lines.slope_se);
  put(results.r2, lines.r2);
  put(results.intercept, lines.intercept);
  for (std::size_t lane = 0; lane < count; ++lane) {
    if (!results.count.empty()) results.count[first + lane] = static_cast<float>(counts[lane]);
    if (results.p.empty()) continue;
    const bool told = !std::isnan(lines.slope[lane]);
    const double p = told ? student.two_sided(lines.unexplained[lane], static_cast<std::size_t>(counts[lane]) - 2) : 0;
    results.p[first + lane] = told ? static_cast<float>(p) : std::numeric_limits<float>::quiet_NaN();
  }
}

template <class T>
void fit_trend_plain(const Stack<T>& stack, PixelRange range, const TrendAxis& axis, const TrendOptions& options,
                     const StudentT& student, const TrendResults& results) {
  assert(stack.times == axis.time.size() && range.end <= stack.pixels && options.fewest >= 3);
  for (std::size_t begin = range.begin; begin < range.end; begin += kLanes) {
    const std::size_t count = std::min(kLanes, range.end - begin);
    TrendSums sums;
    if (std::is_floating_point_v<T>) find_first_valid(stack, begin, count, sums.reference);
    for (std::size_t slot = 0; slot + 1 < axis.slot_begin.size(); ++slot) {
      SlotSums one;
      for (std::size_t place = axis.slot_begin[slot]; place < axis.slot_begin[slot + 1]; ++place) {
        const T* plane = stack.plane(axis.time[place]) + begin;
        const double x = axis.day[place];
        for (std::size_t lane = 0; lane < count; ++lane) {
          if (!is_valid(plane[lane], stack.no_data)) continue;
          const double y = static_cast<double>(plane[lane]) - sums.reference[lane];
          one.n[lane] += 1;
          one.x[lane] += x;
          one.xx[lane] += x * x;
          one.y[lane] += y;
          one.xy[lane] += x * y;
          one.yy[lane] += y * y;
        }
      }
      sums.add(one);
    }
    put_lines(finish_lines(sums, axis, options), sums.n, begin - range.begin, count, student, results);
  }
}

template void fit_trend_plain(const Stack<std::uint8_t>&, PixelRange, const TrendAxis&, const TrendOptions&,
                              const StudentT&, const TrendResults&);
template void fit_trend_plain(const Stack<std::uint16_t>&, PixelRange, const TrendAxis&, const TrendOptions&,
                              const StudentT&, const TrendResults&);
template void fit_trend_plain(const Stack<std::int16_t>&, PixelRange, const TrendAxis&, const TrendOptions&,
                              const StudentT&, const TrendResults&);
template void fit_trend_plain(const Stack<float>&, PixelRange, const TrendAxis&, const TrendOptions&, const StudentT&,
                              const TrendResults&);

}  // namespace ecocube::series
