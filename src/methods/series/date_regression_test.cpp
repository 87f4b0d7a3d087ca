// SPDX-License-Identifier: Apache-2.0
#include "methods/series/date_regression.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

namespace ecocube::series {
namespace {

/// A cube with its truth. Values follow the season, a smooth field of pixels and a field of its own for each date.
struct Cube {
  std::size_t rows = 0, cols = 0;
  TimeAxis axis;
  std::vector<float> truth, values;
  std::vector<std::uint8_t> valid;

  std::size_t pixels() const { return rows * cols; }
  std::size_t times() const { return axis.slot.size(); }
  SampleChip chip() const { return {values, valid, rows, cols}; }
  void hide(std::size_t time, std::size_t row, std::size_t col) {
    const std::size_t at = time * pixels() + row * cols + col;
    valid[at] = 0;
    values[at] = -12345.0F;
  }
};

TimeAxis axis_of(int slots, std::size_t times) {
  TimeAxis axis;
  axis.slots = slots;
  for (int time = 0; time < static_cast<int>(times); ++time) {
    axis.slot.push_back(time % slots);
    axis.year.push_back(time / slots);
    axis.days.push_back(16000 + 365 * time / slots);
  }
  axis.years = axis.year.empty() ? 1 : axis.year.back() + 1;
  return axis;
}

double wave(double row, double col, double phase) {
  return std::sin(0.21 * row + phase) * std::cos(0.17 * col - 2 * phase);
}

Cube draw_cube(std::size_t rows, std::size_t cols, std::size_t times, unsigned seed) {
  Cube cube{rows, cols, axis_of(4, times), {}, {}, {}};
  std::mt19937 random(seed);
  std::normal_distribution<double> noise(0, 1);
  for (std::size_t time = 0; time < times; ++time) {
    const double season = 40 * std::sin(1.5707963 * static_cast<double>(time % 4)), shift = 6 * noise(random);
    const double phase = static_cast<double>(time);
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t col = 0; col < cols; ++col) {
        const auto r = static_cast<double>(row), c = static_cast<double>(col);
        const double value = 120 + season + shift + 25 * wave(r, c, 0.4) + 8 * wave(r, c, phase) + 2 * noise(random);
        cube.truth.push_back(static_cast<float>(value));
      }
    }
  }
  cube.values = cube.truth;
  cube.valid.assign(cube.truth.size(), 1);
  return cube;
}

/// Discs of missing values on every date.
void hide_clouds(Cube& cube, unsigned seed) {
  std::mt19937 random(seed);
  for (std::size_t time = 0; time < cube.times(); ++time) {
    for (int cloud = 0; cloud < 3; ++cloud) {
      const auto row = static_cast<int>(random() % cube.rows), col = static_cast<int>(random() % cube.cols);
      const int radius = 2 + static_cast<int>(random() % 9);
      for (int r = std::max(0, row - radius); r < std::min(static_cast<int>(cube.rows), row + radius); ++r) {
        for (int c = std::max(0, col - radius); c < std::min(static_cast<int>(cube.cols), col + radius); ++c) {
          const bool inside = (r - row) * (r - row) + (c - col) * (c - col) < radius * radius;
          if (inside) cube.hide(time, static_cast<std::size_t>(r), static_cast<std::size_t>(c));
        }
      }
    }
  }
}

void hide_date(Cube& cube, std::size_t time) {
  for (std::size_t row = 0; row < cube.rows; ++row) {
    for (std::size_t col = 0; col < cube.cols; ++col) cube.hide(time, row, col);
  }
}

struct Filled {
  std::vector<float> values, error;
  std::vector<std::uint8_t> source;
  std::size_t count = 0;
};

/// Fills rows begin..end-1 with a halo, as a block of a larger cube.
Filled fill_rows(const Cube& cube, const DateRegression& regression, std::size_t begin, std::size_t end) {
  const std::size_t halo = kKrigingRadius;
  const std::size_t first = begin > halo ? begin - halo : 0, last = std::min(cube.rows, end + halo);
  const std::size_t around = (last - first) * cube.cols, where = (end - begin) * cube.cols;
  std::vector<float> values, completed(cube.times() * around);
  std::vector<std::uint8_t> valid;
  for (std::size_t time = 0; time < cube.times(); ++time) {
    const auto from = static_cast<std::ptrdiff_t>(time * cube.pixels() + first * cube.cols);
    const auto to = from + static_cast<std::ptrdiff_t>(around);
    values.insert(values.end(), cube.values.begin() + from, cube.values.begin() + to);
    valid.insert(valid.end(), cube.valid.begin() + from, cube.valid.begin() + to);
  }
  regression.complete(values, valid, around, {0, around / 3}, completed);
  regression.complete(values, valid, around, {around / 3, around}, completed);
  const std::size_t cells = cube.times() * where;
  Filled filled{std::vector<float>(cells, -1.0F), std::vector<float>(cells, -1.0F),
                std::vector<std::uint8_t>(cells, 99), 0};
  const BlockAround block{last - first, cube.cols, values, valid, completed, begin - first, 0, end - begin, cube.cols};
  filled.count = regression.fill(block, {0, where}, {filled.values, filled.source, filled.error});
  return filled;
}

Filled fill_all(const Cube& cube) {
  const SampleChip chip = cube.chip();
  return fill_rows(cube, DateRegression(estimate_date_statistics({&chip, 1}, cube.axis), cube.axis), 0, cube.rows);
}

void expect_sound(const Cube& cube, const Filled& filled) {
  std::size_t gaps = 0;
  float lowest = 1e30F, highest = -1e30F;
  for (std::size_t at = 0; at < cube.values.size(); ++at) {
    if (cube.valid[at] == 0) continue;
    lowest = std::min(lowest, cube.values[at]);
    highest = std::max(highest, cube.values[at]);
  }
  for (std::size_t at = 0; at < cube.values.size(); ++at) {
    if (cube.valid[at] != 0) {
      ASSERT_EQ(filled.values[at], cube.values[at]) << at;
      ASSERT_EQ(filled.source[at], kObserved) << at;
      ASSERT_EQ(filled.error[at], 0) << at;
      continue;
    }
    ++gaps;
    ASSERT_TRUE(filled.values[at] >= lowest && filled.values[at] <= highest) << at << " " << filled.values[at];
    ASSERT_TRUE(filled.source[at] >= kTemporalBlend && filled.source[at] <= kDateRegressionKriging) << at;
    ASSERT_TRUE(filled.error[at] >= 0 && std::isfinite(filled.error[at])) << at;
  }
  EXPECT_EQ(filled.count, gaps);
}

double rmse(const Cube& cube, std::span<const float> values) {
  double sum = 0, count = 0;
  for (std::size_t at = 0; at < values.size(); ++at) {
    if (cube.valid[at] != 0) continue;
    const double error = static_cast<double>(values[at] - cube.truth[at]);
    sum += error * error, count += 1;
  }
  return std::sqrt(sum / std::max(count, 1.0));
}

TEST(DateRegression, CloudsAreFilledFarBetterThanFromTheSeriesAlone) {
  Cube cube = draw_cube(60, 50, 16, 1);
  hide_clouds(cube, 2);
  const Filled filled = fill_all(cube);
  expect_sound(cube, filled);
  std::vector<float> alone = cube.values;
  std::vector<std::uint8_t> valid = cube.valid, source(valid.size());
  fill_temporal_blend({alone, valid, source, cube.pixels()}, {0, cube.pixels()}, cube.axis);
  EXPECT_LT(rmse(cube, filled.values), 0.6 * rmse(cube, alone));
  EXPECT_GT(std::count(filled.source.begin(), filled.source.end(), kDateRegressionKriging), 0);
}

TEST(DateRegression, TwoThirdsOfTheErrorsAreBelowTheExpectedOne) {
  Cube cube = draw_cube(60, 50, 16, 3);
  hide_clouds(cube, 4);
  const Filled filled = fill_all(cube);
  double within = 0, count = 0;
  for (std::size_t at = 0; at < cube.values.size(); ++at) {
    if (cube.valid[at] != 0) continue;
    within += std::abs(filled.values[at] - cube.truth[at]) <= filled.error[at] ? 1 : 0;
    count += 1;
  }
  EXPECT_GT(within / count, 0.60);
  EXPECT_LT(within / count, 0.76);
}

TEST(DateRegression, BlocksWithTheirHaloGiveTheBytesOfTheWhole) {
  Cube cube = draw_cube(70, 40, 12, 5);
  hide_clouds(cube, 6);
  hide_date(cube, 7);
  const SampleChip chip = cube.chip();
  const DateRegression regression(estimate_date_statistics({&chip, 1}, cube.axis), cube.axis);
  const Filled whole = fill_rows(cube, regression, 0, cube.rows);
  expect_sound(cube, whole);
  for (const auto& [begin, end] : {std::pair<std::size_t, std::size_t>{0, 33}, {33, 34}, {34, 70}}) {
    const Filled part = fill_rows(cube, regression, begin, end);
    const std::size_t count = (end - begin) * cube.cols;
    for (std::size_t time = 0; time < cube.times(); ++time) {
      const std::size_t at = time * cube.pixels() + begin * cube.cols;
      EXPECT_EQ(std::memcmp(&part.values[time * count], &whole.values[at], count * sizeof(float)), 0) << time;
      EXPECT_EQ(std::memcmp(&part.error[time * count], &whole.error[at], count * sizeof(float)), 0) << time;
      EXPECT_EQ(std::memcmp(&part.source[time * count], &whole.source[at], count), 0) << time;
    }
  }
}

TEST(DateRegression, RangesOfPixelsGiveTheBytesOfTheWhole) {
  Cube cube = draw_cube(20, 30, 8, 15);
  hide_clouds(cube, 16);
  const SampleChip chip = cube.chip();
  const DateRegression regression(estimate_date_statistics({&chip, 1}, cube.axis), cube.axis);
  const Filled whole = fill_rows(cube, regression, 0, cube.rows);
  std::vector<float> completed(cube.values.size());
  regression.complete(cube.values, cube.valid, cube.pixels(), {0, cube.pixels()}, completed);
  const BlockAround block{cube.rows, cube.cols, cube.values, cube.valid, completed, 0, 0, cube.rows, cube.cols};
  // Ends in the middle of rows.
  for (const PixelRange range : {PixelRange{0, 77}, PixelRange{77, 78}, PixelRange{78, 600}}) {
    const std::size_t count = range.end - range.begin;
    Filled part{std::vector<float>(8 * count), std::vector<float>(8 * count), std::vector<std::uint8_t>(8 * count), 0};
    regression.fill(block, range, {part.values, part.source, part.error});
    for (std::size_t at = 0; at < 8 * count; ++at) {
      const std::size_t of_whole = at / count * cube.pixels() + range.begin + at % count;
      ASSERT_EQ(part.values[at], whole.values[of_whole]);
      ASSERT_EQ(part.error[at], whole.error[of_whole]);
      ASSERT_EQ(part.source[at], whole.source[of_whole]);
    }
  }
}

TEST(DateRegression, ADateNeverSeenIsBlendedFromItsSeason) {
  Cube cube = draw_cube(40, 40, 20, 7);
  hide_date(cube, 9);
  const Filled filled = fill_all(cube);
  expect_sound(cube, filled);
  EXPECT_EQ(filled.source[9 * cube.pixels()], kTemporalBlend);
  // What no filler can know is the date's shift (6) and its own field (4); the seasons are 40 apart.
  EXPECT_LT(rmse(cube, filled.values), 20);
}

TEST(DateRegression, APixelNeverSeenTakesWhatItsNeighboursSay) {
  Cube cube = draw_cube(20, 20, 8, 8);
  for (std::size_t time = 0; time < 8; ++time) cube.hide(time, 10, 10);
  const Filled filled = fill_all(cube);
  expect_sound(cube, filled);
  EXPECT_EQ(filled.source[10 * 20 + 10], kDateRegressionKriging);
  EXPECT_LT(rmse(cube, filled.values), 8);
}

TEST(DateRegression, FewPixelsAreFilledFromTheirOwnSeries) {
  Cube cube = draw_cube(7, 7, 12, 9);
  cube.hide(3, 2, 2);
  for (std::size_t time = 0; time < 12; ++time) cube.hide(time, 5, 5);
  const Filled filled = fill_all(cube);
  expect_sound(cube, filled);
  EXPECT_EQ(filled.source[3 * 49 + 2 * 7 + 2], kTemporalBlend);
}

TEST(DateRegression, OneToThreeDatesAreEnough) {
  for (std::size_t times = 1; times <= 3; ++times) {
    Cube cube = draw_cube(12, 12, times, 10);
    cube.hide(0, 3, 3);
    cube.hide(times - 1, 8, 2);
    expect_sound(cube, fill_all(cube));
    hide_date(cube, times - 1);
    if (times > 1) expect_sound(cube, fill_all(cube));
  }
}

TEST(DateRegression, OneRowOfPixelsIsEnough) {
  Cube cube = draw_cube(1, 120, 12, 11);
  for (std::size_t col = 20; col < 60; ++col) cube.hide(4, 0, col);
  expect_sound(cube, fill_all(cube));
}

TEST(DateRegression, EqualValuesStayEqual) {
  Cube cube = draw_cube(12, 12, 6, 12);
  std::fill(cube.values.begin(), cube.values.end(), 7.0F);
  cube.hide(2, 5, 5);
  const Filled filled = fill_all(cube);
  expect_sound(cube, filled);
  EXPECT_EQ(filled.values[2 * 144 + 5 * 12 + 5], 7.0F);
}

TEST(DateRegression, WithoutAnyValueGapsStayEmptyInName) {
  Cube cube = draw_cube(10, 10, 4, 13);
  for (std::size_t time = 0; time < 4; ++time) hide_date(cube, time);
  const Filled filled = fill_all(cube);
  EXPECT_TRUE(std::all_of(filled.source.begin(), filled.source.end(), [](auto code) { return code == kEmpty; }));
}

}  // namespace
}  // namespace ecocube::series
