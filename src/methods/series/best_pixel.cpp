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
  x = std::clamp(x, -kMostExponent, kMostExponent);
  const double halvings = std::floor(x * kLog2OfE + 0.5);
  const double rest = (x - halvings * kLn2High) - halvings * kLn2Low;
  double sum = 1;
  for (int term = kExponentialTerms; term >= 1; --term) sum = 1 + rest / term * sum;
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
  return logistic(10 / kHazeWidth * (haze + kHazeMiddle));
}

double view_score(double degrees, const BestPixelOptions& options) {
  return logistic(10 / options.view_degrees * (degrees - options.view_degrees / 2));
}

double date_score(int year, int day, const BestPixelOptions& options) {
  double score = 0;
  if (options.day_weight != 0) score += options.day_weight * day_score(day, options);
  if (options.year_weight != 0) score += options.year_weight * year_score(year, day, options);
  return score;
}

double sum_of_weights(const BestPixelOptions& options) {
  return options.day_weight + options.year_weight + options.cloud_weight + options.haze_weight + options.view_weight;
}

void best_pixel_plain(const BestPixelSeries& series, PixelRange range, const BestPixelOptions& options,
                      std::span<std::uint16_t> dates, std::span<float> scores) {
  const std::size_t times = series.days.size(), cells = times * series.pixels;
  assert(series.years.size() == times && series.valid.size() == cells && times <= kNoDate);
  assert(dates.size() == series.pixels && range.end <= series.pixels);
  assert(options.cloud_weight == 0 || series.cloud_metres.size() == cells);
  assert(options.haze_weight == 0 || series.haze.size() == cells);
  assert(options.view_weight == 0 || series.view.size() == cells);
  const double weights = sum_of_weights(options);
  assert(weights > 0);
  std::vector<double> best(series.pixels == 0 ? 0 : range.end - range.begin, -1);
  std::fill(dates.begin() + static_cast<std::ptrdiff_t>(range.begin),
            dates.begin() + static_cast<std::ptrdiff_t>(range.end), kNoDate);
  const auto weighed = [](double weight, std::span<const float> plane, std::size_t cell, const auto& score) {
    if (weight == 0 || std::isnan(plane[cell])) return 0.0;
    return weight * score(static_cast<double>(plane[cell]));
  };
  for (std::size_t time = 0; time < times; ++time) {
    const double of_date = date_score(series.years[time], series.days[time], options);
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
