// SPDX-License-Identifier: Apache-2.0
#include "steps/fill_gaps_kernel.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "steps/series_engine_block.h"

namespace ecocube {
namespace {

constexpr std::int64_t kRows = 9, kCols = 37;

series::TimeAxis axis_of(int years, int slots) {
  series::TimeAxis axis{slots, years, {}, {}, {}};
  for (int time = 0; time < years * slots; ++time) {
    axis.slot.push_back(time % slots);
    axis.year.push_back(time / slots);
    axis.days.push_back(time * 365 / slots);
  }
  return axis;
}

/// Numbers of a drawn cube.
template <class T>
class DrawnBlock : public SeriesBlock {
 public:
  DrawnBlock(const Encoding& encoding, std::size_t times, const Window& where, const Window& around, unsigned seed)
      : encoding_(encoding), where_(where), around_(around), numbers_(times * pixels()) {
    layers_.resize(times);
    for (Layer& layer : layers_) layer.encoding = encoding;
    std::mt19937 random(seed);
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
      const bool never_seen = i % pixels() % 40 == 3;
      const bool missing = never_seen || random() % 3 == 0;
      numbers_[i] = missing ? static_cast<T>(*encoding.no_data) : static_cast<T>(random() % 200);
    }
  }
  const Window& where() const override { return where_; }
  const Window& around() const override { return around_; }
  std::span<const Layer> layers() const override { return layers_; }
  const Encoding& encoding() const override { return encoding_; }
  void decode(series::PixelRange, std::span<float>, std::span<std::uint8_t>) const override {}

 protected:
  const void* data() const override { return numbers_.data(); }
  std::size_t stride() const override { return pixels(); }

 private:
  Encoding encoding_;
  Window where_, around_;
  std::vector<Layer> layers_;
  std::vector<T> numbers_;
};

struct Outcome {
  std::vector<double> values;  ///< NaN where missing, shape [time][pixel]
  std::vector<int> source;
  std::size_t filled = 0, empty = 0;
};

/// Runs a kernel over the block in ranges of so many pixels.
template <class T>
Outcome run(const SeriesBlock& block, FillRules rules, std::size_t step) {
  rules.stayed_empty = std::make_shared<std::atomic<std::size_t>>(0);
  rules.encoding = block.layers().front().encoding;
  SeriesGroup group;
  for (const Layer& layer : block.layers()) group.outputs.push_back({layer, "", {}});
  for (Layer layer : block.layers()) {
    layer.encoding = {DataType::uint8, 1, 0, 255, {}};
    group.outputs.push_back({layer, "", {}});
  }
  HeldResults held;
  held.begin(group, block.where());
  SeriesResults& results = held;
  const auto kernel = make_temporal_kernel(rules);
  const auto prepared = kernel->prepare(block);
  const auto cut = [&](std::size_t pixels, auto body) {
    for (std::size_t from = 0; from < pixels; from += step)
      body(series::PixelRange{from, std::min(pixels, from + step)});
  };
  if (prepared) {
    cut(block.pixels(), [&](series::PixelRange range) { kernel->prepare_range(block, prepared.get(), range); });
  }
  Outcome outcome;
  const auto pixels = static_cast<std::size_t>(block.where().pixels());
  cut(pixels, [&](series::PixelRange range) { outcome.filled += kernel->run(block, prepared.get(), range, results); });
  outcome.empty = *rules.stayed_empty;
  const std::size_t times = block.layers().size();
  const Planes<T> values = results.stored<T>(0, times);
  const Planes<std::uint8_t> source = results.stored<std::uint8_t>(times, times);
  for (std::size_t time = 0; time < times; ++time) {
    for (std::size_t i = 0; i < pixels; ++i) {
      const T number = values.plane(time)[i];
      const double value = static_cast<double>(number);
      outcome.values.push_back(number == values.no_data ? std::numeric_limits<double>::quiet_NaN() : value);
      outcome.source.push_back(source.plane(time)[i]);
    }
  }
  return outcome;
}

void expect_same(const Outcome& a, const Outcome& b, double tolerance = 0) {
  ASSERT_EQ(a.values.size(), b.values.size());
  for (std::size_t i = 0; i < a.values.size(); ++i) {
    ASSERT_EQ(std::isnan(a.values[i]), std::isnan(b.values[i])) << i;
    if (!std::isnan(a.values[i])) {
      ASSERT_NEAR(a.values[i], b.values[i], tolerance) << i;
    }
  }
  EXPECT_EQ(a.source, b.source);
  EXPECT_EQ(a.filled, b.filled);
  EXPECT_EQ(a.empty, b.empty);
}

const Window kWhole{0, 0, kRows, kCols};

FillRules rules_for(const std::string& method, int reach = 0) {
  FillRules rules;
  rules.method.name = method;
  rules.axis = axis_of(7, 4);
  rules.reach = reach;
  return rules;
}

template <class T>
void check_both_ways(const Encoding& encoding) {
  const DrawnBlock<T> block(encoding, 28, kWhole, kWhole, 11);
  for (const char* method : {"tmwm", "swag", "linear", "seasonal-mean", "nearest"}) {
    for (const int reach : {0, 2}) {
      FillRules fast = rules_for(method, reach), plain = fast;
      fast.method.swag.future = plain.method.swag.future = 1;
      plain.stored_numbers = false;
      const Outcome slow = run<T>(block, plain, 1000);
      // The fast weights are single precision, so a sum near a half may be rounded to the other side.
      const double tolerance = std::string(method) == "swag" ? 1 : 0;
      SCOPED_TRACE(fmt::format("{} {} reach {}", name_of(encoding.type), method, reach));
      expect_same(run<T>(block, fast, 1000), slow, tolerance);
      expect_same(run<T>(block, fast, 77), run<T>(block, fast, 1000));
      EXPECT_GT(slow.filled, 1000);
      EXPECT_EQ(slow.empty > 0, reach == 0) << "pixels that are never seen";
    }
  }
}

TEST(TemporalKernel, StoredNumbersAndFloatsGiveTheSame) {
  check_both_ways<std::uint8_t>({DataType::uint8, 0.5, 0, 255, {}});
  check_both_ways<std::uint16_t>({DataType::uint16, 1, 3, 0, {}});
  check_both_ways<std::int16_t>({DataType::int16, 1, 0, -9999, {}});
}

TEST(TemporalKernel, ObservedNumbersStayAndCountsAddUp) {
  const Encoding encoding{DataType::uint8, 0.5, 0, 255, {}};
  const DrawnBlock<std::uint8_t> block(encoding, 28, kWhole, kWhole, 5);
  const Outcome outcome = run<std::uint8_t>(block, rules_for("tmwm"), 100);
  const Stack<std::uint8_t> stack = block.stored<std::uint8_t>();
  std::size_t gaps = 0;
  for (std::size_t i = 0; i < outcome.values.size(); ++i) {
    const std::uint8_t number = stack.data[i];
    gaps += number == 255 ? 1 : 0;
    EXPECT_EQ(outcome.source[i] == series::kObserved, number != 255);
    if (number != 255) {
      EXPECT_EQ(outcome.values[i], number);
    }
  }
  EXPECT_EQ(outcome.filled + outcome.empty, gaps);
}

TEST(TemporalKernel, AHaloGivesWhatTheWholeWouldGive) {
  const Encoding encoding{DataType::uint8, 0.5, 0, 255, {}};
  const Window where{2, 3, 4, 20};
  const DrawnBlock<std::uint8_t> whole(encoding, 28, kWhole, kWhole, 8), part(encoding, 28, where, kWhole, 8);
  const Outcome all = run<std::uint8_t>(whole, rules_for("linear", 2), 64),
                some = run<std::uint8_t>(part, rules_for("linear", 2), 7);
  std::size_t at = 0;
  for (std::int64_t time = 0; time < 28; ++time) {
    for (std::int64_t row = where.row; row < where.row + where.rows; ++row) {
      for (std::int64_t col = where.col; col < where.col + where.cols; ++col, ++at) {
        const auto i = static_cast<std::size_t>((time * kRows + row) * kCols + col);
        ASSERT_EQ(some.source[at], all.source[i]);
        if (!std::isnan(all.values[i])) {
          ASSERT_EQ(some.values[at], all.values[i]);
        }
      }
    }
  }
}

TEST(TemporalKernel, WhatIsLeftEmptyTakesTheMedianOfTheNearestPixelsSeen) {
  const Encoding encoding{DataType::uint8, 0.5, 0, 255, {}};
  const DrawnBlock<std::uint8_t> block(encoding, 28, kWhole, kWhole, 21);
  const Outcome before = run<std::uint8_t>(block, rules_for("seasonal-mean"), 100),
                after = run<std::uint8_t>(block, rules_for("seasonal-mean", 3), 100);
  // The slow way: the same on floats, layer by layer.
  std::vector<float> values;
  std::vector<std::uint8_t> valid, source(before.source.begin(), before.source.end());
  for (const double value : before.values) {
    valid.push_back(std::isnan(value) ? 0 : 1);
    values.push_back(std::isnan(value) ? 0.0F : static_cast<float>(value));
  }
  const auto pixels = static_cast<std::size_t>(kWhole.pixels());
  series::fill_from_nearby({values, valid, source, pixels}, kRows, kCols, 0, 28, 3);
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_EQ(after.source[i], source[i]);
    if (valid[i] != 0) {
      ASSERT_EQ(after.values[i], std::floor(static_cast<double>(values[i]) + 0.5));
    }
  }
}

}  // namespace
}  // namespace ecocube
