// SPDX-License-Identifier: Apache-2.0
#include "methods/series/fill_swag.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace ecocube::series {
namespace {

/// One pixel on a regular axis; NaN where missing.
struct Pixel {
  std::vector<float> values;
  std::vector<std::uint8_t> valid, source, quality;
  TimeAxis axis;

  Pixel(int slots, const std::vector<float>& series) : values(series), source(series.size()), quality(series.size()) {
    axis.slots = slots;
    for (int time = 0; time < static_cast<int>(series.size()); ++time) {
      valid.push_back(std::isnan(series[static_cast<std::size_t>(time)]) ? 0 : 1);
      axis.slot.push_back(time % slots), axis.year.push_back(time / slots), axis.days.push_back(90 * time);
    }
    axis.years = axis.year.back() + 1;
  }
  std::size_t fill(const SwagOptions& options) {
    return fill_swag({values, valid, source, 1}, {0, 1}, axis, options, quality);
  }
};

constexpr float none = std::numeric_limits<float>::quiet_NaN();

TEST(SwagWeights, FallTowardsHalfAYearAndAlongTheSeries) {
  const std::vector<double> weights = swag_weights(4, 8, {.att_seas = 40, .att_env = 10});
  const double along = std::pow(10.0, -1.0 / 8);  // 10 dB over 8 places
  EXPECT_DOUBLE_EQ(weights[0], 1);
  EXPECT_DOUBLE_EQ(weights[1], 1e-2 * along);
  EXPECT_DOUBLE_EQ(weights[2], 1e-4 * std::pow(along, 2));
  EXPECT_NEAR(weights[3], 1e-2 * std::pow(along, 3), 1e-15);
  EXPECT_NEAR(weights[4], std::pow(along, 4), 1e-15);
  EXPECT_NEAR(weights[7], 1e-2 * std::pow(along, 7), 1e-15);
}

TEST(FillSwag, TakesOnlyThePastUnlessTheFutureWeighs) {
  Pixel past(2, {none, 10, none, none, 20});
  EXPECT_EQ(past.fill({.att_seas = 10, .att_env = 0}), 2U);
  EXPECT_EQ(past.source, (std::vector<std::uint8_t>{255, 0, 200, 200, 0}));
  EXPECT_EQ(past.valid, (std::vector<std::uint8_t>{0, 1, 1, 1, 1}));
  EXPECT_FLOAT_EQ(past.values[2], 10);
  Pixel both(2, {none, 10, none, none, 20});
  EXPECT_EQ(both.fill({.att_seas = 10, .att_env = 0, .future = 1}), 3U);
  // Same season as 20, the other one than 10, which weighs a tenth.
  EXPECT_FLOAT_EQ(both.values[0], 21 / 1.1F);
  EXPECT_FLOAT_EQ(both.values[2], 21 / 1.1F);
  EXPECT_FLOAT_EQ(both.values[3], 12 / 1.1F);
  Pixel little(2, {none, 10, none, none, 20});
  little.fill({.att_seas = 10, .att_env = 0, .future = 0.5});
  EXPECT_FLOAT_EQ(little.values[2], (1 + 10) / 0.6F);
}

TEST(FillSwag, AValueFarAwayWeighsLess) {
  Pixel pixel(1, {10, none, none, none, 20});
  pixel.fill({.att_seas = 0, .att_env = 50, .future = 1});
  // 10 dB a place
  EXPECT_FLOAT_EQ(pixel.values[1], (10 * 0.1F + 20 * 0.001F) / 0.101F);
  EXPECT_FLOAT_EQ(pixel.values[2], 15);
}

TEST(FillSwag, QualityIsTheShareOfTheWeightThatWasThere) {
  Pixel pixel(1, {none, 10, none, none, 20});
  pixel.fill({.att_seas = 0, .att_env = 0});
  // Of 0, 1, 2, 3 and 4 values before
  EXPECT_EQ(pixel.quality, (std::vector<std::uint8_t>{255, 250, 125, 83, 250}));
  Pixel whole(1, {10, none});
  whole.fill({});
  EXPECT_EQ(whole.quality[1], 249);
}

TEST(FillSwag, ALackingLayerIsTheSameAsAnEmptyOne) {
  Pixel full(3, {10, none, 30, none, none, 20, none, 5, none}), lacking = full;
  for (const std::size_t at : {4U, 1U}) {
    const auto place = static_cast<std::ptrdiff_t>(at);
    lacking.values.erase(lacking.values.begin() + place), lacking.valid.erase(lacking.valid.begin() + place);
    lacking.source.pop_back(), lacking.quality.pop_back();
    lacking.axis.slot.erase(lacking.axis.slot.begin() + place);
    lacking.axis.year.erase(lacking.axis.year.begin() + place);
    lacking.axis.days.erase(lacking.axis.days.begin() + place);
  }
  const SwagOptions options{.future = 1};
  full.fill(options), lacking.fill(options);
  const std::size_t left[] = {0, 2, 3, 5, 6, 7, 8};
  for (std::size_t at = 0; at < std::size(left); ++at) {
    EXPECT_EQ(lacking.values[at], full.values[left[at]]) << at;
    EXPECT_EQ(lacking.quality[at], full.quality[left[at]]) << at;
  }
}

TEST(SavitzkyGolay, KeepsEveryPolynomialOfItsOrder) {
  for (const auto& [window, order] : {std::pair{5, 2}, {7, 3}, {9, 4}, {3, 0}, {1, 0}}) {
    const std::vector<double> rows = savitzky_golay(window, order);
    const auto width = static_cast<std::size_t>(window);
    const auto polynomial = [&](std::size_t at) { return 3 + std::pow(0.5 * static_cast<double>(at) - 1, order); };
    for (std::size_t place = 0; place < width; ++place) {
      double value = 0;
      for (std::size_t at = 0; at < width; ++at) value += rows[place * width + at] * polynomial(at);
      EXPECT_NEAR(value, polynomial(place), 1e-12);
    }
  }
  // The published weights for 5 points and parabolas.
  const std::vector<double> rows = savitzky_golay(5, 2);
  const double expected[] = {-3, 12, 17, 12, -3};
  for (std::size_t at = 0; at < 5; ++at) EXPECT_NEAR(rows[2 * 5 + at] * 35, expected[at], 1e-12);
}

TEST(FillSwag, SmoothsGapsOnlyAndNotNextToAHole) {
  const std::vector<float> series{none, 10, 20, none, 40, 80, 90, none};
  const SwagOptions options{.att_seas = 0, .att_env = 10};
  SwagOptions smooth = options;
  smooth.sg_window = 5;
  Pixel plain(1, series), smoothed(1, series);
  plain.fill(options), smoothed.fill(smooth);
  EXPECT_EQ(smoothed.source, plain.source);
  EXPECT_EQ(smoothed.valid[0], 0);
  for (const std::size_t observed : {1U, 2U, 4U, 5U, 6U}) EXPECT_EQ(smoothed.values[observed], series[observed]);
  const std::vector<float>& v = plain.values;
  EXPECT_NEAR(smoothed.values[3], (-3 * v[1] + 12 * v[2] + 17 * v[3] + 12 * v[4] - 3 * v[5]) / 35, 1e-4);
  // The window of the last gap is moved inwards.
  const std::vector<double> rows = savitzky_golay(5, 2);
  double last = 0;
  for (std::size_t at = 0; at < 5; ++at) last += rows[4 * 5 + at] * static_cast<double>(v[3 + at]);
  EXPECT_NEAR(smoothed.values[7], last, 1e-4);
  Pixel beside(1, {none, none, 10, none, 30, 20});
  Pixel untouched = beside;
  beside.fill(smooth), untouched.fill(options);
  EXPECT_EQ(beside.values[3], untouched.values[3]);  // places 1 to 5, of which 1 is empty
}

}  // namespace
}  // namespace ecocube::series
