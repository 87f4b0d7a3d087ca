// SPDX-License-Identifier: Apache-2.0
#include "methods/series/composite.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "base/text.h"

namespace ecocube::series {
namespace {

using Kind = Statistic::Kind;

double mean_of(std::span<const float> values) {
  double sum = 0;
  for (const float value : values) sum += static_cast<double>(value);
  return sum / static_cast<double>(values.size());
}

double standard_deviation_of(std::span<const float> values) {
  const double mean = mean_of(values);
  double sum = 0;
  for (const float value : values) sum += (static_cast<double>(value) - mean) * (static_cast<double>(value) - mean);
  return std::sqrt(sum / static_cast<double>(values.size()));
}

/// `ascending` is not empty.
double figure(const Statistic& statistic, std::span<const float> ascending) {
  switch (statistic.kind) {
    case Kind::percentile:
      return percentile_of_sorted(ascending, statistic.percent);
    case Kind::mean:
      return mean_of(ascending);
    case Kind::minimum:
      return static_cast<double>(ascending.front());
    case Kind::maximum:
      return static_cast<double>(ascending.back());
    case Kind::count:
      return static_cast<double>(ascending.size());
    case Kind::standard_deviation:
      return standard_deviation_of(ascending);
  }
  return 0;
}

void sort_series(std::span<float> values) {
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

}  // namespace

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
  }
  return "";
}

Result<Statistic> parse_statistic(std::string_view name) {
  static constexpr Kind kinds[] = {Kind::mean, Kind::minimum, Kind::maximum, Kind::count, Kind::standard_deviation};
  for (const Kind kind : kinds) {
    if (name == name_of(Statistic{kind})) return Statistic{kind};
  }
  if (name == "median") return Statistic{Kind::percentile, 50};
  if (name.size() > 1 && name[0] == 'p' && name.find_first_not_of("0123456789.", 1) == std::string_view::npos) {
    const auto percent = parse_number(name.substr(1));
    if (percent && *percent >= 0 && *percent <= 100) return Statistic{Kind::percentile, *percent};
    return usage_error("statistic '{}': a percentile is p0 to p100", name);
  }
  const std::vector<std::string> known{"p25", "p50", "p75", "mean", "median", "min", "max", "count", "sd"};
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

void composite(std::span<const float> values, std::span<const std::uint8_t> valid, std::size_t pixels, PixelRange range,
               std::span<const Statistic> statistics, std::span<float> results, std::span<std::uint8_t> results_valid) {
  const std::size_t times = pixels == 0 ? 0 : values.size() / pixels;
  assert(values.size() == times * pixels && valid.size() == values.size() && range.end <= pixels);
  assert(results.size() == statistics.size() * pixels && results_valid.size() == results.size());
  const bool needs_order =
      std::any_of(statistics.begin(), statistics.end(), [](const Statistic& s) { return s.kind != Kind::count; });
  std::vector<float> gathered(kLanes * times);
  std::array<std::size_t, kLanes> counts{};
  for (std::size_t first = range.begin; first < range.end; first += kLanes) {
    const std::size_t lanes = std::min(kLanes, range.end - first);
    counts.fill(0);
    for (std::size_t time = 0; time < times; ++time) {
      const std::size_t plane = time * pixels + first;
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        gathered[lane * times + counts[lane]] = values[plane + lane];
        counts[lane] += valid[plane + lane] != 0 ? 1 : 0;
      }
    }
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const std::span<float> series(gathered.data() + lane * times, counts[lane]);
      if (needs_order) sort_series(series);
      for (std::size_t index = 0; index < statistics.size(); ++index) {
        const bool known = !series.empty() || statistics[index].kind == Kind::count;
        const std::size_t at = index * pixels + first + lane;
        results[at] = series.empty() ? 0.0F : static_cast<float>(figure(statistics[index], series));
        results_valid[at] = known ? 1 : 0;
      }
    }
  }
}

}  // namespace ecocube::series
