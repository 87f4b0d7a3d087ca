// SPDX-License-Identifier: Apache-2.0
//
// Runs one kernel at a time on a stack of bytes, told line by line on standard input, so that a script can time it in
// turn with a peer. Usage: ecocube_series_bench STACK TIMES PIXELS; each line is a kernel's name, or `write NAME FILE`
// to keep what the kernel made last. The answer is one line: processor seconds of the kernel alone.

#include <Eigen/Dense>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "methods/series/composite_stack.h"
#include "methods/series/fill_gaps_stored.h"
#include "methods/series/trend.h"
#include "methods/series/whittaker.h"

namespace {

using namespace ecocube;
using namespace ecocube::series;

/// Pixels that a kernel gets at once, as the engine hands them out: all dates of so many fit the second-level cache.
constexpr std::size_t kAtOnce = 4096;
constexpr int kYears = 21, kSlots = 4;

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

struct Bench {
  std::size_t times, pixels;
  std::vector<std::uint8_t> numbers, values, source;
  std::vector<float> figures;
  TimeAxis axis;

  Bench(const std::string& path, std::size_t time_count, std::size_t pixel_count)
      : times(time_count),
        pixels(pixel_count),
        numbers(times * pixels),
        values(numbers.size()),
        source(numbers.size()) {
    std::ifstream file(path, std::ios::binary);
    file.read(reinterpret_cast<char*>(numbers.data()), static_cast<std::streamsize>(numbers.size()));
    if (!file) throw std::runtime_error("cannot read " + path);
    figures.resize(pixels);
    axis.slots = kSlots;
    axis.years = kYears;
    for (int time = 0; time < static_cast<int>(times); ++time) {
      axis.slot.push_back(time % kSlots);
      axis.year.push_back(time / kSlots);
      axis.days.push_back(time * 91);
    }
  }

  Stack<std::uint8_t> stack(std::size_t first_time, std::size_t count) const {
    return {numbers.data() + first_time * pixels, count, pixels, pixels, 0};
  }

  void by_parts(const std::function<void(PixelRange)>& work) const {
    for (std::size_t first = 0; first < pixels; first += kAtOnce) work({first, std::min(first + kAtOnce, pixels)});
  }

  /// 12 quarters of 7 dates; planes [quarter][percentile][pixel].
  void quarterly() {
    by_parts([&](PixelRange range) {
      for (std::size_t quarter = 0; quarter < 12; ++quarter) {
        std::vector<CompositePlane> planes;
        for (std::size_t i = 0; i < 3; ++i)
          planes.push_back({{Statistic::Kind::percentile, 25.0 * static_cast<double>(i + 1)},
                            values.data() + (quarter * 3 + i) * pixels});
        composite_stack(stack(quarter * 7, 7), range, planes);
      }
    });
  }
  void whole_percentiles() {
    by_parts([&](PixelRange range) {
      std::vector<CompositePlane> planes;
      for (std::size_t i = 0; i < 3; ++i)
        planes.push_back(
            {{Statistic::Kind::percentile, 25.0 * static_cast<double>(i + 1)}, values.data() + i * pixels});
      composite_stack(stack(0, times), range, planes);
    });
  }
  void fill(const FillMethod& method) {
    const Planes<std::uint8_t> filled{values.data(), times, pixels, pixels, 0};
    const Planes<std::uint8_t> codes{source.data(), times, pixels, pixels, 0};
    by_parts([&](PixelRange range) { fill_series(method, stack(0, times), range, axis, filled, codes); });
  }
  void trend() {
    const TrendAxis dates = trend_axis(axis, false);
    const StudentT student(times);
    by_parts([&](PixelRange range) {
      fit_trend(stack(0, times), range, dates, {}, student,
                {.slope = {figures.data() + range.begin, range.end - range.begin},
                 .slope_se = {},
                 .r2 = {},
                 .p = {},
                 .intercept = {},
                 .count = {}});
    });
  }
  void whittaker() {
    std::vector<double> positions(times);
    for (std::size_t time = 0; time < times; ++time) positions[time] = static_cast<double>(time);
    const WhittakerPlan plan = whittaker_plan(positions, 2, 10);
    const Planes<std::uint8_t> smooth{values.data(), times, pixels, pixels, 0};
    by_parts([&](PixelRange range) { smooth_whittaker(stack(0, times), range, plan, smooth); });
  }
  /// The peer of swag: two dense products of T x T weights, in blocks that fit the caches as a C++ user would write it.
  void swag_dense();
};

SwagOptions two_sided() {
  return {.att_seas = 60, .att_env = 20, .future = 1};
}

void Bench::swag_dense() {
  const auto count = static_cast<Eigen::Index>(times);
  Eigen::MatrixXf weights(count, count);
  const SwagOptions options = two_sided();
  for (Eigen::Index to = 0; to < count; ++to) {
    for (Eigen::Index from = 0; from < count; ++from) {
      const double lag = static_cast<double>(std::abs(to - from)), half = kSlots / 2.0, j = std::fmod(lag, kSlots);
      const double tri = j <= half ? j / half : 2 - j / half;
      weights(to, from) = static_cast<float>(
          std::pow(10, -options.att_seas / 10 * tri - options.att_env / 10 * lag / static_cast<double>(times)));
    }
  }
  constexpr std::size_t kColumns = 2048;
  using Block = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Block x(count, kColumns), m(count, kColumns), sums, norms;
  for (std::size_t first = 0; first < pixels; first += kColumns) {
    const std::size_t lanes = std::min(kColumns, pixels - first);
    for (std::size_t time = 0; time < times; ++time) {
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        const std::uint8_t number = numbers[time * pixels + first + lane];
        x(static_cast<Eigen::Index>(time), static_cast<Eigen::Index>(lane)) = number;
        m(static_cast<Eigen::Index>(time), static_cast<Eigen::Index>(lane)) = number == 0 ? 0.0F : 1.0F;
      }
    }
    sums.noalias() = weights * x;
    norms.noalias() = weights * m;
    for (std::size_t time = 0; time < times; ++time) {
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        const auto t = static_cast<Eigen::Index>(time), l = static_cast<Eigen::Index>(lane);
        const std::size_t at = time * pixels + first + lane;
        values[at] =
            numbers[at] != 0 ? numbers[at] : static_cast<std::uint8_t>(std::floor(sums(t, l) / norms(t, l) + 0.5F));
      }
    }
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) {
    std::cerr << "usage: ecocube_series_bench STACK TIMES PIXELS\n";
    return 2;
  }
  Bench bench(arguments[1], std::stoul(arguments[2]), std::stoul(arguments[3]));
  const std::map<std::string, std::function<void()>> kernels{
      {"quarterly", [&] { bench.quarterly(); }},
      {"percentiles", [&] { bench.whole_percentiles(); }},
      {"tmwm", [&] { bench.fill({.name = "tmwm", .tmwm = {.window_years = 5}, .swag = {}, .harmonic = {}}); }},
      {"swag", [&] { bench.fill({.name = "swag", .tmwm = {}, .swag = two_sided(), .harmonic = {}}); }},
      {"swag-dense", [&] { bench.swag_dense(); }},
      {"trend", [&] { bench.trend(); }},
      {"whittaker", [&] { bench.whittaker(); }},
  };
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string name, path;
    words >> name;
    if (name == "write") {
      words >> name >> path;
      std::ofstream file(path, std::ios::binary);
      const bool floats = name == "figures";
      file.write(floats ? reinterpret_cast<const char*>(bench.figures.data())
                        : reinterpret_cast<const char*>(bench.values.data()),
                 static_cast<std::streamsize>(floats ? bench.figures.size() * sizeof(float) : bench.values.size()));
      std::cout << (file ? "ok" : "failed") << std::endl;
      continue;
    }
    const auto kernel = kernels.find(name);
    if (kernel == kernels.end()) {
      std::cerr << "unknown kernel '" << name << "'\n";
      return 2;
    }
    const double start = processor_seconds();
    kernel->second();
    std::cout << processor_seconds() - start << std::endl;
  }
  return 0;
}
