// SPDX-License-Identifier: Apache-2.0
#include "methods/series/phenology.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>
#include <optional>

#include "methods/series/trend.h"

namespace ecocube::series {
namespace {

struct Point {
  double day = 0, value = 0;
};

/// Straight lines between observations, held level beyond the first and the last.
class Curve {
 public:
  Curve(std::span<const int> days, std::span<const std::size_t> times, std::span<const double> values) {
    for (std::size_t i = 0; i < times.size(); ++i) points_.push_back({static_cast<double>(days[times[i]]), values[i]});
  }

  double at(double day) const {
    const auto after = first_from(day);
    if (after == points_.end()) return points_.back().value;
    if (after == points_.begin() || after->day == day) return after->value;
    return between(*(after - 1), *after, day);
  }

  /// The curve from `begin` to `end`: both ends and the observations between them.
  std::vector<Point> part(double begin, double end) const {
    std::vector<Point> result{{begin, at(begin)}};
    for (auto point = first_from(begin); point != points_.end() && point->day < end; ++point) {
      if (point->day > begin) result.push_back(*point);
    }
    if (end > begin) result.push_back({end, at(end)});
    return result;
  }

  /// The highest observation from `begin` to `end`, the first of equal ones.
  std::optional<Point> highest(double begin, double end) const {
    std::optional<Point> found;
    for (auto point = first_from(begin); point != points_.end() && point->day <= end; ++point) {
      if (!found || point->value > found->value) found = *point;
    }
    return found;
  }

  /// Whether no gap from `begin` to `end` is longer than the longest; of one at an end of the series half as much.
  bool covers(double begin, double end, double longest) const {
    if (points_.empty()) return false;
    if (points_.front().day - begin > longest / 2 || end - points_.back().day > longest / 2) return false;
    for (std::size_t i = 1; i < points_.size(); ++i) {
      const bool within = points_[i].day > begin && points_[i - 1].day < end;
      if (within && points_[i].day - points_[i - 1].day > longest) return false;
    }
    return true;
  }

 private:
  std::vector<Point>::const_iterator first_from(double day) const {
    return std::lower_bound(points_.begin(), points_.end(), day,
                            [](const Point& point, double wanted) { return point.day < wanted; });
  }
  static double between(const Point& left, const Point& right, double day) {
    return left.value + (right.value - left.value) * (day - left.day) / (right.day - left.day);
  }

  std::vector<Point> points_;
};

/// The first day, going through the points in their order, on which the line reaches the level.
double day_reached(std::span<const Point> points, double level) {
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points[i].value < level) continue;
    if (i == 0) return points[0].day;
    const double share = (level - points[i - 1].value) / (points[i].value - points[i - 1].value);
    return points[i - 1].day + share * (points[i].day - points[i - 1].day);
  }
  return points.back().day;
}

/// Drops what lies before the lowest point; of equal ones the last stays.
std::span<const Point> from_lowest(std::span<const Point> points) {
  std::size_t lowest = 0;
  for (std::size_t i = 1; i < points.size(); ++i) {
    if (points[i].value <= points[lowest].value) lowest = i;
  }
  return points.subspan(lowest);
}

double integral(std::span<const Point> points) {
  double sum = 0;
  for (std::size_t i = 1; i < points.size(); ++i)
    sum += 0.5 * (points[i].value + points[i - 1].value) * (points[i].day - points[i - 1].day);
  return sum;
}

/// The season within the days begin..end.
Season season_of(const Curve& curve, double begin, double end, const PhenologyOptions& options) {
  Season season;
  if (!curve.covers(begin, end, options.longest_gap)) return season;
  const std::optional<Point> top = curve.highest(begin, end);
  if (!top) return season;
  const std::vector<Point> before = curve.part(begin, top->day);
  std::vector<Point> after = curve.part(top->day, end);
  std::reverse(after.begin(), after.end());
  const std::span<const Point> rise = from_lowest(before), fall = from_lowest(after);
  const double left = rise.front().value, right = fall.front().value;
  season.base = 0.5 * (left + right);
  season.amplitude = top->value - season.base;
  season.told = top->value > left && top->value > right && season.amplitude > options.least_amplitude;
  if (!season.told) return season;
  season.peak = top->day;
  season.peak_value = top->value;
  season.start = day_reached(rise, left + options.start_share * (top->value - left));
  season.end = day_reached(fall, right + options.end_share * (top->value - right));
  season.large_integral = integral(curve.part(season.start, season.end));
  season.small_integral = season.large_integral - season.base * (season.end - season.start);
  return season;
}

/// A day on which the mean yearly wave peaks. None where there is no wave.
std::optional<double> peak_of_wave(const HarmonicModel& model, std::span<const std::size_t> times,
                                   std::span<const double> values) {
  const HarmonicModel::Fit fit = model.fit(times, values, 1);
  if (fit.terms == 0 || (fit.coefficients[2] == 0 && fit.coefficients[3] == 0)) return std::nullopt;
  const double turn = std::atan2(fit.coefficients[3], fit.coefficients[2]) / (2 * std::numbers::pi);
  return std::floor(turn * kDaysOfYear);
}

}  // namespace

std::vector<Season> growing_seasons(const HarmonicModel& model, std::span<const int> days,
                                    std::span<const std::size_t> times, std::span<const double> values,
                                    std::span<const int> new_year, const PhenologyOptions& options) {
  assert(times.size() == values.size() && new_year.size() >= 2);
  std::vector<Season> seasons(new_year.size() - 1);
  const std::optional<double> peak = peak_of_wave(model, times, values);
  if (!peak) return seasons;
  const Curve curve(days, times, values);
  // Counted from the year in the middle, so that no year is met twice or left out where the wave peaks near New Year.
  const std::size_t middle = seasons.size() / 2;
  const double turns = std::ceil((new_year[middle] - *peak) / kDaysOfYear);
  for (std::size_t year = 0; year < seasons.size(); ++year) {
    const double years_on = static_cast<double>(year) - static_cast<double>(middle);
    const double centre = std::floor(*peak + (turns + years_on) * kDaysOfYear);
    constexpr double kHalfYear = 182;
    seasons[year] = season_of(curve, centre - kHalfYear, centre + kHalfYear, options);
  }
  return seasons;
}

}  // namespace ecocube::series
