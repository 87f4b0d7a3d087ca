// SPDX-License-Identifier: Apache-2.0
#include "methods/series/trend.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <array>
#include <cmath>
#include <cstring>
#include <random>

namespace ecocube::series {
namespace {

/// A layer every 90 days.
TimeAxis regular_axis(int slots, int times) {
  TimeAxis axis;
  axis.slots = slots;
  for (int time = 0; time < times; ++time) {
    axis.slot.push_back(time % slots);
    axis.year.push_back(time / slots);
    axis.days.push_back(16000 + 90 * time);
  }
  axis.years = axis.year.back() + 1;
  return axis;
}

enum Output { kSlope, kSlopeError, kR2, kP, kIntercept, kCount, kOutputs };

/// All results of some pixels, shape [output][pixel].
struct Fitted {
  explicit Fitted(std::size_t count) : pixels(count), values(kOutputs * count, -1.0F) {}
  std::size_t pixels;
  std::vector<float> values;
  std::span<float> plane(Output output) {
    return std::span(values).subspan(static_cast<std::size_t>(output) * pixels, pixels);
  }
  TrendResults results() {
    return {plane(kSlope), plane(kSlopeError), plane(kR2), plane(kP), plane(kIntercept), plane(kCount)};
  }
};

template <class T>
Fitted fitted(const std::vector<T>& series, T no_data, const TimeAxis& axis, bool deseasonalise,
              TrendOptions options = {}) {
  const Stack<T> stack{series.data(), series.size(), 1, 1, no_data};
  Fitted fit(1);
  fit_trend(stack, {0, 1}, trend_axis(axis, deseasonalise), options, StudentT(series.size()), fit.results());
  return fit;
}

void expect_near(Fitted& fit, const std::array<double, kOutputs>& expected) {
  for (int output = 0; output < kOutputs; ++output) {
    const double want = expected[static_cast<std::size_t>(output)];
    EXPECT_NEAR(static_cast<double>(fit.plane(static_cast<Output>(output))[0]), want, 1e-6 * std::fabs(want)) << output;
  }
}

const std::vector<std::uint8_t> kDrawn{110, 0, 95, 120, 131, 104, 0, 133, 140, 118, 111, 149};

TEST(Trend, ALineThroughAGappySeriesIsThatOfScipyLinregress) {
  Fitted fit = fitted<std::uint8_t>(kDrawn, 0, regular_axis(4, 12), false);
  expect_near(fit,
              {10.442907361455745, 5.512300697488813, 0.3096919914828887, 0.09477102415170473, 105.91811414392059, 10});
}

TEST(Trend, SeasonsAreTakenOffBeforeTheLineIsFitted) {
  Fitted fit = fitted<std::uint8_t>(kDrawn, 0, regular_axis(4, 12), true);
  expect_near(
      fit, {11.010201268265781, 1.988223184847162, 0.7931010587557076, 0.0005488346080602324, 105.09338296112489, 10});
}

TEST(Trend, ScaleAndOffsetTurnTheLineIntoPhysicalValues) {
  Fitted fit = fitted<std::uint8_t>(kDrawn, 0, regular_axis(4, 12), false, {.scale = -0.5, .offset = 3, .fewest = 3});
  expect_near(fit, {-0.5 * 10.442907361455745, 0.5 * 5.512300697488813, 0.3096919914828887, 0.09477102415170473,
                    3 - 0.5 * 105.91811414392059, 10});
}

TEST(Trend, FloatsAndShortsGiveTheLineOfTheSameBytes) {
  std::vector<float> floats;
  std::vector<std::int16_t> shorts;
  for (const std::uint8_t value : kDrawn) {
    floats.push_back(value == 0 ? std::nanf("") : static_cast<float>(value));
    shorts.push_back(value == 0 ? std::int16_t{-32768} : static_cast<std::int16_t>(value));
  }
  const TimeAxis axis = regular_axis(4, 12);
  Fitted bytes = fitted<std::uint8_t>(kDrawn, 0, axis, true);
  EXPECT_EQ(fitted<std::int16_t>(shorts, -32768, axis, true).values, bytes.values);
  Fitted of_floats = fitted<float>(floats, std::nanf(""), axis, true);
  for (std::size_t i = 0; i < bytes.values.size(); ++i)
    EXPECT_NEAR(of_floats.values[i], bytes.values[i], 1e-6F * std::fabs(bytes.values[i]));
}

TEST(Trend, AConstantSeriesHasNoSlopeAndExplainsNothing) {
  Fitted fit = fitted<std::uint8_t>({7, 7, 255, 7, 7}, 255, regular_axis(1, 5), false);
  EXPECT_EQ(fit.values, (std::vector<float>{0, 0, 0, 1, 7, 4}));
}

TEST(Trend, APerfectLineLeavesNoDoubt) {
  Fitted fit = fitted<std::uint8_t>({10, 20, 255, 40, 50}, 255, regular_axis(1, 5), false);
  EXPECT_FLOAT_EQ(fit.plane(kSlope)[0], static_cast<float>(10 / (90 / 365.25)));
  EXPECT_EQ(fit.plane(kR2)[0], 1);
  EXPECT_EQ(fit.plane(kP)[0], 0);
  EXPECT_FLOAT_EQ(fit.plane(kIntercept)[0], 10);
}

TEST(Trend, TooFewValuesGiveNoLineButTheirCount) {
  for (const std::vector<std::uint8_t>& series : {std::vector<std::uint8_t>{0, 9, 0, 4}, {0, 0, 0, 0}}) {
    Fitted fit = fitted<std::uint8_t>(series, 0, regular_axis(2, 4), false);
    for (int output = kSlope; output < kCount; ++output)
      EXPECT_TRUE(std::isnan(fit.plane(static_cast<Output>(output))[0])) << output;
    EXPECT_EQ(fit.plane(kCount)[0], series[1] == 9 ? 2 : 0);
  }
}

/// Every target that this machine has gives what the plain version gives, to the last bit.
template <class T>
void expect_twins(std::size_t times, std::size_t pixels, int days_apart, std::uint32_t seed, T no_data) {
  std::mt19937 random(seed);
  TimeAxis axis = regular_axis(4, static_cast<int>(times));
  for (std::size_t time = 0; time < times; ++time) axis.days[time] = days_apart * static_cast<int>(time);
  const std::size_t stride = pixels + 3;
  std::vector<T> values(times * stride);
  const double most = std::is_same_v<T, std::uint8_t> ? 255.9 : 32767.9;
  std::uniform_real_distribution<double> any(0, most);
  for (T& value : values) value = random() % 5 < 2 ? no_data : static_cast<T>(any(random));
  const Stack<T> stack{values.data(), times, pixels, stride, no_data};
  const StudentT student(times);
  for (const bool deseasonalise : {false, true}) {
    const TrendAxis plan = trend_axis(axis, deseasonalise);
    const TrendOptions options{.scale = 0.01, .offset = -0.2, .fewest = 4};
    const PixelRange range{pixels > 5 ? std::size_t{2} : 0, pixels};
    Fitted plain(range.end - range.begin);
    fit_trend_plain(stack, range, plan, options, student, plain.results());
    for (const std::uint32_t target : hwy::SupportedAndGeneratedTargets()) {
      hwy::SetSupportedTargetsForTest(target);
      hwy::GetChosenTarget().Update(hwy::SupportedTargets());
      Fitted fast(range.end - range.begin);
      fit_trend(stack, range, plan, options, student, fast.results());
      EXPECT_EQ(std::memcmp(fast.values.data(), plain.values.data(), plain.values.size() * sizeof(float)), 0)
          << hwy::TargetName(target) << " " << times << " dates, " << pixels << " pixels";
    }
    hwy::SetSupportedTargetsForTest(0);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
}

TEST(Trend, TheFastVersionEqualsThePlainOneBitForBit) {
  for (const std::size_t pixels : {1U, 63U, 64U, 65U, 200U}) {
    expect_twins<std::uint8_t>(84, pixels, 91, 1, 0);
    expect_twins<std::uint8_t>(7, pixels, 91, 2, 255);
    expect_twins<std::uint16_t>(31, pixels, 30, 3, 65535);
    expect_twins<std::int16_t>(84, pixels, 91, 4, -32768);
    expect_twins<float>(33, pixels, 16, 5, std::nanf(""));
    expect_twins<float>(33, pixels, 16, 6, -9999.0F);
  }
  expect_twins<std::uint8_t>(900, 65, 16, 7, 0);    // more dates than a byte counts
  expect_twins<std::uint8_t>(300, 65, 200, 8, 0);   // products that fill 32 bits
  expect_twins<std::uint8_t>(300, 65, 3000, 9, 0);  // days beyond 16 bits
}

}  // namespace
}  // namespace ecocube::series
