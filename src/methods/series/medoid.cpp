// SPDX-License-Identifier: Apache-2.0
#include "methods/series/medoid.h"

#include <cassert>
#include <cmath>
#include <vector>

namespace ecocube::series {
namespace {

double distance(const BandSeries& series, std::size_t time, std::size_t other, std::size_t pixel) {
  double sum = 0;
  for (std::size_t band = 0; band < series.bands; ++band) {
    const double step =
        static_cast<double>(series.value(time, band, pixel)) - static_cast<double>(series.value(other, band, pixel));
    sum += step * step;
  }
  return std::sqrt(sum);
}

}  // namespace

void medoid_plain(const BandSeries& series, PixelRange range, std::span<std::uint16_t> dates) {
  assert(series.values.size() == series.times * series.bands * series.pixels && series.times <= kNoDate);
  assert(dates.size() == series.pixels && range.end <= series.pixels);
  std::vector<double> sums(series.times);
  for (std::size_t pixel = range.begin; pixel < range.end; ++pixel) {
    sums.assign(series.times, 0);
    for (std::size_t time = 0; time < series.times; ++time) {
      for (std::size_t other = time + 1; other < series.times; ++other) {
        if (!series.seen(time, pixel) || !series.seen(other, pixel)) continue;
        const double apart = distance(series, time, other, pixel);
        sums[time] += apart, sums[other] += apart;
      }
    }
    dates[pixel] = kNoDate;
    for (std::size_t time = 0; time < series.times; ++time) {
      if (!series.seen(time, pixel)) continue;
      if (dates[pixel] == kNoDate || sums[time] < sums[dates[pixel]]) dates[pixel] = static_cast<std::uint16_t>(time);
    }
  }
}

}  // namespace ecocube::series
