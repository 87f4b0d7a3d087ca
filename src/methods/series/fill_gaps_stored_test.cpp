// SPDX-License-Identifier: Apache-2.0
#include "methods/series/fill_gaps_stored.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cmath>
#include <limits>
#include <random>
#include <set>

#include "data/cube/layer.h"
#include "methods/series/fill_swag.h"

namespace ecocube::series {
namespace {

/// Runs what follows with each instruction set that this machine has, the best one afterwards.
class EachTarget {
 public:
  ~EachTarget() { choose(0); }
  template <class Check>
  void run(const Check& check) {
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
      choose(target);
      SCOPED_TRACE(hwy::TargetName(target));
      check();
    }
  }

 private:
  static void choose(std::int64_t targets) {
    hwy::SetSupportedTargetsForTest(targets);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
};

template <class T>
DataType type_of() {
  if constexpr (std::is_same_v<T, std::uint8_t>) return DataType::uint8;
  if constexpr (std::is_same_v<T, std::uint16_t>) return DataType::uint16;
  if constexpr (std::is_same_v<T, float>) return DataType::float32;
  return DataType::int16;
}

/// Stored numbers with gaps, planes farther apart than they have pixels.
template <class T>
struct Cube {
  std::size_t pixels, stride;
  T no_data;
  TimeAxis axis;
  std::vector<T> numbers;

  Stack<T> stack() const { return {numbers.data(), axis.slot.size(), pixels, stride, no_data}; }
};

struct Shape {
  int slots, years;
  std::size_t pixels;
  double lacking = 0.1;  ///< share of the layers that the axis lacks
};

template <class T>
Cube<T> drawn_cube(std::mt19937& random, const Shape& shape, T no_data, int spread) {
  const auto chance = [&](double share) { return static_cast<double>(random() % 10000) < 10000 * share; };
  Cube<T> cube{shape.pixels, shape.pixels + 5, no_data, {}, {}};
  cube.axis.slots = shape.slots, cube.axis.years = shape.years;
  for (int place = 0; place < shape.slots * shape.years; ++place) {
    if (chance(shape.lacking)) continue;
    cube.axis.slot.push_back(place % shape.slots);
    cube.axis.year.push_back(place / shape.slots);
    cube.axis.days.push_back(1000 + 16 * place);
  }
  const std::size_t times = cube.axis.slot.size();
  cube.numbers.resize(times * cube.stride);
  for (std::size_t pixel = 0; pixel < cube.stride; ++pixel) {
    const double gaps = static_cast<double>(random() % 12) / 10;
    const int slot_never_seen = static_cast<int>(random() % static_cast<unsigned>(2 * shape.slots));
    const int slots_seen = random() % 8 == 0 ? 1 : shape.slots;
    const int middle = static_cast<int>(random() % 60000);
    for (std::size_t time = 0; time < times; ++time) {
      const int slot = cube.axis.slot[time];
      const bool gap = chance(gaps) || slot == slot_never_seen || slot >= slots_seen;
      const bool whole = type_of<T>() != DataType::float32;
      const double lowest = whole ? lowest_of(type_of<T>()) : 0, highest = whole ? highest_of(type_of<T>()) : 255;
      const double number = std::clamp(lowest + middle % static_cast<int>(highest - lowest + 1) +
                                           static_cast<double>(random() % static_cast<unsigned>(spread)),
                                       lowest, highest);
      cube.numbers[time * cube.stride + pixel] = gap ? no_data : static_cast<T>(number);
    }
  }
  return cube;
}

/// What a filler wrote, one plane after the other with nothing in between.
template <class T>
struct Written {
  std::vector<T> values;
  std::vector<std::uint8_t> source, quality;
  std::size_t filled = 0;
};

/// The plain way on the stored numbers of `range`, rounded as layers are.
template <class T, class Fill>
Written<T> plainly(const Cube<T>& cube, PixelRange range, const Fill& fill) {
  const std::size_t times = cube.axis.slot.size(), size = times * cube.pixels;
  std::vector<float> values(size);
  std::vector<std::uint8_t> valid(size);
  Written<T> written;
  written.source.assign(size, 99);
  written.values.assign(size, 99);
  for (std::size_t at = 0; at < size; ++at) {
    const T number = cube.numbers[at / cube.pixels * cube.stride + at % cube.pixels];
    values[at] = static_cast<float>(number);
    valid[at] = number != cube.no_data ? 1 : 0;
  }
  written.filled = fill(GapSeries{values, valid, written.source, cube.pixels}, range);
  const Encoding encoding{.type = type_of<T>(), .no_data = static_cast<double>(cube.no_data), .unit = {}};
  for (std::size_t at = 0; at < size; ++at) {
    if (at % cube.pixels < range.begin || at % cube.pixels >= range.end) continue;
    const T known = cube.numbers[at / cube.pixels * cube.stride + at % cube.pixels];
    written.values[at] = valid[at] == 0          ? cube.no_data
                         : known != cube.no_data ? known
                                                 : static_cast<T>(encoding.encoded(static_cast<double>(values[at])));
  }
  return written;
}

/// The fast way on `range`.
template <class T, class Fill>
Written<T> quickly(const Cube<T>& cube, const Fill& fill) {
  const std::size_t times = cube.axis.slot.size(), size = times * cube.pixels;
  Written<T> written{std::vector<T>(size, 99), std::vector<std::uint8_t>(size, 99),
                     std::vector<std::uint8_t>(size, 99)};
  const Planes<T> values{written.values.data(), times, cube.pixels, cube.pixels, cube.no_data};
  const Planes<std::uint8_t> source{written.source.data(), times, cube.pixels, cube.pixels, kEmpty};
  const Planes<std::uint8_t> quality{written.quality.data(), times, cube.pixels, cube.pixels, 255};
  written.filled = fill(values, source, quality);
  return written;
}

/// Steps of the moving window median that filled a value.
std::set<int> steps_in(const std::vector<std::uint8_t>& source) {
  std::set<int> steps;
  for (const std::uint8_t code : source) {
    if (code >= 1 && code <= 3 * kWholeSeries && code != 99) steps.insert((code - 1) / kWholeSeries + 1);
  }
  return steps;
}

template <class T>
void check_tmwm(const Cube<T>& cube, int window, PixelRange range) {
  const TmwmOptions options{.window_years = window};
  const Written<T> plain = plainly(cube, range, [&](const GapSeries& series, PixelRange pixels) {
    return fill_tmwm(series, pixels, cube.axis, options);
  });
  const std::set<int> all_steps{1, 2, 3};
  EXPECT_TRUE(cube.axis.slots != 4 || window != 9 || steps_in(plain.source) == all_steps);
  EachTarget().run([&] {
    const Written<T> fast = quickly(cube, [&](const auto& values, const auto& source, const auto&) {
      return fill_tmwm(cube.stack(), range, cube.axis, options, values, source);
    });
    EXPECT_EQ(fast.filled, plain.filled);
    EXPECT_EQ(fast.source, plain.source);
    EXPECT_EQ(fast.values, plain.values);
  });
}

template <class T>
void check_tmwm_on_drawn_cubes(T no_data, int spread) {
  std::mt19937 random(7);
  for (const auto& [shape, window] : {std::pair<Shape, int>{{4, 21, 150}, 9},
                                      {{4, 21, 131}, 5},
                                      {{3, 11, 450}, 7},  // several stretches
                                      {{2, 30, 90}, 11},
                                      {{1, 9, 65}, 3},
                                      {{2, 5, 63}, 1},
                                      {{6, 26, 70}, 9},
                                      {{12, 24, 40}, 5},  // all slots: more layers than a byte counts
                                      {{5, 1, 33}, 9}}) {
    SCOPED_TRACE(testing::Message() << shape.slots << " slots, " << shape.years << " years, window " << window);
    const Cube<T> cube = drawn_cube<T>(random, shape, no_data, spread);
    check_tmwm(cube, window, {0, cube.pixels});
    check_tmwm(cube, window, {cube.pixels / 3, cube.pixels - 1});
  }
}

TEST(FillTmwmStored, IsThePlainWayRoundedInBytes) {
  check_tmwm_on_drawn_cubes<std::uint8_t>(0, 256);
  check_tmwm_on_drawn_cubes<std::uint8_t>(255, 30);
  check_tmwm_on_drawn_cubes<std::uint8_t>(100, 256);
}

TEST(FillTmwmStored, IsThePlainWayRoundedIn16Bits) {
  check_tmwm_on_drawn_cubes<std::uint16_t>(0, 40000);
  check_tmwm_on_drawn_cubes<std::uint16_t>(65535, 20);
  check_tmwm_on_drawn_cubes<std::int16_t>(-32768, 60000);
  check_tmwm_on_drawn_cubes<std::int16_t>(-9999, 500);
}

/// Every option of the seasonally weighted average.
const SwagOptions kSwags[] = {{45, 46, 0},       {45, 46, 1},       {40, 20, 0.1},       {0, 0, 1},
                              {60, 20, 1, 5, 2}, {45, 46, 0, 5, 2}, {40, 20, 0.1, 9, 3}, {150, 150, 1}};
const Shape kSwagShapes[] = {{4, 21, 150}, {6, 26, 70}, {1, 9, 65},    {2, 3, 31},
                             {23, 3, 40},  {12, 1, 17}, {5, 4, 33, 0}, {4, 3, 450}};

template <class T>
Written<T> quick_swag(const Cube<T>& cube, PixelRange range, const SwagOptions& options) {
  return quickly(cube, [&](const auto& values, const auto& source, const auto& quality) {
    return fill_swag(cube.stack(), range, cube.axis, options, values, source, quality);
  });
}

/// The fast way must give the bytes of the plain one with any instruction set.
template <class T>
void check_swag(T no_data, int spread) {
  std::mt19937 random(11);
  for (const Shape& shape : kSwagShapes) {
    const Cube<T> cube = drawn_cube<T>(random, shape, no_data, spread);
    for (const SwagOptions& options : kSwags) {
      const PixelRange range{random() % 5, cube.pixels - random() % 5};
      const Written<T> plain = quickly(cube, [&](const auto& values, const auto& source, const auto& quality) {
        return fill_swag_plain(cube.stack(), range, cube.axis, options, values, source, quality);
      });
      EXPECT_GT(plain.filled, 0U);
      EachTarget().run([&] {
        const Written<T> fast = quick_swag(cube, range, options);
        EXPECT_EQ(fast.filled, plain.filled);
        EXPECT_EQ(fast.values, plain.values);
        EXPECT_EQ(fast.source, plain.source);
        EXPECT_EQ(fast.quality, plain.quality);
      });
    }
  }
}

TEST(FillSwagStored, IsThePlainWayToTheLastBit) {
  check_swag<std::uint8_t>(0, 256);
  check_swag<std::uint8_t>(255, 30);
  check_swag<std::uint16_t>(0, 40000);
  check_swag<std::int16_t>(-9999, 500);
  check_swag<float>(-1, 256);
}

TEST(FillSwagStored, IsTheDirectSumWithinAThousandthOfAByte) {
  std::mt19937 random(13);
  double farthest = 0;
  for (const Shape& shape : kSwagShapes) {
    const Cube<float> cube = drawn_cube<float>(random, shape, -1, 256);
    for (const SwagOptions& options : kSwags) {
      if (options.att_seas > 60) continue;
      Written<float> fast = quick_swag(cube, {0, cube.pixels}, options);
      const std::size_t size = fast.values.size();
      std::vector<float> values(size);
      std::vector<std::uint8_t> valid(size), source(size), quality(size);
      for (std::size_t at = 0; at < size; ++at) {
        values[at] = cube.numbers[at / cube.pixels * cube.stride + at % cube.pixels];
        valid[at] = values[at] != cube.no_data ? 1 : 0;
      }
      const GapSeries series{values, valid, source, cube.pixels};
      EXPECT_EQ(fill_swag(series, {0, cube.pixels}, cube.axis, options, quality), fast.filled);
      EXPECT_EQ(source, fast.source);
      for (std::size_t at = 0; at < size; ++at) {
        EXPECT_NEAR(quality[at], fast.quality[at], quality[at] < 250 ? 1 : 0);
        farthest = std::max(farthest, static_cast<double>(std::abs(values[at] - fast.values[at])));
      }
    }
  }
  EXPECT_LT(farthest, 1e-3);
  EXPECT_GT(farthest, 0);
}

TEST(FillSwagStored, RoundsWhatTheDirectSumGives) {
  std::mt19937 random(17);
  const Cube<std::uint8_t> cube = drawn_cube<std::uint8_t>(random, {4, 21, 400}, 0, 256);
  const SwagOptions options{.future = 1};
  const Written<std::uint8_t> fast = quick_swag(cube, {0, cube.pixels}, options);
  const Written<std::uint8_t> plain = plainly(cube, {0, cube.pixels}, [&](const GapSeries& series, PixelRange range) {
    return fill_swag(series, range, cube.axis, options);
  });
  std::size_t other = 0;
  for (std::size_t at = 0; at < fast.values.size(); ++at) {
    EXPECT_NEAR(fast.values[at], plain.values[at], 1);
    other += fast.values[at] != plain.values[at] ? 1 : 0;
  }
  EXPECT_LE(other, fast.filled / 1000);  // sums next to a half
}

/// Every drawn cube filled by the method named, plainly and with any instruction set.
template <class T>
void check_by_name(const std::string& name, T no_data, int spread) {
  SCOPED_TRACE(name);
  std::mt19937 random(23);
  const FillMethod method{.name = name};
  std::size_t filled = 0;
  for (const Shape& shape : kSwagShapes) {
    const Cube<T> cube = drawn_cube<T>(random, shape, no_data, spread);
    const PixelRange range{random() % 5, cube.pixels - random() % 5};
    const Written<T> plain = plainly(cube, range, [&](const GapSeries& series, PixelRange pixels) {
      return fill_series(method, series, pixels, cube.axis);
    });
    filled += plain.filled;
    EachTarget().run([&] {
      const Written<T> fast = quickly(cube, [&](const auto& values, const auto& source, const auto&) {
        return fill_series(method, cube.stack(), range, cube.axis, values, source);
      });
      EXPECT_EQ(fast.filled, plain.filled);
      EXPECT_EQ(fast.values, plain.values);
      EXPECT_EQ(fast.source, plain.source);
    });
  }
  EXPECT_GT(filled, 1000U);
}

TEST(FillStored, LinearNearestAndSeasonalMeanAreThePlainWayRounded) {
  for (const std::string name : {"linear", "nearest", "seasonal-mean"}) {
    check_by_name<std::uint8_t>(name, 0, 256);
    check_by_name<std::uint8_t>(name, 255, 30);
    check_by_name<std::uint8_t>(name, 100, 256);  // results next to the number for missing values
    check_by_name<std::uint16_t>(name, 0, 40000);
    check_by_name<std::int16_t>(name, -32768, 60000);
    check_by_name<std::int16_t>(name, -9999, 500);
    check_by_name<float>(name, -1, 256);
  }
}

TEST(FillStored, NanIsAGapWhereFloatsAreStored) {
  const float gap = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> numbers{1, gap, 0.5F, 4};
  const TimeAxis axis{1, 4, {0, 0, 0, 0}, {0, 1, 2, 3}, {0, 10, 20, 40}};
  for (const float no_data : {gap, -9.0F}) {
    std::vector<float> values(4);
    std::vector<std::uint8_t> source(4);
    const Stack<float> stack{numbers.data(), 4, 1, 1, no_data};
    EXPECT_EQ(fill_linear(stack, {0, 1}, axis, Planes<float>{values.data(), 4, 1, 1, no_data},
                          Planes<std::uint8_t>{source.data(), 4, 1, 1, kEmpty}),
              1U);
    EXPECT_EQ(values, (std::vector<float>{1, 0.75F, 0.5F, 4}));
    EXPECT_EQ(source, (std::vector<std::uint8_t>{kObserved, kLinear, kObserved, kObserved}));
  }
}

TEST(FillStored, GoesByName) {
  std::mt19937 random(19);
  const Cube<std::uint8_t> cube = drawn_cube<std::uint8_t>(random, {4, 6, 70}, 0, 256);
  for (const std::string_view name : fill_method_names()) {
    const FillMethod method{.name = std::string(name)};
    EXPECT_EQ(fills_stored(method), name != "harmonic" && name != "blend") << name;
    if (!fills_stored(method)) continue;
    const Written<std::uint8_t> fast = quickly(cube, [&](const auto& values, const auto& source, const auto&) {
      return fill_series(method, cube.stack(), {0, cube.pixels}, cube.axis, values, source);
    });
    const Written<std::uint8_t> plain = plainly(cube, {0, cube.pixels}, [&](const GapSeries& series, PixelRange range) {
      return fill_series(method, series, range, cube.axis);
    });
    EXPECT_EQ(fast.source, plain.source) << name;
    EXPECT_EQ(fast.values, plain.values) << name;
  }
  EXPECT_FALSE(fills_stored({.name = "tmwm", .tmwm = {.mode = TmwmMode::reference}}));
}

}  // namespace
}  // namespace ecocube::series
