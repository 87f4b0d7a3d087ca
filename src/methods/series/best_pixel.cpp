// SPDX-License-Identifier: Apache-2.0
#include "methods/series/best_pixel.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace ecocube::series {
namespace {

/// Standard deviations from the peak of a Gaussian to where it is 0.01: sqrt(2 ln 100).
constexpr double kDeviationsToEdge = 3.0348542587702927;

double logistic(double x) {
  return 1 / (1 + exponential(x));
}

/// Days from the target to the end of the season on the side where `from_target` lies; at least 1.
double season_side(int from_target, const BestPixelOptions& options) {
  const int edge = from_target < 0 ? options.first_day : options.last_day;
  const int ahead = from_target < 0 ? options.target_day - edge : edge - options.target_day;
  return std::max(1, ahead < 0 ? ahead + 365 : ahead);
}

double gaussian(double deviations) {
  return exponential(-0.5 * deviations * deviations);
}

}  // namespace

double exponential(double x) {
  constexpr double log2_of_e = 1.4426950408889634;
  // ln 2 in two parts: the first has zeros at its end, so that its product with a small integer is exact.
  constexpr double ln2_high = 0.6931471803691238, ln2_low = 1.9082149292705877e-10;
  x = std::clamp(x, -700.0, 700.0);
  const double halvings = std::floor(x * log2_of_e + 0.5);
  const double rest = (x - halvings * ln2_high) - halvings * ln2_low;
  double sum = 1;
  for (int term = 14; term >= 1; --term) sum = 1 + rest / term * sum;
  return std::ldexp(sum, static_cast<int>(halvings));
}

int days_from_target(int day, int target_day) {
  const int apart = day - target_day;
  if (apart > 183) return apart - 365;
  return apart < -182 ? apart + 365 : apart;
}

double day_score(int day, const BestPixelOptions& options) {
  const int apart = days_from_target(day, options.target_day);
  return gaussian(apart / season_side(apart, options) * kDeviationsToEdge);
}

double year_score(int year, int day, const BestPixelOptions& options) {
  const int apart = days_from_target(day, options.target_day);
  const double side = season_side(apart, options);
  const double days_a_year = std::floor(side / ((options.years + 1) * options.year_factor));
  return gaussian(std::abs(year - options.target_year) * days_a_year / side * kDeviationsToEdge);
}

double cloud_score(double metres, const BestPixelOptions& options) {
  return logistic(-10 / options.clear_metres * (metres - options.clear_metres / 2));
}

double haze_score(double haze) {
  return logistic(10 / 0.02 * (haze + 0.015));
}

double view_score(double degrees, const BestPixelOptions& options) {
  return logistic(10 / options.view_degrees * (degrees - options.view_degrees / 2));
}

void best_pixel(const BestPixelSeries& series, PixelRange range, const BestPixelOptions& options,
                std::span<std::uint16_t> dates, std::span<float> scores) {
  const std::size_t times = series.days.size(), cells = times * series.pixels;
  assert(series.years.size() == times && series.valid.size() == cells && times <= kNoDate);
  assert(dates.size() == series.pixels && range.end <= series.pixels);
  assert(options.cloud_weight == 0 || series.cloud_metres.size() == cells);
  assert(options.haze_weight == 0 || series.haze.size() == cells);
  assert(options.view_weight == 0 || series.view.size() == cells);
  const double weights =
      options.day_weight + options.year_weight + options.cloud_weight + options.haze_weight + options.view_weight;
  assert(weights > 0);
  std::vector<double> best(series.pixels == 0 ? 0 : range.end - range.begin, -1);
  std::fill(dates.begin() + static_cast<std::ptrdiff_t>(range.begin),
            dates.begin() + static_cast<std::ptrdiff_t>(range.end), kNoDate);
  const auto weighed = [](double weight, std::span<const float> plane, std::size_t cell, const auto& score) {
    if (weight == 0 || std::isnan(plane[cell])) return 0.0;
    return weight * score(static_cast<double>(plane[cell]));
  };
  for (std::size_t time = 0; time < times; ++time) {
    double of_date = 0;
    if (options.day_weight != 0) of_date += options.day_weight * day_score(series.days[time], options);
    if (options.year_weight != 0) {
      of_date += options.year_weight * year_score(series.years[time], series.days[time], options);
    }
    for (std::size_t pixel = range.begin; pixel < range.end; ++pixel) {
      const std::size_t cell = time * series.pixels + pixel;
      if (series.valid[cell] == 0) continue;
      double score = of_date;
      score +=
          weighed(options.cloud_weight, series.cloud_metres, cell, [&](double m) { return cloud_score(m, options); });
      score += weighed(options.haze_weight, series.haze, cell, [](double haze) { return haze_score(haze); });
      score += weighed(options.view_weight, series.view, cell, [&](double v) { return view_score(v, options); });
      score /= weights;
      if (score <= best[pixel - range.begin]) continue;
      best[pixel - range.begin] = score;
      dates[pixel] = static_cast<std::uint16_t>(time);
    }
  }
  if (scores.empty()) return;
  for (std::size_t pixel = range.begin; pixel < range.end; ++pixel) {
    scores[pixel] = dates[pixel] == kNoDate ? std::numeric_limits<float>::quiet_NaN()
                                            : static_cast<float>(best[pixel - range.begin]);
  }
}

}  // namespace ecocube::series
