// SPDX-License-Identifier: Apache-2.0
#include "methods/series/composite.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/text.h"

namespace ecocube::series {
namespace {

using Kind = Statistic::Kind;

double mean_of(std::span<const float> values) {
  double sum = 0;
  for (const float value : values) sum += static_cast<double>(value);
  return sum / static_cast<double>(values.size());
}

/// Second to fourth moment around the mean, divided by the number of values.
struct CentralMoments {
  double second = 0, third = 0, fourth = 0;
};

CentralMoments central_moments(std::span<const float> values) {
  const double mean = mean_of(values);
  CentralMoments sums;
  for (const float value : values) {
    const double deviation = static_cast<double>(value) - mean;
    const double square = deviation * deviation;
    sums.second += square;
    sums.third += square * deviation;
    sums.fourth += square * square;
  }
  const auto number = static_cast<double>(values.size());
  return {sums.second / number, sums.third / number, sums.fourth / number};
}

double shape_figure(Kind kind, std::span<const float> values) {
  const CentralMoments moments = central_moments(values);
  if (kind == Kind::standard_deviation) return std::sqrt(moments.second);
  if (moments.second == 0) return 0;
  if (kind == Kind::skewness) return moments.third / (moments.second * std::sqrt(moments.second));
  return moments.fourth / (moments.second * moments.second);
}

}  // namespace

double figure_of(const Statistic& statistic, const SortedSeries& series) {
  const std::span<const float> ascending = series.ascending;
  if (statistic.kind == Kind::count) return static_cast<double>(ascending.size());
  if (ascending.empty()) return std::numeric_limits<double>::quiet_NaN();
  const auto lowest = static_cast<double>(ascending.front()), highest = static_cast<double>(ascending.back());
  switch (statistic.kind) {
    case Kind::percentile:
      return percentile_of_sorted(ascending, statistic.percent);
    case Kind::mean:
      return mean_of(ascending);
    case Kind::minimum:
      return lowest;
    case Kind::maximum:
      return highest;
    case Kind::range:
      return highest - lowest;
    case Kind::interquartile_range:
      return percentile_of_sorted(ascending, 75) - percentile_of_sorted(ascending, 25);
    case Kind::weighted_mean:
      return series.weights > 0 ? series.weighted_sum / series.weights : std::numeric_limits<double>::quiet_NaN();
    case Kind::standard_deviation:
    case Kind::skewness:
    case Kind::kurtosis:
      return shape_figure(statistic.kind, ascending);
    case Kind::count:
      break;
  }
  return static_cast<double>(ascending.size());
}

std::string name_of(const Statistic& statistic) {
  switch (statistic.kind) {
    case Kind::percentile:
      return fmt::format("p{}", statistic.percent);
    case Kind::mean:
      return "mean";
    case Kind::minimum:
      return "min";
    case Kind::maximum:
      return "max";
    case Kind::count:
      return "count";
    case Kind::standard_deviation:
      return "sd";
    case Kind::weighted_mean:
      return "weighted_mean";
    case Kind::range:
      return "range";
    case Kind::interquartile_range:
      return "iqr";
    case Kind::skewness:
      return "skewness";
    case Kind::kurtosis:
      return "kurtosis";
  }
  return "";
}

bool is_spread(const Statistic& statistic) {
  return statistic.kind == Kind::standard_deviation || statistic.kind == Kind::range ||
         statistic.kind == Kind::interquartile_range;
}

bool is_pure_number(const Statistic& statistic) {
  return statistic.kind == Kind::count || statistic.kind == Kind::skewness || statistic.kind == Kind::kurtosis;
}

Result<Statistic> parse_statistic(std::string_view name) {
  static constexpr Kind kinds[] = {Kind::mean,          Kind::minimum,
                                   Kind::maximum,       Kind::count,
                                   Kind::weighted_mean, Kind::standard_deviation,
                                   Kind::range,         Kind::interquartile_range,
                                   Kind::skewness,      Kind::kurtosis};
  for (const Kind kind : kinds) {
    if (name == name_of(Statistic{kind})) return Statistic{kind};
  }
  if (name == "median") return Statistic{Kind::percentile, 50};
  if (name.size() > 1 && name[0] == 'p' && name.find_first_not_of("0123456789.", 1) == std::string_view::npos) {
    const auto percent = parse_number(name.substr(1));
    if (percent && *percent >= 0 && *percent <= 100) return Statistic{Kind::percentile, *percent};
    return usage_error("statistic '{}': a percentile is p0 to p100", name);
  }
  std::vector<std::string> known{"p25", "p50", "p75", "median"};
  for (const Kind kind : kinds) known.push_back(name_of(Statistic{kind}));
  return usage_error("unknown statistic '{}'{}", name, suggestion(name, known));
}

double percentile_of_sorted(std::span<const float> ascending, double percent) {
  assert(!ascending.empty());
  const double place = static_cast<double>(ascending.size() - 1) * (percent / 100);
  const double whole = std::floor(place);
  const auto below = static_cast<std::size_t>(whole);
  const double left = static_cast<double>(ascending[below]);
  if (below + 1 == ascending.size()) return left;
  const double right = static_cast<double>(ascending[below + 1]);
  const double share = place - whole, step = right - left;
  // From the nearer end, as numpy does: symmetric, and exact where both ends are equal.
  return share >= 0.5 ? right - step * (1 - share) : left + step * share;
}

std::vector<double> centre_weights(std::span<const int> days, int begin, int end) {
  assert(begin <= end);
  const double middle = (static_cast<double>(begin) + end) / 2, half = (static_cast<double>(end) - begin + 1) / 2;
  std::vector<double> weights;
  for (const int day : days) weights.push_back(std::max(0.0, 1 - std::abs(day - middle) / half));
  return weights;
}

void sort_ascending(std::span<float> values) {
  constexpr std::size_t few = 24;
  if (values.size() > few) {
    std::sort(values.begin(), values.end());
    return;
  }
  for (std::size_t next = 1; next < values.size(); ++next) {
    const float value = values[next];
    std::size_t place = next;
    for (; place > 0 && values[place - 1] > value; --place) values[place] = values[place - 1];
    values[place] = value;
  }
}

namespace {

/// The series of up to kLanes pixels, valid values first to last.
struct Gathered {
  std::size_t times = 0;
  std::vector<float> values = std::vector<float>(kLanes * times);  ///< shape [pixel][time]
  std::array<std::size_t, kLanes> counts{};
  std::array<double, kLanes> weighted_sums{}, weights{};
};

/// `weights` is empty when no weighted mean is asked for.
void gather(std::span<const float> values, std::span<const std::uint8_t> valid, std::size_t pixels, std::size_t first,
            std::size_t lanes, std::span<const double> weights, Gathered& gathered) {
  gathered.counts.fill(0), gathered.weighted_sums.fill(0), gathered.weights.fill(0);
  for (std::size_t time = 0; time < gathered.times; ++time) {
    const std::size_t plane = time * pixels + first;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      gathered.values[lane * gathered.times + gathered.counts[lane]] = values[plane + lane];
      gathered.counts[lane] += valid[plane + lane] != 0 ? 1 : 0;
    }
    if (weights.empty()) continue;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      if (valid[plane + lane] == 0) continue;
      gathered.weighted_sums[lane] += weights[time] * static_cast<double>(values[plane + lane]);
      gathered.weights[lane] += weights[time];
    }
  }
}

}  // namespace

void composite(std::span<const float> values, std::span<const std::uint8_t> valid, std::size_t pixels, PixelRange range,
               std::span<const Statistic> statistics, std::span<float> results, std::span<std::uint8_t> results_valid,
               std::span<const double> weights) {
  const std::size_t times = pixels == 0 ? 0 : values.size() / pixels;
  assert(values.size() == times * pixels && valid.size() == values.size() && range.end <= pixels);
  assert(results.size() == statistics.size() * pixels && results_valid.size() == results.size());
  const auto asks_for = [&](Kind kind) {
    return std::any_of(statistics.begin(), statistics.end(), [&](const Statistic& s) { return s.kind == kind; });
  };
  if (!asks_for(Kind::weighted_mean)) weights = {};
  assert(!asks_for(Kind::weighted_mean) || weights.size() == times);
  const bool needs_order =
      std::any_of(statistics.begin(), statistics.end(), [](const Statistic& s) { return s.kind != Kind::count; });
  Gathered gathered{times};
  for (std::size_t first = range.begin; first < range.end; first += kLanes) {
    const std::size_t lanes = std::min(kLanes, range.end - first);
    gather(values, valid, pixels, first, lanes, weights, gathered);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const std::span<float> series(gathered.values.data() + lane * times, gathered.counts[lane]);
      if (needs_order) sort_ascending(series);
      for (std::size_t index = 0; index < statistics.size(); ++index) {
        const double figure =
            figure_of(statistics[index], {series, gathered.weighted_sums[lane], gathered.weights[lane]});
        const std::size_t at = index * pixels + first + lane;
        results_valid[at] = std::isnan(figure) ? 0 : 1;
        results[at] = std::isnan(figure) ? 0.0F : static_cast<float>(figure);
      }
    }
  }
}

}  // namespace ecocube::series
